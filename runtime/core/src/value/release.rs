//! Letting go of values that hold values, however deep, without deep recursion.
//!
//! Dropping a value drops what it holds, on the same stack. What owns values of unbounded depth drops them through
//! [`release`]: below a certain depth they are put aside and dropped by the outermost call, one after the other.

use std::any::Any;
use std::cell::{Cell, RefCell};

/// How many drops may stand inside each other.
const NESTED_MAX: u32 = 64;

thread_local! {
    static NESTED: Cell<u32> = const { Cell::new(0) };
    static ASIDE: RefCell<Vec<Box<dyn Any>>> = const { RefCell::new(Vec::new()) };
}

/// Drops `garbage` now, or soon when drops are nested deeply.
pub(crate) fn release<T: 'static>(garbage: T) {
    let Ok(nested) = NESTED.try_with(Cell::get) else {
        // The thread is ending: there is nowhere to put anything aside.
        return drop(garbage);
    };
    if nested >= NESTED_MAX {
        ASIDE.with_borrow_mut(|aside| aside.push(Box::new(garbage)));
        return;
    }
    NESTED.set(nested + 1);
    drop(garbage);
    if nested == 0 {
        while let Some(next) = ASIDE.with_borrow_mut(Vec::pop) {
            drop(next);
        }
    }
    NESTED.set(nested);
}
