//! What is read from dates, times, amounts and zones: `.getYear`, `.toHours`, `.toLocalDate`.

use super::super::class::mismatch;
use super::super::rows;
use super::{host as host_of, no_method, temporal};
use crate::calendar::{days_in_month, days_in_year, is_leap};
use crate::host::local::{Date, DateTime, Instant, NANOS_PER_SECOND, Time};
use crate::host::zone::{OffsetDateTime, Zone, Zoned};
use crate::host::{Host, overflow};
use crate::{Budget, Thrown, Value};

rows! { parts:
    "breyta.method/getYear" year (Any) -> Integer, "The year.";
    "breyta.method/getMonthValue" month_value (Any) -> Integer, "The month, from 1.";
    "breyta.method/getDayOfMonth" day_of_month (Any) -> Integer, "The day of the month.";
    "breyta.method/getDayOfYear" day_of_year (Any) -> Integer, "The day of the year.";
    "breyta.method/getHour" hour (Any) -> Integer, "The hour of the day.";
    "breyta.method/getMinute" minute (Any) -> Integer, "The minute of the hour.";
    "breyta.method/getSecond" second (Any) -> Integer, "The second of the minute.";
    "breyta.method/toSecondOfDay" second_of_day (Any) -> Integer, "The second of the day.";
    "breyta.method/toNanoOfDay" nano_of_day (Any) -> Integer, "The nanosecond of the day.";
    "breyta.method/getEpochSecond" epoch_second (Any) -> Integer, "The seconds since 1970 of an Instant.";
    "breyta.method/toEpochDay" epoch_day (Any) -> Integer, "The days since 1970 of a LocalDate.";
    "breyta.method/lengthOfMonth" length_of_month (Any) -> Integer, "The days of the month.";
    "breyta.method/lengthOfYear" length_of_year (Any) -> Integer, "The days of the year.";
    "breyta.method/getValue" value (Any) -> Integer, "The number of a weekday, month or year.";
    "breyta.method/ordinal" ordinal (Any) -> Integer, "The number of a weekday or month, from 0.";
    "breyta.method/getTotalSeconds" total_seconds (Any) -> Integer, "The seconds of a ZoneOffset.";
    "breyta.method/getSeconds" seconds (Any) -> Integer, "The whole seconds of a Duration.";
    "breyta.method/getYears" years (Any) -> Integer, "The years of a Period.";
    "breyta.method/getMonths" months (Any) -> Integer, "The months of a Period.";
    "breyta.method/getDays" days (Any) -> Integer, "The days of a Period.";
    "breyta.method/toTotalMonths" total_months (Any) -> Integer, "The years and months of a Period in months.";
    "breyta.method/toDays" to_days (Any) -> Integer, "A Duration in whole days.";
    "breyta.method/toHours" to_hours (Any) -> Integer, "A Duration in whole hours.";
    "breyta.method/toMinutes" to_minutes (Any) -> Integer, "A Duration in whole minutes.";
    "breyta.method/toSeconds" to_seconds (Any) -> Integer, "A Duration in whole seconds.";
    "breyta.method/toDaysPart" days_part (Any) -> Integer, "The days of a Duration.";
    "breyta.method/toHoursPart" hours_part (Any) -> Integer, "The hours of a Duration beyond its days.";
    "breyta.method/toMinutesPart" minutes_part (Any) -> Integer, "The minutes of a Duration beyond its hours.";
    "breyta.method/toSecondsPart" seconds_part (Any) -> Integer, "The seconds of a Duration beyond its minutes.";
    "breyta.method/toMillisPart" millis_part (Any) -> Integer, "The milliseconds of a Duration beyond its seconds.";
    "breyta.method/toNanosPart" nanos_part (Any) -> Integer, "The nanoseconds of a Duration beyond its seconds.";
    "breyta.method/maxLength" max_length (Any) -> Integer, "The most days that a month has.";
    "breyta.method/minLength" min_length (Any) -> Integer, "The least days that a month has.";
    "breyta.method/isLeapYear" is_leap_year (Any) -> Boolean, "Whether the year has 366 days.";
    "breyta.method/isLeap" is_leap_of (Any) -> Boolean, "Whether the year has 366 days.";
    "breyta.method/isZero" is_zero (Any) -> Boolean, "Whether a Duration or Period is empty.";
    "breyta.method/isNegative" is_negative (Any) -> Boolean, "Whether a Duration, or a part of a Period, is negative.";
    "breyta.method/getMonth" month_of (Any) -> Any, "The Month.";
    "breyta.method/getDayOfWeek" weekday_of (Any) -> Any, "The DayOfWeek.";
    "breyta.method/toLocalDate" to_date (Any) -> Any, "The date.";
    "breyta.method/toLocalTime" to_time (Any) -> Any, "The time of day.";
    "breyta.method/toLocalDateTime" to_date_time (Any) -> Any, "The date and time without zone.";
    "breyta.method/toOffsetDateTime" to_offset (Any) -> Any, "The date and time with its offset only.";
    "breyta.method/toZonedDateTime" to_zoned (Any) -> Any, "The date and time with its offset as zone.";
    "breyta.method/getOffset" offset (Any) -> Any, "The ZoneOffset.";
    "breyta.method/getZone" zone (Any) -> Any, "The ZoneId.";
    "breyta.method/atEndOfMonth" at_end_of_month (Any) -> Any, "The last day of a YearMonth.";
    "breyta.method/name" name (Any) -> String, "The name of a weekday, month or unit in capitals.";
    "breyta.method/getId" id (Any) -> String, "The name of a zone.";
    "breyta.method/getNano" nano (Any) -> Integer, "The nanosecond of the second.";
    "breyta.method/toEpochMilli" epoch_milli (Any) -> Integer, "The milliseconds since 1970 of an Instant.";
    "breyta.method/getTime" epoch_milli (Any) -> Integer, "The milliseconds since 1970 of an instant.";
    "breyta.method/toMillis" to_millis (Any) -> Integer, "A Duration in milliseconds.";
    "breyta.method/toNanos" to_nanos (Any) -> Integer, "A Duration in nanoseconds.";
    "breyta.method/toEpochSecond" to_epoch_second (Any; Any, Any) -> Integer, "The seconds since 1970; of a LocalDateTime with an offset, of a LocalDate with a time and an offset.";
    "breyta.method/toInstant" to_instant (Any; Any) -> Any, "The point in time; of a LocalDateTime with an offset.";
}

