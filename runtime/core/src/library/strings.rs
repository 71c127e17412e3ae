//! `clojure.string`. Most functions take anything but nil and work on its text.
//!
//! Patterns are strings and characters here; those that are regexes go on to [`regexes`], where `split` stands too.

use std::borrow::Cow;
use std::mem::take;

use super::class::{mismatch, null_pointer};
use super::elements::elements;
use super::invoke::invoke;
use super::lookup::index_argument;
use super::text::{Units, charge_text};
use super::{regexes, rows};
use crate::print::str_text;
use crate::text::{Needle, scratch};
use crate::{Budget, Text, Thrown, Value, Vector};

rows! { strings:
    "clojure.string/upper-case" upper_case (Any) -> String, "The text in upper case.";
    "clojure.string/lower-case" lower_case (Any) -> String, "The text in lower case.";
    "clojure.string/capitalize" capitalize (Any) -> String, "The first letter in upper case, the others in lower case.";
    "clojure.string/trim" trim (String) -> String, "The string without white space at both ends.";
    "clojure.string/triml" triml (String) -> String, "The string without white space at its start.";
    "clojure.string/trimr" trimr (String) -> String, "The string without white space at its end.";
    "clojure.string/blank?" is_blank (Nilable(&String)) -> Boolean, "Whether the string is nil, empty or white space only.";
    "clojure.string/join" join (Any; Seqable) -> String, "The texts of the elements, with a separator between them.";
    "clojure.string/starts-with?" starts_with (Any, String) -> Boolean, "Whether the text starts with the string.";
    "clojure.string/ends-with?" ends_with (Any, String) -> Boolean, "Whether the text ends with the string.";
    "clojure.string/includes?" includes (Any, String) -> Boolean, "Whether the string occurs in the text.";
    "clojure.string/index-of" index_of (Any, Any; Number) -> Nilable(&Integer), "Where the string or character occurs first, or nil.";
    "clojure.string/last-index-of" last_index_of (Any, Any; Number) -> Nilable(&Integer), "Where the string or character occurs last, or nil.";
    "clojure.string/escape" escape (String, Any) -> String, "The string with each character replaced by what a function or map of characters answers, if anything.";
    "clojure.string/trim-newline" trim_newline (String) -> String, "The string without line ends at its end.";
    "clojure.string/replace" replace (Any, Any, Any) -> String, "The text with every occurrence replaced.";
    "clojure.string/replace-first" replace_first (Any, Any, Any) -> String, "The text with the first occurrence replaced.";
    "clojure.string/reverse" reverse (String) -> String, "The characters from last to first.";
    "clojure.string/split-lines" split_lines (String) -> Vector, "The lines of the string, without empty ones at the end.";
}

/// The text of anything but nil, charged.
pub(super) fn text_of<'v>(
    budget: &mut Budget,
    what: &str,
    value: &'v Value,
) -> Result<Cow<'v, Text>, Thrown> {
    let text = match value {
        Value::Nil => return Err(null_pointer(what, "a string")),
        Value::Str(text) => Cow::Borrowed(text),
        other => {
            let mut units = Units::default();
            units.push_value(budget, other)?;
            match units.finish() {
                Value::Str(text) => Cow::Owned(text),
                _ => Cow::Owned(Text::literal("")),
            }
        }
    };
    budget.spend(1 + text.len() as u64 / 16)?;
    Ok(text)
}

fn string_of<'v>(what: &str, value: &'v Value) -> Result<&'v Text, Thrown> {
    match value {
        Value::Str(text) => Ok(text),
        other => Err(mismatch(what, "a string", other)),
    }
}

/// The argument of a function of one.
fn only<'a>(name: &str, args: &'a [Value]) -> Result<&'a Value, Thrown> {
    if let [value] = args { Ok(value) } else { Err(Thrown::arity(name, args.len())) }
}

/// A new string of about the length of `text`, charged before it is made.
fn changed(
    budget: &mut Budget,
    name: &str,
    value: &Value,
    change: fn(&Text) -> Text,
) -> Result<Value, Thrown> {
    let text = text_of(budget, name, value)?;
    budget.charge_bytes(text.len() as u64)?;
    Ok(Value::Str(change(&text)))
}

const UPPER_CASE: &str = "clojure.string/upper-case";

pub fn upper_case(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    in_upper_case(budget, only(UPPER_CASE, args)?)
}

pub(super) fn in_upper_case(budget: &mut Budget, value: &Value) -> Result<Value, Thrown> {
    changed(budget, UPPER_CASE, value, Text::to_upper_case)
}

const LOWER_CASE: &str = "clojure.string/lower-case";

pub fn lower_case(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    in_lower_case(budget, only(LOWER_CASE, args)?)
}

