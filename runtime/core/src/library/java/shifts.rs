//! Dates and times to others: `.plusDays`, `.with`, `.atZone`, `.truncatedTo`, `.format`; and arithmetic of amounts.

use super::super::class::mismatch;
use super::super::rows;
use super::parts::{date_of, instant_of, time_of};
use super::{integer, no_method, temporal};
use crate::host::amount::{Duration, Period};
use crate::host::local::{Date, DateTime, Time, check_month, check_year};
use crate::host::unit::{self, Unit};
use crate::host::zone::{OffsetDateTime, Zone, Zoned};
use crate::host::{Adjuster, Host, date_time};
use crate::thrown::Class;
use crate::{Budget, Thrown, Value};

rows! { shifts:
    "breyta.method/plusNanos" plus_nanos (Any, Integer) -> Any, "So many nanoseconds later.";
    "breyta.method/minusNanos" minus_nanos (Any, Integer) -> Any, "So many nanoseconds earlier.";
    "breyta.method/plusMillis" plus_millis (Any, Integer) -> Any, "So many milliseconds later.";
    "breyta.method/minusMillis" minus_millis (Any, Integer) -> Any, "So many milliseconds earlier.";
    "breyta.method/plusSeconds" plus_seconds (Any, Integer) -> Any, "So many seconds later.";
    "breyta.method/minusSeconds" minus_seconds (Any, Integer) -> Any, "So many seconds earlier.";
    "breyta.method/plusMinutes" plus_minutes (Any, Integer) -> Any, "So many minutes later.";
    "breyta.method/minusMinutes" minus_minutes (Any, Integer) -> Any, "So many minutes earlier.";
    "breyta.method/plusHours" plus_hours (Any, Integer) -> Any, "So many hours later.";
    "breyta.method/minusHours" minus_hours (Any, Integer) -> Any, "So many hours earlier.";
    "breyta.method/plusDays" plus_days (Any, Integer) -> Any, "So many days later.";
    "breyta.method/minusDays" minus_days (Any, Integer) -> Any, "So many days earlier.";
    "breyta.method/plusWeeks" plus_weeks (Any, Integer) -> Any, "So many weeks later.";
    "breyta.method/minusWeeks" minus_weeks (Any, Integer) -> Any, "So many weeks earlier.";
    "breyta.method/plusMonths" plus_months (Any, Integer) -> Any, "So many months later.";
    "breyta.method/minusMonths" minus_months (Any, Integer) -> Any, "So many months earlier.";
    "breyta.method/plusYears" plus_years (Any, Integer) -> Any, "So many years later.";
    "breyta.method/minusYears" minus_years (Any, Integer) -> Any, "So many years earlier.";
    "breyta.method/withYear" with_year (Any, Integer) -> Any, "The value with the year replaced.";
    "breyta.method/withMonth" with_month (Any, Integer) -> Any, "The value with the month replaced.";
    "breyta.method/withDayOfMonth" with_day_of_month (Any, Integer) -> Any, "The value with the day of the month replaced.";
    "breyta.method/withDayOfYear" with_day_of_year (Any, Integer) -> Any, "The value with the day of the year replaced.";
    "breyta.method/withHour" with_hour (Any, Integer) -> Any, "The value with the hour replaced.";
    "breyta.method/withMinute" with_minute (Any, Integer) -> Any, "The value with the minute replaced.";
    "breyta.method/withSecond" with_second (Any, Integer) -> Any, "The value with the second replaced.";
    "breyta.method/withNano" with_nano (Any, Integer) -> Any, "The value with the nanosecond replaced.";
    "breyta.method/plus" plus (Any, Any; Any) -> Any, "Later by an amount, or by so many units.";
    "breyta.method/minus" minus (Any, Any; Any) -> Any, "Earlier by an amount, or by so many units.";
    "breyta.method/with" with (Any, Any) -> Any, "The date that an adjuster makes of a date.";
    "breyta.method/until" until (Any, Any; Any) -> Any, "The whole units up to another value; without a unit the Period between two dates.";
    "breyta.method/between" between (Any, Any, Any) -> Integer, "The whole units of a ChronoUnit between two values.";
    "breyta.method/truncatedTo" truncated_to (Any, Any) -> Any, "The value without what is smaller than a unit.";
    "breyta.method/isBefore" is_before (Any, Any) -> Boolean, "Whether a date or time comes before another.";
    "breyta.method/isAfter" is_after (Any, Any) -> Boolean, "Whether a date or time comes after another.";
    "breyta.method/isEqual" is_equal (Any, Any) -> Boolean, "Whether two values are the same point in time.";
    "breyta.method/before" is_before (Any, Any) -> Boolean, "Whether an instant comes before another.";
    "breyta.method/after" is_after (Any, Any) -> Boolean, "Whether an instant comes after another.";
    "breyta.method/atStartOfDay" at_start_of_day (Any; Any) -> Any, "The start of a date, in a zone when one is given.";
    "breyta.method/atTime" at_time (Any, Any; Integer, Integer, Integer) -> Any, "A date at a time.";
    "breyta.method/atDate" at_date (Any, Any) -> Any, "A time at a date.";
    "breyta.method/atZone" at_zone (Any, Any) -> Any, "A point in time, or a date and time, in a zone.";
    "breyta.method/atOffset" at_offset (Any, Any) -> Any, "A point in time, or a date and time, with an offset.";
    "breyta.method/atDay" at_day (Any, Integer) -> Any, "A day of a YearMonth or Year.";
    "breyta.method/atMonth" at_month (Any, Any) -> Any, "A month of a Year.";
    "breyta.method/withZoneSameInstant" with_zone_same_instant (Any, Any) -> Any, "The same point in time in another zone.";
    "breyta.method/withZoneSameLocal" with_zone_same_local (Any, Any) -> Any, "The same wall clock in another zone.";
    "breyta.method/withOffsetSameInstant" with_offset_same_instant (Any, Any) -> Any, "The same point in time with another offset.";
    "breyta.method/withOffsetSameLocal" with_offset_same_local (Any, Any) -> Any, "The same wall clock with another offset.";
    "breyta.method/withZone" with_zone (Any, Any) -> Any, "A formatter that shows points in time in a zone.";
    "breyta.method/format" format (Any, Any) -> String, "A date or time as a formatter shows it.";
    "breyta.method/multipliedBy" multiplied_by (Any, Integer) -> Any, "A Duration or Period so many times.";
    "breyta.method/dividedBy" divided_by (Any, Any) -> Any, "A Duration divided by a number, or how often another fits.";
    "breyta.method/negated" negated (Any) -> Any, "A Duration or Period with the opposite sign.";
    "breyta.method/normalized" normalized (Any) -> Any, "A Period whose months are fewer than twelve.";
}

