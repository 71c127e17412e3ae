//! `String` and `Character`: constructors, static members and methods. Indexes count UTF-16 units.

use std::mem::take;

use super::super::class::{illegal_argument, mismatch};
use super::super::elements::elements;
use super::super::format::formatted;
use super::super::rows;
use super::super::strings::is_white;
use super::super::text::{Units, charge_text, decimal_digit};
use super::methods::difference;
use super::{integer, no_method, string};
use crate::print::str_text;
use crate::thrown::Class;
use crate::{Budget, Text, Thrown, Value, Vector};

rows! { texts:
    "java.lang.String/new" string_of ( ; Any, String) -> String, "A string of a string, or of bytes in UTF-8.";
    "java.lang.String/valueOf" value_of (Any) -> String, "The text of a value; `null` of nil.";
    "java.lang.String/format" format_text (String => & Any) -> String, "As `format`.";
    "java.lang.String/join" join (String => & Any) -> String, "Texts, or those of a collection, with a separator between them.";
    "java.util.regex.Pattern/quote" quote (String) -> String, "A pattern that matches exactly the string.";
    "java.lang.Character/isDigit" is_digit (Any) -> Boolean, "Whether the character is a decimal digit.";
    "java.lang.Character/isLetter" is_letter (Any) -> Boolean, "Whether the character is a letter.";
    "java.lang.Character/isLetterOrDigit" is_letter_or_digit (Any) -> Boolean, "Whether the character is a letter or a digit.";
    "java.lang.Character/isWhitespace" is_whitespace (Any) -> Boolean, "Whether the character is white space.";
    "java.lang.Character/isUpperCase" is_upper (Any) -> Boolean, "Whether the character is in upper case.";
    "java.lang.Character/isLowerCase" is_lower (Any) -> Boolean, "Whether the character is in lower case.";
    "java.lang.Character/toUpperCase" to_upper (Any) -> Any, "The character in upper case.";
    "java.lang.Character/toLowerCase" to_lower (Any) -> Any, "The character in lower case.";
    "java.lang.Character/getNumericValue" numeric_value (Any) -> Integer, "The number that a digit or letter stands for, -1 for none.";
    "java.lang.Character/toString" value_of (Any) -> String, "The character as a string.";
    "breyta.method/length" length (Any) -> Integer, "The length of a string in UTF-16 units; in months and years, the days.";
    "breyta.method/charAt" char_at (String, Integer) -> Char, "The character at an index.";
    "breyta.method/substring" substring (String, Integer; Integer) -> String, "The part of a string between two indexes.";
    "breyta.method/indexOf" index_of (String, Any; Integer) -> Integer, "Where a string or character occurs first, or -1.";
    "breyta.method/lastIndexOf" last_index_of (String, Any; Integer) -> Integer, "Where a string or character occurs last, or -1.";
    "breyta.method/contains" contains (Any, Any) -> Boolean, "Whether a string holds another, or a collection an element.";
    "breyta.method/startsWith" starts_with (String, String) -> Boolean, "Whether a string starts with another.";
    "breyta.method/endsWith" ends_with (String, String) -> Boolean, "Whether a string ends with another.";
    "breyta.method/isEmpty" is_empty (Any) -> Boolean, "Whether a string or collection is empty.";
    "breyta.method/isBlank" is_blank (String) -> Boolean, "Whether a string is white space only.";
    "breyta.method/trim" trim (String) -> String, "A string without control characters and spaces at both ends.";
    "breyta.method/strip" strip (String) -> String, "A string without white space at both ends.";
    "breyta.method/stripLeading" strip_leading (String) -> String, "A string without white space at its start.";
    "breyta.method/stripTrailing" strip_trailing (String) -> String, "A string without white space at its end.";
    "breyta.method/toUpperCase" upper_case (String) -> String, "A string in upper case.";
    "breyta.method/toLowerCase" lower_case (String) -> String, "A string in lower case.";
    "breyta.method/concat" concat (String, String) -> String, "Two strings, one behind the other.";
    "breyta.method/repeat" repeat (String, Integer) -> String, "A string so many times.";
    "breyta.method/replace" replace (String, Any, Any) -> String, "A string with every occurrence of a string or character replaced.";
    "breyta.method/split" split (String, String; Integer) -> Vector, "The parts of a string around a separator without special characters.";
    "breyta.method/equalsIgnoreCase" equals_ignore_case (String, Any) -> Boolean, "Whether two strings are equal but for the case.";
    "breyta.method/compareToIgnoreCase" compare_ignore_case (String, String) -> Integer, "How two strings are ordered without regard to case.";
    "breyta.method/getBytes" get_bytes (String; String) -> Any, "The bytes of a string in UTF-8.";
    "breyta.method/toCharArray" to_chars (String) -> Vector, "The characters of a string.";
}

