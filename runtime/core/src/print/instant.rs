//! Instants as text: RFC 3339 in UTC with milliseconds.

/// Year, month (1 to 12), day (1 to 31), hour, minute, second, millisecond in UTC, proleptic Gregorian.
pub fn parts_of_instant(millis: i64) -> (i64, u32, u32, u32, u32, u32, u32) {
    const DAY_MS: i64 = 86_400_000;
    let (days, rest) = (millis.div_euclid(DAY_MS), millis.rem_euclid(DAY_MS));
    // Days are counted from 0000-03-01, so that the leap day is the last of its year.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (seconds, millis) = (rest / 1000, rest % 1000);
    (
        year,
        month as u32,
        day as u32,
        (seconds / 3600) as u32,
        (seconds / 60 % 60) as u32,
        (seconds % 60) as u32,
        millis as u32,
    )
}

/// `2024-01-02T03:04:05.678Z`.
pub fn format_instant(millis: i64) -> String {
    let (year, month, day, hour, minute, second, millis) = parts_of_instant(millis);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}
