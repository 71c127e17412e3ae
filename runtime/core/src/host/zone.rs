//! Zones and what has one: `ZoneOffset`, `ZoneId`, `OffsetDateTime`, `ZonedDateTime`.

use std::fmt;
use std::sync::Arc;

use super::local::{DateTime, Instant};
use super::{date_time, region};
use crate::Thrown;

const OFFSET_MAX: i64 = 18 * 3600;

/// The offsets of a zone over time. Seconds are since 1970, those of local times as if they were UTC.
pub trait Rules: Send + Sync + fmt::Debug {
    /// The offset in seconds at a point in time.
    fn offset_at(&self, seconds: i64) -> i64;
    /// The offsets before and after the change around a local time; alike when there is none.
    fn offsets_of_local(&self, local: i64) -> (i64, i64);
    /// The short name of the zone at a point in time, `CEST`.
    fn abbreviation(&self, seconds: i64) -> String;
}

/// A `ZoneId`.
#[derive(Clone, Debug)]
pub enum Zone {
    /// `ZoneOffset`, in seconds.
    Offset(i64),
    Region(Arc<Region>),
}

/// A zone with a name.
#[derive(Debug)]
pub struct Region {
    pub name: String,
    pub rules: Box<dyn Rules>,
}

/// A region such as `UTC` that has one offset for ever.
#[derive(Debug)]
struct Fixed(i64, String);

impl Rules for Fixed {
    fn offset_at(&self, _: i64) -> i64 {
        self.0
    }

    fn offsets_of_local(&self, _: i64) -> (i64, i64) {
        (self.0, self.0)
    }

    fn abbreviation(&self, _: i64) -> String {
        self.1.clone()
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Offset(a), Self::Offset(b)) => a == b,
            (Self::Region(a), Self::Region(b)) => a.name == b.name,
            _ => false,
        }
    }
}

pub fn check_offset(seconds: i64) -> Result<i64, Thrown> {
    if !(-OFFSET_MAX..=OFFSET_MAX).contains(&seconds) {
        return Err(date_time("Zone offset not in valid range: -18:00 to +18:00"));
    }
    Ok(seconds)
}

/// `Z`, `+02:00`, `-03:30:15`
pub fn offset_text(offset: i64) -> String {
    if offset == 0 {
        return "Z".to_owned();
    }
    let (sign, magnitude) = if offset < 0 { ('-', -offset) } else { ('+', offset) };
    let (hours, minutes, seconds) = (magnitude / 3600, magnitude / 60 % 60, magnitude % 60);
    match seconds {
        0 => format!("{sign}{hours:02}:{minutes:02}"),
        _ => format!("{sign}{hours:02}:{minutes:02}:{seconds:02}"),
    }
}

/// `ZoneOffset/of`: `Z`, `+h`, `+hh`, `+hh:mm`, `+hhmm`, `+hh:mm:ss`, `+hhmmss`.
pub fn parse_offset(text: &str) -> Result<i64, Thrown> {
    if text == "Z" {
        return Ok(0);
    }
    let invalid = || date_time(format!("Invalid ID for ZoneOffset, invalid format: {text}"));
    let sign = match text.bytes().next() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return Err(invalid()),
    };
    let digits = text.get(1..).ok_or_else(invalid)?;
    let groups: Vec<&str> = if digits.contains(':') {
        digits.split(':').collect()
    } else if digits.len() <= 2 {
        vec![digits]
    } else {
        (0..digits.len()).step_by(2).filter_map(|at| digits.get(at..(at + 2).min(digits.len()))).collect()
    };
    let two = |group: &&str| group.len() == 2 && group.bytes().all(|byte| byte.is_ascii_digit());
    let short = groups.len() == 1 && digits.len() == 1 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if groups.len() > 3 || !(short || groups.iter().all(two)) {
        return Err(invalid());
    }
    let number = |at: usize| groups.get(at).and_then(|group| group.parse::<i64>().ok()).unwrap_or(0);
    let (hours, minutes, seconds) = (number(0), number(1), number(2));
    if hours > 18 {
        let message =
            format!("Zone offset hours not in valid range: value {hours} is not in the range -18 to 18");
        return Err(date_time(message));
    }
    if minutes > 59 || seconds > 59 {
        return Err(date_time("Zone offset minutes or seconds not in valid range"));
    }
    check_offset(sign * (hours * 3600 + minutes * 60 + seconds))
}

