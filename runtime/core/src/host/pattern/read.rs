//! Text to values by the items of a formatter: first the fields, then what they make together.

use std::collections::BTreeMap;

use super::super::date_time;
use super::super::local::{Date, DateTime, Instant, NANOS_PER_DAY, Time, in_field};
use super::super::zone::{OffsetDateTime, Zone, Zoned, check_offset};
use super::print::word;
use super::{Field, Formatter, Item, OffsetStyle, Part, Sign, Style};
use crate::Thrown;
use crate::calendar::days_in_month;
use crate::thrown::Class;

/// The fields that a text held.
#[derive(Debug, Default)]
pub struct Parsed {
    fields: BTreeMap<Field, i64>,
    offset: Option<i64>,
    zone: Option<Zone>,
    strict: bool,
}

/// Where reading stopped: a byte offset.
type Stopped = usize;

impl Formatter {
    /// What `make` makes of the fields of a text.
    pub fn parse<T>(&self, text: &str, make: impl FnOnce(&Parsed) -> Result<T, Thrown>) -> Result<T, Thrown> {
        let mut parsed = Parsed { strict: self.strict, ..Parsed::default() };
        let shown = abbreviated(text);
        let failed = |rest: String| {
            Thrown::new(Class::DateTimeParse, format!("Text '{shown}' could not be parsed{rest}"))
        };
        let units = |at: usize| text.get(..at).unwrap_or(text).encode_utf16().count();
        let end = read_all(&self.items, text, 0, &mut parsed)
            .map_err(|at| failed(format!(" at index {}", units(at))))?;
        if end < text.len() {
            return Err(failed(format!(", unparsed text found at index {}", units(end))));
        }
        if parsed.zone.is_none() && parsed.offset.is_none() {
            parsed.zone.clone_from(&self.zone);
        }
        make(&parsed).map_err(|thrown| match thrown.class() {
            Class::DateTime => failed(format!(": {}", thrown.message())),
            _ => thrown,
        })
    }
}

fn abbreviated(text: &str) -> String {
    let mut chars = text.chars();
    let start: String = chars.by_ref().take(64).collect();
    if chars.next().is_some() { format!("{start}...") } else { start }
}

fn read_all(items: &[Item], text: &str, mut at: usize, parsed: &mut Parsed) -> Result<usize, Stopped> {
    for (index, item) in items.iter().enumerate() {
        // Digits that fixed numbers right behind a number of any length need for themselves.
        let reserved = items
            .iter()
            .skip(index + 1)
            .map_while(|next| match next {
                Item::Number { least, most, sign: Sign::None, .. } if least == most => Some(*least),
                Item::Fraction { least, most, point: false } if least == most => Some(*least),
                Item::ShortYear => Some(2),
                _ => None,
            })
            .sum();
        at = read(item, text, at, reserved, parsed)?;
    }
    Ok(at)
}

fn rest(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or_default()
}

fn digits_at(text: &str, at: usize) -> usize {
    rest(text, at).bytes().take_while(u8::is_ascii_digit).count()
}

fn read(item: &Item, text: &str, at: usize, reserved: usize, parsed: &mut Parsed) -> Result<usize, Stopped> {
    match item {
        Item::Literal(literal) => {
            let given = rest(text, at).get(..literal.len()).ok_or(at)?;
            let same = given == literal || (parsed.strict && given.eq_ignore_ascii_case(literal));
            if same { Ok(at + literal.len()) } else { Err(at) }
        }
        Item::Number { field, least, most, sign } => {
            let (value, end) = read_number(text, at, *least, *most, *sign, reserved)?;
            parsed.put(*field, value, end, at)
        }
        Item::ShortYear => {
            let number =
                rest(text, at).get(..2).filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
            let year: i64 = number.and_then(|number| number.parse().ok()).ok_or(at)?;
            parsed.put(Field::Year, 2000 + year, at + 2, at)
        }
        Item::Fraction { least, most, point } => read_fraction(text, at, (*least, *most, *point), parsed),
        Item::InstantFraction => read_fraction(text, at, (0, 9, true), parsed),
        Item::Word { field, style } => read_word(*field, *style, text, at, parsed),
        Item::Offset(style) => {
            let (offset, end) = read_offset(*style, text, at)?;
            parsed.offset = Some(offset);
            Ok(end)
        }
        Item::ZoneId | Item::ZoneName => {
            let length = rest(text, at)
                .bytes()
                .take_while(|byte| byte.is_ascii_alphanumeric() || b"/._~+-:".contains(byte))
                .count();
            let name = rest(text, at).get(..length).unwrap_or_default();
            parsed.zone = Some(Zone::of(name).map_err(|_| at)?);
            Ok(at + length)
        }
        Item::Optional(items) => {
            let before = (parsed.fields.clone(), parsed.offset, parsed.zone.clone());
            match read_all(items, text, at, parsed) {
                Ok(end) => Ok(end),
                Err(_) => {
                    (parsed.fields, parsed.offset, parsed.zone) = before;
                    Ok(at)
                }
            }
        }
    }
}

