//! `ChronoUnit`: adding units to what holds dates and times, counting and cutting by them.

use super::amount::{Duration, Period};
use super::local::{Date, DateTime, Instant, NANOS_PER_DAY, Time, check_month, check_year};
use super::zone::{OffsetDateTime, Zoned};
use super::{Host, date_time, overflow};
use crate::Thrown;
use crate::thrown::Class;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    Nanos,
    Micros,
    Millis,
    Seconds,
    Minutes,
    Hours,
    HalfDays,
    Days,
    Weeks,
    Months,
    Years,
    Decades,
    Centuries,
    Millennia,
}

/// Units with the names of their constants and how they print.
const UNITS: &[(Unit, &str, &str)] = &[
    (Unit::Nanos, "NANOS", "Nanos"),
    (Unit::Micros, "MICROS", "Micros"),
    (Unit::Millis, "MILLIS", "Millis"),
    (Unit::Seconds, "SECONDS", "Seconds"),
    (Unit::Minutes, "MINUTES", "Minutes"),
    (Unit::Hours, "HOURS", "Hours"),
    (Unit::HalfDays, "HALF_DAYS", "HalfDays"),
    (Unit::Days, "DAYS", "Days"),
    (Unit::Weeks, "WEEKS", "Weeks"),
    (Unit::Months, "MONTHS", "Months"),
    (Unit::Years, "YEARS", "Years"),
    (Unit::Decades, "DECADES", "Decades"),
    (Unit::Centuries, "CENTURIES", "Centuries"),
    (Unit::Millennia, "MILLENNIA", "Millennia"),
];

/// How a unit counts.
enum Length {
    Nanos(i128),
    Days(i64),
    Months(i64),
}

impl Unit {
    /// By the name of the constant.
    pub fn of(constant: &str) -> Option<Self> {
        UNITS.iter().find(|(_, name, _)| *name == constant).map(|(unit, ..)| *unit)
    }

    pub fn constant(self) -> &'static str {
        UNITS.iter().find(|(unit, ..)| *unit == self).map_or("", |(_, name, _)| name)
    }

    pub fn name(self) -> &'static str {
        UNITS.iter().find(|(unit, ..)| *unit == self).map_or("", |(.., name)| name)
    }

    fn length(self) -> Length {
        const SECOND: i128 = 1_000_000_000;
        match self {
            Self::Nanos => Length::Nanos(1),
            Self::Micros => Length::Nanos(1000),
            Self::Millis => Length::Nanos(1_000_000),
            Self::Seconds => Length::Nanos(SECOND),
            Self::Minutes => Length::Nanos(60 * SECOND),
            Self::Hours => Length::Nanos(3600 * SECOND),
            Self::HalfDays => Length::Nanos(12 * 3600 * SECOND),
            Self::Days => Length::Days(1),
            Self::Weeks => Length::Days(7),
            Self::Months => Length::Months(1),
            Self::Years => Length::Months(12),
            Self::Decades => Length::Months(120),
            Self::Centuries => Length::Months(1200),
            Self::Millennia => Length::Months(12_000),
        }
    }

    /// The unit in nanoseconds, a day being 24 hours. None of months and longer, which have no one length.
    pub fn nanos(self) -> Option<i128> {
        match self.length() {
            Length::Nanos(nanos) => Some(nanos),
            Length::Days(days) => Some(i128::from(days) * i128::from(NANOS_PER_DAY)),
            Length::Months(_) => None,
        }
    }
}

fn unsupported(unit: Unit) -> Thrown {
    date_time(format!("Unsupported unit: {}", unit.name()))
}

fn times(amount: i64, by: i64) -> Result<i64, Thrown> {
    amount.checked_mul(by).ok_or_else(overflow)
}

fn plus_date(date: Date, amount: i64, unit: Unit) -> Result<Date, Thrown> {
    match unit.length() {
        Length::Days(days) => date.plus_days(times(amount, days)?),
        Length::Months(months) => date.plus_months(times(amount, months)?),
        Length::Nanos(_) => Err(unsupported(unit)),
    }
}

fn plus_local(local: DateTime, amount: i64, unit: Unit) -> Result<DateTime, Thrown> {
    match unit.length() {
        Length::Nanos(nanos) => local.plus(0, i128::from(amount) * nanos),
        _ => Ok(DateTime { date: plus_date(local.date, amount, unit)?, ..local }),
    }
}

fn plus_instant(instant: Instant, amount: i64, unit: Unit) -> Result<Instant, Thrown> {
    let nanos = unit.nanos().filter(|_| unit != Unit::Weeks).ok_or_else(|| unsupported(unit))?;
    Instant::from_total(instant.total() + i128::from(amount) * nanos)
}

