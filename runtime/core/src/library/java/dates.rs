//! Constructors and static members of `java.time`: dates of their parts and of text, zones, amounts, adjusters.

use super::super::class::mismatch;
use super::super::rows;
use super::{host, integer, no_method, string, temporal};
use crate::calendar::{is_leap, month_name, weekday_name};
use crate::host::amount::{Duration, Period};
use crate::host::local::{
    Date, DateTime, Instant, NANOS_PER_DAY, NANOS_PER_SECOND, Time, check_month, check_year, in_field,
};
use crate::host::pattern::{Formatter, Parsed};
use crate::host::unit::{self, Unit};
use crate::host::zone::{OffsetDateTime, Zone, Zoned, check_offset, parse_offset};
use crate::host::{Adjuster, Host, date_time};
use crate::thrown::Class;
use crate::{Budget, Thrown, Value};

rows! { dates:
    "java.time.LocalDate/of" date_of (Integer, Any, Integer) -> Any, "A date of year, month and day.";
    "java.time.LocalDate/ofYearDay" date_of_year_day (Integer, Integer) -> Any, "A date of a year and the day in it.";
    "java.time.LocalDate/ofEpochDay" date_of_epoch_day (Integer) -> Any, "A date of the days since 1970-01-01.";
    "java.time.LocalDate/ofInstant" date_of_instant (Any, Any) -> Any, "The date of a point in time in a zone.";
    "java.time.LocalDate/from" date_from (Any) -> Any, "The date of what has one.";
    "java.time.LocalDate/parse" parse_date (String; Any) -> Any, "The date that a text writes, `2024-05-06` or as a formatter says.";
    "java.time.LocalTime/of" time_of (Integer, Integer; Integer, Integer) -> Any, "A time of hour, minute, second and nanosecond.";
    "java.time.LocalTime/ofSecondOfDay" time_of_second (Integer) -> Any, "A time of the seconds of the day.";
    "java.time.LocalTime/parse" parse_time (String; Any) -> Any, "The time that a text writes, `10:15:30` or as a formatter says.";
    "java.time.LocalDateTime/of" date_time_of (Any, Any; Any, Any, Any, Any, Any) -> Any, "A date with a time: of both, or of their parts.";
    "java.time.LocalDateTime/ofEpochSecond" date_time_of_epoch (Integer, Integer, Any) -> Any, "A date with a time of the seconds since 1970, nanoseconds and an offset.";
    "java.time.LocalDateTime/ofInstant" date_time_of_instant (Any, Any) -> Any, "The date and time of a point in time in a zone.";
    "java.time.LocalDateTime/parse" parse_date_time (String; Any) -> Any, "The date and time that a text writes.";
    "java.time.Instant/ofEpochMilli" instant_of_millis (Integer) -> Any, "A point in time of the milliseconds since 1970.";
    "java.time.Instant/ofEpochSecond" instant_of_seconds (Integer; Integer) -> Any, "A point in time of the seconds since 1970 and nanoseconds.";
    "java.time.Instant/from" instant_from (Any) -> Any, "The point in time of what has one.";
    "java.time.Instant/parse" parse_instant (String) -> Any, "The point in time that a text writes, `2024-05-06T07:08:09Z`.";
    "java.time.ZonedDateTime/of" zoned_of (Any, Any; Any, Any, Any, Any, Any, Any) -> Any, "A date and time in a zone: of both, or of their parts.";
    "java.time.ZonedDateTime/ofInstant" zoned_of_instant (Any, Any) -> Any, "A point in time in a zone.";
    "java.time.ZonedDateTime/parse" parse_zoned (String; Any) -> Any, "The date, time and zone that a text writes.";
    "java.time.OffsetDateTime/of" offset_of (Any, Any; Any, Any, Any, Any, Any, Any) -> Any, "A date and time with an offset: of both, or of their parts.";
    "java.time.OffsetDateTime/ofInstant" offset_of_instant (Any, Any) -> Any, "A point in time with the offset of a zone.";
    "java.time.OffsetDateTime/parse" parse_offset_date_time (String; Any) -> Any, "The date, time and offset that a text writes.";
    "java.time.YearMonth/of" year_month_of (Integer, Any) -> Any, "A month of a year.";
    "java.time.YearMonth/from" year_month_from (Any) -> Any, "The month of what has a date.";
    "java.time.YearMonth/parse" parse_year_month (String; Any) -> Any, "The month that a text writes, `2024-05`.";
    "java.time.Year/of" year_of (Integer) -> Any, "A year.";
    "java.time.Year/parse" parse_year (String; Any) -> Any, "The year that a text writes.";
    "java.time.Year/isLeap" is_leap_year (Integer) -> Boolean, "Whether a year has 366 days.";
    "java.time.Month/of" month_of (Integer) -> Any, "A month of its number, 1 for January.";
    "java.time.Month/valueOf" month_named (String) -> Any, "A month of its name in capitals.";
    "java.time.Month/from" month_from (Any) -> Any, "The month of what has a date.";
    "java.time.DayOfWeek/of" weekday_of (Integer) -> Any, "A weekday of its number, 1 for Monday.";
    "java.time.DayOfWeek/valueOf" weekday_named (String) -> Any, "A weekday of its name in capitals.";
    "java.time.DayOfWeek/from" weekday_from (Any) -> Any, "The weekday of what has a date.";
    "java.time.ZoneId/of" zone_of (String) -> Any, "A zone by its name, `Europe/Oslo`, `UTC` or `+02:00`.";
    "java.time.ZoneOffset/of" offset_named (String) -> Any, "An offset, `Z` or `+02:00`.";
    "java.time.ZoneOffset/ofHours" offset_of_hours (Integer) -> Any, "An offset of whole hours.";
    "java.time.ZoneOffset/ofHoursMinutes" offset_of_hours_minutes (Integer, Integer) -> Any, "An offset of hours and minutes.";
    "java.time.ZoneOffset/ofTotalSeconds" offset_of_seconds (Integer) -> Any, "An offset of seconds.";
    "java.time.Duration/of" duration_of (Integer, Any) -> Any, "A duration of so many units.";
    "java.time.Duration/ofDays" duration_of_days (Integer) -> Any, "A duration of days of 24 hours.";
    "java.time.Duration/ofHours" duration_of_hours (Integer) -> Any, "A duration of hours.";
    "java.time.Duration/ofMinutes" duration_of_minutes (Integer) -> Any, "A duration of minutes.";
    "java.time.Duration/ofMillis" duration_of_millis (Integer) -> Any, "A duration of milliseconds.";
    "java.time.Duration/ofNanos" duration_of_nanos (Integer) -> Any, "A duration of nanoseconds.";
    "java.time.Duration/ofSeconds" duration_of_seconds (Integer; Integer) -> Any, "A duration of seconds and nanoseconds.";
    "java.time.Duration/between" duration_between (Any, Any) -> Any, "The duration from one point in time to another.";
    "java.time.Duration/parse" parse_duration (String) -> Any, "The duration that a text writes, `PT1H30M`.";
    "java.time.Period/of" period_of (Integer, Integer, Integer) -> Any, "A period of years, months and days.";
    "java.time.Period/ofYears" period_of_years (Integer) -> Any, "A period of years.";
    "java.time.Period/ofMonths" period_of_months (Integer) -> Any, "A period of months.";
    "java.time.Period/ofWeeks" period_of_weeks (Integer) -> Any, "A period of weeks.";
    "java.time.Period/ofDays" period_of_days (Integer) -> Any, "A period of days.";
    "java.time.Period/between" period_between (Any, Any) -> Any, "The years, months and days from one date to another.";
    "java.time.Period/parse" parse_period (String) -> Any, "The period that a text writes, `P1Y2M3D`.";
    "java.time.format.DateTimeFormatter/ofPattern" formatter_of (String) -> Any, "A formatter of a pattern such as `dd/MM/yyyy HH:mm`; words are English.";
    "java.time.temporal.ChronoUnit/valueOf" unit_named (String) -> Any, "A unit of its name in capitals.";
    "java.time.temporal.TemporalAdjusters/firstDayOfMonth" first_day_of_month () -> Any, "For `.with`: the first day of the month.";
    "java.time.temporal.TemporalAdjusters/lastDayOfMonth" last_day_of_month () -> Any, "For `.with`: the last day of the month.";
    "java.time.temporal.TemporalAdjusters/firstDayOfNextMonth" first_day_of_next_month () -> Any, "For `.with`: the first day of the next month.";
    "java.time.temporal.TemporalAdjusters/firstDayOfYear" first_day_of_year () -> Any, "For `.with`: the first day of the year.";
    "java.time.temporal.TemporalAdjusters/lastDayOfYear" last_day_of_year () -> Any, "For `.with`: the last day of the year.";
    "java.time.temporal.TemporalAdjusters/firstDayOfNextYear" first_day_of_next_year () -> Any, "For `.with`: the first day of the next year.";
    "java.time.temporal.TemporalAdjusters/next" next (Any) -> Any, "For `.with`: the next such weekday after the date.";
    "java.time.temporal.TemporalAdjusters/nextOrSame" next_or_same (Any) -> Any, "For `.with`: the next such weekday from the date on.";
    "java.time.temporal.TemporalAdjusters/previous" previous (Any) -> Any, "For `.with`: the such weekday before the date.";
    "java.time.temporal.TemporalAdjusters/previousOrSame" previous_or_same (Any) -> Any, "For `.with`: the such weekday up to the date.";
    "java.time.temporal.TemporalAdjusters/firstInMonth" first_in_month (Any) -> Any, "For `.with`: the first such weekday of the month.";
    "java.time.temporal.TemporalAdjusters/lastInMonth" last_in_month (Any) -> Any, "For `.with`: the last such weekday of the month.";
    "java.time.temporal.TemporalAdjusters/dayOfWeekInMonth" day_of_week_in_month (Integer, Any) -> Any, "For `.with`: the nth such weekday of the month.";
    "breyta.internal/formatter" formatter_named (String) -> Any, "A formatter by the name of its constant.";
    "breyta.internal/time-constant" time_constant (String) -> Any, "A constant of times and offsets by its name.";
    "breyta.internal/date-constant" date_constant (String) -> Any, "A constant of dates and periods by its name.";
    "breyta.internal/duration-constant" duration_constant (String) -> Any, "A constant of durations by its name.";
}

