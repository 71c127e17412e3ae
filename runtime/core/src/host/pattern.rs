//! `DateTimeFormatter`: patterns and the ISO formats, as lists of items that print and read.
//!
//! English texts. What depends on a locale's week (`Y`, `w`, `e`) is refused, and so is what Java refuses.

use super::zone::Zone;
use crate::Thrown;
use crate::thrown::Class;

/// The formats with names.
mod named;
/// Values to text.
mod print;
/// Text to values.
mod read;

pub use read::Parsed;

/// A formatter: what to print and read, and what is done with what was read.
#[derive(Clone, Debug)]
pub struct Formatter {
    pub(super) items: Vec<Item>,
    /// The zone that points in time are shown in.
    pub zone: Option<Zone>,
    /// Whether days beyond the end of a month are refused rather than cut: the ISO formats.
    pub(super) strict: bool,
    /// `ISO_INSTANT`, which shows everything in UTC.
    pub(super) instant: bool,
}

/// What a number or a word in a text is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Year,
    Quarter,
    Month,
    Day,
    DayOfYear,
    Weekday,
    Hour,
    /// 1 to 24.
    ClockHour,
    /// 0 to 11.
    HalfHour,
    /// 1 to 12.
    ClockHalfHour,
    Minute,
    Second,
    Nano,
    MilliOfDay,
    NanoOfDay,
    AmPm,
    Era,
}

impl Field {
    /// As Java's messages call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Year => "YearOfEra",
            Self::Quarter => "QuarterOfYear",
            Self::Month => "MonthOfYear",
            Self::Day => "DayOfMonth",
            Self::DayOfYear => "DayOfYear",
            Self::Weekday => "DayOfWeek",
            Self::Hour => "HourOfDay",
            Self::ClockHour => "ClockHourOfDay",
            Self::HalfHour => "HourOfAmPm",
            Self::ClockHalfHour => "ClockHourOfAmPm",
            Self::Minute => "MinuteOfHour",
            Self::Second => "SecondOfMinute",
            Self::Nano => "NanoOfSecond",
            Self::MilliOfDay => "MilliOfDay",
            Self::NanoOfDay => "NanoOfDay",
            Self::AmPm => "AmPmOfDay",
            Self::Era => "Era",
        }
    }
}

/// How a number shows its sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// Never.
    None,
    /// `-` only.
    Minus,
    /// `+` where there are more digits than the least.
    Exceeds,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Short,
    Full,
    Narrow,
}

/// How an offset is written.
#[expect(clippy::struct_excessive_bools, reason = "independent marks of one notation")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OffsetStyle {
    pub(super) colon: bool,
    pub(super) minutes: Part,
    pub(super) seconds: bool,
    pub(super) zero: &'static str,
    /// `GMT` in front, `GMT+8`.
    pub(super) gmt: bool,
    /// Whether reading minds none of the above.
    pub(super) lenient: bool,
}

/// Whether a part of an offset is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Always,
    WhenSet,
}

#[derive(Clone, Debug)]
pub(super) enum Item {
    Literal(String),
    Number {
        field: Field,
        least: usize,
        most: usize,
        sign: Sign,
    },
    /// Two digits of a year from 2000 to 2099.
    ShortYear,
    /// Digits behind the second.
    Fraction {
        least: usize,
        most: usize,
        point: bool,
    },
    /// Digits behind the second in groups of three: as few as needed.
    InstantFraction,
    Word {
        field: Field,
        style: Style,
    },
    Offset(OffsetStyle),
    ZoneId,
    /// `CEST`
    ZoneName,
    Optional(Vec<Item>),
}

pub(super) const OFFSET_ID: OffsetStyle =
    OffsetStyle { colon: true, minutes: Part::Always, seconds: true, zero: "Z", gmt: false, lenient: false };

pub(super) fn number(field: Field, least: usize, most: usize, sign: Sign) -> Item {
    Item::Number { field, least, most, sign }
}

fn illegal(message: String) -> Thrown {
    Thrown::new(Class::IllegalArgument, message)
}

impl Formatter {
    /// `DateTimeFormatter/ofPattern`.
    pub fn of_pattern(pattern: &str) -> Result<Self, Thrown> {
        let chars: Vec<char> = pattern.chars().collect();
        // What is open: the items of each optional section around.
        let mut open: Vec<Vec<Item>> = vec![Vec::new()];
        let mut at = 0;
        while let Some(char) = chars.get(at).copied() {
            let count = chars.iter().skip(at).take_while(|next| **next == char).count();
            let items = match char {
                'a'..='z' | 'A'..='Z' => {
                    at += count;
                    letters(char, count)?
                }
                '\'' => {
                    let (text, next) = quoted(&chars, at + 1).ok_or_else(|| {
                        illegal(format!("Pattern ends with an incomplete string literal: {pattern}"))
                    })?;
                    at = next;
                    vec![Item::Literal(text)]
                }
                '[' => {
                    at += 1;
                    open.push(Vec::new());
                    continue;
                }
                ']' if open.len() == 1 => {
                    return Err(illegal("Pattern invalid as it contains ] without previous [".to_owned()));
                }
                ']' => {
                    at += 1;
                    vec![Item::Optional(open.pop().unwrap_or_default())]
                }
                '{' | '}' | '#' => {
                    return Err(illegal(format!("Pattern includes reserved character: '{char}'")));
                }
                other => {
                    at += 1;
                    vec![Item::Literal(other.to_string())]
                }
            };
            if let Some(innermost) = open.last_mut() {
                innermost.extend(items);
            }
        }
        // Sections that are never closed end with the pattern.
        let mut items = open.pop().unwrap_or_default();
        while let Some(mut outer) = open.pop() {
            outer.push(Item::Optional(items));
            items = outer;
        }
        Ok(Self { items, zone: None, strict: false, instant: false })
    }
}

