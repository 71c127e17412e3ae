//! `clojure.edn/read-string` and `read-string`: text to data, with the errors that Clojure's readers throw.
//!
//! Reads the first form and does not look further. Not the reader of flow source (the compiler's `syntax`) nor the one
//! of data files (`edn`): those tell people where a text is wrong.

use super::class::{illegal_argument, mismatch};
use super::invoke::{call, call_two};
use super::metadata::with_meta;
use super::rows;
use crate::thrown::Class;
use crate::value::DEPTH_MAX;
use crate::{Budget, Keyword, Map, Set, Symbol, Thrown, Value, Vector, lexer};

rows! { reading:
    "clojure.edn/read-string" read_edn (Any; Any) -> Any, "The first value of an EDN text; options `:readers`, `:default` and `:eof` come first.";
    "clojure.core/read-string" read_string (String) -> Any, "The first form of a Clojure text, as data.";
}

pub fn read_edn(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (options, text) = match &*args {
        [text] => (None, text),
        [options, text] => (Some(options), text),
        _ => return Err(Thrown::arity("clojure.edn/read-string", args.len())),
    };
    match text {
        Value::Nil => Ok(Value::Nil),
        Value::Str(text) => read(budget, text, options, false),
        other => Err(mismatch("edn/read-string", "a string", other)),
    }
}

pub fn read_string(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match &*args {
        [Value::Str(text)] => read(budget, text, Some(&Value::Nil), true),
        [other] => Err(mismatch("read-string", "a string", other)),
        _ => Err(Thrown::arity("clojure.core/read-string", args.len())),
    }
}

fn read(budget: &mut Budget, text: &str, options: Option<&Value>, code: bool) -> Result<Value, Thrown> {
    budget.spend(1 + text.len() as u64 / 4)?;
    budget.charge_bytes(text.len() as u64 * 12)?;
    let mut reader = Reader { chars: text.chars().collect(), at: 0, options, code, depth: 0 };
    match reader.form(budget)? {
        Some(value) => Ok(value),
        None => match options {
            // Without options the end is no error.
            None => Ok(Value::Nil),
            Some(options) => options.field("eof").cloned().ok_or_else(end),
        },
    }
}

fn broken(message: impl Into<String>) -> Thrown {
    Thrown::new(Class::Runtime, message)
}

fn end() -> Thrown {
    broken("EOF while reading")
}

fn unmatched(bracket: char) -> Thrown {
    broken(format!("Unmatched delimiter: {bracket}"))
}

struct Reader<'a> {
    chars: Vec<char>,
    at: usize,
    options: Option<&'a Value>,
    /// Whether quotes, derefs and regexes are read too.
    code: bool,
    depth: usize,
}