/// The result of a function of `java.time`.
type Made = Result<Value, Thrown>;

fn arity(what: &str, args: &[Value]) -> Thrown {
    Thrown::arity(what, args.len())
}

fn month_arg(value: &Value) -> Result<i64, Thrown> {
    match host(value) {
        Some(Host::Month(month)) => Ok(*month),
        _ => integer("a month", value),
    }
}

fn weekday_arg(value: &Value) -> Result<i64, Thrown> {
    match host(value) {
        Some(Host::Weekday(day)) => Ok(*day),
        _ => Err(mismatch("TemporalAdjusters", "a DayOfWeek", value)),
    }
}

fn zone_arg(value: &Value) -> Result<Zone, Thrown> {
    match host(value) {
        Some(Host::Zone(zone)) => Ok(zone.clone()),
        _ => Err(mismatch("a zone", "a ZoneId, as `(ZoneId/of \"Europe/Oslo\")` makes it", value)),
    }
}

fn offset_arg(value: &Value) -> Result<i64, Thrown> {
    match host(value) {
        Some(Host::Zone(Zone::Offset(offset))) => Ok(*offset),
        _ => Err(mismatch("an offset", "a ZoneOffset, as `(ZoneOffset/of \"+02:00\")` makes it", value)),
    }
}

fn instant_arg(value: &Value) -> Result<Instant, Thrown> {
    match temporal(value) {
        Some(Host::Instant(instant)) => Ok(instant),
        _ => Err(mismatch("an instant", "an Instant", value)),
    }
}