pub(super) fn in_lower_case(budget: &mut Budget, value: &Value) -> Result<Value, Thrown> {
    changed(budget, LOWER_CASE, value, Text::to_lower_case)
}

pub fn capitalize(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    const NAME: &str = "clojure.string/capitalize";
    changed(budget, NAME, only(NAME, args)?, |text| {
        let mut chars = text.chars();
        match chars.next() {
            // Beyond 16 bits a character is two units, and half of it has no upper case.
            Some(first) if first.len_utf16() == 1 => {
                first.to_uppercase().chain(chars.as_str().to_lowercase().chars()).collect::<String>().into()
            }
            _ => text.to_lower_case(),
        }
    })
}

/// `Character.isWhitespace`: no non-breaking spaces, but the four separators of ASCII.
pub(super) fn is_white(char: char) -> bool {
    match char {
        '\t'..='\r' | '\u{1c}'..=' ' => true,
        '\u{85}' | '\u{a0}' | '\u{2007}' | '\u{202f}' => false,
        _ => char.is_whitespace(),
    }
}

/// Which ends of a string are cut.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    Start,
    End,
    Both,
}

fn trimmed(
    budget: &mut Budget,
    name: &str,
    value: &Value,
    ends: Ends,
    is_cut: fn(char) -> bool,
) -> Result<Value, Thrown> {
    let text = string_of(name, value)?;
    let rest = if ends == Ends::End { text } else { text.trim_start_matches(is_cut) };
    let kept = if ends == Ends::Start { rest } else { rest.trim_end_matches(is_cut) };
    if kept.len() == text.len() {
        return Ok(value.clone());
    }
    budget.charge_bytes(kept.len() as u64)?;
    let start = text.len() - rest.len();
    Ok(Value::Str(text.part(start..start + kept.len())))
}

const TRIM: &str = "clojure.string/trim";

pub fn trim(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    without_white(budget, only(TRIM, args)?)
}

pub(super) fn without_white(budget: &mut Budget, value: &Value) -> Result<Value, Thrown> {
    trimmed(budget, TRIM, value, Ends::Both, is_white)
}

pub fn triml(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    const NAME: &str = "clojure.string/triml";
    trimmed(budget, NAME, only(NAME, args)?, Ends::Start, is_white)
}

pub fn trimr(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    const NAME: &str = "clojure.string/trimr";
    trimmed(budget, NAME, only(NAME, args)?, Ends::End, is_white)
}

pub fn trim_newline(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    const NAME: &str = "clojure.string/trim-newline";
    trimmed(budget, NAME, only(NAME, args)?, Ends::End, |char| matches!(char, '\n' | '\r'))
}

/// Whether a text has nothing but white space.
pub(super) fn is_blank_text(text: &str) -> bool {
    text.chars().all(is_white)
}

pub fn is_blank(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    blank(only("clojure.string/blank?", args)?)
}

pub(super) fn blank(value: &Value) -> Result<Value, Thrown> {
    match value {
        Value::Nil => Ok(Value::Bool(true)),
        Value::Str(text) => Ok(Value::Bool(is_blank_text(text))),
        other => Err(Thrown::class_cast("blank?", "a string", other)),
    }
}

pub fn join(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [coll] => joined(budget, &Value::Nil, take(coll)),
        [separator, coll] => joined(budget, separator, take(coll)),
        _ => Err(Thrown::arity("clojure.string/join", args.len())),
    }
}

fn joined(budget: &mut Budget, separator: &Value, coll: Value) -> Result<Value, Thrown> {
    let items = elements(budget, coll)?;
    join_elements(budget, separator, &items)
}

/// The texts of elements that are all there, with a separator between them.
pub(super) fn join_elements(budget: &mut Budget, separator: &Value, items: &Vector) -> Result<Value, Thrown> {
    if let Value::Nil | Value::Str(_) = separator
        && items.iter().all(|item| matches!(item, Value::Str(_)))
    {
        return join_texts(budget, separator.as_str().unwrap_or_default(), items);
    }
    let mut units = Units::default();
    for (index, item) in items.iter().enumerate() {
        budget.spend(1)?;
        if index > 0 {
            units.push_value(budget, separator)?;
        }
        units.push_value(budget, item)?;
    }
    Ok(units.finish())
}

/// The common case: all of them strings, charged at once.
fn join_texts(budget: &mut Budget, separator: &str, items: &Vector) -> Result<Value, Thrown> {
    let texts = || items.iter().filter_map(Value::as_str);
    let length =
        texts().map(str::len).sum::<usize>().saturating_add(separator.len().saturating_mul(items.len()));
    budget.spend(2 * items.len() as u64)?;
    charge_text(budget, length)?;
    let mut out = scratch();
    out.reserve(length);
    for (index, text) in texts().enumerate() {
        if index > 0 {
            out.push_str(separator);
        }
        out.push_str(text);
    }
    Ok(Value::Str(Text::from_scratch(out)))
}