fn receiver<'v>(name: &str, args: &'v [Value]) -> Result<(Host, &'v [Value]), Thrown> {
    let Some((value, rest)) = args.split_first() else { return Err(Thrown::arity(name, 0)) };
    Ok((temporal(value).ok_or_else(|| no_method(name, value))?, rest))
}

/// A receiver and one more host value.
fn two(name: &str, args: &[Value]) -> Result<(Host, Host), Thrown> {
    let (host, rest) = receiver(name, args)?;
    let [other] = rest else { return Err(Thrown::arity(name, args.len())) };
    Ok((host, temporal(other).ok_or_else(|| mismatch(name, "a date, time, zone or amount", other))?))
}

fn absent(name: &str, args: &[Value]) -> Thrown {
    no_method(name, args.first().unwrap_or(&Value::Nil))
}

fn shifted(name: &str, args: &[Value], unit: Unit, sign: i64) -> Result<Value, Thrown> {
    let (host, rest) = receiver(name, args)?;
    let [amount] = rest else { return Err(Thrown::arity(name, args.len())) };
    let amount = integer(name, amount)?.checked_mul(sign).ok_or_else(crate::host::overflow)?;
    if let Host::Period(period) = host {
        return shifted_period(period, amount, unit).ok_or_else(|| absent(name, args))?.map(Value::from);
    }
    // An Instant has methods for what has one length everywhere only.
    if matches!(host, Host::Instant(_)) && unit > Unit::Seconds {
        return Err(absent(name, args));
    }
    // A unit that the class does not count in is a method that it does not have.
    match unit::plus(&host, amount, unit) {
        Some(Ok(later)) => Ok(later.into()),
        Some(Err(thrown)) if thrown.message().starts_with("Unsupported unit") => Err(absent(name, args)),
        Some(Err(thrown)) => Err(thrown),
        None => Err(absent(name, args)),
    }
}

