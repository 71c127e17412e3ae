//! Dates and times without a zone, and points in time.

use std::fmt;

use super::{date_time, overflow};
use crate::Thrown;
use crate::calendar::{
    SECONDS_PER_DAY, civil_from_days, days_from_civil, days_in_month, days_in_year, is_leap, month_name,
    weekday,
};

pub(crate) const NANOS_PER_SECOND: i64 = 1_000_000_000;
pub(crate) const NANOS_PER_DAY: i64 = SECONDS_PER_DAY * NANOS_PER_SECOND;
const YEAR_MAX: i64 = 999_999_999;

/// `Invalid value for MonthOfYear (valid values 1 - 12): 13`
pub(crate) fn in_field(name: &str, value: i64, low: i64, high: i64) -> Result<i64, Thrown> {
    in_field_up_to(name, value, low, high, &high.to_string())
}

fn in_field_up_to(name: &str, value: i64, low: i64, high: i64, shown: &str) -> Result<i64, Thrown> {
    if (low..=high).contains(&value) {
        return Ok(value);
    }
    Err(date_time(format!("Invalid value for {name} (valid values {low} - {shown}): {value}")))
}

pub(crate) fn check_year(year: i64) -> Result<i64, Thrown> {
    in_field("Year", year, -YEAR_MAX, YEAR_MAX)
}

pub(crate) fn check_month(month: i64) -> Result<i64, Thrown> {
    in_field("MonthOfYear", month, 1, 12)
}

/// At least four digits, with a sign where there are more.
pub(crate) fn year_text(year: i64) -> String {
    match year {
        0..=9999 => format!("{year:04}"),
        10_000.. => format!("+{year}"),
        _ => format!("-{:04}", year.unsigned_abs()),
    }
}

/// `LocalDate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    pub year: i64,
    pub month: i64,
    pub day: i64,
}

impl Date {
    pub fn of(year: i64, month: i64, day: i64) -> Result<Self, Thrown> {
        check_year(year)?;
        check_month(month)?;
        in_field_up_to("DayOfMonth", day, 1, 31, "28/31")?;
        if day > days_in_month(year, month) {
            return Err(date_time(match day {
                29 => format!("Invalid date 'February 29' as '{year}' is not a leap year"),
                _ => format!("Invalid date '{} {day}'", month_name(month).to_uppercase()),
            }));
        }
        Ok(Self { year, month, day })
    }

    /// The day of a month that may be shorter: its last day then.
    pub fn clamped(year: i64, month: i64, day: i64) -> Result<Self, Thrown> {
        Self::of(year, month, day.min(days_in_month(year, month)))
    }

    pub fn of_year_day(year: i64, day: i64) -> Result<Self, Thrown> {
        check_year(year)?;
        in_field_up_to("DayOfYear", day, 1, 366, "365/366")?;
        if day > days_in_year(year) {
            return Err(date_time(format!("Invalid date 'DayOfYear 366' as '{year}' is not a leap year")));
        }
        Self::from_days(days_from_civil(year, 1, 1) + day - 1)
    }

    /// From the days since 1970-01-01.
    pub fn from_days(days: i64) -> Result<Self, Thrown> {
        in_field("EpochDay", days, -365_243_219_162, 365_241_780_471)?;
        let (year, month, day) = civil_from_days(days);
        Ok(Self { year, month, day })
    }

    pub fn days(self) -> i64 {
        days_from_civil(self.year, self.month, self.day)
    }

    pub fn weekday(self) -> i64 {
        weekday(self.days())
    }

    pub fn day_of_year(self) -> i64 {
        self.days() - days_from_civil(self.year, 1, 1) + 1
    }

    pub fn month_len(self) -> i64 {
        days_in_month(self.year, self.month)
    }

    pub fn is_leap(self) -> bool {
        is_leap(self.year)
    }

    pub fn plus_days(self, days: i64) -> Result<Self, Thrown> {
        Self::from_days(self.days().checked_add(days).ok_or_else(overflow)?)
    }

    pub fn plus_months(self, months: i64) -> Result<Self, Thrown> {
        let total = (self.year * 12 + self.month - 1).checked_add(months).ok_or_else(overflow)?;
        Self::clamped(check_year(total.div_euclid(12))?, total.rem_euclid(12) + 1, self.day)
    }

    /// Months since year 0 with the day behind: what whole months between dates are counted with.
    pub(crate) fn packed(self) -> i64 {
        (self.year * 12 + self.month - 1) * 32 + self.day
    }

    /// `compareTo`: of the years, else of the months, else of the days.
    pub(crate) fn difference(self, other: Self) -> i64 {
        [self.year - other.year, self.month - other.month, self.day - other.day]
            .into_iter()
            .find(|part| *part != 0)
            .unwrap_or(0)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02}-{:02}", year_text(self.year), self.month, self.day)
    }
}

/// `LocalTime`: nanoseconds of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub i64);