fn date_arg(what: &str, value: &Value) -> Result<Date, Thrown> {
    match host(value) {
        Some(Host::Date(date)) => Ok(*date),
        _ => Err(mismatch(what, "a LocalDate", value)),
    }
}

pub fn date_of(_: &mut Budget, args: &mut [Value]) -> Made {
    let [year, month, day] = args else { return Err(arity("LocalDate/of", args)) };
    Ok(Host::Date(date_parts(year, month, day)?).into())
}

fn date_parts(year: &Value, month: &Value, day: &Value) -> Result<Date, Thrown> {
    Date::of(integer("a year", year)?, month_arg(month)?, integer("a day", day)?)
}

/// Hour and minute, with second and nanosecond when they are given.
fn time_parts(parts: &[Value]) -> Result<Time, Thrown> {
    let part = |at: usize| parts.get(at).map_or(Ok(0), |part| integer("a part of a time", part));
    Time::of(part(0)?, part(1)?, part(2)?, part(3)?)
}

pub fn date_of_year_day(_: &mut Budget, args: &mut [Value]) -> Made {
    let [year, day] = args else { return Err(arity("LocalDate/ofYearDay", args)) };
    Ok(Host::Date(Date::of_year_day(integer("a year", year)?, integer("a day", day)?)?).into())
}

pub fn date_of_epoch_day(_: &mut Budget, args: &mut [Value]) -> Made {
    let [days] = args else { return Err(arity("LocalDate/ofEpochDay", args)) };
    Ok(Host::Date(Date::from_days(integer("days", days)?)?).into())
}

/// A point in time in a zone.
fn zoned(what: &str, args: &[Value]) -> Result<Zoned, Thrown> {
    let [instant, zone] = args else { return Err(arity(what, args)) };
    Zoned::at(instant_arg(instant)?, zone_arg(zone)?)
}

pub fn date_of_instant(_: &mut Budget, args: &mut [Value]) -> Made {
    Ok(Host::Date(zoned("LocalDate/ofInstant", args)?.local.date).into())
}

