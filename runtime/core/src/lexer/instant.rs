//! `#inst` and `#uuid`: the text of points in time (UTC, milliseconds) and of 128-bit ids.

use crate::calendar::{civil_from_days, days_from_civil, days_in_month};

/// The milliseconds since 1970 of an `#inst` text: `2024`, `2024-05-01`, `2024-05-01T12:30:00.123Z`, `…+02:00`.
/// None when it is no date. What is missing at the end is the start of the year, month, day and so on; without an
/// offset it is UTC.
pub fn parse_instant(text: &str) -> Option<i64> {
    let mut cursor = Cursor(text.as_bytes());
    let year = cursor.digits(4)?;
    let month = if cursor.take(b'-', 3) { cursor.digits(2)? } else { 1 };
    let day = if cursor.take(b'-', 3) { cursor.digits(2)? } else { 1 };
    let (mut hour, mut minute, mut second, mut nanos) = (0, 0, 0, 0);
    if cursor.take(b'T', 1) {
        hour = cursor.digits(2)?;
        if cursor.take(b':', 1) {
            minute = cursor.digits(2)?;
            if cursor.take(b':', 1) {
                second = cursor.digits(2)?;
                if cursor.take(b'.', 1) {
                    nanos = cursor.fraction()?;
                }
            }
        }
    }
    let offset_minutes = cursor.offset()?;
    let in_range = (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if !in_range || !cursor.0.is_empty() {
        return None;
    }
    let minutes = (days_from_civil(year, month, day) * 24 + hour) * 60 + minute - offset_minutes;
    Some((minutes * 60 + second) * 1000 + nanos / 1_000_000)
}

/// How Clojure prints an instant: `2024-05-01T12:30:00.123-00:00`.
pub fn format_instant(millis: i64) -> String {
    let (days, rest) = (millis.div_euclid(86_400_000), millis.rem_euclid(86_400_000));
    let (year, month, day) = civil_from_days(days);
    let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
    let (second, milli) = (rest / 1000 % 60, rest % 1000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}-00:00")
}

/// The 128 bits of `f81d4fae-7dec-11d0-a765-00a0c91e6bf6`. None when it is no such text.
pub fn parse_uuid(text: &str) -> Option<u128> {
    let groups: Vec<&str> = text.split('-').collect();
    let fits = groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12]);
    let all_hex = groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if fits && all_hex { u128::from_str_radix(&groups.concat(), 16).ok() } else { None }
}

struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn digits(&mut self, count: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        std::str::from_utf8(digits).ok().filter(|_| digits.iter().all(u8::is_ascii_digit))?.parse().ok()
    }

    /// Takes the byte when at least `more` bytes stand from it on and it is not the sign of an offset (`-05:00`).
    fn take(&mut self, byte: u8, more: usize) -> bool {
        let is_offset = byte == b'-' && self.0.get(3) == Some(&b':');
        match self.0.split_first() {
            Some((first, rest)) if *first == byte && self.0.len() >= more && !is_offset => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    /// Nanoseconds out of one or more digits; what is finer is dropped.
    fn fraction(&mut self) -> Option<i64> {
        let count = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at_checked(count).filter(|_| count > 0)?;
        self.0 = rest;
        let padded = digits.iter().copied().chain(std::iter::repeat(b'0')).take(9);
        Some(padded.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
    }

    fn offset(&mut self) -> Option<i64> {
        let Some((sign, rest)) = self.0.split_first() else { return Some(0) };
        self.0 = rest;
        let sign = match sign {
            b'Z' => return Some(0),
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        let hours = self.digits(2)?;
        if !self.take(b':', 1) {
            return None;
        }
        let minutes = self.digits(2)?;
        (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
    }
}
