//! Text made from values and values read from text: `str`, names, numbers. `clojure.string` is in
//! [`strings`](super::strings).
//!
//! Strings are UTF-8 with us and count in UTF-16 units as on the JVM. A lone half of a surrogate pair cannot be part of
//! a string: it becomes U+FFFD, two matching halves in a row become their character.

use super::class::{class_name, illegal_argument, mismatch};
use super::elements::settled;
use super::lookup::index_argument;
use super::rows;
use crate::print::write_str;
use crate::text::scratch;
use crate::thrown::Class;
use crate::{Budget, Keyword, Symbol, Text, Thrown, Value};

mod numbers;

pub(super) use numbers::{
    digit as decimal_digit, parse_double as parse_double_text, parse_long as parse_long_text,
};

rows! { text:
    "clojure.core/str" str ( => & Any) -> String, "The texts of the arguments, joined; nil is nothing.";
    "clojure.core/name" name (Any) -> String, "The name of a keyword or symbol without namespace; a string itself.";
    "clojure.core/namespace" namespace (Any) -> Nilable(&String), "The namespace of a keyword or symbol, or nil.";
    "clojure.core/keyword" keyword (Any; Any) -> Nilable(&Keyword), "A keyword of a name, or of a namespace and a name.";
    "clojure.core/symbol" symbol (Any; Any) -> Symbol, "A symbol of a name, or of a namespace and a name.";
    "clojure.core/subs" subs (String, Number; Number) -> String, "The part of a string between two indexes.";
    "clojure.core/parse-long" parse_long (String) -> Nilable(&Integer), "The integer a string writes in decimal, or nil.";
    "clojure.core/parse-double" parse_double (String) -> Nilable(&Number), "The double a string writes, or nil.";
    "clojure.core/parse-boolean" parse_boolean (String) -> Nilable(&Boolean), "True of \"true\", false of \"false\", else nil.";
}

/// A string under construction that takes UTF-16 units.
pub(super) struct Units {
    text: String,
    high: Option<u16>,
    /// Whether more may be added to what comes out.
    grows: bool,
}

impl Default for Units {
    fn default() -> Self {
        Self { text: scratch(), high: None, grows: false }
    }
}

impl Units {
    pub(super) fn push_unit(&mut self, unit: u16) {
        if let Some(high) = self.high.take() {
            if (0xdc00..0xe000).contains(&unit) {
                self.text.extend(char::decode_utf16([high, unit]).flatten());
                return;
            }
            self.text.push(char::REPLACEMENT_CHARACTER);
        }
        match char::from_u32(u32::from(unit)) {
            Some(char) => self.text.push(char),
            None if unit < 0xdc00 => self.high = Some(unit),
            None => self.text.push(char::REPLACEMENT_CHARACTER),
        }
    }

    /// Appends what `str` gives of a value, charging its bytes.
    pub(super) fn push_value(&mut self, budget: &mut Budget, value: &Value) -> Result<(), Thrown> {
        match value {
            Value::Char(unit) => {
                budget.charge_bytes(2)?;
                self.push_unit(*unit);
                return Ok(());
            }
            Value::Nil => return Ok(()),
            _ => self.settle(),
        }
        if let Value::Str(text) = value {
            charge_text(budget, text.len())?;
            self.text.push_str(text);
            return Ok(());
        }
        if let Value::Int(int) = value {
            let mut digits = itoa::Buffer::new();
            let digits = digits.format(*int);
            charge_text(budget, digits.len())?;
            self.text.push_str(digits);
            return Ok(());
        }
        let value = &*settled(budget, value)?;
        write_str(value, &mut self.text, &mut |bytes| charge_text(budget, bytes))
    }

    /// No second half can follow any more.
    fn settle(&mut self) {
        if self.high.take().is_some() {
            self.text.push(char::REPLACEMENT_CHARACTER);
        }
    }

    pub(super) fn finish(mut self) -> Value {
        self.settle();
        Value::Str(if self.grows { Text::growing(self.text) } else { Text::from_scratch(self.text) })
    }
}

pub(super) fn charge_text(budget: &mut Budget, bytes: usize) -> Result<(), Thrown> {
    budget.spend(1 + bytes as u64 / 16)?;
    budget.charge_bytes(bytes as u64)
}

pub fn str(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    if let [text @ Value::Str(_)] = args {
        return Ok(std::mem::take(text));
    }
    let is_long = |value: &Value| matches!(value, Value::Str(text) if text.is_long());
    if let [first, added @ ..] = args
        && is_long(first)
        && let Value::Str(text) = std::mem::take(first)
    {
        return add(budget, text, added);
    }
    let mut units = Units::default();
    for value in args {
        units.push_value(budget, value)?;
    }
    Ok(units.finish())
}