pub fn date_time_of_instant(_: &mut Budget, args: &mut [Value]) -> Made {
    Ok(Host::DateTime(zoned("LocalDateTime/ofInstant", args)?.local).into())
}

pub fn zoned_of_instant(_: &mut Budget, args: &mut [Value]) -> Made {
    Ok(Host::Zoned(zoned("ZonedDateTime/ofInstant", args)?).into())
}

pub fn offset_of_instant(_: &mut Budget, args: &mut [Value]) -> Made {
    let Zoned { local, offset, .. } = zoned("OffsetDateTime/ofInstant", args)?;
    Ok(Host::Offset(OffsetDateTime { local, offset }).into())
}

/// The date that the only argument has.
fn dated(what: &str, args: &[Value]) -> Result<Date, Thrown> {
    let [value] = args else { return Err(arity(what, args)) };
    let unable = || {
        let text = host(value).map_or_else(|| crate::print::str_text(value), Host::text);
        date_time(format!(
            "Unable to obtain {} from TemporalAccessor: {text}",
            what.split('/').next().unwrap_or_default()
        ))
    };
    host(value).and_then(super::parts::date_of).ok_or_else(unable)
}

pub fn date_from(_: &mut Budget, args: &mut [Value]) -> Made {
    Ok(Host::Date(dated("LocalDate/from", args)?).into())
}

pub fn year_month_from(_: &mut Budget, args: &mut [Value]) -> Made {
    let date = dated("YearMonth/from", args)?;
    Ok(Host::YearMonth(date.year, date.month).into())
}

pub fn month_from(_: &mut Budget, args: &mut [Value]) -> Made {
    Ok(Host::Month(dated("Month/from", args)?.month).into())
}

pub fn weekday_from(_: &mut Budget, args: &mut [Value]) -> Made {
    Ok(Host::Weekday(dated("DayOfWeek/from", args)?.weekday()).into())
}

/// Reads the first argument with the formatter that is the second, else with the usual one.
fn parsed(
    budget: &mut Budget,
    what: &str,
    args: &[Value],
    usual: fn() -> Option<Formatter>,
    make: impl FnOnce(&Parsed) -> Result<Host, Thrown>,
) -> Made {
    let (text, formatter) = match args {
        [text] => (text, usual()),
        [text, formatter] => match host(formatter) {
            Some(Host::Formatter(formatter)) => (text, Some(formatter.clone())),
            _ => return Err(mismatch(what, "a DateTimeFormatter", formatter)),
        },
        _ => return Err(arity(what, args)),
    };
    let text = string(what, text)?;
    budget.spend(1 + text.len() as u64 / 8)?;
    let formatter = formatter.ok_or_else(|| arity(what, args))?;
    Ok(formatter.parse(text, make)?.into())
}

pub fn parse_date(budget: &mut Budget, args: &mut [Value]) -> Made {
    let usual = || Formatter::named("ISO_LOCAL_DATE");
    parsed(budget, "LocalDate/parse", args, usual, |parsed| Ok(Host::Date(parsed.date()?)))
}

pub fn parse_time(budget: &mut Budget, args: &mut [Value]) -> Made {
    let usual = || Formatter::named("ISO_LOCAL_TIME");
    parsed(budget, "LocalTime/parse", args, usual, |parsed| Ok(Host::Time(parsed.time()?)))
}

pub fn parse_date_time(budget: &mut Budget, args: &mut [Value]) -> Made {
    let usual = || Formatter::named("ISO_LOCAL_DATE_TIME");
    parsed(budget, "LocalDateTime/parse", args, usual, |parsed| Ok(Host::DateTime(parsed.date_time()?)))
}

pub fn parse_instant(budget: &mut Budget, args: &mut [Value]) -> Made {
    let usual = || Formatter::named("ISO_INSTANT");
    parsed(budget, "Instant/parse", args, usual, |parsed| Ok(Host::Instant(parsed.instant()?)))
}

pub fn parse_zoned(budget: &mut Budget, args: &mut [Value]) -> Made {
    let usual = || Formatter::named("ISO_ZONED_DATE_TIME");
    parsed(budget, "ZonedDateTime/parse", args, usual, |parsed| Ok(Host::Zoned(parsed.zoned()?)))
}

pub fn parse_offset_date_time(budget: &mut Budget, args: &mut [Value]) -> Made {
    let usual = || Formatter::named("ISO_OFFSET_DATE_TIME");
    let make = |parsed: &Parsed| Ok(Host::Offset(parsed.offset_date_time()?));
    parsed(budget, "OffsetDateTime/parse", args, usual, make)
}