const SECOND: i128 = NANOS_PER_SECOND as i128;

/// The date that a value has.
pub(super) fn date_of(host: &Host) -> Option<Date> {
    match host {
        Host::Date(date) => Some(*date),
        Host::DateTime(local) => Some(local.date),
        Host::Offset(value) => Some(value.local.date),
        Host::Zoned(value) => Some(value.local.date),
        _ => None,
    }
}

/// The time of day that a value has.
pub(super) fn time_of(host: &Host) -> Option<Time> {
    match host {
        Host::Time(time) => Some(*time),
        Host::DateTime(local) => Some(local.time),
        Host::Offset(value) => Some(value.local.time),
        Host::Zoned(value) => Some(value.local.time),
        _ => None,
    }
}

/// The point in time that a value is.
pub(super) fn instant_of(host: &Host) -> Option<Instant> {
    match host {
        Host::Instant(instant) => Some(*instant),
        Host::Offset(value) => Some(value.instant()),
        Host::Zoned(value) => Some(value.instant()),
        _ => None,
    }
}

fn month(host: &Host) -> Option<i64> {
    match host {
        Host::YearMonth(_, month) => Some(*month),
        _ => date_of(host).map(|date| date.month),
    }
}

/// A duration in whole units.
fn in_units(host: &Host, nanos: i128) -> Option<i64> {
    match host {
        Host::Duration(duration) => {
            // Java counts the whole seconds, which lie below: a negative fraction of a second counts as one.
            i64::try_from(i128::from(duration.seconds) * SECOND / nanos).ok()
        }
        _ => None,
    }
}

/// The days of a month or year, for `.length`; None of anything else.
pub(super) fn days_of(value: &Value) -> Option<Result<i64, Thrown>> {
    match host_of(value)? {
        Host::Year(year) => Some(Ok(days_in_year(*year))),
        _ => None,
    }
}

fn receiver(name: &str, args: &[Value]) -> Result<Host, Thrown> {
    match args {
        [value] => temporal(value).ok_or_else(|| no_method(name, value)),
        _ => Err(Thrown::arity(name, args.len())),
    }
}

fn part<T>(name: &str, args: &[Value], read: impl Fn(&Host) -> Option<T>) -> Result<T, Thrown> {
    let host = receiver(name, args)?;
    read(&host).ok_or_else(|| no_method(name, args.first().unwrap_or(&Value::Nil)))
}

/// Declares methods that read one part.
macro_rules! readers {
    ($($name:literal $code:ident $kind:expr, $read:expr;)*) => {$(
        pub fn $code(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
            part($name, args, $read).map($kind)
        }
    )*};
}

