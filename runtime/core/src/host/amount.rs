//! Amounts of time: `Duration` in seconds, `Period` in years, months and days.

use std::fmt;

use super::local::NANOS_PER_SECOND;
use super::overflow;
use crate::Thrown;
use crate::thrown::Class;

/// `Duration`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration {
    pub seconds: i64,
    /// Never negative.
    pub nanos: i64,
}

impl Duration {
    pub fn from_total(nanos: i128) -> Result<Self, Thrown> {
        let second = i128::from(NANOS_PER_SECOND);
        let seconds = i64::try_from(nanos.div_euclid(second)).map_err(|_| overflow())?;
        Ok(Self { seconds, nanos: nanos.rem_euclid(second) as i64 })
    }

    /// All nanoseconds.
    pub fn total(self) -> i128 {
        i128::from(self.seconds) * i128::from(NANOS_PER_SECOND) + i128::from(self.nanos)
    }

    /// `PnDTnHnMn.nS`
    pub fn parse(text: &str) -> Result<Self, Thrown> {
        Self::read(text).ok_or_else(|| unparsable("Duration"))
    }

    fn read(text: &str) -> Option<Self> {
        let (negative, rest) = signed(text);
        let rest = rest.strip_prefix(['P', 'p'])?;
        let (date, time) = match rest.split_once(['T', 't']) {
            Some((_, "")) => return None,
            Some((date, time)) => (date, time),
            None => (rest, ""),
        };
        if date.is_empty() && time.is_empty() {
            return None;
        }
        let mut total = 0i128;
        let mut add = |number: &str, nanos: i128| {
            total = total.checked_add(i128::from(number.parse::<i64>().ok()?).checked_mul(nanos)?)?;
            Some(())
        };
        let second = i128::from(NANOS_PER_SECOND);
        let rest = part(date, ['D', 'd'], |number| add(number, 86_400 * second))?;
        if !rest.is_empty() {
            return None;
        }
        let time = part(time, ['H', 'h'], |number| add(number, 3600 * second))?;
        let time = part(time, ['M', 'm'], |number| add(number, 60 * second))?;
        if !time.is_empty() {
            let number = time.strip_suffix(['S', 's'])?;
            let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, ""));
            if fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            add(if whole.is_empty() { return None } else { whole }, second)?;
            let nanos: i128 = format!("{fraction:0<9}").parse().ok()?;
            total += if whole.starts_with('-') { -nanos } else { nanos };
        }
        Self::from_total(if negative { -total } else { total }).ok()
    }
}

/// A sign in front.
fn signed(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// Takes `12D` off the front, if it is there, and gives the rest. None when the number is none.
fn part(text: &str, unit: [char; 2], add: impl FnOnce(&str) -> Option<()>) -> Option<&str> {
    let Some((number, rest)) = text.split_once(unit) else { return Some(text) };
    let number = number.strip_prefix('+').unwrap_or(number);
    add(number)?;
    Some(rest)
}

fn unparsable(what: &str) -> Thrown {
    Thrown::new(Class::DateTimeParse, format!("Text cannot be parsed to a {what}"))
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.seconds == 0 && self.nanos == 0 {
            return f.write_str("PT0S");
        }
        let borrowed = self.seconds < 0 && self.nanos > 0;
        let whole = if borrowed { self.seconds + 1 } else { self.seconds };
        let (hours, minutes, seconds) = (whole / 3600, whole % 3600 / 60, whole % 60);
        f.write_str("PT")?;
        if hours != 0 {
            write!(f, "{hours}H")?;
        }
        if minutes != 0 {
            write!(f, "{minutes}M")?;
        }
        if seconds == 0 && self.nanos == 0 {
            return Ok(());
        }
        if borrowed && seconds == 0 {
            f.write_str("-0")?;
        } else {
            write!(f, "{seconds}")?;
        }
        if self.nanos > 0 {
            let nanos = if borrowed { NANOS_PER_SECOND - self.nanos } else { self.nanos };
            write!(f, ".{}", format!("{nanos:09}").trim_end_matches('0'))?;
        }
        f.write_str("S")
    }
}

/// `Period`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    pub years: i64,
    pub months: i64,
    pub days: i64,
}

impl Period {
    /// `PnYnMnWnD`
    pub fn parse(text: &str) -> Result<Self, Thrown> {
        Self::read(text).ok_or_else(|| unparsable("Period"))
    }

    fn read(text: &str) -> Option<Self> {
        let (negative, rest) = signed(text);
        let mut rest = rest.strip_prefix(['P', 'p']).filter(|rest| !rest.is_empty())?;
        let mut numbers = [0i64; 4];
        for (number, unit) in numbers.iter_mut().zip([['Y', 'y'], ['M', 'm'], ['W', 'w'], ['D', 'd']]) {
            rest = part(rest, unit, |text| {
                *number = i64::from(text.parse::<i32>().ok()?);
                Some(())
            })?;
        }
        let [years, months, weeks, days] = numbers;
        let sign = if negative { -1 } else { 1 };
        let period = Self { years: sign * years, months: sign * months, days: sign * (weeks * 7 + days) };
        rest.is_empty().then_some(period)
    }

    pub fn is_zero(self) -> bool {
        self == Self::default()
    }

    pub fn total_months(self) -> i64 {
        self.years * 12 + self.months
    }

    /// Each part by its own function; parts are 32-bit integers.
    pub fn checked(years: i128, months: i128, days: i128) -> Result<Self, Thrown> {
        let int = |part: i128| {
            i32::try_from(part).map(i64::from).map_err(|_| Thrown::new(Class::Arithmetic, "integer overflow"))
        };
        Ok(Self { years: int(years)?, months: int(months)?, days: int(days)? })
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_zero() {
            return f.write_str("P0D");
        }
        f.write_str("P")?;
        for (number, unit) in [(self.years, 'Y'), (self.months, 'M'), (self.days, 'D')] {
            if number != 0 {
                write!(f, "{number}{unit}")?;
            }
        }
        Ok(())
    }
}