pub fn parse_year_month(budget: &mut Budget, args: &mut [Value]) -> Made {
    let make = |parsed: &Parsed| parsed.year_month().map(|(year, month)| Host::YearMonth(year, month));
    parsed(budget, "YearMonth/parse", args, || Some(Formatter::year_month()), make)
}

pub fn parse_year(budget: &mut Budget, args: &mut [Value]) -> Made {
    let make = |parsed: &Parsed| parsed.year().map(Host::Year);
    parsed(budget, "Year/parse", args, || Some(Formatter::year()), make)
}

pub fn time_of(_: &mut Budget, args: &mut [Value]) -> Made {
    Ok(Host::Time(time_parts(args)?).into())
}

pub fn time_of_second(_: &mut Budget, args: &mut [Value]) -> Made {
    let [seconds] = args else { return Err(arity("LocalTime/ofSecondOfDay", args)) };
    let seconds = in_field("SecondOfDay", integer("seconds", seconds)?, 0, 86_399)?;
    Ok(Host::Time(Time(seconds * NANOS_PER_SECOND)).into())
}

/// A date and a time as one value, as two, or by their parts.
fn local_parts(what: &str, args: &[Value]) -> Result<DateTime, Thrown> {
    match args {
        [local] => match host(local) {
            Some(Host::DateTime(local)) => Ok(*local),
            _ => Err(mismatch(what, "a LocalDateTime", local)),
        },
        [date, time] => match host(time) {
            Some(Host::Time(time)) => Ok(DateTime { date: date_arg(what, date)?, time: *time }),
            _ => Err(mismatch(what, "a LocalTime", time)),
        },
        [year, month, day, time @ ..] if (2..=4).contains(&time.len()) => {
            Ok(DateTime { date: date_parts(year, month, day)?, time: time_parts(time)? })
        }
        _ => Err(arity(what, args)),
    }
}

pub fn date_time_of(_: &mut Budget, args: &mut [Value]) -> Made {
    Ok(Host::DateTime(local_parts("LocalDateTime/of", args)?).into())
}

pub fn date_time_of_epoch(_: &mut Budget, args: &mut [Value]) -> Made {
    let [seconds, nanos, offset] = args else { return Err(arity("LocalDateTime/ofEpochSecond", args)) };
    let instant = Instant::of(integer("seconds", seconds)?, 0)?;
    let nanos = in_field("NanoOfSecond", integer("nanoseconds", nanos)?, 0, NANOS_PER_SECOND - 1)?;
    let local = OffsetDateTime::at(Instant { nanos, ..instant }, offset_arg(offset)?)?.local;
    Ok(Host::DateTime(local).into())
}

pub fn zoned_of(_: &mut Budget, args: &mut [Value]) -> Made {
    let Some((zone, parts)) = args.split_last() else { return Err(arity("ZonedDateTime/of", args)) };
    let local = local_parts("ZonedDateTime/of", parts)?;
    Ok(Host::Zoned(Zoned::of_local(local, zone_arg(zone)?, None)?).into())
}

pub fn offset_of(_: &mut Budget, args: &mut [Value]) -> Made {
    let Some((offset, parts)) = args.split_last() else { return Err(arity("OffsetDateTime/of", args)) };
    let local = local_parts("OffsetDateTime/of", parts)?;
    Ok(Host::Offset(OffsetDateTime { local, offset: offset_arg(offset)? }).into())
}

pub fn instant_of_millis(_: &mut Budget, args: &mut [Value]) -> Made {
    let [millis] = args else { return Err(arity("Instant/ofEpochMilli", args)) };
    Ok(Host::Instant(Instant::from_millis(integer("milliseconds", millis)?)).into())
}

pub fn instant_of_seconds(_: &mut Budget, args: &mut [Value]) -> Made {
    let (seconds, nanos) = match &*args {
        [seconds] => (seconds, 0),
        [seconds, nanos] => (seconds, integer("nanoseconds", nanos)?),
        _ => return Err(arity("Instant/ofEpochSecond", args)),
    };
    Ok(Host::Instant(Instant::of(integer("seconds", seconds)?, nanos)?).into())
}

pub fn instant_from(_: &mut Budget, args: &mut [Value]) -> Made {
    let [value] = args else { return Err(arity("Instant/from", args)) };
    let instant = temporal(value).as_ref().and_then(super::parts::instant_of);
    let instant = instant.ok_or_else(|| {
        date_time(format!(
            "Unable to obtain Instant from TemporalAccessor: {}",
            crate::print::str_text(value)
        ))
    })?;
    Ok(Host::Instant(instant).into())
}

