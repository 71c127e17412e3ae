//! The decimal digits of a double, as Java up to 18 chooses them.
//!
//! Java develops digits until what is left is below half a unit in the last place, which now and then gives digits
//! more than the shortest text that reads back: `7.0000000000000004E22`. Programs see these digits in
//! strings, so we develop them the same way: the free-format algorithm of Steele and White with Java's estimates.

use num_bigint::BigUint;
use num_integer::Integer;
use num_traits::ToPrimitive;

const FRACTION_BITS: i32 = 52;
const HIDDEN_BIT: u64 = 1 << FRACTION_BITS;

/// The digits of a positive finite double, and the power of ten of the first one.
pub(super) fn digits(value: f64) -> (String, i32) {
    let bits = value.to_bits();
    let (fraction, biased) = (bits & (HIDDEN_BIT - 1), (bits >> FRACTION_BITS) as i32);
    let (fraction, biased, significant) = if biased == 0 {
        let shift = fraction.leading_zeros() as i32 - (63 - FRACTION_BITS);
        (fraction << shift, 1 - shift, 64 - fraction.leading_zeros() as i32)
    } else {
        (fraction | HIDDEN_BIT, biased, FRACTION_BITS + 1)
    };
    let number = Binary { fraction, exponent: biased - 1023, significant };
    number.whole().unwrap_or_else(|| number.develop())
}

/// `fraction * 2^(exponent - 52)`, of which so many bits are significant.
struct Binary {
    fraction: u64,
    exponent: i32,
    significant: i32,
}

impl Binary {
    fn fraction_bits(&self) -> i32 {
        FRACTION_BITS + 1 - self.fraction.trailing_zeros() as i32
    }

    /// How many bits stand behind the binary point.
    fn tiny_bits(&self) -> i32 {
        (self.fraction_bits() - self.exponent - 1).max(0)
    }

    /// The digits of an integer that fits 63 bits, without those that its last bits do not determine.
    fn whole(&self) -> Option<(String, i32)> {
        if self.tiny_bits() > 0 || !(-21..=62).contains(&self.exponent) {
            return None;
        }
        let undetermined = self.exponent - self.significant - 1;
        // As many digits as `2^undetermined` has, less one.
        let dropped = if undetermined > 1 { (1u64 << undetermined).ilog10() } else { 0 };
        let shift = self.exponent - FRACTION_BITS;
        let mut int = if shift >= 0 { self.fraction << shift } else { self.fraction >> -shift };
        if dropped > 0 {
            let power = 10u64.pow(dropped);
            int = int / power + u64::from(int % power >= power / 2);
        }
        let text = int.to_string();
        let exponent = text.len() as i32 - 1 + dropped as i32;
        Some((text.trim_end_matches('0').to_owned(), exponent))
    }

    /// Java's estimate of the decimal exponent: right, or one too large.
    fn estimate(&self) -> i32 {
        let mantissa = f64::from_bits((1023 << FRACTION_BITS) | (self.fraction & (HIDDEN_BIT - 1)));
        #[expect(clippy::approx_constant, reason = "as Java writes it")]
        let estimate = (mantissa - 1.5) * 0.289_529_654
            + 0.176_091_259
            + f64::from(self.exponent) * 0.301_029_995_663_981;
        estimate.floor() as i32
    }

    /// Digit by digit, until the rest is less than half a unit in the last place.
    fn develop(&self) -> (String, i32) {
        let fraction_bits = self.fraction_bits();
        let mut exponent = self.estimate();
        // Powers of five and two in the number, in the divisor, and in half a unit.
        let (number_5, divisor_5) = (0.max(-exponent), 0.max(exponent));
        let number_2 = number_5 + self.tiny_bits() + self.exponent;
        let (mut unit_2, mut divisor_2) = (number_2 - self.significant, divisor_5 + self.tiny_bits());
        let mut number_2 = number_2 - (fraction_bits - 1);
        let common = number_2.min(divisor_2);
        (number_2, divisor_2, unit_2) = (number_2 - common, divisor_2 - common, unit_2 - common);
        if fraction_bits == 1 {
            // The next number below a power of two is only half as far away.
            unit_2 -= 1;
        }
        if unit_2 < 0 {
            (number_2, divisor_2, unit_2) = (number_2 - unit_2, divisor_2 - unit_2, 0);
        }
        // Where the numbers fit 64 bits, Java compares a little differently.
        let number_bits = fraction_bits + number_2 + bits_of_power_of_5(number_5);
        let divisor_bits = divisor_2 + 1 + bits_of_power_of_5(divisor_5 + 1);
        let small = number_bits < 64 && divisor_bits < 64;

        let divisor = product(1, divisor_5, divisor_2);
        let tens = &divisor * 10u8;
        let mut number = product(self.fraction >> self.fraction.trailing_zeros(), number_5, number_2);
        let mut unit = product(1, number_5, unit_2);
        let mut digits: Vec<u8> = Vec::new();
        let mut first = true;
        let (mut low, mut high);
        loop {
            let (digit, rest) = number.div_rem(&divisor);
            (number, unit) = (rest * 10u8, unit * 10u8);
            low = number < unit;
            let sum = &number + &unit;
            high = if small { sum > tens } else { sum >= tens };
            let digit = digit.to_u8().unwrap_or(9);
            if first && digit == 0 && !high {
                exponent -= 1;
            } else {
                digits.push(digit);
            }
            // In scientific notation a second digit is looked for in any case.
            let second_wanted = first && !(-3..8).contains(&exponent);
            first = false;
            if (low || high) && !second_wanted {
                break;
            }
        }
        if high {
            let doubled = number * 2u8;
            let odd = digits.last().is_some_and(|digit| digit % 2 == 1);
            if !low || doubled > tens || (doubled == tens && odd) {
                exponent += round_up(&mut digits);
            }
        }
        (digits.iter().map(|digit| char::from(b'0' + digit)).collect(), exponent)
    }
}

/// One more in the last place; 1 when that made a digit more in front.
fn round_up(digits: &mut [u8]) -> i32 {
    for digit in digits.iter_mut().rev() {
        if *digit < 9 {
            *digit += 1;
            return 0;
        }
        *digit = 0;
    }
    if let Some(first) = digits.first_mut() {
        *first = 1;
    }
    1
}

fn product(factor: u64, fives: i32, twos: i32) -> BigUint {
    let power = num_traits::pow(BigUint::from(5u8), fives.max(0) as usize);
    (BigUint::from(factor) * power) << twos.max(0)
}

/// As many bits as Java reckons with.
fn bits_of_power_of_5(exponent: i32) -> i32 {
    match exponent {
        0 => 0,
        1..=26 => 64 - 5u64.pow(exponent as u32).leading_zeros() as i32,
        _ => 3 * exponent,
    }
}