fn is_space(char: char) -> bool {
    char == ',' || super::strings::is_white(char)
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn take(&mut self) -> Option<char> {
        let char = self.peek()?;
        self.at += 1;
        Some(char)
    }

    fn is_macro(&self, char: char) -> bool {
        "\";^()[]{}\\#".contains(char) || (self.code && "'@`~".contains(char))
    }

    fn ends_token(&self, char: char) -> bool {
        is_space(char) || (char != '#' && char != '\'' && self.is_macro(char))
    }

    /// The next form; None at the end of the text. A closing bracket where none is open throws.
    fn form(&mut self, budget: &mut Budget) -> Result<Option<Value>, Thrown> {
        loop {
            let Some(char) = self.take() else { return Ok(None) };
            if is_space(char) {
                continue;
            }
            let next_is_digit = self.peek().is_some_and(|next| next.is_ascii_digit());
            if char.is_ascii_digit() || (matches!(char, '+' | '-') && next_is_digit) {
                self.at -= 1;
                return self.number().map(Some);
            }
            if !self.is_macro(char) {
                self.at -= 1;
                return self.token().map(Some);
            }
            if let Some(value) = self.special(budget, char)? {
                return Ok(Some(value));
            }
        }
    }

    /// The form that a prefix or an open collection still needs.
    fn needed(&mut self, budget: &mut Budget) -> Result<Value, Thrown> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Thrown::limit("sandbox-depth", "the text is nested too deeply for the sandbox"));
        }
        let value = self.form(budget)?;
        self.depth -= 1;
        value.ok_or_else(end)
    }

    /// What begins with a special character; None when it was a comment or discarded.
    fn special(&mut self, budget: &mut Budget, char: char) -> Result<Option<Value>, Thrown> {
        Ok(Some(match char {
            '"' => self.string()?,
            ';' => {
                self.comment();
                return Ok(None);
            }
            '(' => Value::List(Vector::from(self.items(budget, ')')?).into_list()),
            '[' => Value::Vector(Vector::from(self.items(budget, ']')?)),
            '{' => {
                let items = self.items(budget, '}')?;
                map_of(items)?
            }
            ')' | ']' | '}' => return Err(unmatched(char)),
            '\\' => self.character()?,
            '^' => self.annotated(budget)?,
            '#' => return self.dispatch(budget),
            '\'' => self.called(budget, "quote")?,
            '@' => self.called(budget, "clojure.core/deref")?,
            _ => {
                return Err(Thrown::new(
                    Class::UnsupportedOperation,
                    "read-string reads no syntax quotes: write the form out",
                ));
            }
        }))
    }

    fn called(&mut self, budget: &mut Budget, head: &str) -> Result<Value, Thrown> {
        let form = self.needed(budget)?;
        Ok(Value::List(Vector::from(vec![Value::Symbol(Symbol::new(head)), form]).into_list()))
    }

    fn comment(&mut self) {
        while self.take().is_some_and(|char| !matches!(char, '\n' | '\r')) {}
    }

    /// The forms up to a closing bracket.
    fn items(&mut self, budget: &mut Budget, close: char) -> Result<Vec<Value>, Thrown> {
        let mut items = Vec::new();
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Thrown::limit("sandbox-depth", "the text is nested too deeply for the sandbox"));
        }
        loop {
            while self.peek().is_some_and(is_space) {
                self.at += 1;
            }
            let Some(char) = self.peek() else { return Err(end()) };
            if char == close {
                self.at += 1;
                self.depth -= 1;
                return Ok(items);
            }
            // Comments and discarded forms give nothing and may be followed by the bracket.
            if char == ';' || (char == '#' && self.chars.get(self.at + 1) == Some(&'_')) {
                self.at += 1;
                self.special(budget, char)?;
                continue;
            }
            items.push(self.form(budget)?.ok_or_else(end)?);
        }
    }

    /// The characters up to where a token ends.
    fn rest_of_token(&mut self) -> String {
        let mut text = String::new();
        while let Some(char) = self.peek().filter(|char| !self.ends_token(*char)) {
            text.push(char);
            self.at += 1;
        }
        text
    }

    fn number(&mut self) -> Result<Value, Thrown> {
        let mut text = String::new();
        while let Some(char) = self.peek().filter(|char| !is_space(*char) && !self.is_macro(*char)) {
            text.push(char);
            self.at += 1;
        }
        lexer::number(&text).map_err(|_| match text.split_once('/') {
            Some((_, zero)) if !zero.is_empty() && zero.bytes().all(|byte| byte == b'0') => {
                Thrown::new(Class::Arithmetic, "Divide by zero")
            }
            _ => Thrown::new(Class::NumberFormat, format!("Invalid number: {text}")),
        })
    }

    fn token(&mut self) -> Result<Value, Thrown> {
        if let Some(char) = self.peek().filter(|char| "@`~".contains(*char)) {
            return Err(broken(format!("Invalid leading character: {char}")));
        }
        let text = self.rest_of_token();
        if let Some(char) = text.chars().find(|char| "@`~".contains(*char)) {
            return Err(broken(format!("Invalid constituent character: {char}")));
        }
        Ok(match text.as_str() {
            "nil" => Value::Nil,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => named(&text).ok_or_else(|| broken(format!("Invalid token: {text}")))?,
        })
    }

    fn string(&mut self) -> Result<Value, Thrown> {
        let mut units = super::text::Units::default();
        let mut buffer = [0u16; 2];
        loop {
            let char = match self.take() {
                None => return Err(broken("EOF while reading string")),
                Some('"') => return Ok(units.finish()),
                Some('\\') => {
                    units.push_unit(self.escape()?);
                    continue;
                }
                Some(char) => char,
            };
            char.encode_utf16(&mut buffer).iter().for_each(|unit| units.push_unit(*unit));
        }
    }

    fn escape(&mut self) -> Result<u16, Thrown> {
        Ok(match self.take().ok_or_else(|| broken("EOF while reading string"))? {
            't' => 9,
            'r' => 13,
            'n' => 10,
            '\\' => u16::from(b'\\'),
            '"' => u16::from(b'"'),
            'b' => 8,
            'f' => 12,
            'u' => {
                let first = self.peek().ok_or_else(|| broken("EOF while reading string"))?;
                if first.to_digit(16).is_none() {
                    return Err(broken(format!("Invalid unicode escape: \\u{first}")));
                }
                self.digits(16, 4, true)?
            }
            digit if digit.is_ascii_digit() => {
                self.at -= 1;
                let unit = self.digits(8, 3, false)?;
                if unit > 0o377 {
                    return Err(broken("Octal escape sequence must be in range [0, 377]."));
                }
                unit
            }
            other => return Err(broken(format!("Unsupported escape character: \\{other}"))),
        })
    }

    /// Digits of a radix, up to a count.
    fn digits(&mut self, radix: u32, most: usize, exact: bool) -> Result<u16, Thrown> {
        let (mut unit, mut count) = (0u32, 0);
        while count < most {
            let Some(char) = self.peek().filter(|char| !is_space(*char) && !self.is_macro(*char)) else {
                break;
            };
            let digit =
                char.to_digit(radix).ok_or_else(|| illegal_argument(format!("Invalid digit: {char}")))?;
            unit = unit * radix + digit;
            self.at += 1;
            count += 1;
        }
        if exact && count != most {
            return Err(illegal_argument(format!("Invalid character length: {count}, should be: {most}")));
        }
        Ok(unit as u16)
    }

    fn character(&mut self) -> Result<Value, Thrown> {
        let first = self.take().ok_or_else(|| broken("EOF while reading character"))?;
        let text = format!("{first}{}", self.rest_of_token());
        lexer::character(&format!("\\{text}"))
            .map(Value::Char)
            .map_err(|_| broken(format!("Unsupported character: \\{text}")))
    }

    fn annotated(&mut self, budget: &mut Budget) -> Result<Value, Thrown> {
        let meta = match self.needed(budget)? {
            Value::Map(map) => map,
            Value::Keyword(keyword) => Map::from([(Value::Keyword(keyword), Value::Bool(true))]),
            tag @ (Value::Symbol(_) | Value::Str(_)) => Map::from([(Value::keyword("tag"), tag)]),
            _ => return Err(illegal_argument("Metadata must be Symbol,Keyword,String or Map")),
        };
        let value = self.needed(budget)?;
        with_meta(budget, &mut [value, Value::Map(meta)])
            .map_err(|_| illegal_argument("Metadata can only be applied to IMetas"))
    }

    fn dispatch(&mut self, budget: &mut Budget) -> Result<Option<Value>, Thrown> {
        let char = self.peek().ok_or_else(|| broken("EOF while reading character"))?;
        Ok(Some(match char {
            '_' => {
                self.at += 1;
                self.needed(budget)?;
                return Ok(None);
            }
            '{' => {
                self.at += 1;
                let items = self.items(budget, '}')?;
                set_of(items)?
            }
            '^' => {
                self.at += 1;
                self.annotated(budget)?
            }
            '<' => return Err(broken("Unreadable form")),
            ':' => {
                self.at += 1;
                self.namespaced(budget)?
            }
            '#' => {
                self.at += 1;
                let name = self.needed(budget)?;
                let text = crate::print::pr_str(&name);
                let double = lexer::symbolic(&format!("##{text}"));
                Value::Double(double.map_err(|_| broken(format!("Unknown symbolic value: ##{text}")))?)
            }
            '\'' if self.code => {
                self.at += 1;
                self.called(budget, "var")?
            }
            '"' if self.code => {
                self.at += 1;
                self.regex()?
            }
            char if char.is_alphabetic() => self.tagged(budget)?,
            char => return Err(broken(format!("No dispatch macro for: {char}"))),
        }))
    }

    /// Escapes stay as they are.
    fn regex(&mut self) -> Result<Value, Thrown> {
        let mut text = String::new();
        loop {
            match self.take() {
                None => return Err(broken("EOF while reading regex")),
                Some('"') => return Ok(Value::regex(text)),
                Some('\\') => {
                    text.push('\\');
                    text.extend(self.take());
                }
                Some(char) => text.push(char),
            }
        }
    }

    /// `#:person{:name 1}`
    fn namespaced(&mut self, budget: &mut Budget) -> Result<Value, Thrown> {
        let namespace = match self.needed(budget)? {
            Value::Symbol(symbol) if symbol.namespace().is_none() => symbol.full().to_owned(),
            _ => return Err(broken("Namespaced map must specify a valid namespace")),
        };
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
        if self.take() != Some('{') {
            return Err(broken("Namespaced map must specify a map"));
        }
        let items = self.items(budget, '}')?;
        let qualified = items.into_iter().enumerate().map(|(index, item)| match item {
            Value::Keyword(key) if index % 2 == 0 => {
                Value::Keyword(Keyword::new(crate::edn::qualify(&namespace, key.full())))
            }
            Value::Symbol(key) if index % 2 == 0 => {
                Value::Symbol(Symbol::new(crate::edn::qualify(&namespace, key.full())))
            }
            other => other,
        });
        map_of(qualified.collect())
    }

    fn tagged(&mut self, budget: &mut Budget) -> Result<Value, Thrown> {
        let tag = self.needed(budget)?;
        let Value::Symbol(name) = &tag else { return Err(broken("Reader tag must be a symbol")) };
        let name = name.full().to_owned();
        let value = self.needed(budget)?;
        let option = |key: &str| self.options.and_then(|options| options.field(key)).cloned();
        if let Some(reader) = option("readers").and_then(|readers| readers.as_map()?.get(&tag).cloned()) {
            return call(budget, &reader, value);
        }
        match (name.as_str(), &value) {
            ("inst", Value::Str(text)) => lexer::parse_instant(text)
                .map(Value::Instant)
                .ok_or_else(|| broken(format!("Unrecognized date/time syntax: {text}"))),
            ("inst", other) => Err(Thrown::class_cast("#inst", "a string", other)),
            ("uuid", Value::Str(text)) => super::identity::uuid_of(text)
                .map(Value::Uuid)
                .ok_or_else(|| illegal_argument(format!("Invalid UUID string: {text}"))),
            ("uuid", _) => Err(illegal_argument("#uuid data reader expected string")),
            _ => match option("default") {
                Some(default) if !default.is_nil() => call_two(budget, &default, tag, value),
                _ => Err(broken(format!("No reader function for tag {name}"))),
            },
        }
    }
}

