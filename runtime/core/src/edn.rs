//! EDN data text (bindings, scenarios, inputs, contracts) to values.
//!
//! Plain data only: whatever is code (quotes, metadata, function literals, regexes, derefs, reader conditionals) is
//! refused with its place. Comments and discards are fine. For flow source use the compiler's reader, which recovers
//! from errors; this one stops at the first.

use std::fmt;

use crate::lexer::{self, Bracket, LexError, Opener, Token, TokenKind};
use crate::{Keyword, Map, Set, Symbol, Value, Vector};

#[cfg(test)]
mod tests;

/// How deep collections and tags may be nested.
pub const DEPTH_MAX: usize = 256;

/// What is wrong and where: a byte offset, and a line and column from 1 (columns count characters).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EdnError {
    pub message: String,
    pub offset: usize,
    pub line: usize,
    pub column: usize,
}

impl fmt::Display for EdnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for EdnError {}

/// Reads a text that holds exactly one value.
pub fn read(text: &str) -> Result<Value, EdnError> {
    let mut reader = Reader::new(text)?;
    let Some(value) = reader.next(0)? else {
        return Err(reader.error(text.len(), "there is no value in this text"));
    };
    match reader.peek() {
        None => Ok(value),
        Some(token) if matches!(token.kind, TokenKind::Close(_)) => Err(reader.stray(token)),
        Some(token) => {
            // What follows may be a discarded form only.
            if reader.next(0)?.is_some() {
                return Err(reader.error(token.start, "there is more than one value in this text"));
            }
            match reader.peek() {
                None => Ok(value),
                Some(token) => Err(reader.stray(token)),
            }
        }
    }
}

/// Reads any number of values.
pub fn read_all(text: &str) -> Result<Vec<Value>, EdnError> {
    let mut reader = Reader::new(text)?;
    let mut values = Vec::new();
    while let Some(value) = reader.next(0)? {
        values.push(value);
    }
    match reader.peek() {
        None => Ok(values),
        Some(token) => Err(reader.stray(token)),
    }
}

