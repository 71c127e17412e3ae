//! Forms back to text: one canonical line, the same for every way of writing the same form.
//!
//! Versions are hashed over it and messages quote it, so it reads back to an equal form. Comments, discards, commas and
//! line breaks are not part of a form. Not the formatter: that keeps what people wrote.

use std::fmt::Write as _;

use breyta_core::lexer::{character_name, format_instant};
use breyta_core::number::Decimal;
use breyta_core::{Value, lexer};

use super::{Form, FormKind};

#[cfg(test)]
mod tests;

/// The form on one line.
pub fn print(form: &Form) -> String {
    let mut printer = Printer { out: String::new(), limit: usize::MAX, identity: false };
    printer.form(form);
    printer.out
}

/// The form on one line, cut with `…` after about `max_chars` characters.
pub fn summary(form: &Form, max_chars: usize) -> String {
    let mut printer =
        Printer { out: String::new(), limit: max_chars.saturating_mul(4).max(4), identity: false };
    printer.form(form);
    if printer.out.chars().count() <= max_chars {
        return printer.out;
    }
    let mut text: String = printer.out.chars().take(max_chars.saturating_sub(1)).collect();
    text.truncate(text.trim_end().len());
    text.push('…');
    text
}

/// Equal texts for forms that are equal values: metadata left out, `1N` as `1`, a list as a vector.
pub(super) fn identity(form: &Form) -> String {
    let mut printer = Printer { out: String::new(), limit: usize::MAX, identity: true };
    printer.form(form);
    printer.out
}

struct Printer {
    out: String,
    /// Bytes after which nothing more need be printed.
    limit: usize,
    identity: bool,
}

impl Printer {
    fn form(&mut self, form: &Form) {
        if self.out.len() > self.limit {
            return;
        }
        if !self.identity {
            for meta in &form.meta {
                self.out.push('^');
                self.form(meta);
                self.out.push(' ');
            }
        }
        match &form.kind {
            FormKind::Atom(value) => self.atom(value),
            FormKind::Keyword(keyword) => self.words(&[":", keyword.full()]),
            FormKind::Symbol(symbol) => self.words(&[symbol.full()]),
            FormKind::String(string) => self.string(&string.value),
            FormKind::Regex(pattern) => self.words(&["#\"", pattern, "\""]),
            FormKind::List(items) if self.identity => self.items("[", items, "]"),
            FormKind::List(items) => self.items("(", items, ")"),
            FormKind::Vector(items) => self.items("[", items, "]"),
            FormKind::Map(items) => self.items("{", items, "}"),
            FormKind::Set(items) => self.items("#{", items, "}"),
            FormKind::AnonymousFn(items) => self.items("#(", items, ")"),
            FormKind::Quote(inner) => self.prefixed("'", inner),
            FormKind::SyntaxQuote(inner) => self.prefixed("`", inner),
            FormKind::Unquote(inner) => self.unquote(inner),
            FormKind::UnquoteSplice(inner) => self.prefixed("~@", inner),
            FormKind::Deref(inner) => self.prefixed("@", inner),
            FormKind::VarQuote(inner) => self.prefixed("#'", inner),
            FormKind::Tagged(tag, inner) => {
                self.words(&["#", tag.full(), " "]);
                self.form(inner);
            }
        }
    }

    fn words(&mut self, words: &[&str]) {
        for word in words {
            self.out.push_str(word);
        }
    }

    fn prefixed(&mut self, prefix: &str, inner: &Form) {
        self.out.push_str(prefix);
        self.form(inner);
    }

    /// `~@x` is a splice; the unquote of a deref keeps a space between the two.
    fn unquote(&mut self, inner: &Form) {
        let deref = inner.meta.is_empty() && matches!(inner.kind, FormKind::Deref(_));
        self.prefixed(if deref { "~ " } else { "~" }, inner);
    }

    fn items(&mut self, open: &str, items: &[Form], close: &str) {
        self.out.push_str(open);
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push(' ');
            }
            self.form(item);
        }
        self.out.push_str(close);
    }

    fn string(&mut self, text: &str) {
        self.out.push('"');
        for c in text.chars() {
            match c {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\t' => self.out.push_str("\\t"),
                '\r' => self.out.push_str("\\r"),
                c if c.is_control() => self.unicode(c),
                c => self.out.push(c),
            }
        }
        self.out.push('"');
    }

    fn unicode(&mut self, c: char) {
        let mut units = [0; 2];
        for unit in c.encode_utf16(&mut units) {
            let _ = write!(self.out, "\\u{unit:04x}");
        }
    }

    fn atom(&mut self, value: &Value) {
        let written = match value {
            Value::Nil => write!(self.out, "nil"),
            Value::Bool(bool) => write!(self.out, "{bool}"),
            Value::Int(int) => write!(self.out, "{int}"),
            Value::BigInt(big) if self.identity => write!(self.out, "{big}"),
            Value::BigInt(big) => write!(self.out, "{big}N"),
            Value::Ratio(ratio) => write!(self.out, "{}/{}", ratio.numer(), ratio.denom()),
            Value::Decimal(decimal) => write!(self.out, "{}", decimal_text(decimal)),
            Value::Double(double) if double.is_nan() => write!(self.out, "##NaN"),
            Value::Double(double) if double.is_infinite() && *double < 0.0 => write!(self.out, "##-Inf"),
            Value::Double(double) if double.is_infinite() => write!(self.out, "##Inf"),
            // The shortest text that reads back to the same double; it always has a point or an exponent.
            Value::Double(double) => write!(self.out, "{double:?}"),
            Value::Char(unit) => write!(self.out, "{}", character_name(*unit)),
            Value::Instant(millis) => write!(self.out, "#inst \"{}\"", format_instant(*millis)),
            Value::Uuid(bits) => write!(self.out, "#uuid \"{}\"", uuid_text(*bits)),
            // The reader makes no other atoms; their printed form stands in for whatever a later stage builds.
            other => write!(self.out, "#<{}>", other.type_name()),
        };
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
    }
}

/// With its scale: `1.50M`; with an exponent where the scale is no plain number of places.
fn decimal_text(decimal: &Decimal) -> String {
    let places = match usize::try_from(decimal.scale) {
        Ok(places) if places <= 40 => places,
        _ => return format!("{}e{}M", decimal.unscaled, -i64::from(decimal.scale)),
    };
    let written = decimal.unscaled.to_string();
    let (sign, digits) = written.strip_prefix('-').map_or(("", written.as_str()), |digits| ("-", digits));
    let digits = format!("{digits:0>width$}", width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    if fraction.is_empty() { format!("{sign}{whole}M") } else { format!("{sign}{whole}.{fraction}M") }
}

fn uuid_text(bits: u128) -> String {
    let hex = format!("{bits:032x}");
    let groups = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)];
    let parts: Vec<&str> = groups.iter().filter_map(|(start, end)| hex.get(*start..*end)).collect();
    debug_assert!(lexer::parse_uuid(&parts.join("-")) == Some(bits), "a printed uuid reads back");
    parts.join("-")
}