fn shifted_period(period: Period, amount: i64, unit: Unit) -> Option<Result<Host, Thrown>> {
    let (years, months, days) = match unit {
        Unit::Years => (amount, 0, 0),
        Unit::Months => (0, amount, 0),
        Unit::Days => (0, 0, amount),
        _ => return None,
    };
    let sum = |part: i64, more: i64| i128::from(part) + i128::from(more);
    let made = Period::checked(sum(period.years, years), sum(period.months, months), sum(period.days, days));
    Some(made.map(Host::Period))
}

/// Declares `plusDays` and its like.
macro_rules! shifts {
    ($($name:literal $code:ident $unit:expr, $sign:expr;)*) => {$(
        pub fn $code(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
            shifted($name, args, $unit, $sign)
        }
    )*};
}

shifts! {
    "plusNanos" plus_nanos Unit::Nanos, 1;
    "minusNanos" minus_nanos Unit::Nanos, -1;
    "plusMillis" plus_millis Unit::Millis, 1;
    "minusMillis" minus_millis Unit::Millis, -1;
    "plusSeconds" plus_seconds Unit::Seconds, 1;
    "minusSeconds" minus_seconds Unit::Seconds, -1;
    "plusMinutes" plus_minutes Unit::Minutes, 1;
    "minusMinutes" minus_minutes Unit::Minutes, -1;
    "plusHours" plus_hours Unit::Hours, 1;
    "minusHours" minus_hours Unit::Hours, -1;
    "plusDays" plus_days Unit::Days, 1;
    "minusDays" minus_days Unit::Days, -1;
    "plusWeeks" plus_weeks Unit::Weeks, 1;
    "minusWeeks" minus_weeks Unit::Weeks, -1;
    "plusMonths" plus_months Unit::Months, 1;
    "minusMonths" minus_months Unit::Months, -1;
    "plusYears" plus_years Unit::Years, 1;
    "minusYears" minus_years Unit::Years, -1;
}

fn added(name: &str, args: &[Value], sign: i64) -> Result<Value, Thrown> {
    let (host, rest) = receiver(name, args)?;
    let missing = || absent(name, args);
    match rest {
        [amount] if amount.as_int().is_some() => {
            // Weekdays and months go round.
            let amount = integer(name, amount)? % 84 * sign;
            match host {
                Host::Weekday(day) => Ok(Host::Weekday((day - 1 + amount).rem_euclid(7) + 1).into()),
                Host::Month(month) => Ok(Host::Month((month - 1 + amount).rem_euclid(12) + 1).into()),
                _ => Err(missing()),
            }
        }
        [amount] => {
            let other = temporal(amount).ok_or_else(|| mismatch(name, "a Duration or Period", amount))?;
            if let (Host::Period(a), Host::Period(b)) = (&host, &other) {
                let sum = |a: i64, b: i64| i128::from(a) + i128::from(b) * i128::from(sign);
                let sum =
                    Period::checked(sum(a.years, b.years), sum(a.months, b.months), sum(a.days, b.days));
                return Ok(Host::Period(sum?).into());
            }
            unit::plus_amount(&host, &other, sign).ok_or_else(missing)?.map(Value::from)
        }
        [amount, unit] => {
            let Some(Host::Unit(unit)) = temporal(unit) else {
                return Err(mismatch(name, "a ChronoUnit", unit));
            };
            let amount = integer(name, amount)?.checked_mul(sign).ok_or_else(crate::host::overflow)?;
            unit::plus(&host, amount, unit).ok_or_else(missing)?.map(Value::from)
        }
        _ => Err(Thrown::arity(name, args.len())),
    }
}

pub fn plus(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    added("plus", args, 1)
}

pub fn minus(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    added("minus", args, -1)
}

/// The value with another date or time; None when it has none.
fn rebuilt(host: &Host, date: Option<Date>, time: Option<Time>) -> Option<Result<Host, Thrown>> {
    let local =
        |local: DateTime| DateTime { date: date.unwrap_or(local.date), time: time.unwrap_or(local.time) };
    Some(match host {
        Host::Date(_) => Ok(Host::Date(date?)),
        Host::Time(_) => Ok(Host::Time(time?)),
        Host::DateTime(value) => Ok(Host::DateTime(local(*value))),
        Host::Offset(value) => Ok(Host::Offset(OffsetDateTime { local: local(value.local), ..*value })),
        Host::Zoned(value) => {
            Zoned::of_local(local(value.local), value.zone.clone(), Some(value.offset)).map(Host::Zoned)
        }
        _ => return None,
    })
}