struct Reader<'a> {
    text: &'a str,
    /// Without whitespace and comments.
    tokens: Vec<Token>,
    at: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Result<Self, EdnError> {
        let lexed = lexer::lex(text);
        if let Some(LexError { message, help, start, .. }) = lexed.errors.into_iter().next() {
            let message = help.map_or(message.clone(), |help| format!("{message}; {help}"));
            return Err(error_at(text, start, message));
        }
        let tokens = lexed.tokens.into_iter().filter(|token| !token.kind.is_trivia()).collect();
        Ok(Self { text, tokens, at: 0 })
    }

    fn peek(&self) -> Option<Token> {
        self.tokens.get(self.at).copied()
    }

    fn error(&self, offset: usize, message: impl Into<String>) -> EdnError {
        error_at(self.text, offset, message.into())
    }

    fn stray(&self, token: Token) -> EdnError {
        self.error(token.start, format!("`{}` closes nothing", token.text(self.text)))
    }

    /// The next value; None at a closing bracket (which stays) and at the end.
    fn next(&mut self, depth: usize) -> Result<Option<Value>, EdnError> {
        loop {
            let Some(token) = self.peek() else { return Ok(None) };
            if matches!(token.kind, TokenKind::Close(_)) {
                return Ok(None);
            }
            self.at += 1;
            if depth > DEPTH_MAX {
                return Err(self.error(token.start, format!("nested deeper than {DEPTH_MAX} levels")));
            }
            if token.kind == TokenKind::Discard {
                self.operand(token, depth)?;
                continue;
            }
            return self.value(token, depth).map(Some);
        }
    }

    /// The value that a prefix such as `#_` or a tag needs.
    fn operand(&mut self, prefix: Token, depth: usize) -> Result<Value, EdnError> {
        let found = self.next(depth + 1)?;
        found.ok_or_else(|| self.error(prefix.start, format!("nothing follows `{}`", prefix.text(self.text))))
    }

    fn value(&mut self, token: Token, depth: usize) -> Result<Value, EdnError> {
        let text = token.text(self.text);
        let wrong = |message: String| error_at(self.text, token.start, message);
        match token.kind {
            TokenKind::Open(opener) => self.collection(token, opener, depth),
            TokenKind::Number => lexer::number(text).map_err(wrong),
            TokenKind::Symbolic => lexer::symbolic(text).map(Value::Double).map_err(wrong),
            TokenKind::Char => lexer::character(text).map(Value::Char).map_err(wrong),
            TokenKind::String => self.string(token),
            TokenKind::Keyword => {
                let name = text.get(1..).unwrap_or_default();
                lexer::check_name(name).map_err(wrong)?;
                Ok(Value::Keyword(Keyword::new(name)))
            }
            TokenKind::Symbol => match text {
                "nil" => Ok(Value::Nil),
                "true" => Ok(Value::Bool(true)),
                "false" => Ok(Value::Bool(false)),
                _ => {
                    lexer::check_name(text).map_err(wrong)?;
                    Ok(Value::Symbol(Symbol::new(text)))
                }
            },
            TokenKind::Tag => self.tagged(token, depth),
            TokenKind::MapNamespace => self.namespaced_map(token, depth),
            TokenKind::Eval => Err(wrong("`#=` is never evaluated; write the value itself".into())),
            _ => Err(wrong(refusal(token.kind, text))),
        }
    }

    fn string(&self, token: Token) -> Result<Value, EdnError> {
        let body = self.text.get(token.start + 1..token.end - 1).unwrap_or_default();
        let read = lexer::unescape(body, token.start + 1);
        match read.errors.into_iter().next() {
            Some(error) => Err(self.error(error.start, error.message)),
            None => Ok(Value::string(read.text)),
        }
    }

    fn collection(&mut self, open: Token, opener: Opener, depth: usize) -> Result<Value, EdnError> {
        if opener == Opener::Function {
            return Err(self.error(open.start, refusal(open.kind, "#(")));
        }
        let (items, starts) = self.items(open, opener.bracket(), depth)?;
        match opener {
            Opener::List | Opener::Function => Ok(Value::List(Vector::from(items).into_list())),
            Opener::Vector => Ok(Value::Vector(items.into_iter().collect::<Vector>())),
            Opener::Map => self.map(items, &starts),
            Opener::Set => {
                let mut set = Set::new();
                for (item, start) in items.into_iter().zip(starts) {
                    if set.contains(&item) {
                        return Err(self.error(start, "this member is already in the set"));
                    }
                    set.insert(item);
                }
                Ok(Value::Set(set))
            }
        }
    }

    /// The values up to the closing bracket, and where each begins.
    fn items(
        &mut self,
        open: Token,
        bracket: Bracket,
        depth: usize,
    ) -> Result<(Vec<Value>, Vec<usize>), EdnError> {
        let (mut items, mut starts) = (Vec::new(), Vec::new());
        loop {
            let start = self.peek().map_or(self.text.len(), |token| token.start);
            if let Some(item) = self.next(depth + 1)? {
                items.push(item);
                starts.push(start);
                continue;
            }
            let opened = open.text(self.text);
            let Some(close) = self.peek() else {
                return Err(self.error(open.start, format!("this `{opened}` is never closed")));
            };
            if close.kind != TokenKind::Close(bracket) {
                let (line, column) = line_column(self.text, open.start);
                let closer = close.text(self.text);
                let message =
                    format!("`{closer}` cannot close the `{opened}` of line {line}, column {column}");
                return Err(self.error(close.start, message));
            }
            self.at += 1;
            return Ok((items, starts));
        }
    }

    fn map(&self, items: Vec<Value>, starts: &[usize]) -> Result<Value, EdnError> {
        if items.len() % 2 == 1 {
            let last = starts.last().copied().unwrap_or_default();
            return Err(self.error(last, "this key has no value: a map needs an even number of forms"));
        }
        let mut map = Map::new();
        let mut items = items.into_iter();
        let mut starts = starts.iter().copied().step_by(2);
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            let start = starts.next().unwrap_or_default();
            if map.contains_key(&key) {
                return Err(self.error(start, "this key is already in the map"));
            }
            map.insert(key, value);
        }
        Ok(Value::Map(map))
    }

    fn tagged(&mut self, tag: Token, depth: usize) -> Result<Value, EdnError> {
        let start = self.peek().map_or(self.text.len(), |token| token.start);
        let value = self.operand(tag, depth)?;
        let text = value.as_str().unwrap_or_default();
        match tag.text(self.text) {
            "#inst" => lexer::parse_instant(text)
                .map(Value::Instant)
                .ok_or_else(|| self.error(start, "`#inst` takes a text such as \"2024-05-01T12:00:00Z\"")),
            "#uuid" => lexer::parse_uuid(text)
                .map(Value::Uuid)
                .ok_or_else(|| self.error(start, "`#uuid` takes the 36 characters of a UUID as a string")),
            other => Err(self.error(tag.start, format!("unknown tag `{other}`; there are #inst and #uuid"))),
        }
    }

    /// `#:person{:name 1}`: `{:person/name 1}`. A key in the namespace `_` gets none.
    fn namespaced_map(&mut self, token: Token, depth: usize) -> Result<Value, EdnError> {
        let namespace = token.text(self.text).get(2..).unwrap_or_default();
        if namespace.is_empty() || namespace.starts_with(':') || lexer::check_name(namespace).is_err() {
            return Err(self.error(token.start, "data has no current namespace; write the keys out"));
        }
        let Some(open) = self.peek().filter(|next| next.kind == TokenKind::Open(Opener::Map)) else {
            return Err(self.error(token.start, format!("a map must follow `{}`", token.text(self.text))));
        };
        self.at += 1;
        let (items, starts) = self.items(open, Bracket::Curly, depth)?;
        let qualified = items.into_iter().enumerate().map(|(index, item)| match item {
            Value::Keyword(key) if index % 2 == 0 => {
                Value::Keyword(Keyword::new(qualify(namespace, key.full())))
            }
            Value::Symbol(key) if index % 2 == 0 => {
                Value::Symbol(Symbol::new(qualify(namespace, key.full())))
            }
            other => other,
        });
        self.map(qualified.collect(), &starts)
    }
}