impl Zone {
    pub const UTC: Self = Self::Offset(0);

    /// `ZoneId/of`.
    pub fn of(name: &str) -> Result<Self, Thrown> {
        if name == "Z" || name.starts_with(['+', '-']) {
            return parse_offset(name).map(Self::Offset);
        }
        for prefix in ["UTC", "GMT", "UT"] {
            match name.strip_prefix(prefix) {
                Some("") => return Ok(Self::fixed(name.to_owned(), 0, prefix)),
                Some(rest) if rest.starts_with(['+', '-']) => {
                    let offset = parse_offset(rest)?;
                    let id = if offset == 0 {
                        prefix.to_owned()
                    } else {
                        format!("{prefix}{}", offset_text(offset))
                    };
                    return Ok(Self::fixed(id, offset, prefix));
                }
                _ => {}
            }
        }
        let in_form = name.len() > 1
            && name.starts_with(|char: char| char.is_ascii_alphabetic())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._~+-".contains(&byte));
        if !in_form {
            return Err(date_time(format!("Invalid ID for region-based ZoneId, invalid format: {name}")));
        }
        let rules = region::rules(name).ok_or_else(|| date_time(format!("Unknown time-zone ID: {name}")))?;
        Ok(Self::Region(Arc::new(Region { name: name.to_owned(), rules })))
    }

    fn fixed(name: String, offset: i64, short: &str) -> Self {
        let rules = Box::new(Fixed(offset, short.to_owned()));
        Self::Region(Arc::new(Region { name, rules }))
    }

    pub fn id(&self) -> String {
        match self {
            Self::Offset(offset) => offset_text(*offset),
            Self::Region(region) => region.name.clone(),
        }
    }

    pub fn offset_at(&self, instant: Instant) -> i64 {
        match self {
            Self::Offset(offset) => *offset,
            Self::Region(region) => region.rules.offset_at(instant.seconds),
        }
    }

    /// The short name of the zone at a point in time.
    pub fn abbreviation(&self, instant: Instant) -> String {
        match self {
            Self::Offset(offset) => offset_text(*offset),
            Self::Region(region) => region.rules.abbreviation(instant.seconds),
        }
    }
}

/// `OffsetDateTime`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OffsetDateTime {
    pub local: DateTime,
    pub offset: i64,
}

impl OffsetDateTime {
    pub fn at(instant: Instant, offset: i64) -> Result<Self, Thrown> {
        Ok(Self { local: DateTime::from_epoch(instant.seconds + offset, instant.nanos)?, offset })
    }

    pub fn instant(self) -> Instant {
        Instant { seconds: self.local.epoch_seconds() - self.offset, nanos: self.local.time.nano() }
    }
}

impl fmt::Display for OffsetDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.local, offset_text(self.offset))
    }
}

/// `ZonedDateTime`.
#[derive(Clone, Debug, PartialEq)]
pub struct Zoned {
    pub local: DateTime,
    pub offset: i64,
    pub zone: Zone,
}

impl Zoned {
    pub fn at(instant: Instant, zone: Zone) -> Result<Self, Thrown> {
        let offset = zone.offset_at(instant);
        let local = DateTime::from_epoch(instant.seconds + offset, instant.nanos)?;
        Ok(Self { local, offset, zone })
    }

    /// A local time in a zone: moved on by the gap that it falls into; of two offsets the preferred one, else the
    /// earlier.
    pub fn of_local(local: DateTime, zone: Zone, preferred: Option<i64>) -> Result<Self, Thrown> {
        let Zone::Region(region) = &zone else {
            let offset = zone.offset_at(Instant { seconds: 0, nanos: 0 });
            return Ok(Self { local, offset, zone });
        };
        let (before, after) = region.rules.offsets_of_local(local.epoch_seconds());
        if after > before {
            let local = local.plus(0, i128::from(after - before) * 1_000_000_000)?;
            return Ok(Self { local, offset: after, zone });
        }
        let offset = if preferred == Some(after) { after } else { before };
        Ok(Self { local, offset, zone })
    }

    pub fn instant(&self) -> Instant {
        OffsetDateTime { local: self.local, offset: self.offset }.instant()
    }
}

impl fmt::Display for Zoned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.local, offset_text(self.offset))?;
        match &self.zone {
            Zone::Offset(_) => Ok(()),
            Zone::Region(region) => write!(f, "[{}]", region.name),
        }
    }
}
