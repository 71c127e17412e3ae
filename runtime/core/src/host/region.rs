//! The rules of the tz database, which is part of the executable as soon as code makes a zone by its name.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use super::zone::Rules;

/// The rules of a zone of the tz database; None when it has no such zone.
pub fn rules(name: &str) -> Option<Box<dyn Rules>> {
    // The database does not mind upper and lower case, and the JVM does.
    let zone = TimeZone::get(name).ok().filter(|zone| zone.iana_name() == Some(name))?;
    Some(Box::new(Tz(zone)))
}

#[derive(Debug)]
struct Tz(TimeZone);

/// Rules repeat every 400 years, so that years beyond what the library computes with have the offsets of others.
const CYCLE: i64 = 146_097 * 86_400;
const LOW: i64 = -300_000_000_000;
const HIGH: i64 = 200_000_000_000;

fn within(seconds: i64) -> i64 {
    if seconds > HIGH { HIGH - CYCLE + (seconds - HIGH).rem_euclid(CYCLE) } else { seconds.max(LOW) }
}

fn timestamp(seconds: i64) -> Timestamp {
    Timestamp::from_second(within(seconds)).unwrap_or_default()
}

impl Rules for Tz {
    fn offset_at(&self, seconds: i64) -> i64 {
        i64::from(self.0.to_offset(timestamp(seconds)).seconds())
    }

    fn offsets_of_local(&self, local: i64) -> (i64, i64) {
        let local: DateTime = Offset::UTC.to_datetime(timestamp(local));
        let (before, after) = match self.0.to_ambiguous_zoned(local).offset() {
            AmbiguousOffset::Unambiguous { offset } => (offset, offset),
            AmbiguousOffset::Gap { before, after } | AmbiguousOffset::Fold { before, after } => {
                (before, after)
            }
        };
        (i64::from(before.seconds()), i64::from(after.seconds()))
    }

    fn abbreviation(&self, seconds: i64) -> String {
        self.0.to_offset_info(timestamp(seconds)).abbreviation().to_owned()
    }
}