/// Puts values behind a long text, in its place when nobody else holds it: a text that grows in a loop is not copied in
/// every round.
fn add(budget: &mut Budget, text: Text, added: &[Value]) -> Result<Value, Thrown> {
    if !text.has_room() {
        charge_text(budget, text.len())?;
    }
    let before = text.len();
    let mut units = Units { text: text.into_growing(), high: None, grows: true };
    for value in added {
        units.push_value(budget, value)?;
    }
    // There is room for as much again.
    budget.charge_bytes((units.text.len() - before) as u64)?;
    Ok(units.finish())
}

pub fn name(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/name", args.len())) };
    match value {
        Value::Str(_) => Ok(std::mem::take(value)),
        Value::Keyword(keyword) => Ok(keyword.name().into()),
        Value::Symbol(symbol) => Ok(symbol.name().into()),
        other => Err(mismatch("name", "a keyword, symbol or string", other)),
    }
}

pub fn namespace(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/namespace", args.len())) };
    let namespace = match value {
        Value::Keyword(keyword) => keyword.namespace(),
        Value::Symbol(symbol) => symbol.namespace(),
        other => return Err(mismatch("namespace", "a keyword or symbol", other)),
    };
    Ok(namespace.map(Value::from).unwrap_or_default())
}

/// A namespace (nil for none) and a name as one text.
fn qualified(what: &str, namespace: &Value, name: &Value) -> Result<String, Thrown> {
    match (namespace, name) {
        (Value::Nil, Value::Str(name)) => Ok(name.to_string()),
        (Value::Str(namespace), Value::Str(name)) => Ok(format!("{namespace}/{name}")),
        (Value::Nil | Value::Str(_), other) | (other, _) => Err(mismatch(what, "strings", other)),
    }
}

pub fn keyword(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    budget.charge(2)?;
    match args {
        [keyword @ Value::Keyword(_)] => Ok(std::mem::take(keyword)),
        [Value::Symbol(symbol)] => Ok(Value::Keyword(Keyword::new(symbol.text().clone()))),
        [Value::Str(text)] => Ok(Value::Keyword(Keyword::new(text.clone()))),
        [_] => Ok(Value::Nil),
        [namespace, name] => Ok(Value::Keyword(Keyword::new(qualified("keyword", namespace, name)?))),
        _ => Err(Thrown::arity("clojure.core/keyword", args.len())),
    }
}

pub fn symbol(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    budget.charge(2)?;
    match args {
        [symbol @ Value::Symbol(_)] => Ok(std::mem::take(symbol)),
        [Value::Keyword(keyword)] => Ok(Value::Symbol(Symbol::new(keyword.text().clone()))),
        [Value::Str(text)] => Ok(Value::Symbol(Symbol::new(text.clone()))),
        [_] => Err(illegal_argument("no conversion to symbol")),
        [namespace, name] => Ok(Value::Symbol(Symbol::new(qualified("symbol", namespace, name)?))),
        _ => Err(Thrown::arity("clojure.core/symbol", args.len())),
    }
}

pub fn subs(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (text, from, to) = match args {
        [text, from] => (text, from, None),
        [text, from, to] => (text, from, Some(to)),
        _ => return Err(Thrown::arity("clojure.core/subs", args.len())),
    };
    let Value::Str(text) = text else { return Err(mismatch("subs", "a string", text)) };
    let from = index_argument("subs", from)?;
    let len = if text.is_ascii() { text.len() } else { text.encode_utf16().count() };
    let to = to.map_or(Ok(len as i64), |to| index_argument("subs", to))?;
    let bounds = usize::try_from(from).ok().zip(usize::try_from(to).ok());
    let Some((from, to)) = bounds.filter(|(from, to)| from <= to && *to <= len) else {
        return Err(Thrown::new(
            Class::StringIndexOutOfBounds,
            format!("begin {from}, end {to}, length {len}"),
        ));
    };
    charge_text(budget, to - from)?;
    if text.is_ascii() {
        return Ok(Value::Str(text.part(from..to)));
    }
    let mut units = Units::default();
    text.encode_utf16().skip(from).take(to - from).for_each(|unit| units.push_unit(unit));
    Ok(units.finish())
}

fn text_to_parse<'v>(what: &str, args: &'v [Value]) -> Result<&'v str, Thrown> {
    let [value] = args else { return Err(Thrown::arity(what, args.len())) };
    value.as_str().ok_or_else(|| illegal_argument(format!("Expected string, got {}", class_name(value))))
}

pub fn parse_long(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let text = text_to_parse("clojure.core/parse-long", args)?;
    budget.spend(1 + text.len() as u64 / 16)?;
    Ok(numbers::parse_long(text).map(Value::Int).unwrap_or_default())
}

pub fn parse_double(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let text = text_to_parse("clojure.core/parse-double", args)?;
    budget.spend(1 + text.len() as u64 / 16)?;
    Ok(numbers::parse_double(text).map(Value::Double).unwrap_or_default())
}

pub fn parse_boolean(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(match text_to_parse("clojure.core/parse-boolean", args)? {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => Value::Nil,
    })
}
