//! Keys of one kind whose comparison cannot fail: integers, texts, and rows of these as `juxt` makes them.
//!
//! Most of what flows sort by. Compared by the start of the first cell, which stands beside the place, before the rows
//! themselves are looked at.

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

/// The places of rows in their order; None when they differ in length, or a column holds anything but integers or
/// plain texts alone.
pub(super) fn order(rows: &[&[Value]], reversed: bool) -> Option<Vec<usize>> {
    let columns = rows.first().map_or(0, |row| row.len());
    let uniform =
        |is: fn(&Value) -> bool, column: usize| rows.iter().all(|row| row.get(column).is_some_and(is));
    let plain = rows.iter().all(|row| row.len() == columns)
        && (0..columns).all(|column| uniform(is_int, column) || uniform(is_plain_text, column));
    if !plain {
        return None;
    }
    let mut order: Vec<(u64, usize)> =
        rows.iter().enumerate().map(|(place, row)| (row.first().map_or(0, start), place)).collect();
    let compare = |left: &(u64, usize), right: &(u64, usize)| {
        left.0.cmp(&right.0).then_with(|| compare(rows[left.1], rows[right.1]))
    };
    if reversed {
        order.sort_by(|left, right| compare(right, left));
    } else {
        order.sort_by(compare);
    }
    Some(order.into_iter().map(|(_, place)| place).collect())
}

/// A number in the order of the cells of a column, but for cells that only differ behind it.
fn start(cell: &Value) -> u64 {
    match cell {
        Value::Int(int) => int.cast_unsigned() ^ (1 << 63),
        Value::Str(text) => {
            text.bytes().chain(std::iter::repeat(0)).take(8).fold(0, |sum, byte| sum << 8 | u64::from(byte))
        }
        _ => 0,
    }
}

/// The order of two rows with the same kinds in the same columns.
fn compare(left: &[Value], right: &[Value]) -> Ordering {
    let cells = left.iter().zip(right).map(|cells| match cells {
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