/// The receiver as a string, charged.
fn receiver<'v>(
    budget: &mut Budget,
    name: &str,
    args: &'v [Value],
) -> Result<(&'v Text, &'v [Value]), Thrown> {
    match args.split_first() {
        Some((Value::Str(text), rest)) => {
            charge_text(budget, text.len())?;
            Ok((text, rest))
        }
        Some((other, _)) => Err(no_method(name, other)),
        None => Err(Thrown::arity(name, 0)),
    }
}

fn alone<'v>(budget: &mut Budget, name: &str, args: &'v [Value]) -> Result<&'v Text, Thrown> {
    match receiver(budget, name, args)? {
        (text, []) => Ok(text),
        _ => Err(Thrown::arity(name, args.len())),
    }
}

fn units_of(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

fn text_of(units: &[u16]) -> Value {
    let mut out = Units::default();
    for unit in units {
        out.push_unit(*unit);
    }
    out.finish()
}

fn out_of_bounds(message: String) -> Thrown {
    Thrown::new(Class::StringIndexOutOfBounds, message)
}

pub fn string_of(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    utf8(args.get(1))?;
    let Some(first) = args.first_mut() else { return Ok(Value::literal("")) };
    match first {
        Value::Str(_) => Ok(take(first)),
        Value::Bytes(bytes) => {
            charge_text(budget, bytes.len())?;
            Ok(Value::string(String::from_utf8_lossy(bytes).into_owned()))
        }
        // An array of characters is a vector of them.
        Value::Vector(items) => {
            let mut out = Units::default();
            for item in items.iter() {
                let Value::Char(unit) = item else { return Err(mismatch("String.", "characters", item)) };
                budget.charge_bytes(2)?;
                out.push_unit(*unit);
            }
            Ok(out.finish())
        }
        other => Err(mismatch("String.", "a string or bytes", other)),
    }
}

/// Texts have one encoding here.
fn utf8(charset: Option<&Value>) -> Result<(), Thrown> {
    match charset {
        None => Ok(()),
        Some(Value::Str(name)) if ["utf-8", "utf8"].contains(&name.to_lowercase().as_str()) => Ok(()),
        Some(other) => Err(Thrown::new(
            Class::UnsupportedOperation,
            format!("the charset {} is not there: write \"UTF-8\"", str_text(other)),
        )),
    }
}

pub fn value_of(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("String/valueOf", args.len())) };
    if value.is_nil() {
        return Ok(Value::literal("null"));
    }
    let mut units = Units::default();
    units.push_value(budget, value)?;
    Ok(units.finish())
}

pub fn format_text(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        // An array of the arguments is a vector here.
        [Value::Str(format), Value::Vector(items)] => formatted(budget, &format.clone(), items.as_slice()),
        [Value::Str(format), rest @ ..] => formatted(budget, &format.clone(), rest),
        [other, ..] => Err(mismatch("String/format", "a string", other)),
        [] => Err(Thrown::arity("String/format", 0)),
    }
}

pub fn join(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let Some((separator, rest)) = args.split_first_mut() else {
        return Err(Thrown::arity("String/join", 0));
    };
    string("String/join", separator)?;
    let items = match rest {
        [coll] if !matches!(coll, Value::Str(_)) => elements(budget, take(coll))?,
        strings => strings.iter().cloned().collect::<Vector>(),
    };
    let mut out = Units::default();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_value(budget, separator)?;
        }
        match item {
            Value::Nil => out.push_value(budget, &Value::literal("null"))?,
            Value::Str(_) => out.push_value(budget, item)?,
            other => return Err(mismatch("String/join", "strings", other)),
        }
    }
    Ok(out.finish())
}