fn pair<'a>(name: &str, args: &'a [Value]) -> Result<(&'a Value, &'a Value), Thrown> {
    if let [first, second] = args { Ok((first, second)) } else { Err(Thrown::arity(name, args.len())) }
}

fn about(
    budget: &mut Budget,
    name: &str,
    (text, part): (&Value, &Value),
    holds: fn(&str, &str) -> bool,
) -> Result<Value, Thrown> {
    let text = text_of(budget, name, text)?;
    Ok(Value::Bool(holds(&text, string_of(name, part)?)))
}

const STARTS_WITH: &str = "clojure.string/starts-with?";

pub fn starts_with(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (text, part) = pair(STARTS_WITH, args)?;
    begins(budget, text, part)
}

pub(super) fn begins(budget: &mut Budget, text: &Value, part: &Value) -> Result<Value, Thrown> {
    about(budget, STARTS_WITH, (text, part), |text, part| text.starts_with(part))
}

const ENDS_WITH: &str = "clojure.string/ends-with?";

pub fn ends_with(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (text, part) = pair(ENDS_WITH, args)?;
    ends(budget, text, part)
}

pub(super) fn ends(budget: &mut Budget, text: &Value, part: &Value) -> Result<Value, Thrown> {
    about(budget, ENDS_WITH, (text, part), |text, part| text.ends_with(part))
}

const INCLUDES: &str = "clojure.string/includes?";

pub fn includes(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (text, part) = pair(INCLUDES, args)?;
    holds(budget, text, part)
}

pub(super) fn holds(budget: &mut Budget, text: &Value, part: &Value) -> Result<Value, Thrown> {
    about(budget, INCLUDES, (text, part), |text, part| text.contains(part))
}

/// Text, part to look for and the index of the third argument, which `absent` stands for.
fn search<'a>(
    budget: &mut Budget,
    name: &str,
    args: &'a [Value],
    absent: i64,
) -> Result<(Text, Cow<'a, Text>, i64), Thrown> {
    let (text, part, from) = match args {
        [text, part] => (text, part, absent),
        [text, part, from] => (text, part, index_argument(name, from)?),
        _ => return Err(Thrown::arity(name, args.len())),
    };
    let text = text_of(budget, name, text)?;
    let part = match part {
        Value::Char(_) => Cow::Owned(Text::from(str_text(part))),
        other => Cow::Borrowed(string_of(name, other)?),
    };
    budget.spend(1 + (text.len() + part.len()) as u64 / 16)?;
    Ok((text.into_owned(), part, from))
}

/// The UTF-16 index of a byte offset, as a value; nil for none.
fn unit_index(text: &str, found: Option<usize>) -> Value {
    found
        .and_then(|at| text.get(..at))
        .map(|before| Value::Int(before.encode_utf16().count() as i64))
        .unwrap_or_default()
}

pub fn index_of(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (text, part, from) = search(budget, "clojure.string/index-of", args, 0)?;
    let start = byte_offset(&text, usize::try_from(from).unwrap_or(0));
    let found = text.get(start..).and_then(|rest| rest.find(part.as_str())).map(|at| start + at);
    Ok(unit_index(&text, found))
}

/// The third argument is where the last occurrence may begin.
pub fn last_index_of(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (text, part, from) = search(budget, "clojure.string/last-index-of", args, i64::MAX)?;
    let Ok(from) = usize::try_from(from) else { return Ok(Value::Nil) };
    // The last place where it may begin, then the longest head in which such an occurrence ends.
    let start = if from == usize::MAX { text.len() } else { floor_offset(&text, from) };
    let end = start.saturating_add(part.len()).min(text.len());
    let end = (end..=text.len()).find(|end| text.is_char_boundary(*end)).unwrap_or(text.len());
    let found = text.get(..end).and_then(|head| head.rfind(part.as_str())).filter(|at| *at <= start);
    Ok(unit_index(&text, found))
}

pub fn escape(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    const NAME: &str = "clojure.string/escape";
    let [text, replacements] = args else { return Err(Thrown::arity(NAME, args.len())) };
    let text = string_of(NAME, text)?;
    let mut out = Units::default();
    for unit in text.encode_utf16() {
        let char = Value::Char(unit);
        match invoke(budget, replacements, &mut [char.clone()])? {
            Value::Nil => out.push_value(budget, &char)?,
            replacement => out.push_value(budget, &replacement)?,
        }
    }
    Ok(out.finish())
}

