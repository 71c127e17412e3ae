//! Values to text by the items of a formatter.

use super::super::local::{Date, Instant, Time};
use super::super::zone::{OffsetDateTime, Zone, Zoned};
use super::super::{Host, date_time};
use super::{Field, Formatter, Item, OffsetStyle, Part, Sign, Style};
use crate::Thrown;
use crate::calendar::{month_name, short, weekday_name};

/// What a value has to show.
struct Shown<'a> {
    value: &'a Host,
    date: Option<Date>,
    time: Option<Time>,
    /// Of values that are less than a date.
    year: Option<i64>,
    month: Option<i64>,
    weekday: Option<i64>,
    offset: Option<i64>,
    zone: Option<Zone>,
    instant: Option<Instant>,
}

impl Formatter {
    /// The text of a value that has what the items ask for.
    pub fn print(&self, value: &Host) -> Result<String, Thrown> {
        let shown = self.shown(value)?;
        let mut out = String::new();
        print_all(&self.items, &shown, &mut out)?;
        Ok(out)
    }

    fn shown<'a>(&self, value: &'a Host) -> Result<Shown<'a>, Thrown> {
        let mut shown = Shown {
            value,
            date: None,
            time: None,
            year: None,
            month: None,
            weekday: None,
            offset: None,
            zone: None,
            instant: None,
        };
        let instant = match value {
            Host::Instant(instant) => Some(*instant),
            Host::Offset(value) => Some(value.instant()),
            Host::Zoned(value) => Some(value.instant()),
            _ => None,
        };
        if let Some(instant) = instant {
            shown.instant = Some(instant);
            let zone = if self.instant { Some(Zone::UTC) } else { self.zone.clone() };
            if let Some(zone) = zone {
                let zoned = Zoned::at(instant, zone)?;
                (shown.date, shown.time) = (Some(zoned.local.date), Some(zoned.local.time));
                (shown.offset, shown.zone) = (Some(zoned.offset), Some(zoned.zone));
                return Ok(shown);
            }
        }
        match value {
            Host::Date(date) => shown.date = Some(*date),
            Host::Time(time) => shown.time = Some(*time),
            Host::DateTime(local) => (shown.date, shown.time) = (Some(local.date), Some(local.time)),
            Host::Offset(OffsetDateTime { local, offset }) => {
                (shown.date, shown.time, shown.offset) = (Some(local.date), Some(local.time), Some(*offset));
                shown.zone = Some(Zone::Offset(*offset));
            }
            Host::Zoned(Zoned { local, offset, zone }) => {
                (shown.date, shown.time, shown.offset) = (Some(local.date), Some(local.time), Some(*offset));
                shown.zone = Some(zone.clone());
            }
            Host::YearMonth(year, month) => (shown.year, shown.month) = (Some(*year), Some(*month)),
            Host::Year(year) => shown.year = Some(*year),
            Host::Month(month) => shown.month = Some(*month),
            Host::Weekday(day) => shown.weekday = Some(*day),
            _ => {}
        }
        Ok(shown)
    }
}

impl Shown<'_> {
    fn field(&self, field: Field) -> Result<i64, Thrown> {
        let (date, time) = (self.date, self.time);
        let hour = time.map(Time::hour);
        let found = match field {
            Field::Year => date.map(|date| date.year).or(self.year),
            Field::Month => date.map(|date| date.month).or(self.month),
            Field::Quarter => date.map(|date| date.month).or(self.month).map(|month| (month + 2) / 3),
            Field::Day => date.map(|date| date.day),
            Field::DayOfYear => date.map(Date::day_of_year),
            Field::Weekday => date.map(Date::weekday).or(self.weekday),
            Field::Era => date.map(|date| date.year).or(self.year).map(|year| i64::from(year > 0)),
            Field::Hour => hour,
            Field::ClockHour => hour.map(|hour| if hour == 0 { 24 } else { hour }),
            Field::HalfHour => hour.map(|hour| hour % 12),
            Field::ClockHalfHour => hour.map(|hour| if hour % 12 == 0 { 12 } else { hour % 12 }),
            Field::AmPm => hour.map(|hour| hour / 12),
            Field::Minute => time.map(Time::minute),
            Field::Second => time.map(Time::second),
            Field::Nano => time.map(Time::nano),
            Field::MilliOfDay => time.map(|time| time.0 / 1_000_000),
            Field::NanoOfDay => time.map(|time| time.0),
        };
        found.ok_or_else(|| date_time(format!("Unsupported field: {}", field.name())))
    }
}

fn print_all(items: &[Item], shown: &Shown<'_>, out: &mut String) -> Result<(), Thrown> {
    items.iter().try_for_each(|item| print_item(item, shown, out))
}