pub fn year_month_of(_: &mut Budget, args: &mut [Value]) -> Made {
    let [year, month] = args else { return Err(arity("YearMonth/of", args)) };
    Ok(Host::YearMonth(check_year(integer("a year", year)?)?, check_month(month_arg(month)?)?).into())
}

fn year_arg(what: &str, args: &[Value]) -> Result<i64, Thrown> {
    let [year] = args else { return Err(arity(what, args)) };
    check_year(integer(what, year)?)
}

pub fn year_of(_: &mut Budget, args: &mut [Value]) -> Made {
    Ok(Host::Year(year_arg("Year/of", args)?).into())
}

pub fn is_leap_year(_: &mut Budget, args: &mut [Value]) -> Made {
    Ok(Value::Bool(is_leap(year_arg("Year/isLeap", args)?)))
}

pub fn month_of(_: &mut Budget, args: &mut [Value]) -> Made {
    let [month] = args else { return Err(arity("Month/of", args)) };
    let month = integer("Month/of", month)?;
    let valid =
        check_month(month).map_err(|_| date_time(format!("Invalid value for MonthOfYear: {month}")))?;
    Ok(Host::Month(valid).into())
}

pub fn weekday_of(_: &mut Budget, args: &mut [Value]) -> Made {
    let [day] = args else { return Err(arity("DayOfWeek/of", args)) };
    let day = integer("DayOfWeek/of", day)?;
    if !(1..=7).contains(&day) {
        return Err(date_time(format!("Invalid value for DayOfWeek: {day}")));
    }
    Ok(Host::Weekday(day).into())
}

/// The number from 1 of a name in capitals.
fn named(class: &str, args: &[Value], count: i64, name: fn(i64) -> &'static str) -> Result<i64, Thrown> {
    let [text] = args else { return Err(arity(class, args)) };
    let text = string(class, text)?;
    (1..=count).find(|number| name(*number).to_uppercase() == text).ok_or_else(|| no_constant(class, text))
}

fn no_constant(class: &str, text: &str) -> Thrown {
    Thrown::new(Class::IllegalArgument, format!("No enum constant {class}.{text}"))
}

pub fn month_named(_: &mut Budget, args: &mut [Value]) -> Made {
    Ok(Host::Month(named("java.time.Month", args, 12, month_name)?).into())
}

pub fn weekday_named(_: &mut Budget, args: &mut [Value]) -> Made {
    Ok(Host::Weekday(named("java.time.DayOfWeek", args, 7, weekday_name)?).into())
}

pub fn unit_named(_: &mut Budget, args: &mut [Value]) -> Made {
    let [text] = args else { return Err(arity("ChronoUnit/valueOf", args)) };
    let text = string("ChronoUnit/valueOf", text)?;
    let unit = Unit::of(text).ok_or_else(|| no_constant("java.time.temporal.ChronoUnit", text))?;
    Ok(Host::Unit(unit).into())
}

pub fn zone_of(_: &mut Budget, args: &mut [Value]) -> Made {
    let [name] = args else { return Err(arity("ZoneId/of", args)) };
    Ok(Host::Zone(Zone::of(string("ZoneId/of", name)?)?).into())
}

fn offset_value(seconds: i64) -> Made {
    Ok(Host::Zone(Zone::Offset(check_offset(seconds)?)).into())
}

pub fn offset_named(_: &mut Budget, args: &mut [Value]) -> Made {
    let [name] = args else { return Err(arity("ZoneOffset/of", args)) };
    offset_value(parse_offset(string("ZoneOffset/of", name)?)?)
}

pub fn offset_of_hours(_: &mut Budget, args: &mut [Value]) -> Made {
    let [hours] = args else { return Err(arity("ZoneOffset/ofHours", args)) };
    offset_value(integer("hours", hours)?.saturating_mul(3600))
}

pub fn offset_of_hours_minutes(_: &mut Budget, args: &mut [Value]) -> Made {
    let [hours, minutes] = args else { return Err(arity("ZoneOffset/ofHoursMinutes", args)) };
    let (hours, minutes) = (integer("hours", hours)?, integer("minutes", minutes)?);
    offset_value(hours.saturating_mul(3600).saturating_add(minutes.saturating_mul(60)))
}

pub fn offset_of_seconds(_: &mut Budget, args: &mut [Value]) -> Made {
    let [seconds] = args else { return Err(arity("ZoneOffset/ofTotalSeconds", args)) };
    offset_value(integer("seconds", seconds)?)
}

/// A duration of so many times so many nanoseconds.
fn duration(what: &str, args: &[Value], nanos: i128) -> Made {
    let [amount] = args else { return Err(arity(what, args)) };
    let total = i128::from(integer(what, amount)?) * nanos;
    Ok(Host::Duration(Duration::from_total(total)?).into())
}