readers! {
    "getYear" year Value::Int, |host| date_of(host).map(|date| date.year).or(match host { Host::YearMonth(year, _) => Some(*year), _ => None });
    "getMonthValue" month_value Value::Int, month;
    "getDayOfMonth" day_of_month Value::Int, |host| date_of(host).map(|date| date.day);
    "getDayOfYear" day_of_year Value::Int, |host| date_of(host).map(Date::day_of_year);
    "getHour" hour Value::Int, |host| time_of(host).map(Time::hour);
    "getMinute" minute Value::Int, |host| time_of(host).map(Time::minute);
    "getSecond" second Value::Int, |host| time_of(host).map(Time::second);
    "toSecondOfDay" second_of_day Value::Int, |host| match host { Host::Time(time) => Some(time.seconds()), _ => None };
    "toNanoOfDay" nano_of_day Value::Int, |host| match host { Host::Time(time) => Some(time.0), _ => None };
    "getEpochSecond" epoch_second Value::Int, |host| match host { Host::Instant(instant) => Some(instant.seconds), _ => None };
    "toEpochDay" epoch_day Value::Int, |host| match host { Host::Date(date) => Some(date.days()), _ => None };
    "lengthOfMonth" length_of_month Value::Int, |host| match host { Host::Date(date) => Some(date.month_len()), Host::YearMonth(year, month) => Some(days_in_month(*year, *month)), _ => None };
    "lengthOfYear" length_of_year Value::Int, |host| match host { Host::Date(date) => Some(days_in_year(date.year)), Host::YearMonth(year, _) => Some(days_in_year(*year)), _ => None };
    "getValue" value Value::Int, |host| match host { Host::Weekday(number) | Host::Month(number) | Host::Year(number) => Some(*number), _ => None };
    "ordinal" ordinal Value::Int, |host| match host { Host::Weekday(number) | Host::Month(number) => Some(number - 1), _ => None };
    "getTotalSeconds" total_seconds Value::Int, |host| match host { Host::Zone(Zone::Offset(offset)) => Some(*offset), _ => None };
    "getSeconds" seconds Value::Int, |host| match host { Host::Duration(duration) => Some(duration.seconds), _ => None };
    "getYears" years Value::Int, |host| match host { Host::Period(period) => Some(period.years), _ => None };
    "getMonths" months Value::Int, |host| match host { Host::Period(period) => Some(period.months), _ => None };
    "getDays" days Value::Int, |host| match host { Host::Period(period) => Some(period.days), _ => None };
    "toTotalMonths" total_months Value::Int, |host| match host { Host::Period(period) => Some(period.total_months()), _ => None };
    "toDays" to_days Value::Int, |host| in_units(host, 86_400 * SECOND);
    "toHours" to_hours Value::Int, |host| in_units(host, 3600 * SECOND);
    "toMinutes" to_minutes Value::Int, |host| in_units(host, 60 * SECOND);
    "toSeconds" to_seconds Value::Int, |host| match host { Host::Duration(duration) => Some(duration.seconds), _ => None };
    "toDaysPart" days_part Value::Int, |host| in_units(host, 86_400 * SECOND);
    "toHoursPart" hours_part Value::Int, |host| in_units(host, 3600 * SECOND).map(|hours| hours % 24);
    "toMinutesPart" minutes_part Value::Int, |host| in_units(host, 60 * SECOND).map(|minutes| minutes % 60);
    "toSecondsPart" seconds_part Value::Int, |host| match host { Host::Duration(duration) => Some(duration.seconds % 60), _ => None };
    "toMillisPart" millis_part Value::Int, |host| match host { Host::Duration(duration) => Some(duration.nanos / 1_000_000), _ => None };
    "toNanosPart" nanos_part Value::Int, |host| match host { Host::Duration(duration) => Some(duration.nanos), _ => None };
    "maxLength" max_length Value::Int, |host| match host { Host::Month(month) => Some(days_in_month(2024, *month)), _ => None };
    "minLength" min_length Value::Int, |host| match host { Host::Month(month) => Some(days_in_month(2023, *month)), _ => None };
    "isLeapYear" is_leap_year Value::Bool, |host| match host { Host::Date(date) => Some(date.is_leap()), Host::YearMonth(year, _) => Some(is_leap(*year)), _ => None };
    "isLeap" is_leap_of Value::Bool, |host| match host { Host::Year(year) => Some(is_leap(*year)), _ => None };
    "isZero" is_zero Value::Bool, |host| match host { Host::Duration(duration) => Some(duration.total() == 0), Host::Period(period) => Some(period.is_zero()), _ => None };
    "isNegative" is_negative Value::Bool, |host| match host { Host::Duration(duration) => Some(duration.seconds < 0), Host::Period(period) => Some(period.years < 0 || period.months < 0 || period.days < 0), _ => None };
    "getMonth" month_of Value::from, |host| month(host).map(Host::Month);
    "getDayOfWeek" weekday_of Value::from, |host| date_of(host).map(|date| Host::Weekday(date.weekday()));
    "toLocalDate" to_date Value::from, |host| match host { Host::DateTime(_) | Host::Offset(_) | Host::Zoned(_) => date_of(host).map(Host::Date), _ => None };
    "toLocalTime" to_time Value::from, |host| match host { Host::DateTime(_) | Host::Offset(_) | Host::Zoned(_) => time_of(host).map(Host::Time), _ => None };
    "toLocalDateTime" to_date_time Value::from, |host| match host { Host::Offset(value) => Some(Host::DateTime(value.local)), Host::Zoned(value) => Some(Host::DateTime(value.local)), _ => None };
    "toOffsetDateTime" to_offset Value::from, |host| match host { Host::Zoned(Zoned { local, offset, .. }) => Some(Host::Offset(OffsetDateTime { local: *local, offset: *offset })), _ => None };
    "toZonedDateTime" to_zoned Value::from, |host| match host { Host::Offset(OffsetDateTime { local, offset }) => Some(Host::Zoned(Zoned { local: *local, offset: *offset, zone: Zone::Offset(*offset) })), _ => None };
    "getOffset" offset Value::from, |host| match host { Host::Offset(value) => Some(Host::Zone(Zone::Offset(value.offset))), Host::Zoned(value) => Some(Host::Zone(Zone::Offset(value.offset))), _ => None };
    "getZone" zone Value::from, |host| match host { Host::Zoned(value) => Some(Host::Zone(value.zone.clone())), _ => None };
    "atEndOfMonth" at_end_of_month Value::from, |host| match host { Host::YearMonth(year, month) => Date::clamped(*year, *month, 31).ok().map(Host::Date), _ => None };
    "name" name Value::from, |host| match host { Host::Weekday(_) | Host::Month(_) => Some(host.text()), Host::Unit(unit) => Some(unit.constant().to_owned()), _ => None };
    "getId" id Value::from, |host| match host { Host::Zone(zone) => Some(zone.id()), _ => None };
}