/// `amount` units later; None when the value is nothing that units are added to.
pub fn plus(value: &Host, amount: i64, unit: Unit) -> Option<Result<Host, Thrown>> {
    Some(match value {
        Host::Date(date) => plus_date(*date, amount, unit).map(Host::Date),
        Host::Time(time) => match unit.length() {
            Length::Nanos(nanos) => {
                let total = i128::from(time.0) + i128::from(amount) * nanos;
                Ok(Host::Time(Time(total.rem_euclid(i128::from(NANOS_PER_DAY)) as i64)))
            }
            _ => Err(unsupported(unit)),
        },
        Host::DateTime(local) => plus_local(*local, amount, unit).map(Host::DateTime),
        Host::Instant(instant) => plus_instant(*instant, amount, unit).map(Host::Instant),
        Host::Offset(value) => plus_local(value.local, amount, unit)
            .map(|local| Host::Offset(OffsetDateTime { local, ..*value })),
        Host::Zoned(value) => plus_zoned(value, amount, unit).map(Host::Zoned),
        Host::YearMonth(year, month) => match unit.length() {
            Length::Months(months) => plus_year_month(*year, *month, amount, months),
            _ => Err(unsupported(unit)),
        },
        Host::Year(year) => match unit.length() {
            Length::Months(months) if months >= 12 => times(amount, months / 12)
                .and_then(|years| check_year(year.checked_add(years).ok_or_else(overflow)?))
                .map(Host::Year),
            _ => Err(unsupported(unit)),
        },
        Host::Duration(duration) => match unit.nanos().filter(|_| unit != Unit::Weeks) {
            Some(nanos) => {
                Duration::from_total(duration.total() + i128::from(amount) * nanos).map(Host::Duration)
            }
            None => Err(date_time("Unit must not have an estimated duration")),
        },
        _ => return None,
    })
}

fn plus_year_month(year: i64, month: i64, amount: i64, months: i64) -> Result<Host, Thrown> {
    let total = times(amount, months)?.checked_add(year * 12 + month - 1).ok_or_else(overflow)?;
    Ok(Host::YearMonth(check_year(total.div_euclid(12))?, check_month(total.rem_euclid(12) + 1)?))
}

/// Dates move on the wall clock, times on the time line.
fn plus_zoned(value: &Zoned, amount: i64, unit: Unit) -> Result<Zoned, Thrown> {
    if let Length::Nanos(nanos) = unit.length() {
        let later = Instant::from_total(value.instant().total() + i128::from(amount) * nanos)?;
        return Zoned::at(later, value.zone.clone());
    }
    let local = plus_local(value.local, amount, unit)?;
    Zoned::of_local(local, value.zone.clone(), Some(value.offset))
}

/// A `Period` or `Duration` later, `sign` times.
pub fn plus_amount(value: &Host, amount: &Host, sign: i64) -> Option<Result<Host, Thrown>> {
    match amount {
        Host::Period(period) => Some(plus_period(value, *period, sign)),
        Host::Duration(duration) => {
            let seconds = plus(value, 0, Unit::Seconds)?;
            Some(seconds.and_then(|value| plus_duration(&value, *duration, sign)))
        }
        _ => None,
    }
}

fn plus_period(value: &Host, period: Period, sign: i64) -> Result<Host, Thrown> {
    let mut value = value.clone();
    for (amount, unit) in [(period.total_months(), Unit::Months), (period.days, Unit::Days)] {
        if amount != 0 {
            value = plus(&value, amount * sign, unit).unwrap_or_else(|| Err(unsupported(unit)))?;
        }
    }
    Ok(value)
}

fn plus_duration(value: &Host, duration: Duration, sign: i64) -> Result<Host, Thrown> {
    let mut value = value.clone();
    for (amount, unit) in [(duration.seconds, Unit::Seconds), (duration.nanos, Unit::Nanos)] {
        let amount = times(amount, sign)?;
        if amount != 0 {
            value = plus(&value, amount, unit).unwrap_or_else(|| Err(unsupported(unit)))?;
        }
    }
    Ok(value)
}

