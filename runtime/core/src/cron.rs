//! Cron expressions of five fields: minute, hour, day of month, month, day of week.
//!
//! Reads and checks the text, with the place of what is wrong, and says whether a local time matches. Knows no time zone
//! and no clock: whoever fires schedules brings both.
//!
//! A field is `*`, or a list of numbers, names (`MON`, `JAN`), ranges and steps (`1-5`, `*/15`, `9-17/2`). Both day fields
//! also take `?`, which is `*`; the day of the month also takes `L`, the last one. Sunday is 0 and 7. As in every cron,
//! when both day fields are restricted a day that matches either of them matches.

use std::ops::Range;

/// A checked expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cron {
    /// Bit n: minute n.
    minutes: u64,
    /// Bit n: hour n.
    hours: u64,
    /// Bit n: day n of the month, from 1.
    days: u64,
    /// The last day of a month.
    last_day: bool,
    /// Bit n: month n, from 1.
    months: u64,
    /// Bit n: weekday n, Sunday being 0.
    weekdays: u64,
    /// Whether the day of the month, the day of the week is restricted.
    by_day: bool,
    by_weekday: bool,
}

/// What is wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CronError {
    /// The bytes of the text that are wrong.
    pub at: Range<usize>,
    /// One line.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

/// A local time, as far as cron looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalMinute {
    pub minute: u8,
    pub hour: u8,
    /// From 1.
    pub day: u8,
    /// From 1.
    pub month: u8,
    /// Sunday is 0.
    pub weekday: u8,
    pub days_in_month: u8,
}

/// What one of the five fields may hold.
struct Field {
    name: &'static str,
    min: u64,
    max: u64,
    /// The first is the name of `min`.
    names: &'static [&'static str],
}

const MONTHS: &[&str] = &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const MINUTE: Field = Field { name: "minute", min: 0, max: 59, names: &[] };
const HOUR: Field = Field { name: "hour", min: 0, max: 23, names: &[] };
const DAY: Field = Field { name: "day of the month", min: 1, max: 31, names: &[] };
const MONTH: Field = Field { name: "month", min: 1, max: 12, names: MONTHS };
const WEEKDAY: Field = Field { name: "day of the week", min: 0, max: 7, names: WEEKDAYS };

/// Names for whole expressions.
const MACROS: &[(&str, &str)] = &[
    ("@hourly", "0 * * * *"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@weekly", "0 0 * * 0"),
    ("@monthly", "0 0 1 * *"),
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
];

/// The most days that each month has.
const LONGEST: [u64; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// Reads an expression.
pub fn parse(text: &str) -> Result<Cron, CronError> {
    let words = words(text);
    if let [(at, word)] = words.as_slice()
        && word.starts_with('@')
    {
        return match MACROS.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)) {
            Some((_, expression)) => parse(expression),
            None => {
                let names: Vec<&str> = MACROS.iter().map(|(name, _)| *name).collect();
                let message = format!("there is no schedule `{word}`");
                Err(wrong(at.clone(), message, format!("the names are {}", names.join(" "))))
            }
        };
    }
    let [minute, hour, day, month, weekday] = words.as_slice() else { return Err(miscounted(text, &words)) };
    let minutes = Reader { field: &MINUTE }.list(minute)?;
    let hours = Reader { field: &HOUR }.list(hour)?;
    let (days, last_day) = days(day)?;
    let months = Reader { field: &MONTH }.list(month)?;
    let any_weekday = weekday.1 == "?";
    let weekdays = if any_weekday { u64::MAX } else { Reader { field: &WEEKDAY }.list(weekday)? };
    let cron = Cron {
        minutes,
        hours,
        days,
        last_day,
        months,
        // 7 is Sunday as well.
        weekdays: (weekdays & 0x7f) | (weekdays >> 7 & 1),
        by_day: !matches!(day.1, "*" | "?"),
        by_weekday: !matches!(weekday.1, "*" | "?"),
    };
    if cron.by_day && !cron.by_weekday && !cron.last_day && !cron.has_a_day() {
        let message = format!("no month `{}` has a day `{}`, so this never fires", month.1, day.1);
        let help = "name a day that the month has, or `L` for its last day".to_owned();
        return Err(wrong(day.0.start..month.0.end, message, help));
    }
    Ok(cron)
}

impl Cron {
    /// Whether the schedule fires in this minute.
    pub fn matches(&self, at: LocalMinute) -> bool {
        let has = |bits: u64, number: u8| number < 64 && bits >> number & 1 == 1;
        let day = has(self.days, at.day) || (self.last_day && at.day == at.days_in_month);
        let weekday = has(self.weekdays, at.weekday);
        let on_day = match (self.by_day, self.by_weekday) {
            (true, true) => day || weekday,
            (true, false) => day,
            (false, _) => weekday,
        };
        on_day && has(self.minutes, at.minute) && has(self.hours, at.hour) && has(self.months, at.month)
    }

    /// Whether some month of the expression has one of its days.
    fn has_a_day(&self) -> bool {
        let first = u64::from(self.days.trailing_zeros());
        (1..).zip(LONGEST).any(|(month, longest)| self.months >> month & 1 == 1 && first <= longest)
    }
}

/// The words of a text with their places.
fn words(text: &str) -> Vec<(Range<usize>, &str)> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        match (letter.is_whitespace(), start) {
            (true, Some(from)) => {
                words.push((from..at, text.get(from..at).unwrap_or_default()));
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
    }
    words
}

fn wrong(at: Range<usize>, message: String, help: String) -> CronError {
    CronError { at, message, help }
}

