//! Values of Java classes that code may use and that are no data: dates, times, durations, zones, formatters, classes.
//!
//! What they are and how they print, compare and hash; the members that code calls are rows of `library::java`. The
//! calendar is the ISO one. Nothing here knows a clock or the zone of the machine.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use crate::Thrown;
use crate::thrown::Class;

/// `Duration` and `Period`.
pub mod amount;
/// `LocalDate`, `LocalTime`, `LocalDateTime`, `Instant`.
pub mod local;
/// `DateTimeFormatter`.
pub mod pattern;
/// Zones of the tz database.
pub mod region;
/// `ChronoUnit` and the arithmetic with it.
pub mod unit;
/// `ZoneOffset`, `ZoneId`, and the dates and times that have one.
pub mod zone;

use amount::{Duration, Period};
use local::{Date, DateTime, Instant, Time, year_text};
use pattern::Formatter;
use unit::Unit;
use zone::{OffsetDateTime, Zone, Zoned};

/// One such value.
#[derive(Clone, Debug)]
pub enum Host {
    /// A class as a value, by its name with the package.
    Class(&'static str),
    Date(Date),
    Time(Time),
    DateTime(DateTime),
    Instant(Instant),
    Offset(OffsetDateTime),
    Zoned(Zoned),
    YearMonth(i64, i64),
    Year(i64),
    /// 1 to 12.
    Month(i64),
    /// 1 for Monday to 7.
    Weekday(i64),
    Duration(Duration),
    Period(Period),
    Unit(Unit),
    Zone(Zone),
    Formatter(Formatter),
    Adjuster(Adjuster),
    Base64(Base64),
}

/// What `TemporalAdjusters` makes: a date to another date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adjuster {
    FirstDayOfMonth,
    LastDayOfMonth,
    FirstDayOfNextMonth,
    FirstDayOfYear,
    LastDayOfYear,
    FirstDayOfNextYear,
    /// The weekday after, and whether the day itself counts.
    Next(i64, bool),
    Previous(i64, bool),
    /// The nth such weekday of the month; from the end when negative.
    DayOfWeekInMonth(i64, i64),
}

/// What `Base64/getEncoder` and its siblings give.
#[expect(clippy::struct_excessive_bools, reason = "independent options of one coder")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Base64 {
    pub decoder: bool,
    pub url_safe: bool,
    pub padded: bool,
    pub mime: bool,
}

/// A date or time that does not exist or cannot be computed.
pub(crate) fn date_time(message: impl Into<String>) -> Thrown {
    Thrown::new(Class::DateTime, message)
}

pub(crate) fn overflow() -> Thrown {
    Thrown::new(Class::Arithmetic, "long overflow")
}