impl Time {
    pub fn of(hour: i64, minute: i64, second: i64, nano: i64) -> Result<Self, Thrown> {
        in_field("HourOfDay", hour, 0, 23)?;
        in_field("MinuteOfHour", minute, 0, 59)?;
        in_field("SecondOfMinute", second, 0, 59)?;
        in_field("NanoOfSecond", nano, 0, NANOS_PER_SECOND - 1)?;
        Ok(Self(((hour * 60 + minute) * 60 + second) * NANOS_PER_SECOND + nano))
    }

    pub fn seconds(self) -> i64 {
        self.0 / NANOS_PER_SECOND
    }

    pub fn hour(self) -> i64 {
        self.seconds() / 3600
    }

    pub fn minute(self) -> i64 {
        self.seconds() / 60 % 60
    }

    pub fn second(self) -> i64 {
        self.seconds() % 60
    }

    pub fn nano(self) -> i64 {
        self.0 % NANOS_PER_SECOND
    }
}

/// The digits behind the second, in groups of three; nothing for none.
fn fraction(nanos: i64) -> String {
    match nanos {
        0 => String::new(),
        _ if nanos % 1_000_000 == 0 => format!(".{:03}", nanos / 1_000_000),
        _ if nanos % 1000 == 0 => format!(".{:06}", nanos / 1000),
        _ => format!(".{nanos:09}"),
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour(), self.minute())?;
        if self.second() > 0 || self.nano() > 0 {
            write!(f, ":{:02}{}", self.second(), fraction(self.nano()))?;
        }
        Ok(())
    }
}

/// `LocalDateTime`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DateTime {
    pub date: Date,
    pub time: Time,
}

impl DateTime {
    /// Seconds since 1970 as if this were UTC.
    pub fn epoch_seconds(self) -> i64 {
        self.date.days() * SECONDS_PER_DAY + self.time.seconds()
    }

    pub fn from_epoch(seconds: i64, nanos: i64) -> Result<Self, Thrown> {
        let date = Date::from_days(seconds.div_euclid(SECONDS_PER_DAY))?;
        let time = Time(seconds.rem_euclid(SECONDS_PER_DAY) * NANOS_PER_SECOND + nanos);
        Ok(Self { date, time })
    }

    /// Days and nanoseconds later; either may be negative.
    pub fn plus(self, days: i64, nanos: i128) -> Result<Self, Thrown> {
        let total = i128::from(self.time.0) + nanos;
        let carried = i64::try_from(total.div_euclid(i128::from(NANOS_PER_DAY))).map_err(|_| overflow())?;
        let days = days.checked_add(carried).ok_or_else(overflow)?;
        let nanos = total.rem_euclid(i128::from(NANOS_PER_DAY)) as i64;
        Ok(Self { date: self.date.plus_days(days)?, time: Time(nanos) })
    }

    pub(crate) fn difference(self, other: Self) -> i64 {
        match self.date.difference(other.date) {
            0 => self.time.cmp(&other.time) as i64,
            difference => difference,
        }
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{}", self.date, self.time)
    }
}

/// `Instant`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant {
    pub seconds: i64,
    /// Never negative.
    pub nanos: i64,
}

impl Instant {
    pub fn of(seconds: i64, nanos: i64) -> Result<Self, Thrown> {
        let seconds = seconds.checked_add(nanos.div_euclid(NANOS_PER_SECOND)).ok_or_else(overflow)?;
        if !(-31_557_014_167_219_200..=31_556_889_864_403_199).contains(&seconds) {
            return Err(date_time("Instant exceeds minimum or maximum instant"));
        }
        Ok(Self { seconds, nanos: nanos.rem_euclid(NANOS_PER_SECOND) })
    }

    pub fn from_millis(millis: i64) -> Self {
        Self { seconds: millis.div_euclid(1000), nanos: millis.rem_euclid(1000) * 1_000_000 }
    }

    pub fn millis(self) -> Result<i64, Thrown> {
        self.seconds
            .checked_mul(1000)
            .and_then(|millis| millis.checked_add(self.nanos / 1_000_000))
            .ok_or_else(overflow)
    }

    /// All nanoseconds since 1970.
    pub(crate) fn total(self) -> i128 {
        i128::from(self.seconds) * i128::from(NANOS_PER_SECOND) + i128::from(self.nanos)
    }

    pub(crate) fn from_total(nanos: i128) -> Result<Self, Thrown> {
        let seconds =
            i64::try_from(nanos.div_euclid(i128::from(NANOS_PER_SECOND))).map_err(|_| overflow())?;
        Self::of(seconds, nanos.rem_euclid(i128::from(NANOS_PER_SECOND)) as i64)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, second) =
            (self.seconds.div_euclid(SECONDS_PER_DAY), self.seconds.rem_euclid(SECONDS_PER_DAY));
        let (year, month, day) = civil_from_days(days);
        write!(f, "{}-{month:02}-{day:02}T", year_text(year))?;
        write!(f, "{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)?;
        write!(f, "{}Z", fraction(self.nanos))
    }
}