/// Not five fields.
fn miscounted(text: &str, words: &[(Range<usize>, &str)]) -> CronError {
    let fields = "minute, hour, day of the month, month, day of the week";
    if words.is_empty() {
        return wrong(0..text.len(), "the cron text is empty".to_owned(), "write `0 9 * * MON`".to_owned());
    }
    let message = format!("a cron text has five fields, this has {}", words.len());
    let (at, help) = match words {
        [_, _, _, _, _, rest @ ..] => {
            let from = rest.first().map_or(text.len(), |(at, _)| at.start);
            let help = if words.len() == 6 {
                format!("there is no field for seconds; the fields are {fields}")
            } else {
                format!("the fields are {fields}")
            };
            (from..rest.last().map_or(text.len(), |(at, _)| at.end), help)
        }
        _ => (0..text.len(), format!("the fields are {fields}")),
    };
    wrong(at, message, help)
}

/// The day of the month, which may be `?` or `L`.
fn days((at, word): &(Range<usize>, &str)) -> Result<(u64, bool), CronError> {
    if *word == "?" {
        return Ok((u64::MAX, false));
    }
    let (mut bits, mut last) = (0, false);
    for (at, item) in items(at, word) {
        if item.eq_ignore_ascii_case("L") {
            last = true;
        } else {
            bits |= Reader { field: &DAY }.item(at, item)?;
        }
    }
    Ok((bits, last))
}

/// The parts between commas.
fn items<'a>(at: &Range<usize>, word: &'a str) -> Vec<(Range<usize>, &'a str)> {
    let mut from = at.start;
    word.split(',')
        .map(|item| {
            let at = from..from + item.len();
            from = at.end + 1;
            (at, item)
        })
        .collect()
}

/// Reads one field.
struct Reader {
    field: &'static Field,
}

impl Reader {
    fn list(&self, (at, word): &(Range<usize>, &str)) -> Result<u64, CronError> {
        let mut bits = 0;
        for (at, item) in items(at, word) {
            bits |= self.item(at, item)?;
        }
        Ok(bits)
    }

    /// `*`, `a`, `a-b`, each with `/step` or without.
    fn item(&self, at: Range<usize>, item: &str) -> Result<u64, CronError> {
        let (range, step) = match item.split_once('/') {
            None => (item, None),
            Some((range, step)) => (range, Some(self.step(at.start + range.len() + 1..at.end, step)?)),
        };
        let place = at.start..at.start + range.len();
        // A step of the weekdays does not count Sunday twice.
        let top = if self.field.names.len() == 7 { 6 } else { self.field.max };
        let (low, high) = if range == "*" {
            (self.field.min, top)
        } else if let Some((low, high)) = range.split_once('-') {
            let middle = place.start + low.len();
            self.range((place.start..middle, low), (middle + 1..place.end, high))?
        } else {
            let only = self.number(place, range)?;
            (only, if step.is_some() { top.max(only) } else { only })
        };
        let step = step.unwrap_or(1);
        let mut number = low;
        let mut bits = 0_u64;
        while number <= high {
            bits |= 1 << number;
            number += step;
        }
        Ok(bits)
    }

    fn range(
        &self,
        (low_at, low): (Range<usize>, &str),
        (high_at, high): (Range<usize>, &str),
    ) -> Result<(u64, u64), CronError> {
        let whole = low_at.start..high_at.end;
        let first = self.number(low_at, low)?;
        let mut last = self.number(high_at, high)?;
        if self.field.names.len() == 7 && last == 0 && first > 0 {
            last = 7;
        }
        if first > last {
            let message = format!("the range of the {} runs backwards: {low}-{high}", self.field.name);
            let help = format!("write two parts: `{low}-{},{}-{high}`", self.last_name(), self.first_name());
            return Err(wrong(whole, message, help));
        }
        Ok((first, last))
    }

    fn step(&self, at: Range<usize>, text: &str) -> Result<u64, CronError> {
        match text.parse::<u64>() {
            Ok(step) if step > 0 && step <= self.field.max.max(1) => Ok(step),
            _ => {
                let message = format!("`{text}` is no step for the {}", self.field.name);
                Err(wrong(at, message, format!("write a number from 1 to {}", self.field.max)))
            }
        }
    }

    fn number(&self, at: Range<usize>, text: &str) -> Result<u64, CronError> {
        let Field { name, min, max, names } = self.field;
        if let Some(index) = names.iter().position(|known| text.eq_ignore_ascii_case(known)) {
            return Ok(min + index as u64);
        }
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse::<u64>() {
            Ok(number) if digits && (*min..=*max).contains(&number) => Ok(number),
            Ok(number) if digits => {
                let side = if number < *min { "below the lowest" } else { "above the highest" };
                let bound = if number < *min { min } else { max };
                let message = format!("{number} is {side} {name}, {bound}");
                Err(wrong(at, message, format!("write a number from {min} to {max}")))
            }
            _ if text.is_empty() => {
                let message = format!("a part of the {name} is empty");
                Err(wrong(at, message, "take the comma or dash out".to_owned()))
            }
            _ => {
                let message = format!("`{text}` is no {name}");
                let help = match names.first().zip(names.last()) {
                    Some((first, last)) => {
                        format!("write a number from {min} to {max}, or a name from {first} to {last}")
                    }
                    None => format!("write a number from {min} to {max}"),
                };
                Err(wrong(at, message, help))
            }
        }
    }

    fn first_name(&self) -> String {
        self.field.names.first().map_or(self.field.min.to_string(), ToString::to_string)
    }

    fn last_name(&self) -> String {
        self.field.names.last().map_or(self.field.max.to_string(), ToString::to_string)
    }
}

#[cfg(test)]
mod tests;