impl Host {
    /// The JVM class.
    pub fn class_name(&self) -> &'static str {
        match self {
            Self::Class(_) => "java.lang.Class",
            Self::Date(_) => "java.time.LocalDate",
            Self::Time(_) => "java.time.LocalTime",
            Self::DateTime(_) => "java.time.LocalDateTime",
            Self::Instant(_) => "java.time.Instant",
            Self::Offset(_) => "java.time.OffsetDateTime",
            Self::Zoned(_) => "java.time.ZonedDateTime",
            Self::YearMonth(..) => "java.time.YearMonth",
            Self::Year(_) => "java.time.Year",
            Self::Month(_) => "java.time.Month",
            Self::Weekday(_) => "java.time.DayOfWeek",
            Self::Duration(_) => "java.time.Duration",
            Self::Period(_) => "java.time.Period",
            Self::Unit(_) => "java.time.temporal.ChronoUnit",
            Self::Zone(Zone::Offset(_)) => "java.time.ZoneOffset",
            Self::Zone(Zone::Region(_)) => "java.time.ZoneRegion",
            Self::Formatter(_) => "java.time.format.DateTimeFormatter",
            Self::Adjuster(_) => "java.time.temporal.TemporalAdjuster",
            Self::Base64(Base64 { decoder: true, .. }) => "java.util.Base64$Decoder",
            Self::Base64(_) => "java.util.Base64$Encoder",
        }
    }

    /// What it is, in our words.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Class(_) => "a class",
            Self::Date(_) => "a LocalDate",
            Self::Time(_) => "a LocalTime",
            Self::DateTime(_) => "a LocalDateTime",
            Self::Instant(_) => "an Instant",
            Self::Offset(_) => "an OffsetDateTime",
            Self::Zoned(_) => "a ZonedDateTime",
            Self::YearMonth(..) => "a YearMonth",
            Self::Year(_) => "a Year",
            Self::Month(_) => "a Month",
            Self::Weekday(_) => "a DayOfWeek",
            Self::Duration(_) => "a Duration",
            Self::Period(_) => "a Period",
            Self::Unit(_) => "a ChronoUnit",
            Self::Zone(_) => "a ZoneId",
            Self::Formatter(_) => "a DateTimeFormatter",
            Self::Adjuster(_) => "a TemporalAdjuster",
            Self::Base64(_) => "a Base64 coder",
        }
    }

    /// `toString`.
    pub fn text(&self) -> String {
        match self {
            Self::Class(name) => (*name).to_owned(),
            Self::Date(date) => date.to_string(),
            Self::Time(time) => time.to_string(),
            Self::DateTime(local) => local.to_string(),
            Self::Instant(instant) => instant.to_string(),
            Self::Offset(value) => value.to_string(),
            Self::Zoned(value) => value.to_string(),
            Self::YearMonth(year, month) => format!("{}-{month:02}", year_text(*year)),
            Self::Year(year) => year.to_string(),
            Self::Month(month) => crate::calendar::month_name(*month).to_uppercase(),
            Self::Weekday(day) => crate::calendar::weekday_name(*day).to_uppercase(),
            Self::Duration(value) => value.to_string(),
            Self::Period(value) => value.to_string(),
            Self::Unit(unit) => unit.name().to_owned(),
            Self::Zone(zone) => zone.id(),
            Self::Formatter(_) | Self::Adjuster(_) | Self::Base64(_) => self.class_name().to_owned(),
        }
    }

    /// `compareTo`, as the number that Java gives; None when the two do not compare.
    pub fn compare(&self, other: &Self) -> Option<i64> {
        let sign = |ordering: Ordering| ordering as i64;
        Some(match (self, other) {
            (Self::Date(a), Self::Date(b)) => a.difference(*b),
            (Self::Time(a), Self::Time(b)) => sign(a.cmp(b)),
            (Self::DateTime(a), Self::DateTime(b)) => a.difference(*b),
            (Self::Instant(a), Self::Instant(b)) => sign(a.cmp(b)),
            (Self::Offset(a), Self::Offset(b)) => match a.instant().cmp(&b.instant()) {
                Ordering::Equal => a.local.difference(b.local),
                ordering => sign(ordering),
            },
            (Self::Zoned(a), Self::Zoned(b)) => match a.instant().cmp(&b.instant()) {
                Ordering::Equal => sign(a.local.cmp(&b.local)),
                ordering => sign(ordering),
            },
            (Self::YearMonth(year, month), Self::YearMonth(other_year, other_month)) => {
                if year == other_year { month - other_month } else { year - other_year }
            }
            (Self::Year(a), Self::Year(b)) | (Self::Month(a), Self::Month(b)) => a - b,
            (Self::Weekday(a), Self::Weekday(b)) => a - b,
            (Self::Duration(a), Self::Duration(b)) => sign(a.cmp(b)),
            (Self::Unit(a), Self::Unit(b)) => sign(a.cmp(b)),
            (Self::Zone(Zone::Offset(a)), Self::Zone(Zone::Offset(b))) => b - a,
            _ => return None,
        })
    }
}

impl PartialEq for Host {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Class(a), Self::Class(b)) => a == b,
            (Self::Offset(a), Self::Offset(b)) => a == b,
            (Self::Zoned(a), Self::Zoned(b)) => a == b,
            (Self::Zone(a), Self::Zone(b)) => a == b,
            (Self::Period(a), Self::Period(b)) => a == b,
            (Self::Adjuster(a), Self::Adjuster(b)) => a == b,
            (Self::Base64(a), Self::Base64(b)) => a == b,
            _ => self.compare(other) == Some(0),
        }
    }
}

impl Hash for Host {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Equal values print alike, and so do few others.
        (self.class_name(), self.text()).hash(state);
    }
}
