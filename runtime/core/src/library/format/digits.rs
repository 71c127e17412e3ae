//! Decimal digits of numbers, and rounding them half up: what Java's formats do to the text of a number.

use num_traits::{Signed, Zero};

use crate::number::{Decimal, format_double};

/// `0.d1d2d3… * 10^point`, without a sign. Zero has the one digit 0.
#[derive(Clone, Debug)]
pub(super) struct Digits {
    digits: Vec<u8>,
    point: i64,
}

impl Digits {
    /// Of the text that Java prints of a finite double.
    pub(super) fn of_double(value: f64) -> Self {
        let text = format_double(value.abs());
        let (mantissa, exponent) = text.split_once('E').unwrap_or((&text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let exponent: i64 = exponent.parse().unwrap_or(0);
        let digits = whole.bytes().chain(fraction.bytes()).map(|digit| digit - b'0').collect();
        Self { digits, point: whole.len() as i64 + exponent }.trimmed()
    }

    pub(super) fn of_decimal(value: &Decimal) -> Self {
        let text = value.unscaled.abs().to_string();
        let point = text.len() as i64 - i64::from(value.scale);
        let digits = Self { digits: text.bytes().map(|digit| digit - b'0').collect(), point };
        if value.unscaled.is_zero() { Self { digits: vec![0], point: 1 } } else { digits }
    }

    /// Without zeros in front and behind.
    fn trimmed(mut self) -> Self {
        let leading = self.digits.iter().take_while(|digit| **digit == 0).count();
        if leading == self.digits.len() {
            return Self { digits: vec![0], point: 1 };
        }
        self.digits.drain(..leading);
        self.point -= leading as i64;
        while self.digits.last() == Some(&0) {
            self.digits.pop();
        }
        self
    }

    pub(super) fn is_zero(&self) -> bool {
        self.digits.iter().all(|digit| *digit == 0)
    }

    /// The exponent of the first digit.
    pub(super) fn exponent(&self) -> i64 {
        if self.is_zero() { 0 } else { self.point - 1 }
    }

    /// How many characters the part before the point has.
    pub(super) fn whole_len(&self) -> usize {
        usize::try_from(self.point).unwrap_or(0).max(1)
    }

    /// Keeps the first `count` digits, rounding half up; a negative count keeps nothing.
    pub(super) fn round_to(&mut self, count: i64) {
        let Ok(keep) = usize::try_from(count) else {
            *self = Self { digits: vec![0], point: 1 };
            return;
        };
        if keep >= self.digits.len() {
            return;
        }
        let up = self.digits.get(keep).is_some_and(|digit| *digit >= 5);
        self.digits.truncate(keep);
        if up {
            for digit in self.digits.iter_mut().rev() {
                if *digit < 9 {
                    *digit += 1;
                    return;
                }
                *digit = 0;
            }
            self.digits.insert(0, 1);
            self.point += 1;
        } else if self.digits.is_empty() {
            *self = Self { digits: vec![0], point: 1 };
        }
    }

    /// Rounds to `places` digits behind the point.
    pub(super) fn round_at(&mut self, places: i64) {
        self.round_to(self.point.saturating_add(places));
    }

    fn digit(&self, at: i64) -> char {
        let digit = usize::try_from(at).ok().and_then(|at| self.digits.get(at)).copied().unwrap_or(0);
        char::from(b'0' + digit)
    }

    /// `123.4500` with `places` digits behind the point. Round first.
    pub(super) fn plain(&self, places: usize) -> String {
        let mut text = String::with_capacity(self.whole_len() + places + 1);
        if self.point <= 0 {
            text.push('0');
        }
        (0..self.point).for_each(|at| text.push(self.digit(at)));
        if places > 0 {
            text.push('.');
            let start = self.point;
            (0..places as i64).for_each(|at| text.push(self.digit(start + at)));
        }
        text
    }

    /// `1.2345` with `places` digits behind the point: the mantissa of a scientific text. Round first.
    pub(super) fn mantissa(&self, places: usize) -> String {
        let mut text = String::with_capacity(places + 2);
        text.push(self.digit(0));
        if places > 0 {
            text.push('.');
            (1..=places as i64).for_each(|at| text.push(self.digit(at)));
        }
        text
    }
}