const SECOND: i128 = NANOS_PER_SECOND as i128;

pub fn duration_of_days(_: &mut Budget, args: &mut [Value]) -> Made {
    duration("Duration/ofDays", args, i128::from(NANOS_PER_DAY))
}

pub fn duration_of_hours(_: &mut Budget, args: &mut [Value]) -> Made {
    duration("Duration/ofHours", args, 3600 * SECOND)
}

pub fn duration_of_minutes(_: &mut Budget, args: &mut [Value]) -> Made {
    duration("Duration/ofMinutes", args, 60 * SECOND)
}

pub fn duration_of_millis(_: &mut Budget, args: &mut [Value]) -> Made {
    duration("Duration/ofMillis", args, 1_000_000)
}

pub fn duration_of_nanos(_: &mut Budget, args: &mut [Value]) -> Made {
    duration("Duration/ofNanos", args, 1)
}

pub fn duration_of_seconds(_: &mut Budget, args: &mut [Value]) -> Made {
    let (seconds, nanos) = match &*args {
        [seconds] => (seconds, 0),
        [seconds, nanos] => (seconds, integer("nanoseconds", nanos)?),
        _ => return Err(arity("Duration/ofSeconds", args)),
    };
    let total = i128::from(integer("seconds", seconds)?) * SECOND + i128::from(nanos);
    Ok(Host::Duration(Duration::from_total(total)?).into())
}

pub fn duration_of(_: &mut Budget, args: &mut [Value]) -> Made {
    let [amount, unit] = args else { return Err(arity("Duration/of", args)) };
    let Some(Host::Unit(unit)) = host(unit) else {
        return Err(mismatch("Duration/of", "a ChronoUnit", unit));
    };
    let zero = Host::Duration(Duration { seconds: 0, nanos: 0 });
    let made = unit::plus(&zero, integer("Duration/of", amount)?, *unit);
    made.unwrap_or(Ok(zero)).map(Value::from)
}

/// Nanoseconds on a line, and which line: points in time, times of a day, local dates and times.
fn on_line(value: &Host) -> Option<(u8, i128)> {
    if let Some(instant) = super::parts::instant_of(value) {
        return Some((0, instant.total()));
    }
    match value {
        Host::Time(time) => Some((1, i128::from(time.0))),
        Host::DateTime(local) => {
            Some((2, i128::from(local.epoch_seconds()) * SECOND + i128::from(local.time.nano())))
        }
        _ => None,
    }
}

pub fn duration_between(_: &mut Budget, args: &mut [Value]) -> Made {
    let [from, to] = args else { return Err(arity("Duration/between", args)) };
    let (Some(start), Some(end)) = (temporal(from), temporal(to)) else {
        let other = if temporal(from).is_none() { from } else { to };
        return Err(mismatch("Duration/between", "two points in time", other));
    };
    match (on_line(&start), on_line(&end)) {
        (Some((line, from)), Some((other, to))) if line == other => {
            Ok(Host::Duration(Duration::from_total(to - from)?).into())
        }
        (Some(_), Some(_)) => Err(date_time(format!(
            "Unable to obtain {} from TemporalAccessor: {}",
            start.class_name().rsplit('.').next().unwrap_or_default(),
            end.text()
        ))),
        _ => Err(date_time("Unsupported unit: Seconds")),
    }
}

fn one_text<'v>(what: &str, args: &'v [Value]) -> Result<&'v str, Thrown> {
    match args {
        [text] => string(what, text),
        _ => Err(arity(what, args)),
    }
}

pub fn parse_duration(_: &mut Budget, args: &mut [Value]) -> Made {
    Ok(Host::Duration(Duration::parse(one_text("Duration/parse", args)?)?).into())
}

pub fn parse_period(_: &mut Budget, args: &mut [Value]) -> Made {
    Ok(Host::Period(Period::parse(one_text("Period/parse", args)?)?).into())
}

fn period(what: &str, args: &[Value], parts: fn(i128) -> (i128, i128, i128)) -> Made {
    let [amount] = args else { return Err(arity(what, args)) };
    let (years, months, days) = parts(i128::from(integer(what, amount)?));
    Ok(Host::Period(Period::checked(years, months, days)?).into())
}

pub fn period_of_years(_: &mut Budget, args: &mut [Value]) -> Made {
    period("Period/ofYears", args, |amount| (amount, 0, 0))
}

pub fn period_of_months(_: &mut Budget, args: &mut [Value]) -> Made {
    period("Period/ofMonths", args, |amount| (0, amount, 0))
}

pub fn period_of_weeks(_: &mut Budget, args: &mut [Value]) -> Made {
    period("Period/ofWeeks", args, |amount| (0, 0, amount * 7))
}