fn read_number(
    text: &str,
    at: usize,
    least: usize,
    most: usize,
    sign: Sign,
    reserved: usize,
) -> Result<(i64, usize), Stopped> {
    let (negative, positive) = (rest(text, at).starts_with('-'), rest(text, at).starts_with('+'));
    if (negative && sign == Sign::None) || (positive && sign != Sign::Exceeds) {
        return Err(at);
    }
    let start = at + usize::from(negative || positive);
    let mut count = digits_at(text, start).min(most);
    if least != most {
        count = count.min(digits_at(text, start).saturating_sub(reserved).max(least));
    }
    if count < least {
        return Err(at);
    }
    // A plus is there exactly when there are more digits than needed.
    if sign == Sign::Exceeds && (positive != (count > least)) && !negative {
        return Err(at);
    }
    let value: i64 = rest(text, start).get(..count).and_then(|digits| digits.parse().ok()).ok_or(at)?;
    Ok((if negative { -value } else { value }, start + count))
}

fn read_fraction(
    text: &str,
    at: usize,
    (least, most, point): (usize, usize, bool),
    parsed: &mut Parsed,
) -> Result<usize, Stopped> {
    if point && !rest(text, at).starts_with('.') {
        return if least > 0 { Err(at) } else { Ok(at) };
    }
    let start = at + usize::from(point);
    let count = digits_at(text, start).min(most);
    if count < least.max(usize::from(point)) {
        return Err(start);
    }
    let digits = rest(text, start).get(..count).unwrap_or_default();
    let nanos = format!("{digits:0<9}").parse().map_err(|_| at)?;
    parsed.put(Field::Nano, nanos, start + count, at)
}

fn read_word(
    field: Field,
    style: Style,
    text: &str,
    at: usize,
    parsed: &mut Parsed,
) -> Result<usize, Stopped> {
    let values = match field {
        Field::Month => 1..=12,
        Field::Weekday => 1..=7,
        Field::Quarter => 1..=4,
        _ => 0..=1,
    };
    // The longest first: one word may begin with another.
    let mut words: Vec<(String, i64)> = values.map(|value| (word(field, style, value), value)).collect();
    words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    let found = words.into_iter().find(|(word, _)| rest(text, at).starts_with(word.as_str()));
    let (word, value) = found.ok_or(at)?;
    parsed.put(field, value, at + word.len(), at)
}

fn read_offset(style: OffsetStyle, text: &str, at: usize) -> Result<(i64, usize), Stopped> {
    let given = rest(text, at);
    let lower = |text: &str| text.to_ascii_lowercase();
    let start = if style.gmt { given.strip_prefix("GMT").map(|_| at + 3).ok_or(at)? } else { at };
    let signed = rest(text, start);
    let sign = match signed.bytes().next() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ if style.gmt => return Ok((0, start)),
        _ if lower(given).starts_with(&lower(style.zero)) && !style.zero.starts_with('+') => {
            return Ok((0, at + style.zero.len()));
        }
        _ => return Err(at),
    };
    let mut end = start + 1;
    let mut parts = [0i64; 3];
    let colon = if style.lenient { rest(text, end + 2).starts_with(':') } else { style.colon };
    for (index, part) in parts.iter_mut().enumerate() {
        let from = if index > 0 && colon {
            if rest(text, end).starts_with(':') { end + 1 } else { break }
        } else {
            end
        };
        let short = style.gmt && index == 0 && digits_at(text, from) == 1;
        let width = if short { 1 } else { 2 };
        if digits_at(text, from) < width || (index == 2 && !style.seconds) {
            break;
        }
        *part = rest(text, from).get(..width).and_then(|digits| digits.parse().ok()).ok_or(at)?;
        end = from + width;
    }
    let read = end - start;
    let least = if style.minutes == Part::Always && !style.lenient && !style.gmt { 5 } else { 2 };
    let [hours, minutes, seconds] = parts;
    if read < least || minutes > 59 || seconds > 59 {
        return Err(at);
    }
    let offset = check_offset(sign * (hours * 3600 + minutes * 60 + seconds)).map_err(|_| at)?;
    Ok((offset, end))
}

