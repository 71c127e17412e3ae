//! Doubles as Java prints them: `1.0`, `1.0E7`, `1.0E-4`.

use super::digits::digits;

/// `Double.toString`: the digits that Java develops, at least one after the point, scientific from 1e7 and below 1e-3.
/// Infinities and NaN are words (`Infinity`, `NaN`); their `##` spelling is the printer's.
pub fn format_double(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value == 0.0 {
        return format!("{sign}0.0");
    }
    let (digits, exponent) = digits(value.abs());
    let (first, rest) = digits.split_at_checked(1).unwrap_or(("0", ""));
    if !(-3..7).contains(&exponent) {
        let rest = if rest.is_empty() { "0" } else { rest };
        return format!("{sign}{first}.{rest}E{exponent}");
    }
    if exponent < 0 {
        let zeros = "0".repeat((-exponent - 1) as usize);
        return format!("{sign}0.{zeros}{digits}");
    }
    let whole = exponent as usize + 1;
    if digits.len() <= whole {
        return format!("{sign}{digits:0<whole$}.0");
    }
    let (whole, fraction) = digits.split_at(whole);
    format!("{sign}{whole}.{fraction}")
}
