//! Atoms, strings and tagged literals.

use breyta_core::lexer::{self, LexError, Token, TokenKind};
use breyta_core::{Keyword, Symbol, Text, Value};

use super::Reader;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::place::Place;
use crate::syntax::{Form, FormKind, StringLiteral, include};

/// The namespace that code is read in.
pub(super) const CURRENT_NAMESPACE: &str = "user";

/// Namespaces with the short names that code may use without defining them.
const ALIASES: [(&str, &str); 3] =
    [("str", "clojure.string"), ("set", "clojure.set"), (CURRENT_NAMESPACE, CURRENT_NAMESPACE)];

impl Reader<'_> {
    pub(super) fn atom(&mut self, token: Token) -> Form {
        let text = self.text(token);
        let is_name = matches!(token.kind, TokenKind::Keyword | TokenKind::Symbol);
        if let Some(known) = self.names.get(text).filter(|_| is_name) {
            return Form::new(known.clone(), self.span(token));
        }
        let read = match token.kind {
            TokenKind::Number => lexer::number(text).map(FormKind::Atom),
            TokenKind::Symbolic => lexer::symbolic(text).map(|double| FormKind::Atom(Value::Double(double))),
            TokenKind::Char => lexer::character(text).map(|unit| FormKind::Atom(Value::Char(unit))),
            TokenKind::Keyword => named(text, 1).map(|name| FormKind::Keyword(Keyword::new(name))),
            TokenKind::AutoKeyword => named(text, 2).map(|name| self.auto_keyword(name, token)),
            TokenKind::Symbol => match text {
                "nil" => Ok(FormKind::Atom(Value::Nil)),
                "true" => Ok(FormKind::Atom(Value::Bool(true))),
                "false" => Ok(FormKind::Atom(Value::Bool(false))),
                _ => named(text, 0).map(|name| FormKind::Symbol(Symbol::new(name))),
            },
            TokenKind::Regex => Ok(self.regex(token)),
            TokenKind::String => Ok(self.string(token)),
            _ => Err(format!("`{text}` cannot stand here")),
        };
        let span = self.span(token);
        match read {
            Ok(kind) => {
                if is_name {
                    self.names.insert(text, kind.clone());
                }
                Form::new(kind, span)
            }
            Err(message) => {
                self.report(Diagnostic::new(Code::READER_INVALID, span, message));
                // Something stands here, whatever it is: maps keep their pairs.
                Form::new(FormKind::Atom(Value::Nil), span)
            }
        }
    }

    /// `::name` is `:user/name`, `::str/name` is `:clojure.string/name`.
    fn auto_keyword(&mut self, name: &str, token: Token) -> FormKind {
        let keyword = match name.split_once('/').filter(|(alias, name)| !alias.is_empty() && !name.is_empty())
        {
            Some((alias, name)) => format!("{}/{name}", self.alias(alias, token)),
            None => format!("{CURRENT_NAMESPACE}/{name}"),
        };
        FormKind::Keyword(Keyword::new(keyword))
    }

    /// The namespace that an alias stands for; reports one that nobody has defined.
    pub(super) fn alias<'n>(&mut self, alias: &'n str, token: Token) -> &'n str {
        if let Some((_, namespace)) =
            ALIASES.iter().find(|(known, namespace)| [*known, *namespace].contains(&alias))
        {
            return namespace;
        }
        let problem = Diagnostic::new(
            Code::READER_INVALID,
            self.span(token),
            format!("`{}`: there is no namespace `{alias}`", self.text(token)),
        )
        .help(format!("write the namespace out with one colon less, `:{alias}/…`; `::` knows str and set"));
        self.report(problem);
        alias
    }

    /// A pattern that is wrong is none; what uses it must not complain again.
    fn regex(&mut self, token: Token) -> FormKind {
        let pattern = inner(self.text(token), 2);
        match breyta_core::regex::check(pattern) {
            Ok(()) => FormKind::Regex(Text::from(pattern)),
            Err(error) => {
                let rest = pattern.get(error.offset..).unwrap_or_default();
                let start = token.start + 2 + error.offset;
                let end = start + rest.chars().next().map_or(1, char::len_utf8);
                self.report(
                    Diagnostic::new(Code::INVALID_REGEX, self.place.span(start, end), error.message)
                        .label("here"),
                );
                FormKind::Regex(Text::literal(""))
            }
        }
    }

    fn string(&mut self, token: Token) -> FormKind {
        let read = lexer::unescape(inner(self.text(token), 1), token.start + 1);
        for error in read.errors {
            let span = self.place.span(error.start, error.end);
            self.report(Diagnostic::new(Code::READER_INVALID, span, error.message));
        }
        let anchors = self.place.anchors_in_file(&read.anchors, read.text.len());
        FormKind::String(StringLiteral { value: read.text.into(), anchors })
    }

    pub(super) fn tagged(&mut self, token: Token) -> Option<Form> {
        let name = inner_tag(self.text(token));
        let operand = self.operand(token)?;
        if name == include::TAG {
            return Some(self.include(token, &operand));
        }
        let span = self.span(token).to(operand.span);
        let text = operand.as_string().map(Text::as_str).unwrap_or_default();
        let kind = match name {
            "inst" => lexer::parse_instant(text).map(|millis| FormKind::Atom(Value::Instant(millis))),
            "uuid" => lexer::parse_uuid(text).map(|bits| FormKind::Atom(Value::Uuid(bits))),
            _ => {
                if let Err(message) = lexer::check_name(name) {
                    self.report(Diagnostic::new(Code::READER_INVALID, self.span(token), message));
                }
                Some(FormKind::Tagged(Symbol::new(name), Box::new(operand.clone())))
            }
        };
        if kind.is_none() {
            let wanted = match name {
                "inst" => "a date such as \"2024-05-01T12:00:00Z\"",
                _ => "the 36 characters of a UUID as a string",
            };
            let problem =
                Diagnostic::new(Code::READER_INVALID, operand.span, format!("`#{name}` takes {wanted}"))
                    .label("is not that");
            self.report(problem);
        }
        Some(Form::new(kind.unwrap_or(FormKind::Atom(Value::Nil)), span))
    }
}