pub fn nano(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let read = |host: &Host| match host {
        Host::Instant(instant) => Some(instant.nanos),
        Host::Duration(duration) => Some(duration.nanos),
        other => time_of(other).map(Time::nano),
    };
    part("getNano", args, read).map(Value::Int)
}

pub fn epoch_milli(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let instant = part("toEpochMilli", args, |host| match host {
        Host::Instant(instant) => Some(*instant),
        _ => None,
    })?;
    instant.millis().map(Value::Int)
}

fn duration_in(name: &str, args: &[Value], nanos: i128) -> Result<Value, Thrown> {
    let total = part(name, args, |host| match host {
        Host::Duration(duration) => Some(duration.total()),
        _ => None,
    })?;
    i64::try_from(total / nanos).map(Value::Int).map_err(|_| overflow())
}

pub fn to_millis(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    duration_in("toMillis", args, 1_000_000)
}

pub fn to_nanos(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    duration_in("toNanos", args, 1)
}

fn offset_arg(name: &str, value: &Value) -> Result<i64, Thrown> {
    match host_of(value) {
        Some(Host::Zone(Zone::Offset(offset))) => Ok(*offset),
        _ => Err(mismatch(name, "a ZoneOffset", value)),
    }
}

/// The point in time of the receiver, with the time and offset that it lacks.
fn instant_with(name: &str, args: &[Value]) -> Result<Instant, Thrown> {
    let Some((value, rest)) = args.split_first() else { return Err(Thrown::arity(name, 0)) };
    let host = temporal(value).ok_or_else(|| no_method(name, value))?;
    match (&host, rest) {
        (Host::DateTime(local), [offset]) => {
            Ok(OffsetDateTime { local: *local, offset: offset_arg(name, offset)? }.instant())
        }
        (Host::Date(date), [time, offset]) => match host_of(time) {
            Some(Host::Time(time)) => {
                let local = DateTime { date: *date, time: *time };
                Ok(OffsetDateTime { local, offset: offset_arg(name, offset)? }.instant())
            }
            _ => Err(mismatch(name, "a LocalTime", time)),
        },
        (other, []) => instant_of(other).ok_or_else(|| no_method(name, value)),
        _ => Err(Thrown::arity(name, args.len())),
    }
}

pub fn to_epoch_second(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Int(instant_with("toEpochSecond", args)?.seconds))
}

pub fn to_instant(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Host::Instant(instant_with("toInstant", args)?).into())
}