fn with_date(
    name: &str,
    args: &[Value],
    change: impl Fn(Date, i64) -> Result<Date, Thrown>,
) -> Result<Value, Thrown> {
    let (host, rest) = receiver(name, args)?;
    let [number] = rest else { return Err(Thrown::arity(name, args.len())) };
    let date = date_of(&host).ok_or_else(|| absent(name, args))?;
    let date = change(date, integer(name, number)?)?;
    rebuilt(&host, Some(date), None).ok_or_else(|| absent(name, args))?.map(Value::from)
}

fn with_time(
    name: &str,
    args: &[Value],
    change: impl Fn(Time, i64) -> Result<Time, Thrown>,
) -> Result<Value, Thrown> {
    let (host, rest) = receiver(name, args)?;
    let [number] = rest else { return Err(Thrown::arity(name, args.len())) };
    let time = time_of(&host).ok_or_else(|| absent(name, args))?;
    let time = change(time, integer(name, number)?)?;
    rebuilt(&host, None, Some(time)).ok_or_else(|| absent(name, args))?.map(Value::from)
}

pub fn with_year(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    if let [value, year] = args
        && let Some(Host::YearMonth(_, month)) = temporal(value)
    {
        return Ok(Host::YearMonth(check_year(integer("withYear", year)?)?, month).into());
    }
    with_date("withYear", args, |date, year| Date::clamped(check_year(year)?, date.month, date.day))
}

pub fn with_month(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    if let [value, month] = args
        && let Some(Host::YearMonth(year, _)) = temporal(value)
    {
        return Ok(Host::YearMonth(year, check_month(integer("withMonth", month)?)?).into());
    }
    with_date("withMonth", args, |date, month| Date::clamped(date.year, check_month(month)?, date.day))
}

pub fn with_day_of_month(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    with_date("withDayOfMonth", args, |date, day| Date::of(date.year, date.month, day))
}

pub fn with_day_of_year(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    with_date("withDayOfYear", args, |date, day| Date::of_year_day(date.year, day))
}

pub fn with_hour(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    with_time("withHour", args, |time, hour| Time::of(hour, time.minute(), time.second(), time.nano()))
}

pub fn with_minute(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    with_time("withMinute", args, |time, minute| Time::of(time.hour(), minute, time.second(), time.nano()))
}

pub fn with_second(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    with_time("withSecond", args, |time, second| Time::of(time.hour(), time.minute(), second, time.nano()))
}

pub fn with_nano(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    with_time("withNano", args, |time, nano| Time::of(time.hour(), time.minute(), time.second(), nano))
}

pub fn with(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (host, other) = two("with", args)?;
    let missing = || absent("with", args);
    let changed = match other {
        Host::Adjuster(adjuster) => {
            let date = date_of(&host).ok_or_else(missing)?;
            rebuilt(&host, Some(adjusted(date, adjuster)?), None)
        }
        Host::Date(date) => rebuilt(&host, Some(date), None),
        Host::Time(time) => rebuilt(&host, None, Some(time)),
        Host::DateTime(local) => rebuilt(&host, Some(local.date), Some(local.time)),
        _ => None,
    };
    changed.ok_or_else(missing)?.map(Value::from)
}

fn adjusted(date: Date, adjuster: Adjuster) -> Result<Date, Thrown> {
    let start = || Date::of(date.year, date.month, 1);
    match adjuster {
        Adjuster::FirstDayOfMonth => start(),
        Adjuster::LastDayOfMonth => Date::of(date.year, date.month, date.month_len()),
        Adjuster::FirstDayOfNextMonth => start()?.plus_months(1),
        Adjuster::FirstDayOfYear => Date::of(date.year, 1, 1),
        Adjuster::LastDayOfYear => Date::of(date.year, 12, 31),
        Adjuster::FirstDayOfNextYear => Date::of(check_year(date.year + 1)?, 1, 1),
        Adjuster::Next(day, same) => {
            let days = (day - date.weekday()).rem_euclid(7);
            date.plus_days(if days == 0 && !same { 7 } else { days })
        }
        Adjuster::Previous(day, same) => {
            let days = (date.weekday() - day).rem_euclid(7);
            date.plus_days(if days == 0 && !same { -7 } else { -days })
        }
        Adjuster::DayOfWeekInMonth(count, day) if count >= 0 => {
            let first = start()?;
            let days = (day - first.weekday()).rem_euclid(7);
            first.plus_days(days.saturating_add(count.saturating_sub(1).saturating_mul(7)))
        }
        Adjuster::DayOfWeekInMonth(count, day) => {
            let last = Date::of(date.year, date.month, date.month_len())?;
            let days = (last.weekday() - day).rem_euclid(7);
            last.plus_days(count.saturating_add(1).saturating_mul(7).saturating_sub(days))
        }
    }
}

