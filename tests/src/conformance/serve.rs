//! The side of a process that answers cases ([`super::worker`] is the other): each case by itself, a line of JSON each.

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use breyta_core::{Value, edn};
use breyta_engine::machine::Program;

use super::answer::{Answer, budget};

/// Frames are large where nothing is optimised.
const STACK_BYTES: usize = 1 << 30;

/// Prints answers as they are made.
pub(super) fn print(answers: impl Iterator<Item = Answer> + Send) {
    std::panic::set_hook(Box::new(|_| {}));
    std::thread::scope(|scope| {
        let work = || {
            for answer in answers {
                // Nobody listens any more.
                if writeln!(std::io::stdout(), "{}", answer.to_json()).is_err() {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work);
        // What panics outside of a case ends the answers, and the one who waits for them sees it.
        let _ = thread.map(std::thread::ScopedJoinHandle::join);
    });
}

/// Calls a function of a program with no argument, or one that is given as EDN.
pub(super) fn call(program: &dyn Program, function: &str, input: Option<&str>) -> Answer {
    let mut arguments = match input.map(edn::read).transpose() {
        Ok(input) => input.into_iter().collect::<Vec<Value>>(),
        Err(error) => return Answer::Lost(format!("the input cannot be read: {error:?}")),
    };
    let answer = catch_unwind(AssertUnwindSafe(|| {
        program.call(function, &mut budget(), &mut arguments).map(Answer::of)
    }));
    match answer {
        Ok(Some(answer)) => answer,
        Ok(None) => Answer::Lost("the program has no such function".to_owned()),
        Err(_) => Answer::Lost("it panicked".to_owned()),
    }
}