/// The key of a namespaced map, written out.
pub fn qualify(namespace: &str, key: &str) -> String {
    match key.split_once('/') {
        Some(("_", name)) => name.to_owned(),
        Some((own, name)) if !own.is_empty() && !name.is_empty() => key.to_owned(),
        _ => format!("{namespace}/{key}"),
    }
}

fn refusal(kind: TokenKind, text: &str) -> String {
    let (what, instead) = match kind {
        TokenKind::Quote | TokenKind::SyntaxQuote => ("a quote", "write the form without it"),
        TokenKind::Unquote | TokenKind::UnquoteSplice => ("an unquote", "write the value itself"),
        TokenKind::Deref => ("a deref", "write the value itself"),
        TokenKind::VarQuote => ("a var", "write the value itself"),
        TokenKind::Meta => ("metadata", "leave it out"),
        TokenKind::Regex => ("a regex", "write the pattern as a string"),
        TokenKind::Open(_) => ("a function literal", "write data"),
        TokenKind::AutoKeyword => ("a keyword of the current namespace", "write the namespace out"),
        TokenKind::Conditional | TokenKind::ConditionalSplice => {
            ("a reader conditional", "write the value itself")
        }
        _ => ("no value", "remove it"),
    };
    format!("`{text}` is {what}, and this file holds plain data; {instead}")
}

fn error_at(text: &str, offset: usize, message: String) -> EdnError {
    let (line, column) = line_column(text, offset);
    EdnError { message, offset, line, column }
}

/// Both from 1; columns count characters.
fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    (before.matches('\n').count() + 1, column)
}