pub fn quote(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [text] = args else { return Err(Thrown::arity("Pattern/quote", args.len())) };
    let text = string("Pattern/quote", text)?;
    charge_text(budget, text.len())?;
    Ok(Value::string(format!("\\Q{}\\E", text.replace("\\E", "\\E\\\\E\\Q"))))
}

/// The character that an argument is; a half of a surrogate pair is none.
fn character(name: &str, args: &[Value]) -> Result<Option<char>, Thrown> {
    match args {
        [Value::Char(unit)] => Ok(char::from_u32(u32::from(*unit))),
        [Value::Int(code)] => Ok(u32::try_from(*code).ok().and_then(char::from_u32)),
        [other] => Err(mismatch(name, "a character", other)),
        _ => Err(Thrown::arity(name, args.len())),
    }
}

fn asks(name: &str, args: &[Value], holds: impl Fn(char) -> bool) -> Result<Value, Thrown> {
    Ok(Value::Bool(character(name, args)?.is_some_and(holds)))
}

pub fn is_digit(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    asks("Character/isDigit", args, |char| decimal_digit(char).is_some())
}

fn is_letter_char(char: char) -> bool {
    char.is_alphabetic() && !char.is_numeric()
}

pub fn is_letter(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    asks("Character/isLetter", args, is_letter_char)
}

pub fn is_letter_or_digit(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    asks("Character/isLetterOrDigit", args, |char| is_letter_char(char) || decimal_digit(char).is_some())
}

pub fn is_whitespace(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    asks("Character/isWhitespace", args, is_white)
}

pub fn is_upper(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    asks("Character/isUpperCase", args, char::is_uppercase)
}

pub fn is_lower(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    asks("Character/isLowerCase", args, char::is_lowercase)
}

/// One unit to one unit: what has no such form stays.
fn cased(name: &str, args: &[Value], change: impl Fn(char) -> Option<char>) -> Result<Value, Thrown> {
    let changed = character(name, args)?.and_then(change);
    let unit = changed.and_then(|char| u16::try_from(u32::from(char)).ok());
    Ok(match (args, unit) {
        ([Value::Char(_)], Some(unit)) => Value::Char(unit),
        ([Value::Int(_)], _) if changed.is_some() => {
            changed.map(|char| Value::Int(i64::from(u32::from(char)))).unwrap_or_default()
        }
        ([value], _) => value.clone(),
        _ => Value::Nil,
    })
}

fn single(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next();
    if chars.next().is_none() { first } else { None }
}

pub fn to_upper(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    cased("Character/toUpperCase", args, |char| single(char.to_uppercase()))
}

pub fn to_lower(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    cased("Character/toLowerCase", args, |char| single(char.to_lowercase()))
}

pub fn numeric_value(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let char = character("Character/getNumericValue", args)?;
    let value = char.and_then(|char| decimal_digit(char).or_else(|| char.to_digit(36).map(i64::from)));
    Ok(Value::Int(value.unwrap_or(-1)))
}

pub fn length(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    if let Some(days) = args.first().and_then(super::parts::days_of) {
        return days.map(Value::Int);
    }
    Ok(Value::Int(alone(budget, "length", args)?.encode_utf16().count() as i64))
}

pub fn char_at(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (text, rest) = receiver(budget, "charAt", args)?;
    let [index] = rest else { return Err(Thrown::arity("charAt", args.len())) };
    let index = integer("charAt", index)?;
    let unit = usize::try_from(index).ok().and_then(|index| text.encode_utf16().nth(index));
    unit.map(Value::Char).ok_or_else(|| out_of_bounds(format!("String index out of range: {index}")))
}

pub fn substring(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (text, rest) = receiver(budget, "substring", args)?;
    let units = units_of(text);
    let (from, to) = match rest {
        [from] => (integer("substring", from)?, units.len() as i64),
        [from, to] => (integer("substring", from)?, integer("substring", to)?),
        _ => return Err(Thrown::arity("substring", args.len())),
    };
    let range = usize::try_from(from).ok().zip(usize::try_from(to).ok());
    let part = range.and_then(|(from, to)| units.get(from..to));
    part.map(text_of).ok_or_else(|| out_of_bounds(format!("begin {from}, end {to}, length {}", units.len())))
}