pub fn period_of_days(_: &mut Budget, args: &mut [Value]) -> Made {
    period("Period/ofDays", args, |amount| (0, 0, amount))
}

pub fn period_of(_: &mut Budget, args: &mut [Value]) -> Made {
    let [years, months, days] = args else { return Err(arity("Period/of", args)) };
    let part = |value| integer("Period/of", value).map(i128::from);
    Ok(Host::Period(Period::checked(part(years)?, part(months)?, part(days)?)?).into())
}

pub fn period_between(_: &mut Budget, args: &mut [Value]) -> Made {
    let [from, to] = args else { return Err(arity("Period/between", args)) };
    let (from, to) = (date_arg("Period/between", from)?, date_arg("Period/between", to)?);
    Ok(Host::Period(unit::period_between(from, to)?).into())
}

pub fn formatter_of(budget: &mut Budget, args: &mut [Value]) -> Made {
    let pattern = one_text("DateTimeFormatter/ofPattern", args)?;
    budget.spend(1 + pattern.len() as u64)?;
    budget.charge(pattern.len())?;
    Ok(Host::Formatter(Formatter::of_pattern(pattern)?).into())
}

pub fn formatter_named(_: &mut Budget, args: &mut [Value]) -> Made {
    let name = one_text("DateTimeFormatter", args)?;
    let formatter = Formatter::named(name).ok_or_else(|| no_method(name, &Value::Nil))?;
    Ok(Host::Formatter(formatter).into())
}

pub fn time_constant(_: &mut Budget, args: &mut [Value]) -> Made {
    Ok(match one_text("a constant", args)? {
        "UTC" => Host::Zone(Zone::UTC),
        "MIN" => Host::Zone(Zone::Offset(-18 * 3600)),
        "MAX" => Host::Zone(Zone::Offset(18 * 3600)),
        "MIDNIGHT" => Host::Time(Time(0)),
        "NOON" => Host::Time(Time(NANOS_PER_DAY / 2)),
        _ => Host::Instant(Instant { seconds: 0, nanos: 0 }),
    }
    .into())
}

pub fn date_constant(_: &mut Budget, args: &mut [Value]) -> Made {
    Ok(match one_text("a constant", args)? {
        "ZERO" => Host::Period(Period::default()),
        _ => Host::Date(Date::from_days(0)?),
    }
    .into())
}

pub fn duration_constant(_: &mut Budget, _: &mut [Value]) -> Made {
    Ok(Host::Duration(Duration { seconds: 0, nanos: 0 }).into())
}

/// Declares adjusters without arguments.
macro_rules! adjusters {
    ($($code:ident = $adjuster:expr;)*) => {$(
        pub fn $code(_: &mut Budget, args: &mut [Value]) -> Made {
            if args.is_empty() { Ok(Host::Adjuster($adjuster).into()) } else { Err(arity(stringify!($code), args)) }
        }
    )*};
}

/// Declares adjusters to a weekday.
macro_rules! weekday_adjusters {
    ($($code:ident = $adjuster:expr;)*) => {$(
        pub fn $code(_: &mut Budget, args: &mut [Value]) -> Made {
            let [day] = args else { return Err(arity(stringify!($code), args)) };
            let adjuster: fn(i64) -> Adjuster = $adjuster;
            Ok(Host::Adjuster(adjuster(weekday_arg(day)?)).into())
        }
    )*};
}

adjusters! {
    first_day_of_month = Adjuster::FirstDayOfMonth;
    last_day_of_month = Adjuster::LastDayOfMonth;
    first_day_of_next_month = Adjuster::FirstDayOfNextMonth;
    first_day_of_year = Adjuster::FirstDayOfYear;
    last_day_of_year = Adjuster::LastDayOfYear;
    first_day_of_next_year = Adjuster::FirstDayOfNextYear;
}

weekday_adjusters! {
    next = |day| Adjuster::Next(day, false);
    next_or_same = |day| Adjuster::Next(day, true);
    previous = |day| Adjuster::Previous(day, false);
    previous_or_same = |day| Adjuster::Previous(day, true);
    first_in_month = |day| Adjuster::DayOfWeekInMonth(1, day);
    last_in_month = |day| Adjuster::DayOfWeekInMonth(-1, day);
}

pub fn day_of_week_in_month(_: &mut Budget, args: &mut [Value]) -> Made {
    let [count, day] = args else { return Err(arity("TemporalAdjusters/dayOfWeekInMonth", args)) };
    let count = integer("dayOfWeekInMonth", count)?;
    Ok(Host::Adjuster(Adjuster::DayOfWeekInMonth(count, weekday_arg(day)?)).into())
}