/// `other` as a value of the class of `like`, where Java converts it.
fn converted(other: Host, like: &Host) -> Option<Host> {
    Some(match (like, &other) {
        (Host::Date(_), _) => Host::Date(date_of(&other)?),
        (Host::Time(_), _) => Host::Time(time_of(&other)?),
        (Host::DateTime(_), Host::Offset(_) | Host::Zoned(_)) => {
            Host::DateTime(DateTime { date: date_of(&other)?, time: time_of(&other)? })
        }
        (Host::Instant(_), _) => Host::Instant(instant_of(&other)?),
        (Host::Offset(_), Host::Zoned(Zoned { local, offset, .. })) => {
            Host::Offset(OffsetDateTime { local: *local, offset: *offset })
        }
        (Host::Zoned(_), Host::Offset(OffsetDateTime { local, offset })) => {
            Host::Zoned(Zoned { local: *local, offset: *offset, zone: Zone::Offset(*offset) })
        }
        (Host::YearMonth(..), _) if date_of(&other).is_some() => {
            let date = date_of(&other)?;
            Host::YearMonth(date.year, date.month)
        }
        _ => other,
    })
}

fn counted(name: &str, from: &Host, to: Host, unit: Unit) -> Result<Value, Thrown> {
    let unable = |text: String| {
        let class = from.class_name().rsplit('.').next().unwrap_or_default();
        date_time(format!("Unable to obtain {class} from TemporalAccessor: {text}"))
    };
    let text = to.text();
    let to = converted(to, from).ok_or_else(|| unable(text.clone()))?;
    match unit::between(from, &to, unit) {
        Some(count) => count.map(Value::Int),
        None if unit::plus(from, 0, unit).is_some() => Err(unable(text)),
        None => Err(Thrown::new(
            Class::IllegalArgument,
            format!("No matching method {name} found for class {}", from.class_name()),
        )),
    }
}

pub fn until(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (host, rest) = receiver("until", args)?;
    match rest {
        [end] => match (&host, temporal(end).as_ref().and_then(date_of)) {
            (Host::Date(from), Some(to)) => Ok(Host::Period(unit::period_between(*from, to)?).into()),
            _ => Err(absent("until", args)),
        },
        [end, unit] => match (temporal(end), temporal(unit)) {
            (Some(end), Some(Host::Unit(unit))) => counted("until", &host, end, unit),
            _ => Err(mismatch("until", "a date or time, and a ChronoUnit", end)),
        },
        _ => Err(Thrown::arity("until", args.len())),
    }
}

pub fn between(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (host, rest) = receiver("between", args)?;
    let ([from, to], Host::Unit(unit)) = (rest, host) else { return Err(absent("between", args)) };
    match (temporal(from), temporal(to)) {
        (Some(start), Some(end)) => counted("between", &start, end, unit),
        (None, _) => Err(mismatch("between", "two dates or times", from)),
        (_, None) => Err(mismatch("between", "two dates or times", to)),
    }
}

pub fn truncated_to(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match two("truncatedTo", args)? {
        (host, Host::Unit(unit)) => {
            unit::truncated(&host, unit).ok_or_else(|| absent("truncatedTo", args))?.map(Value::from)
        }
        _ => Err(mismatch("truncatedTo", "a ChronoUnit", args.get(1).unwrap_or(&Value::Nil))),
    }
}

/// How two dates or times follow each other: with a zone or offset by the point in time.
fn order(name: &str, args: &[Value]) -> Result<std::cmp::Ordering, Thrown> {
    let (host, other) = two(name, args)?;
    if std::mem::discriminant(&host) != std::mem::discriminant(&other) {
        return Err(mismatch(name, host.type_name(), args.get(1).unwrap_or(&Value::Nil)));
    }
    if let (Some(a), Some(b)) = (instant_of(&host), instant_of(&other)) {
        return Ok(a.cmp(&b));
    }
    match host {
        Host::Date(_) | Host::Time(_) | Host::DateTime(_) | Host::YearMonth(..) | Host::Year(_) => {
            host.compare(&other).map(|difference| difference.cmp(&0)).ok_or_else(|| absent(name, args))
        }
        _ => Err(absent(name, args)),
    }
}