/// A keyword or symbol; None when the text is neither.
fn named(text: &str) -> Option<Value> {
    let name = text.strip_prefix(':').unwrap_or(text);
    let starts = |part: &str| part.starts_with(|char: char| !char.is_ascii_digit());
    // The last slash separates; a name may be the slash itself.
    let (namespace, short) = match name.strip_suffix("//") {
        Some(namespace) => (Some(namespace), "/"),
        None if name == "/" => (None, name),
        None => name.rsplit_once('/').map_or((None, name), |(namespace, short)| (Some(namespace), short)),
    };
    // The colon of a keyword counts as the start of what comes first.
    let is_keyword = text.starts_with(':');
    let in_order = !short.is_empty()
        && (short == "/" || starts(short) || (is_keyword && namespace.is_none()))
        && namespace.is_none_or(|namespace| (is_keyword || starts(namespace)) && !namespace.ends_with(':'))
        && !short.ends_with(':')
        && !text.starts_with("::")
        && !text.get(1..).unwrap_or_default().contains("::");
    if !in_order {
        return None;
    }
    Some(if is_keyword { Value::Keyword(Keyword::new(name)) } else { Value::Symbol(Symbol::new(name)) })
}

fn duplicate(key: &Value) -> Thrown {
    illegal_argument(format!("Duplicate key: {}", crate::print::str_text(key)))
}

fn map_of(items: Vec<Value>) -> Result<Value, Thrown> {
    if items.len() % 2 == 1 {
        return Err(broken("Map literal must contain an even number of forms"));
    }
    let mut map = Map::new();
    let mut items = items.into_iter();
    while let (Some(key), Some(value)) = (items.next(), items.next()) {
        if map.contains_key(&key) {
            return Err(duplicate(&key));
        }
        map.insert(key, value);
    }
    Ok(Value::Map(map))
}

fn set_of(items: Vec<Value>) -> Result<Value, Thrown> {
    let mut set = Set::new();
    for item in items {
        if set.contains(&item) {
            return Err(duplicate(&item));
        }
        set.insert(item);
    }
    Ok(Value::Set(set))
}