/// Text between quotes from `at` on, and where the pattern goes on. Two quotes are one.
fn quoted(chars: &[char], mut at: usize) -> Option<(String, usize)> {
    let mut text = String::new();
    loop {
        match (chars.get(at)?, chars.get(at + 1)) {
            ('\'', Some('\'')) => {
                text.push('\'');
                at += 2;
            }
            ('\'', _) if text.is_empty() => return Some(("'".to_owned(), at + 1)),
            ('\'', _) => return Some((text, at + 1)),
            (char, _) => {
                text.push(*char);
                at += 1;
            }
        }
    }
}

/// What a run of one letter means.
fn letters(letter: char, count: usize) -> Result<Vec<Item>, Thrown> {
    let too_many = || illegal(format!("Too many pattern letters: {letter}"));
    let word = |field| match count {
        1..=3 => Ok(Item::Word { field, style: Style::Short }),
        4 => Ok(Item::Word { field, style: Style::Full }),
        5 => Ok(Item::Word { field, style: Style::Narrow }),
        _ => Err(too_many()),
    };
    let digits = |field| match count {
        1 => Ok(number(field, 1, 19, Sign::Minus)),
        2 => Ok(number(field, 2, 2, Sign::None)),
        _ => Err(too_many()),
    };
    Ok(vec![match letter {
        'u' | 'y' => match count {
            2 => Item::ShortYear,
            1 | 3 => number(Field::Year, count, 19, Sign::Minus),
            _ => number(Field::Year, count, 19, Sign::Exceeds),
        },
        'M' | 'L' if count > 2 => word(Field::Month)?,
        'M' | 'L' => digits(Field::Month)?,
        'Q' | 'q' if count > 2 => word(Field::Quarter)?,
        'Q' | 'q' => digits(Field::Quarter)?,
        'E' => word(Field::Weekday)?,
        'G' => word(Field::Era)?,
        'a' if count == 1 => word(Field::AmPm)?,
        'a' => return Err(too_many()),
        'd' => digits(Field::Day)?,
        'D' => match count {
            1 => number(Field::DayOfYear, 1, 19, Sign::Minus),
            2 | 3 => number(Field::DayOfYear, count, 3, Sign::None),
            _ => return Err(too_many()),
        },
        'H' => digits(Field::Hour)?,
        'k' => digits(Field::ClockHour)?,
        'K' => digits(Field::HalfHour)?,
        'h' => digits(Field::ClockHalfHour)?,
        'm' => digits(Field::Minute)?,
        's' => digits(Field::Second)?,
        'S' if count <= 9 => Item::Fraction { least: count, most: count, point: false },
        'n' => number(Field::Nano, count, 19, Sign::Minus),
        'A' => number(Field::MilliOfDay, count, 19, Sign::None),
        'N' => number(Field::NanoOfDay, count, 19, Sign::None),
        'V' if count == 2 => Item::ZoneId,
        'V' => return Err(illegal("Pattern letter count must be 2: V".to_owned())),
        'z' if count <= 3 => Item::ZoneName,
        'X' | 'x' | 'Z' | 'O' => Item::Offset(offset_style(letter, count).ok_or_else(too_many)?),
        'B' | 'c' | 'e' | 'F' | 'g' | 'v' | 'w' | 'W' | 'Y' | 'p' | 'z' => {
            return Err(Thrown::new(
                Class::UnsupportedOperation,
                format!("the pattern letter {letter} depends on a locale and is not there"),
            ));
        }
        'S' => return Err(too_many()),
        _ => return Err(illegal(format!("Unknown pattern letter: {letter}"))),
    }])
}

fn offset_style(letter: char, count: usize) -> Option<OffsetStyle> {
    let style = |colon, minutes, seconds, zero| {
        Some(OffsetStyle { colon, minutes, seconds, zero, gmt: false, lenient: false })
    };
    match (letter, count) {
        ('X', 1) => style(false, Part::WhenSet, false, "Z"),
        ('X', 2) => style(false, Part::Always, false, "Z"),
        ('X', 3) => style(true, Part::Always, false, "Z"),
        ('X', 4) => style(false, Part::Always, true, "Z"),
        ('X' | 'Z', 5) => style(true, Part::Always, true, "Z"),
        ('x', 1) => style(false, Part::WhenSet, false, "+00"),
        ('x', 2) => style(false, Part::Always, false, "+0000"),
        ('x', 3) => style(true, Part::Always, false, "+00:00"),
        ('x', 4) => style(false, Part::Always, true, "+0000"),
        ('x', 5) => style(true, Part::Always, true, "+00:00"),
        ('Z', 1..=3) => style(false, Part::Always, false, "+0000"),
        ('Z' | 'O', 4) | ('O', 1) => Some(OffsetStyle {
            colon: true,
            minutes: if letter == 'O' && count == 1 { Part::WhenSet } else { Part::Always },
            seconds: true,
            zero: "GMT",
            gmt: true,
            lenient: false,
        }),
        _ => None,
    }
}
