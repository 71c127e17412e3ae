//! The date conversions of `format`: `%tY`, `%tB`, `%tF` and the rest, of instants and milliseconds, in UTC.

use super::specifier::Specifier;
use crate::calendar::{
    MILLIS_PER_DAY, civil_from_days, days_from_civil, month_name, short, weekday, weekday_name,
};
use crate::{Thrown, Value};

/// A point in time in its fields.
struct Fields {
    millis: i64,
    year: i64,
    month: i64,
    day: i64,
    days: i64,
    hour: i64,
    minute: i64,
    second: i64,
    milli: i64,
}

impl Fields {
    fn of(millis: i64) -> Self {
        let (days, rest) = (millis.div_euclid(MILLIS_PER_DAY), millis.rem_euclid(MILLIS_PER_DAY));
        let (year, month, day) = civil_from_days(days);
        Self {
            millis,
            year,
            month,
            day,
            days,
            hour: rest / 3_600_000,
            minute: rest / 60_000 % 60,
            second: rest / 1000 % 60,
            milli: rest % 1000,
        }
    }

    fn twelve(&self) -> i64 {
        if self.hour % 12 == 0 { 12 } else { self.hour % 12 }
    }

    fn text(&self, conversion: char) -> String {
        let part = |conversion| self.text(conversion);
        match conversion {
            'H' => format!("{:02}", self.hour),
            'k' => self.hour.to_string(),
            'I' => format!("{:02}", self.twelve()),
            'l' => self.twelve().to_string(),
            'M' => format!("{:02}", self.minute),
            'S' => format!("{:02}", self.second),
            'L' => format!("{:03}", self.milli),
            'N' => format!("{:09}", self.milli * 1_000_000),
            'Q' => self.millis.to_string(),
            's' => self.millis.div_euclid(1000).to_string(),
            'p' => if self.hour < 12 { "am" } else { "pm" }.to_owned(),
            'z' => "+0000".to_owned(),
            'Z' => "UTC".to_owned(),
            'a' => short(weekday_name(weekday(self.days))).to_owned(),
            'A' => weekday_name(weekday(self.days)).to_owned(),
            'b' | 'h' => short(month_name(self.month)).to_owned(),
            'B' => month_name(self.month).to_owned(),
            'C' => format!("{:02}", self.year / 100),
            'Y' => format!("{:04}", self.year),
            'y' => format!("{:02}", self.year % 100),
            'j' => format!("{:03}", self.days - days_from_civil(self.year, 1, 1) + 1),
            'm' => format!("{:02}", self.month),
            'd' => format!("{:02}", self.day),
            'e' => self.day.to_string(),
            'R' => format!("{}:{}", part('H'), part('M')),
            'T' => format!("{}:{}:{}", part('H'), part('M'), part('S')),
            'r' => format!("{}:{}:{} {}", part('I'), part('M'), part('S'), part('p').to_uppercase()),
            'D' => format!("{}/{}/{}", part('m'), part('d'), part('y')),
            'F' => format!("{}-{}-{}", part('Y'), part('m'), part('d')),
            'c' => {
                format!("{} {} {} {} {} {}", part('a'), part('b'), part('d'), part('T'), part('Z'), part('Y'))
            }
            _ => String::new(),
        }
    }
}

pub(super) fn text(specifier: &Specifier, argument: &Value) -> Result<String, Thrown> {
    let (Value::Instant(millis) | Value::Int(millis)) = argument else {
        return Err(specifier.mismatch(argument));
    };
    Ok(Fields::of(*millis).text(specifier.conversion))
}