/// What is looked for: a string, a character or a code point.
fn part_of(name: &str, value: &Value) -> Result<Vec<u16>, Thrown> {
    match value {
        Value::Str(text) => Ok(units_of(text)),
        Value::Char(unit) => Ok(vec![*unit]),
        Value::Int(code) => {
            let char = u32::try_from(*code).ok().and_then(char::from_u32);
            Ok(char.map(|char| units_of(&char.to_string())).unwrap_or_default())
        }
        other => Err(mismatch(name, "a string or a character", other)),
    }
}

fn found(
    budget: &mut Budget,
    name: &str,
    args: &[Value],
    find: impl Fn(&[u16], &[u16], i64) -> Option<usize>,
    absent: i64,
) -> Result<Value, Thrown> {
    let (text, rest) = receiver(budget, name, args)?;
    let (part, from) = match rest {
        [part] => (part, absent),
        [part, from] => (part, integer(name, from)?),
        _ => return Err(Thrown::arity(name, args.len())),
    };
    let (units, part) = (units_of(text), part_of(name, part)?);
    budget.spend(1 + (units.len() as u64).saturating_mul(1 + part.len() as u64 / 8))?;
    Ok(Value::Int(find(&units, &part, from).map_or(-1, |at| at as i64)))
}

fn begins(units: &[u16], part: &[u16], at: usize) -> bool {
    units.get(at..).is_some_and(|rest| rest.starts_with(part))
}

pub fn index_of(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let find = |units: &[u16], part: &[u16], from: i64| {
        let from = usize::try_from(from).unwrap_or(0).min(units.len());
        (from..=units.len()).find(|at| begins(units, part, *at))
    };
    found(budget, "indexOf", args, find, 0)
}

pub fn last_index_of(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let find = |units: &[u16], part: &[u16], from: i64| {
        let from = usize::try_from(from).ok()?.min(units.len());
        (0..=from).rev().find(|at| begins(units, part, *at))
    };
    found(budget, "lastIndexOf", args, find, i64::MAX)
}

pub fn contains(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [Value::Set(members), member] => return Ok(Value::Bool(members.contains(member))),
        [Value::List(items) | Value::Vector(items), item] => {
            budget.spend(1 + items.len() as u64)?;
            return Ok(Value::Bool(items.iter().any(|other| other == item)));
        }
        _ => {}
    }
    let (text, rest) = receiver(budget, "contains", args)?;
    let [part] = rest else { return Err(Thrown::arity("contains", args.len())) };
    Ok(Value::Bool(text.contains(string("contains", part)?)))
}

fn about(
    budget: &mut Budget,
    name: &str,
    args: &[Value],
    holds: fn(&str, &str) -> bool,
) -> Result<Value, Thrown> {
    let (text, rest) = receiver(budget, name, args)?;
    let [part] = rest else { return Err(Thrown::arity(name, args.len())) };
    Ok(Value::Bool(holds(text, string(name, part)?)))
}

pub fn starts_with(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    about(budget, "startsWith", args, |text, part| text.starts_with(part))
}

pub fn ends_with(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    about(budget, "endsWith", args, |text, part| text.ends_with(part))
}

pub fn is_empty(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    if let [value @ (Value::List(_) | Value::Vector(_) | Value::Map(_) | Value::Set(_))] = args {
        return Ok(Value::Bool(super::super::elements::is_empty(budget, value)?));
    }
    Ok(Value::Bool(alone(budget, "isEmpty", args)?.is_empty()))
}

pub fn is_blank(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Bool(alone(budget, "isBlank", args)?.chars().all(is_white)))
}

fn changed(
    budget: &mut Budget,
    name: &str,
    args: &[Value],
    change: impl Fn(&str) -> String,
) -> Result<Value, Thrown> {
    Ok(Value::string(change(alone(budget, name, args)?)))
}

pub fn trim(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    changed(budget, "trim", args, |text| text.trim_matches(|char| char <= ' ').to_owned())
}

pub fn strip(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    changed(budget, "strip", args, |text| text.trim_matches(is_white).to_owned())
}

pub fn strip_leading(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    changed(budget, "stripLeading", args, |text| text.trim_start_matches(is_white).to_owned())
}

pub fn strip_trailing(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    changed(budget, "stripTrailing", args, |text| text.trim_end_matches(is_white).to_owned())
}

pub fn upper_case(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    changed(budget, "toUpperCase", args, str::to_uppercase)
}