/// Whole units from one value to another of the same class; None when it has no such count.
pub fn between(from: &Host, to: &Host, unit: Unit) -> Option<Result<i64, Thrown>> {
    let by_nanos = |from: i128, to: i128| {
        let Some(nanos) = unit.nanos().filter(|_| unit != Unit::Weeks) else { return Err(unsupported(unit)) };
        i64::try_from((to - from) / nanos).map_err(|_| overflow())
    };
    Some(match (from, to) {
        (Host::Date(from), Host::Date(to)) => dates_between(*from, *to, unit),
        (Host::Time(from), Host::Time(to)) => match unit.length() {
            Length::Nanos(_) => by_nanos(i128::from(from.0), i128::from(to.0)),
            _ => Err(unsupported(unit)),
        },
        (Host::DateTime(from), Host::DateTime(to)) => locals_between(*from, *to, unit),
        (Host::Instant(from), Host::Instant(to)) => by_nanos(from.total(), to.total()),
        (Host::Offset(from), Host::Offset(to)) => OffsetDateTime::at(to.instant(), from.offset)
            .and_then(|to| locals_between(from.local, to.local, unit)),
        (Host::Zoned(from), Host::Zoned(to)) => match unit.length() {
            Length::Nanos(_) => by_nanos(from.instant().total(), to.instant().total()),
            _ => Zoned::at(to.instant(), from.zone.clone())
                .and_then(|to| locals_between(from.local, to.local, unit)),
        },
        (Host::YearMonth(year, month), Host::YearMonth(other_year, other_month)) => match unit.length() {
            Length::Months(months) => Ok(((other_year * 12 + other_month) - (year * 12 + month)) / months),
            _ => Err(unsupported(unit)),
        },
        (Host::Year(from), Host::Year(to)) => match unit.length() {
            Length::Months(months) if months >= 12 => Ok((to - from) / (months / 12)),
            _ => Err(unsupported(unit)),
        },
        _ => return None,
    })
}

fn dates_between(from: Date, to: Date, unit: Unit) -> Result<i64, Thrown> {
    match unit.length() {
        Length::Days(days) => Ok((to.days() - from.days()) / days),
        Length::Months(months) => Ok((to.packed() - from.packed()) / 32 / months),
        Length::Nanos(_) => Err(unsupported(unit)),
    }
}

fn locals_between(from: DateTime, to: DateTime, unit: Unit) -> Result<i64, Thrown> {
    if let Length::Nanos(nanos) = unit.length() {
        let days = i128::from(to.date.days() - from.date.days());
        let total = days * i128::from(NANOS_PER_DAY) + i128::from(to.time.0 - from.time.0);
        return i64::try_from(total / nanos).map_err(|_| overflow());
    }
    // A day counts when its time of day is reached.
    let mut end = to.date;
    if end > from.date && to.time < from.time {
        end = end.plus_days(-1)?;
    } else if end < from.date && to.time > from.time {
        end = end.plus_days(1)?;
    }
    dates_between(from.date, end, unit)
}

/// Years, months and days between two dates.
pub fn period_between(from: Date, to: Date) -> Result<Period, Thrown> {
    let mut months = (to.year * 12 + to.month) - (from.year * 12 + from.month);
    let mut days = to.day - from.day;
    if months > 0 && days < 0 {
        months -= 1;
        days = to.days() - from.plus_months(months)?.days();
    } else if months < 0 && days > 0 {
        months += 1;
        days -= to.month_len();
    }
    Period::checked(i128::from(months / 12), i128::from(months % 12), i128::from(days))
}

/// Without what is smaller than the unit; None when the value is not cut by units.
pub fn truncated(value: &Host, unit: Unit) -> Option<Result<Host, Thrown>> {
    let cut = |time: Time| {
        if unit == Unit::Days {
            return Ok(Time(0));
        }
        match unit.length() {
            Length::Nanos(nanos) => Ok(Time((i128::from(time.0) / nanos * nanos) as i64)),
            _ => Err(Thrown::new(Class::DateTime, "Unit is too large to be used for truncation")),
        }
    };
    let cut_local = |local: DateTime| Ok::<_, Thrown>(DateTime { time: cut(local.time)?, ..local });
    Some(match value {
        Host::Time(time) => cut(*time).map(Host::Time),
        Host::DateTime(local) => cut_local(*local).map(Host::DateTime),
        Host::Instant(instant) => DateTime::from_epoch(instant.seconds, instant.nanos).and_then(|local| {
            let local = cut_local(local)?;
            Ok(Host::Instant(Instant { seconds: local.epoch_seconds(), nanos: local.time.nano() }))
        }),
        Host::Offset(value) => {
            cut_local(value.local).map(|local| Host::Offset(OffsetDateTime { local, ..*value }))
        }
        Host::Zoned(value) => cut_local(value.local)
            .and_then(|local| Zoned::of_local(local, value.zone.clone(), Some(value.offset)))
            .map(Host::Zoned),
        Host::Duration(duration) => match unit.nanos().filter(|_| unit <= Unit::Days) {
            Some(nanos) => Duration::from_total(duration.total() / nanos * nanos).map(Host::Duration),
            None => Err(Thrown::new(Class::DateTime, "Unit is too large to be used for truncation")),
        },
        _ => return None,
    })
}
