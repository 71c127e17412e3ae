//! Keys of one kind whose comparison cannot fail: integers, texts, and rows of these as `juxt` makes them.
//!
//! Most of what flows sort by. Compared by the starts of the first cells, which stand beside the place, before the rows
//! themselves are looked at.

use std::borrow::Borrow;
use std::cmp::Ordering;

use crate::Value;
use crate::value::Function;

/// The places of keys in their order; None for keys of other kinds and for other comparators.
pub(super) fn order_of_keys(keys: &[Value], comparator: Option<&Value>) -> Option<Vec<usize>> {
    let reversed = match comparator {
        None => false,
        Some(Value::Function(function)) => match function.as_ref() {
            Function::Native { name: "clojure.core/compare", .. } => false,
            Function::Native { name: "clojure.core/<", .. } if keys.iter().all(is_int) => false,
            Function::Native { name: "clojure.core/>", .. } if keys.iter().all(is_int) => true,
            _ => return None,
        },
        Some(_) => return None,
    };
    let are_rows = matches!(keys.first(), Some(Value::Vector(_)));
    if !keys.iter().all(|key| matches!(key, Value::Vector(_)) == are_rows) {
        return None;
    }
    let rows: Vec<&[Value]> = keys.iter().map(row_of).collect();
    order(&rows, reversed)
}

fn row_of(key: &Value) -> &[Value] {
    if let Value::Vector(row) = key { row.as_slice() } else { std::slice::from_ref(key) }
}

/// Columns whose cells are numbers beside the place of the row.
const NUMBERED: usize = 2;

/// The places of rows in their order; None when they differ in length, or a column holds anything but integers or
/// plain texts alone.
pub(super) fn order<C: Borrow<Value>>(rows: &[&[C]], reversed: bool) -> Option<Vec<usize>> {
    let columns = rows.first().map_or(0, |row| row.len());
    if rows.iter().any(|row| row.len() != columns) {
        return None;
    }
    let column = |index: usize| rows.iter().filter_map(move |row| row.get(index).map(Borrow::borrow));
    let is_plain = |index: usize| column(index).all(is_int) || column(index).all(is_plain_text);
    if !(0..columns).all(is_plain) {
        return None;
    }
    // Columns that are told apart by their numbers alone need no second look.
    let told = (0..columns.min(NUMBERED)).take_while(|index| column(*index).all(is_told)).count();
    let numbers = |row: &[C]| {
        let mut numbers = [0; NUMBERED];
        // A number behind a column that is not told apart says nothing.
        for (number, cell) in numbers.iter_mut().zip(row).take(told + 1) {
            *number = start(cell.borrow());
        }
        numbers
    };
    let mut order: Vec<([u64; NUMBERED], usize)> =
        rows.iter().enumerate().map(|(place, row)| (numbers(row), place)).collect();
    let further = |place: usize| rows.get(place).and_then(|row| row.get(told..)).unwrap_or_default();
    let compare = |left: &([u64; NUMBERED], usize), right: &([u64; NUMBERED], usize)| {
        left.0.cmp(&right.0).then_with(|| compare(further(left.1), further(right.1)))
    };
    if reversed {
        order.sort_by(|left, right| compare(right, left));
    } else {
        order.sort_by(compare);
    }
    Some(order.into_iter().map(|(_, place)| place).collect())
}

/// Bytes of a text that make its number.
const NUMBER_BYTES: usize = 8;

/// A number in the order of the cells of a column, but for cells that only differ behind it.
fn start(cell: &Value) -> u64 {
    match cell {
        Value::Int(int) => int.cast_unsigned() ^ (1 << 63),
        Value::Str(text) => {
            let bytes = text.bytes().chain(std::iter::repeat(0)).take(NUMBER_BYTES);
            bytes.fold(0, |sum, byte| sum << 8 | u64::from(byte))
        }
        _ => 0,
    }
}

/// Whether no other cell has the same number.
fn is_told(cell: &Value) -> bool {
    match cell {
        Value::Str(text) => text.len() <= NUMBER_BYTES && !text.ends_with('\0'),
        _ => true,
    }
}

/// The order of two rows with the same kinds in the same columns.
fn compare<C: Borrow<Value>>(left: &[C], right: &[C]) -> Ordering {
    let cells = left.iter().zip(right).map(|(left, right)| match (left.borrow(), right.borrow()) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Str(a), Value::Str(b)) => a.cmp(b),
        _ => Ordering::Equal,
    });
    cells.into_iter().find(|it| it.is_ne()).unwrap_or(Ordering::Equal)
}

fn is_int(value: &Value) -> bool {
    matches!(value, Value::Int(_))
}

/// Whether bytes are in the order of UTF-16 units: every character is one of each.
fn is_plain_text(value: &Value) -> bool {
    value.as_str().is_some_and(str::is_ascii)
}
