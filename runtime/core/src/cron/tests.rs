//! Cron texts: what is taken, what is wrong and where, and which minutes match.

use super::{LocalMinute, parse};

/// The text is taken.
#[track_caller]
fn good(text: &str) {
    if let Err(error) = parse(text) {
        panic!("{text}: {error:?}");
    }
}

/// The text is refused at `part` with this message.
#[track_caller]
fn bad(text: &str, part: &str, message: &str) {
    let error = parse(text).unwrap_err();
    assert_eq!((&text[error.at.clone()], error.message.as_str()), (part, message), "{text}");
}

/// Whether `minute hour day month weekday days-in-month` matches.
#[track_caller]
fn fires(text: &str, at: [u8; 6], expected: bool) {
    let [minute, hour, day, month, weekday, days_in_month] = at;
    let at = LocalMinute { minute, hour, day, month, weekday, days_in_month };
    assert_eq!(parse(text).unwrap().matches(at), expected, "{text} {at:?}");
}

#[test]
fn texts_that_are_taken() {
    for text in [
        "* * * * *",
        "0 9 * * MON",
        "0 8 * * *",
        "*/15 9-17 1,15 jan-jun mon-fri",
        "0 0 L * ?",
        "0 0 ? * SAT-SUN",
        "5/10 * * * *",
        "0 0 29 2 *",
        "0 0 31 2 MON",
        "0  0\t1 1 7",
        "0 0 28-31 * *",
        "@daily",
        "@Weekly",
    ] {
        good(text);
    }
}

#[test]
fn places_of_mistakes() {
    bad("60 * * * *", "60", "60 is above the highest minute, 59");
    bad("0 24 * * *", "24", "24 is above the highest hour, 23");
    bad("0 0 0 * *", "0", "0 is below the lowest day of the month, 1");
    bad("0 0 1 13 *", "13", "13 is above the highest month, 12");
    bad("0 0 * * 8", "8", "8 is above the highest day of the week, 7");
    bad("0 9 * * MUN", "MUN", "`MUN` is no day of the week");
    bad("0 9 * FEBR *", "FEBR", "`FEBR` is no month");
    bad("0 17-9 * * *", "17-9", "the range of the hour runs backwards: 17-9");
    bad("0 9 * * FRI-MON", "FRI-MON", "the range of the day of the week runs backwards: FRI-MON");
    bad("*/0 * * * *", "0", "`0` is no step for the minute");
    bad("*/x * * * *", "x", "`x` is no step for the minute");
    bad("1,,2 * * * *", "", "a part of the minute is empty");
    bad("-5 * * * *", "", "a part of the minute is empty");
    bad("+5 * * * *", "+5", "`+5` is no minute");
    bad("* * ? * 5L", "5L", "`5L` is no day of the week");
    bad("? * * * *", "?", "`?` is no minute");
    bad("0 0 31 2 *", "31 2", "no month `2` has a day `31`, so this never fires");
    bad("0 0 31 4,6,9,11 *", "31 4,6,9,11", "no month `4,6,9,11` has a day `31`, so this never fires");
}

#[test]
fn numbers_of_fields() {
    bad("", "", "the cron text is empty");
    bad("0 9 * *", "0 9 * *", "a cron text has five fields, this has 4");
    bad("0 0 9 * * MON", "MON", "a cron text has five fields, this has 6");
    bad("0 0 9 * * MON 2026", "MON 2026", "a cron text has five fields, this has 7");
    bad("@dayly", "@dayly", "there is no schedule `@dayly`");
    bad("99999999999999999999 * * * *", "99999999999999999999", "`99999999999999999999` is no minute");
}

#[test]
fn minutes_that_match() {
    fires("30 9 * * MON", [30, 9, 3, 8, 1, 31], true);
    fires("30 9 * * MON", [30, 9, 3, 8, 2, 31], false);
    fires("0 0 * * 7", [0, 0, 2, 8, 0, 31], true);
    fires("0 0 L * *", [0, 0, 28, 2, 6, 28], true);
    fires("0 0 L * *", [0, 0, 28, 2, 5, 29], false);
    fires("0 0 1,L * *", [0, 0, 1, 2, 5, 29], true);
    // Either day field is enough when both are restricted.
    fires("0 0 13 * FRI", [0, 0, 13, 5, 3, 31], true);
    fires("0 0 13 * FRI", [0, 0, 14, 5, 5, 31], true);
    fires("0 0 13 * FRI", [0, 0, 14, 5, 4, 31], false);
    fires("*/20 * * * *", [40, 3, 1, 1, 0, 31], true);
    fires("*/20 * * * *", [50, 3, 1, 1, 0, 31], false);
    fires("5/20 * * * *", [45, 3, 1, 1, 0, 31], true);
    fires("0 0 * * SAT-SUN", [0, 0, 1, 1, 0, 31], true);
}