impl Parsed {
    /// Keeps a field; a second text of the same field must say the same.
    fn put(&mut self, field: Field, value: i64, end: usize, start: usize) -> Result<usize, Stopped> {
        match self.fields.insert(field, value) {
            Some(before) if before != value => Err(start),
            _ => Ok(end),
        }
    }

    fn field(&self, field: Field) -> Option<i64> {
        self.fields.get(&field).copied()
    }

    fn missing(what: &str) -> Thrown {
        date_time(format!("Unable to obtain {what} from TemporalAccessor"))
    }

    pub fn year(&self) -> Result<i64, Thrown> {
        self.field(Field::Year).ok_or_else(|| Self::missing("Year"))
    }

    pub fn year_month(&self) -> Result<(i64, i64), Thrown> {
        let month = self.field(Field::Month).ok_or_else(|| Self::missing("YearMonth"))?;
        let year = self.field(Field::Year).ok_or_else(|| Self::missing("YearMonth"))?;
        Ok((year, in_field("MonthOfYear", month, 1, 12)?))
    }

    pub fn date(&self) -> Result<Date, Thrown> {
        let year = match (self.field(Field::Year), self.field(Field::Era)) {
            // A year before Christ counts backwards.
            (Some(year), Some(0)) => Some(1 - year),
            (year, _) => year,
        };
        let (month, day) = (self.field(Field::Month), self.field(Field::Day));
        let date = match (year, month, day, self.field(Field::DayOfYear)) {
            (Some(year), Some(month), Some(day), _) => {
                in_field("MonthOfYear", month, 1, 12)?;
                let clamped = !self.strict && (29..=31).contains(&day);
                Date::of(year, month, if clamped { day.min(days_in_month(year, month)) } else { day })?
            }
            (Some(year), _, _, Some(day)) => Date::of_year_day(year, day)?,
            _ => return Err(Self::missing("LocalDate")),
        };
        match self.field(Field::Weekday) {
            Some(weekday) if weekday != date.weekday() => Err(date_time(format!(
                "Conflict found: Field DayOfWeek {} differs from DayOfWeek {weekday} derived from {date}",
                date.weekday()
            ))),
            _ => Ok(date),
        }
    }

    pub fn time(&self) -> Result<Time, Thrown> {
        if let Some(nanos) = self.field(Field::NanoOfDay) {
            return Ok(Time(in_field("NanoOfDay", nanos, 0, NANOS_PER_DAY - 1)?));
        }
        if let Some(millis) = self.field(Field::MilliOfDay) {
            return Ok(Time(in_field("MilliOfDay", millis, 0, 86_399_999)? * 1_000_000));
        }
        let half = match (self.field(Field::HalfHour), self.field(Field::ClockHalfHour)) {
            (Some(hour), _) => Some(in_field("HourOfAmPm", hour, 0, 11)?),
            (None, Some(hour)) => Some(in_field("ClockHourOfAmPm", hour, 1, 12)? % 12),
            (None, None) => None,
        };
        let hour =
            match (self.field(Field::Hour), self.field(Field::ClockHour), half, self.field(Field::AmPm)) {
                (Some(hour), ..) => hour,
                (None, Some(hour), ..) => in_field("ClockHourOfDay", hour, 1, 24)? % 24,
                (None, None, Some(hour), Some(half)) => half * 12 + hour,
                _ => return Err(Self::missing("LocalTime")),
            };
        let part = |field| self.field(field).unwrap_or(0);
        Time::of(hour, part(Field::Minute), part(Field::Second), part(Field::Nano))
    }

    pub fn date_time(&self) -> Result<DateTime, Thrown> {
        Ok(DateTime { date: self.date()?, time: self.time()? })
    }

    pub fn offset_date_time(&self) -> Result<OffsetDateTime, Thrown> {
        let zoned = self.zoned()?;
        Ok(OffsetDateTime { local: zoned.local, offset: zoned.offset })
    }

    pub fn zoned(&self) -> Result<Zoned, Thrown> {
        let local = self.date_time()?;
        match (&self.zone, self.offset) {
            // The offset says which point in time; the zone has the last word about how it is shown.
            (Some(zone), Some(offset)) => Zoned::at(OffsetDateTime { local, offset }.instant(), zone.clone()),
            (Some(zone), None) => Zoned::of_local(local, zone.clone(), None),
            (None, Some(offset)) => Zoned::of_local(local, Zone::Offset(offset), None),
            (None, None) => Err(Self::missing("ZonedDateTime")),
        }
    }

    pub fn instant(&self) -> Result<Instant, Thrown> {
        self.zoned().map(|zoned| zoned.instant()).map_err(|_| Self::missing("Instant"))
    }
}
