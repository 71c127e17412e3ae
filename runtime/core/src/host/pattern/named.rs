//! The formatters that have names: `DateTimeFormatter/ISO_LOCAL_DATE` and its siblings.

use super::{Field, Formatter, Item, OFFSET_ID, OffsetStyle, Part, Sign, Style, number};

fn literal(text: &str) -> Item {
    Item::Literal(text.to_owned())
}

fn two(field: Field) -> Item {
    number(field, 2, 2, Sign::None)
}

fn date() -> Vec<Item> {
    vec![
        number(Field::Year, 4, 10, Sign::Exceeds),
        literal("-"),
        two(Field::Month),
        literal("-"),
        two(Field::Day),
    ]
}

fn time() -> Vec<Item> {
    let fraction = Item::Optional(vec![Item::Fraction { least: 0, most: 9, point: true }]);
    let seconds = Item::Optional(vec![literal(":"), two(Field::Second), fraction]);
    vec![two(Field::Hour), literal(":"), two(Field::Minute), seconds]
}

fn date_time() -> Vec<Item> {
    joined(vec![date(), vec![literal("T")], time()])
}

fn joined(parts: Vec<Vec<Item>>) -> Vec<Item> {
    parts.into_iter().flatten().collect()
}

fn offset() -> Item {
    Item::Offset(OFFSET_ID)
}

/// An offset that is read in any of its forms.
fn lenient_offset() -> Item {
    Item::Offset(OffsetStyle { lenient: true, ..OFFSET_ID })
}

fn zone() -> Item {
    Item::Optional(vec![literal("["), Item::ZoneId, literal("]")])
}

fn basic_date() -> Vec<Item> {
    let basic = OffsetStyle { colon: false, ..OFFSET_ID };
    vec![
        number(Field::Year, 4, 4, Sign::None),
        two(Field::Month),
        two(Field::Day),
        Item::Optional(vec![Item::Offset(basic)]),
    ]
}

fn ordinal_date() -> Vec<Item> {
    vec![
        number(Field::Year, 4, 10, Sign::Exceeds),
        literal("-"),
        number(Field::DayOfYear, 3, 3, Sign::None),
        Item::Optional(vec![offset()]),
    ]
}

fn instant() -> Vec<Item> {
    let seconds = vec![literal(":"), two(Field::Second), Item::InstantFraction];
    let time = vec![literal("T"), two(Field::Hour), literal(":"), two(Field::Minute)];
    joined(vec![date(), time, seconds, vec![lenient_offset()]])
}

fn rfc_1123() -> Vec<Item> {
    let style = OffsetStyle {
        colon: false,
        minutes: Part::Always,
        seconds: false,
        zero: "GMT",
        gmt: false,
        lenient: false,
    };
    let weekday = vec![Item::Word { field: Field::Weekday, style: Style::Short }, literal(", ")];
    vec![
        Item::Optional(weekday),
        number(Field::Day, 1, 2, Sign::None),
        literal(" "),
        Item::Word { field: Field::Month, style: Style::Short },
        literal(" "),
        number(Field::Year, 4, 4, Sign::None),
        literal(" "),
        two(Field::Hour),
        literal(":"),
        two(Field::Minute),
        Item::Optional(vec![literal(":"), two(Field::Second)]),
        literal(" "),
        Item::Offset(style),
    ]
}

impl Formatter {
    /// By the name of the constant.
    pub fn named(name: &str) -> Option<Self> {
        let items = match name {
            "ISO_LOCAL_DATE" => date(),
            "ISO_LOCAL_TIME" => time(),
            "ISO_LOCAL_DATE_TIME" => date_time(),
            "ISO_DATE" => joined(vec![date(), vec![Item::Optional(vec![offset()])]]),
            "ISO_TIME" => joined(vec![time(), vec![Item::Optional(vec![offset()])]]),
            "ISO_DATE_TIME" => joined(vec![date_time(), vec![Item::Optional(vec![offset(), zone()])]]),
            "ISO_OFFSET_DATE" => joined(vec![date(), vec![offset()]]),
            "ISO_OFFSET_TIME" => joined(vec![time(), vec![offset()]]),
            "ISO_OFFSET_DATE_TIME" => joined(vec![date_time(), vec![lenient_offset()]]),
            "ISO_ZONED_DATE_TIME" => joined(vec![date_time(), vec![lenient_offset(), zone()]]),
            "ISO_INSTANT" => instant(),
            "BASIC_ISO_DATE" => basic_date(),
            "ISO_ORDINAL_DATE" => ordinal_date(),
            "RFC_1123_DATE_TIME" => rfc_1123(),
            _ => return None,
        };
        let strict = name != "RFC_1123_DATE_TIME";
        Some(Self { items, zone: None, strict, instant: name == "ISO_INSTANT" })
    }

    /// What `YearMonth/parse` reads.
    pub fn year_month() -> Self {
        let items = vec![number(Field::Year, 4, 10, Sign::Exceeds), literal("-"), two(Field::Month)];
        Self { items, zone: None, strict: true, instant: false }
    }

    /// What `Year/parse` reads.
    pub fn year() -> Self {
        let items = vec![number(Field::Year, 4, 10, Sign::Exceeds)];
        Self { items, zone: None, strict: true, instant: false }
    }
}