fn print_item(item: &Item, shown: &Shown<'_>, out: &mut String) -> Result<(), Thrown> {
    match item {
        Item::Literal(text) => out.push_str(text),
        Item::Number { field, least, most, sign } => {
            let value = shown.field(*field)?;
            push_number(value, *least, *most, *sign, *field, out)?;
        }
        Item::ShortYear => {
            let year = shown.field(Field::Year)?;
            push_padded(year.rem_euclid(100), 2, out);
        }
        Item::Fraction { least, most, point } => {
            let digits = format!("{:09}", shown.field(Field::Nano)?);
            let needed = digits.trim_end_matches('0').len().clamp(*least, *most);
            if needed > 0 {
                if *point {
                    out.push('.');
                }
                out.push_str(digits.get(..needed).unwrap_or(&digits));
            }
        }
        Item::InstantFraction => {
            let nanos = shown.field(Field::Nano)?;
            let text = match nanos {
                0 => String::new(),
                _ if nanos % 1_000_000 == 0 => format!(".{:03}", nanos / 1_000_000),
                _ if nanos % 1000 == 0 => format!(".{:06}", nanos / 1000),
                _ => format!(".{nanos:09}"),
            };
            out.push_str(&text);
        }
        Item::Word { field, style } => out.push_str(&word(*field, *style, shown.field(*field)?)),
        Item::Offset(style) => {
            let offset = shown.offset.ok_or_else(|| date_time("Unsupported field: OffsetSeconds"))?;
            push_offset(*style, offset, out);
        }
        Item::ZoneId => out.push_str(&zone(shown)?.id()),
        Item::ZoneName => {
            let instant = shown.instant.unwrap_or(Instant { seconds: 0, nanos: 0 });
            out.push_str(&zone(shown)?.abbreviation(instant));
        }
        Item::Optional(items) => {
            let before = out.len();
            let named_zone = !matches!(shown.zone, Some(Zone::Region(_)));
            // A zone in brackets is written of regions only.
            let is_zone = items.iter().any(|item| matches!(item, Item::ZoneId));
            if (is_zone && named_zone) || print_all(items, shown, out).is_err() {
                out.truncate(before);
            }
        }
    }
    Ok(())
}

fn zone<'s>(shown: &'s Shown<'_>) -> Result<&'s Zone, Thrown> {
    shown
        .zone
        .as_ref()
        .ok_or_else(|| date_time(format!("Unable to extract ZoneId from temporal {}", shown.value.text())))
}

fn push_number(
    value: i64,
    least: usize,
    most: usize,
    sign: Sign,
    field: Field,
    out: &mut String,
) -> Result<(), Thrown> {
    let digits = value.unsigned_abs().to_string();
    if digits.len() > most {
        return Err(date_time(format!(
            "Field {} cannot be printed as the value {value} exceeds the maximum print width of {most}",
            field.name()
        )));
    }
    match sign {
        Sign::Exceeds if value >= 0 && digits.len() > least && least < 19 => out.push('+'),
        Sign::Minus | Sign::Exceeds if value < 0 => out.push('-'),
        Sign::None if value < 0 => {
            return Err(date_time(format!(
                "Field {} cannot be printed as the value {value} cannot be negative according to the SignStyle",
                field.name()
            )));
        }
        _ => {}
    }
    out.extend(std::iter::repeat_n('0', least.saturating_sub(digits.len())));
    out.push_str(&digits);
    Ok(())
}

/// The English word of a value of a field.
pub(super) fn word(field: Field, style: Style, value: i64) -> String {
    let full = match field {
        Field::Month => month_name(value).to_owned(),
        Field::Weekday => weekday_name(value).to_owned(),
        Field::AmPm => return if value == 0 { "AM" } else { "PM" }.to_owned(),
        Field::Era => {
            return match (style, value) {
                (Style::Full, 0) => "Before Christ",
                (Style::Full, _) => "Anno Domini",
                (Style::Short, 0) => "BC",
                (Style::Short, _) => "AD",
                (Style::Narrow, 0) => "B",
                (Style::Narrow, _) => "A",
            }
            .to_owned();
        }
        Field::Quarter => {
            return match style {
                Style::Short => format!("Q{value}"),
                Style::Full => {
                    format!("{value}{} quarter", ["st", "nd", "rd"].get(value as usize - 1).unwrap_or(&"th"))
                }
                Style::Narrow => value.to_string(),
            };
        }
        _ => String::new(),
    };
    match style {
        Style::Full => full,
        Style::Short => short(&full).to_owned(),
        Style::Narrow => full.chars().take(1).collect(),
    }
}

/// A number that is not negative, with zeros in front.
fn push_padded(number: i64, width: usize, out: &mut String) {
    let digits = number.to_string();
    out.extend(std::iter::repeat_n('0', width.saturating_sub(digits.len())));
    out.push_str(&digits);
}

fn push_offset(style: OffsetStyle, offset: i64, out: &mut String) {
    if offset == 0 {
        out.push_str(style.zero);
        return;
    }
    let (sign, magnitude) = if offset < 0 { ('-', -offset) } else { ('+', offset) };
    let (hours, minutes, seconds) = (magnitude / 3600, magnitude / 60 % 60, magnitude % 60);
    let colon = if style.colon { ":" } else { "" };
    let short = style.gmt && style.minutes == Part::WhenSet;
    if style.gmt {
        out.push_str("GMT");
    }
    out.push(sign);
    push_padded(hours, if short { 1 } else { 2 }, out);
    if style.minutes == Part::Always || minutes != 0 || (style.seconds && seconds != 0) {
        out.push_str(colon);
        push_padded(minutes, 2, out);
    }
    if style.seconds && seconds != 0 {
        out.push_str(colon);
        push_padded(seconds, 2, out);
    }
}