pub fn lower_case(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    changed(budget, "toLowerCase", args, str::to_lowercase)
}

pub fn concat(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (text, rest) = receiver(budget, "concat", args)?;
    let [other] = rest else { return Err(Thrown::arity("concat", args.len())) };
    let other = string("concat", other)?;
    charge_text(budget, other.len())?;
    Ok(Value::string(format!("{text}{other}")))
}

pub fn repeat(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (text, rest) = receiver(budget, "repeat", args)?;
    let [count] = rest else { return Err(Thrown::arity("repeat", args.len())) };
    let count = integer("repeat", count)?;
    let count =
        usize::try_from(count).map_err(|_| illegal_argument(format!("count is negative: {count}")))?;
    charge_text(budget, text.len().saturating_mul(count))?;
    Ok(Value::string(text.repeat(count)))
}

pub fn replace(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (text, rest) = receiver(budget, "replace", args)?;
    let (from, to) = match rest {
        [from @ Value::Char(_), to @ Value::Char(_)] | [from @ Value::Str(_), to @ Value::Str(_)] => {
            (str_text(from), str_text(to))
        }
        [_, other] => return Err(mismatch("replace", "two strings or two characters", other)),
        _ => return Err(Thrown::arity("replace", args.len())),
    };
    let hits = text.matches(from.as_str()).count();
    budget.charge_bytes(hits.saturating_mul(to.len()).saturating_add(text.len()) as u64)?;
    Ok(Value::string(text.replace(&from, &to)))
}

/// The separator that a pattern without special characters means.
fn plain_separator(pattern: &str) -> Option<String> {
    let mut out = String::new();
    let mut chars = pattern.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => out.push(chars.next().filter(|char| !char.is_ascii_alphanumeric())?),
            '.' | '$' | '|' | '(' | ')' | '[' | '{' | '^' | '?' | '*' | '+' => return None,
            other => out.push(other),
        }
    }
    Some(out).filter(|separator| !separator.is_empty())
}

pub fn split(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (text, rest) = receiver(budget, "split", args)?;
    let (pattern, limit) = match rest {
        [pattern] => (pattern, 0),
        [pattern, limit] => (pattern, integer("split", limit)?),
        _ => return Err(Thrown::arity("split", args.len())),
    };
    let pattern = string("split", pattern)?;
    let separator = plain_separator(pattern).ok_or_else(|| {
        let instead =
            "`.split` takes a separator without special characters: write (clojure.string/split text #\"…\")";
        Thrown::new(Class::UnsupportedOperation, instead)
    })?;
    let mut parts: Vec<&str> = match usize::try_from(limit) {
        Ok(most) if most > 0 => text.splitn(most, &separator).collect(),
        _ => text.split(&separator).collect(),
    };
    while limit == 0 && parts.len() > 1 && parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    // Nothing but separators leaves nothing.
    if limit == 0 && !text.is_empty() && parts == [""] {
        parts.clear();
    }
    budget.charge(parts.len() * 2)?;
    Ok(Value::Vector(parts.into_iter().map(Value::from).collect::<Vector>()))
}

/// As Java compares without case: each character through upper case, then lower.
fn folded(text: &str) -> String {
    text.to_uppercase().to_lowercase()
}

pub fn equals_ignore_case(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (text, rest) = receiver(budget, "equalsIgnoreCase", args)?;
    match rest {
        [Value::Str(other)] => Ok(Value::Bool(folded(text) == folded(other))),
        [_] => Ok(Value::Bool(false)),
        _ => Err(Thrown::arity("equalsIgnoreCase", args.len())),
    }
}

pub fn compare_ignore_case(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (text, rest) = receiver(budget, "compareToIgnoreCase", args)?;
    let [other] = rest else { return Err(Thrown::arity("compareToIgnoreCase", args.len())) };
    Ok(Value::Int(difference(&folded(text), &folded(string("compareToIgnoreCase", other)?))))
}

pub fn get_bytes(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (text, rest) = receiver(budget, "getBytes", args)?;
    utf8(rest.first())?;
    Ok(Value::Bytes(text.as_bytes().into()))
}

pub fn to_chars(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let text = alone(budget, "toCharArray", args)?;
    budget.charge(text.len())?;
    Ok(Value::Vector(text.encode_utf16().map(Value::Char).collect::<Vector>()))
}