pub fn is_before(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Bool(order("isBefore", args)?.is_lt()))
}

pub fn is_after(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Bool(order("isAfter", args)?.is_gt()))
}

pub fn is_equal(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Bool(order("isEqual", args)?.is_eq()))
}

fn zone_arg(name: &str, value: &Value) -> Result<Zone, Thrown> {
    match temporal(value) {
        Some(Host::Zone(zone)) => Ok(zone),
        _ => Err(mismatch(name, "a ZoneId, as `(ZoneId/of \"Europe/Oslo\")` makes it", value)),
    }
}

fn offset_arg(name: &str, value: &Value) -> Result<i64, Thrown> {
    match temporal(value) {
        Some(Host::Zone(Zone::Offset(offset))) => Ok(offset),
        _ => Err(mismatch(name, "a ZoneOffset, as `(ZoneOffset/of \"+02:00\")` makes it", value)),
    }
}

pub fn at_start_of_day(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (host, rest) = receiver("atStartOfDay", args)?;
    let Host::Date(date) = host else { return Err(absent("atStartOfDay", args)) };
    let local = DateTime { date, time: Time(0) };
    match rest {
        [] => Ok(Host::DateTime(local).into()),
        [zone] => Ok(Host::Zoned(Zoned::of_local(local, zone_arg("atStartOfDay", zone)?, None)?).into()),
        _ => Err(Thrown::arity("atStartOfDay", args.len())),
    }
}

pub fn at_time(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (host, rest) = receiver("atTime", args)?;
    let Host::Date(date) = host else { return Err(absent("atTime", args)) };
    let time = match rest {
        [time] => match temporal(time) {
            Some(Host::Time(time)) => time,
            _ => return Err(mismatch("atTime", "a LocalTime", time)),
        },
        parts => {
            let part = |at: usize| parts.get(at).map_or(Ok(0), |part| integer("atTime", part));
            Time::of(part(0)?, part(1)?, part(2)?, part(3)?)?
        }
    };
    Ok(Host::DateTime(DateTime { date, time }).into())
}

pub fn at_date(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match two("atDate", args)? {
        (Host::Time(time), Host::Date(date)) => Ok(Host::DateTime(DateTime { date, time }).into()),
        _ => Err(absent("atDate", args)),
    }
}

pub fn at_zone(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (host, rest) = receiver("atZone", args)?;
    let [zone] = rest else { return Err(Thrown::arity("atZone", args.len())) };
    let zone = zone_arg("atZone", zone)?;
    match host {
        Host::Instant(instant) => Ok(Host::Zoned(Zoned::at(instant, zone)?).into()),
        Host::DateTime(local) => Ok(Host::Zoned(Zoned::of_local(local, zone, None)?).into()),
        _ => Err(absent("atZone", args)),
    }
}

pub fn at_offset(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (host, rest) = receiver("atOffset", args)?;
    let [offset] = rest else { return Err(Thrown::arity("atOffset", args.len())) };
    let offset = offset_arg("atOffset", offset)?;
    match host {
        Host::Instant(instant) => Ok(Host::Offset(OffsetDateTime::at(instant, offset)?).into()),
        Host::DateTime(local) => Ok(Host::Offset(OffsetDateTime { local, offset }).into()),
        _ => Err(absent("atOffset", args)),
    }
}

pub fn at_day(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (host, rest) = receiver("atDay", args)?;
    let [day] = rest else { return Err(Thrown::arity("atDay", args.len())) };
    let day = integer("atDay", day)?;
    match host {
        Host::YearMonth(year, month) => Ok(Host::Date(Date::of(year, month, day)?).into()),
        Host::Year(year) => Ok(Host::Date(Date::of_year_day(year, day)?).into()),
        _ => Err(absent("atDay", args)),
    }
}

pub fn at_month(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (host, rest) = receiver("atMonth", args)?;
    let ([month], Host::Year(year)) = (rest, host) else { return Err(absent("atMonth", args)) };
    let month = match temporal(month) {
        Some(Host::Month(month)) => month,
        _ => check_month(integer("atMonth", month)?)?,
    };
    Ok(Host::YearMonth(year, month).into())
}