/// Where the character begins in bytes that holds the given UTF-16 index; the end when there is none.
fn floor_offset(text: &str, index: usize) -> usize {
    let mut units = 0;
    for (at, char) in text.char_indices() {
        units += char.len_utf16();
        if units > index {
            return at;
        }
    }
    text.len()
}

/// Where the character stands in bytes that has the given UTF-16 index; the end when there is none.
fn byte_offset(text: &str, index: usize) -> usize {
    if text.is_ascii() {
        return index.min(text.len());
    }
    let mut units = 0;
    for (at, char) in text.char_indices() {
        if units >= index {
            return at;
        }
        units += char.len_utf16();
    }
    text.len()
}

pub fn replace(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [text, pattern, replacement] = args else { return Err(Thrown::arity(REPLACE, args.len())) };
    replaced(budget, text, pattern, replacement)
}

const REPLACE: &str = "clojure.string/replace";

pub(super) fn replaced(
    budget: &mut Budget,
    text: &Value,
    pattern: &Value,
    replacement: &Value,
) -> Result<Value, Thrown> {
    let text = text_of(budget, REPLACE, text)?;
    match (pattern, replacement) {
        (Value::Str(from), Value::Str(to)) => replace_text(budget, &text, from, to),
        (Value::Char(_), Value::Char(_)) => {
            replace_text(budget, &text, &str_text(pattern), &str_text(replacement))
        }
        (Value::Char(_), other) => Err(mismatch(REPLACE, "a character for a character", other)),
        (Value::Str(_), other) => Err(mismatch(REPLACE, "a string for a string", other)),
        (Value::Regex(regex), other) => regexes::replace(budget, REPLACE, (&text, regex), other, false),
        (other, _) => Err(regexes::invalid_match(other)),
    }
}

fn replace_text(budget: &mut Budget, text: &Text, from: &str, to: &str) -> Result<Value, Thrown> {
    if from.is_empty() {
        let hits = text.chars().count() + 1;
        budget.charge_bytes(hits.saturating_mul(to.len()).saturating_add(text.len()) as u64)?;
        return Ok(Value::string(text.replace(from, to)));
    }
    let needle = Needle::new(from);
    let mut hits = needle.hits(text).peekable();
    if hits.peek().is_none() {
        return Ok(Value::Str(text.clone()));
    }
    budget.charge_bytes(text.len() as u64)?;
    let mut out = scratch();
    out.reserve(text.len());
    let mut done = 0;
    for hit in hits {
        budget.charge_bytes(to.len() as u64)?;
        out.push_str(text.get(done..hit).unwrap_or_default());
        out.push_str(to);
        done = hit + from.len();
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Ok(Value::Str(Text::from_scratch(out)))
}

pub fn replace_first(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    const NAME: &str = "clojure.string/replace-first";
    let [text, pattern, replacement] = args else { return Err(Thrown::arity(NAME, args.len())) };
    let text = text_of(budget, NAME, text)?;
    let (from, to) = match (&*pattern, &*replacement) {
        (Value::Char(_), Value::Nil) => (str_text(pattern), Cow::Owned(Text::literal(""))),
        // A first occurrence gives way to the text of anything.
        (Value::Char(_) | Value::Str(_), other) => (str_text(pattern), text_of(budget, NAME, other)?),
        (Value::Regex(regex), other) => {
            return regexes::replace(budget, NAME, (&text, regex), other, true);
        }
        (other, _) => return Err(regexes::invalid_match(other)),
    };
    budget.charge_bytes((text.len() + to.len()) as u64)?;
    Ok(Value::string(text.replacen(&from, &to, 1)))
}

pub fn reverse(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    const NAME: &str = "clojure.string/reverse";
    let [value] = args else { return Err(Thrown::arity(NAME, args.len())) };
    let text = string_of(NAME, value)?;
    budget.spend(1 + text.len() as u64 / 16)?;
    budget.charge_bytes(text.len() as u64)?;
    Ok(Value::string(text.chars().rev().collect::<String>()))
}

pub fn split_lines(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    const NAME: &str = "clojure.string/split-lines";
    let [value] = args else { return Err(Thrown::arity(NAME, args.len())) };
    let text = string_of(NAME, value)?;
    budget.spend(1 + text.len() as u64 / 16)?;
    budget.charge_bytes(text.len() as u64)?;
    let mut lines: Vec<&str> = text.split_inclusive('\n').map(without_line_end).collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    if text.is_empty() {
        lines.push("");
    }
    budget.charge(lines.len() * 2)?;
    Ok(Value::Vector(lines.into_iter().map(Value::from).collect::<Vector>()))
}

fn without_line_end(line: &str) -> &str {
    line.strip_suffix("\r\n").or_else(|| line.strip_suffix('\n')).unwrap_or(line)
}