fn named(text: &str, colons: usize) -> Result<&str, String> {
    let name = text.get(colons..).unwrap_or_default();
    lexer::check_name(name).map(|()| name)
}

fn inner_tag(text: &str) -> &str {
    text.get(1..).unwrap_or_default()
}

/// A quoted token without its first `skip` bytes and its last quote.
fn inner(text: &str, skip: usize) -> &str {
    text.get(skip..text.len().saturating_sub(1)).unwrap_or_default()
}

/// Bytes that may be read to find out which string lost its quote.
const GUESS_BYTES_MAX: usize = 10_000_000;

/// A string without an end. The quote that is missing is often not the last one: from it on, strings and code have
/// changed places, and every later string runs over line ends. So we take the first string from which that holds.
pub(super) fn unterminated(error: &LexError, tokens: &[Token], text: &str, place: &Place<'_>) -> Diagnostic {
    let mut culprit = error.start;
    let mut least = multi_line_strings(tokens, text);
    // Each guess reads the whole text once more.
    let guesses = (GUESS_BYTES_MAX / text.len().max(1)).min(32);
    let candidates = tokens.iter().filter(|token| is_multi_line(token, text)).take(guesses);
    for token in candidates {
        let line_end = token.start + token.text(text).find('\n').unwrap_or_default();
        let (Some(head), Some(tail)) = (text.get(..line_end), text.get(line_end..)) else { continue };
        let mended = lexer::lex(&format!("{head}\"{tail}"));
        let count = multi_line_strings(&mended.tokens, &format!("{head}\"{tail}"));
        if mended.errors.iter().all(|it| it.fault != lexer::Fault::Unterminated) && count < least {
            least = count;
            culprit = token.start;
        }
    }
    let what = if text.get(culprit..).is_some_and(|rest| rest.starts_with('#')) { "regex" } else { "string" };
    let mut problem = Diagnostic::new(
        Code::SYNTAX_INVALID,
        place.span(culprit, culprit + 1),
        format!("this {what} never ends"),
    )
    .label(format!("the {what} begins here"));
    problem.help.clone_from(&error.help);
    problem
}

fn is_multi_line(token: &Token, text: &str) -> bool {
    let quoted = matches!(token.kind, TokenKind::String | TokenKind::Regex)
        || (token.kind == TokenKind::Invalid && token.text(text).starts_with(['"', '#']));
    quoted && token.text(text).contains('\n')
}

fn multi_line_strings(tokens: &[Token], text: &str) -> usize {
    tokens.iter().filter(|token| is_multi_line(token, text)).count()
}