fn zoned<'v>(name: &str, args: &'v [Value]) -> Result<(Zoned, &'v Value), Thrown> {
    match receiver(name, args)? {
        (Host::Zoned(value), [zone]) => Ok((value, zone)),
        _ => Err(absent(name, args)),
    }
}

pub fn with_zone_same_instant(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (value, zone) = zoned("withZoneSameInstant", args)?;
    Ok(Host::Zoned(Zoned::at(value.instant(), zone_arg("withZoneSameInstant", zone)?)?).into())
}

pub fn with_zone_same_local(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (value, zone) = zoned("withZoneSameLocal", args)?;
    let zone = zone_arg("withZoneSameLocal", zone)?;
    Ok(Host::Zoned(Zoned::of_local(value.local, zone, Some(value.offset))?).into())
}

fn with_offset<'v>(name: &str, args: &'v [Value]) -> Result<(OffsetDateTime, &'v Value), Thrown> {
    match receiver(name, args)? {
        (Host::Offset(value), [offset]) => Ok((value, offset)),
        _ => Err(absent(name, args)),
    }
}

pub fn with_offset_same_instant(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (value, offset) = with_offset("withOffsetSameInstant", args)?;
    let offset = offset_arg("withOffsetSameInstant", offset)?;
    Ok(Host::Offset(OffsetDateTime::at(value.instant(), offset)?).into())
}

pub fn with_offset_same_local(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (value, offset) = with_offset("withOffsetSameLocal", args)?;
    let offset = offset_arg("withOffsetSameLocal", offset)?;
    Ok(Host::Offset(OffsetDateTime { offset, ..value }).into())
}

pub fn with_zone(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match two("withZone", args)? {
        (Host::Formatter(mut formatter), Host::Zone(zone)) => {
            formatter.zone = Some(zone);
            Ok(Host::Formatter(formatter).into())
        }
        _ => Err(absent("withZone", args)),
    }
}

/// `(.format date formatter)` and `(.format formatter date)`.
pub fn format(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    budget.spend(8)?;
    budget.charge_bytes(64)?;
    match two("format", args)? {
        (Host::Formatter(formatter), value) | (value, Host::Formatter(formatter)) => {
            let text = formatter.print(&value)?;
            budget.charge_bytes(text.len() as u64)?;
            Ok(Value::string(text))
        }
        (_, _) => Err(mismatch("format", "a DateTimeFormatter", args.get(1).unwrap_or(&Value::Nil))),
    }
}

fn multiplied(name: &str, args: &[Value], by: i64) -> Result<Value, Thrown> {
    match receiver(name, args)?.0 {
        Host::Duration(duration) => {
            let total = duration.total().checked_mul(i128::from(by)).ok_or_else(crate::host::overflow)?;
            Ok(Host::Duration(Duration::from_total(total)?).into())
        }
        Host::Period(period) => {
            let times = |part: i64| i128::from(part) * i128::from(by);
            let made = Period::checked(times(period.years), times(period.months), times(period.days))?;
            Ok(Host::Period(made).into())
        }
        _ => Err(absent(name, args)),
    }
}

pub fn multiplied_by(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [_, by] = args else { return Err(Thrown::arity("multipliedBy", args.len())) };
    let by = integer("multipliedBy", by)?;
    multiplied("multipliedBy", args, by)
}

pub fn negated(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    multiplied("negated", args, -1)
}

pub fn divided_by(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (host, rest) = receiver("dividedBy", args)?;
    let (Host::Duration(duration), [by]) = (host, rest) else { return Err(absent("dividedBy", args)) };
    let zero = || Thrown::new(Class::Arithmetic, "Cannot divide by zero");
    if let Some(Host::Duration(by)) = temporal(by) {
        let count = duration.total().checked_div(by.total()).ok_or_else(zero)?;
        return i64::try_from(count).map(Value::Int).map_err(|_| crate::host::overflow());
    }
    let by = i128::from(integer("dividedBy", by)?);
    let total = duration.total().checked_div(by).ok_or_else(zero)?;
    Ok(Host::Duration(Duration::from_total(total)?).into())
}

pub fn normalized(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match receiver("normalized", args)?.0 {
        Host::Period(period) => {
            let months = i128::from(period.total_months());
            Ok(Host::Period(Period::checked(months / 12, months % 12, i128::from(period.days))?).into())
        }
        _ => Err(absent("normalized", args)),
    }
}
