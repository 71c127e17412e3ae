//! The scanner behind [`super::lex`]: one step per token, each at least one character long.

use super::{Bracket, Fault, LexError, Lexed, Opener, Token, TokenKind};

/// Errors that are told; a file of garbage must not cost a multiple of its size.
const ERRORS_MAX: usize = 1_000;

pub(super) struct Scanner<'a> {
    source: &'a str,
    at: usize,
    out: Lexed,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        Self { source, at: 0, out: Lexed::default() }
    }

    pub(super) fn run(mut self) -> Lexed {
        if self.source.starts_with('\u{feff}') {
            self.push(TokenKind::Whitespace, '\u{feff}'.len_utf8());
        }
        while let Some(first) = self.rest().chars().next() {
            let start = self.at;
            self.token(first);
            debug_assert!(self.at > start, "every token takes at least one character");
        }
        self.out
    }

    fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or_default()
    }

    /// Ends a token of `length` bytes at the current place.
    fn push(&mut self, kind: TokenKind, length: usize) {
        let end = (self.at + length).min(self.source.len());
        self.out.tokens.push(Token { kind, start: self.at, end });
        self.at = end;
    }

    fn invalid(&mut self, length: usize, message: String, help: Option<&str>) {
        let start = self.at;
        self.push(TokenKind::Invalid, length);
        if self.out.errors.len() >= ERRORS_MAX {
            return;
        }
        let help = help.map(str::to_owned);
        self.out.errors.push(LexError { fault: Fault::NoToken, message, help, start, end: self.at });
    }

    fn token(&mut self, first: char) {
        match first {
            '(' => self.push(TokenKind::Open(Opener::List), 1),
            '[' => self.push(TokenKind::Open(Opener::Vector), 1),
            '{' => self.push(TokenKind::Open(Opener::Map), 1),
            ')' => self.push(TokenKind::Close(Bracket::Round), 1),
            ']' => self.push(TokenKind::Close(Bracket::Square), 1),
            '}' => self.push(TokenKind::Close(Bracket::Curly), 1),
            '\'' => self.push(TokenKind::Quote, 1),
            '`' => self.push(TokenKind::SyntaxQuote, 1),
            '@' => self.push(TokenKind::Deref, 1),
            '^' => self.push(TokenKind::Meta, 1),
            '~' if self.rest().starts_with("~@") => self.push(TokenKind::UnquoteSplice, 2),
            '~' => self.push(TokenKind::Unquote, 1),
            '"' => self.quoted(TokenKind::String, 1),
            ';' => self.comment(),
            '\\' => self.character(),
            '#' => self.dispatch(),
            _ if is_whitespace(first) => self.whitespace(),
            _ if lookalike(first).is_some() || first.is_control() => self.lookalike(first),
            _ => self.name(),
        }
    }

    fn whitespace(&mut self) {
        let length = length_while(self.rest(), WHITESPACE, is_whitespace);
        self.push(TokenKind::Whitespace, length);
    }

    fn comment(&mut self) {
        let length = self.rest().find('\n').unwrap_or(self.rest().len());
        self.push(TokenKind::Comment, length);
    }

    /// A string or regex whose body begins `skip` bytes from here.
    fn quoted(&mut self, kind: TokenKind, skip: usize) {
        // Both marks are ASCII, so that bytes will do.
        let mut escaped = false;
        for (at, byte) in self.rest().bytes().enumerate().skip(skip) {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => return self.push(kind, at + 1),
                _ => {}
            }
        }
        let (start, what) = (self.at, if kind == TokenKind::Regex { "regex" } else { "string" });
        self.push(TokenKind::Invalid, self.rest().len());
        self.out.errors.push(LexError {
            fault: Fault::Unterminated,
            message: format!("this {what} never ends"),
            help: Some(format!("close the {what} with `\"`; a `\"` inside it is written `\\\"`")),
            start,
            end: start + skip,
        });
    }

    /// `\` and one character of any kind, then the rest of a name such as `newline`.
    fn character(&mut self) {
        let mut rest = self.rest().chars();
        rest.next();
        match rest.next() {
            None => self.invalid(1, "nothing follows this `\\`".into(), Some("a character is written `\\a`")),
            Some(c) if is_whitespace(c) && c != ',' => self.invalid(
                1,
                "a `\\` needs a character right after it".into(),
                Some("write a space as `\\space`, a line end as `\\newline`, a tab as `\\tab`"),
            ),
            // A delimiter is a character on its own; so is anything that is followed by one.
            Some(c) if is_terminator(c) => self.push(TokenKind::Char, 1 + c.len_utf8()),
            Some(_) => {
                let length = 1 + name_length(rest_after(self.rest(), 1));
                self.push(TokenKind::Char, length);
            }
        }
    }

    fn name(&mut self) {
        let rest = self.rest();
        let mut bytes = rest.bytes();
        let (first, second) = (bytes.next().unwrap_or_default(), bytes.next().unwrap_or_default());
        if first.is_ascii_digit() || (matches!(first, b'+' | b'-') && second.is_ascii_digit()) {
            // Unlike names, numbers end at every macro character.
            let is_part = |c| is_name_character(c) && !matches!(c, '#' | '\'' | '%');
            let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            return self.push(TokenKind::Number, length);
        }
        let kind = match (first, second) {
            (b':', b':') => TokenKind::AutoKeyword,
            (b':', _) => TokenKind::Keyword,
            _ => TokenKind::Symbol,
        };
        let length = name_length(rest).max(1);
        self.push(kind, length);
    }

    fn dispatch(&mut self) {
        let rest = self.rest();
        let Some(next) = rest.chars().nth(1) else {
            return self.invalid(1, "nothing follows this `#`".into(), None);
        };
        match next {
            '(' => self.push(TokenKind::Open(Opener::Function), 2),
            '{' => self.push(TokenKind::Open(Opener::Set), 2),
            '"' => self.quoted(TokenKind::Regex, 2),
            '\'' => self.push(TokenKind::VarQuote, 2),
            '_' => self.push(TokenKind::Discard, 2),
            '^' => self.push(TokenKind::Meta, 2),
            '=' => self.push(TokenKind::Eval, 2),
            '!' => self.comment(),
            '?' if rest.starts_with("#?@") => self.push(TokenKind::ConditionalSplice, 3),
            '?' => self.push(TokenKind::Conditional, 2),
            '#' => {
                let length = 2 + name_length(rest_after(rest, 2));
                self.push(TokenKind::Symbolic, length);
            }
            ':' => {
                let length = 1 + name_length(rest_after(rest, 1));
                self.push(TokenKind::MapNamespace, length);
            }
            '<' => {
                let length = 1 + name_length(rest_after(rest, 1));
                self.invalid(length, "`#<` stands for an object that cannot be written down".into(), None);
            }
            _ if is_name_character(next) && !next.is_ascii_digit() => {
                let length = 1 + name_length(rest_after(rest, 1));
                self.push(TokenKind::Tag, length);
            }
            _ => self.invalid(1, format!("`#{}` means nothing", next.escape_debug()), None),
        }
    }

    fn lookalike(&mut self, first: char) {
        let length = self.rest().find(|c| c != first).unwrap_or(self.rest().len());
        match lookalike(first) {
            Some((name, instead)) => {
                let help = format!("write {instead}");
                self.invalid(
                    length,
                    format!("{name} (U+{:04X}) is not part of the language", first as u32),
                    Some(&help),
                );
            }
            None => {
                self.invalid(
                    length,
                    format!("control character U+{:04X} in the source", first as u32),
                    Some("remove it"),
                );
            }
        }
    }
}

/// What Java counts as whitespace, and the comma.
fn is_whitespace(c: char) -> bool {
    match c {
        ',' | '\t'..='\r' | '\u{1c}'..='\u{1f}' => true,
        '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{85}' => false,
        _ => c.is_whitespace(),
    }
}

/// Characters that end a name.
fn is_terminator(c: char) -> bool {
    matches!(c, '"' | ';' | '@' | '^' | '`' | '~' | '(' | ')' | '[' | ']' | '{' | '}' | '\\' | ',')
}

fn is_name_character(c: char) -> bool {
    !is_whitespace(c) && !is_terminator(c) && !c.is_control() && lookalike(c).is_none()
}

fn name_length(text: &str) -> usize {
    length_while(text, NAME, is_name_character)
}

/// What an ASCII byte is part of, as bits.
const CLASSES: [u8; 128] = {
    let mut classes = [0; 128];
    let mut byte = 0_u8;
    while byte < 128 {
        let blank = matches!(byte, b',' | b' ' | b'\t'..=b'\r' | 0x1c..=0x1f);
        let ends_name = matches!(
            byte,
            b'"' | b';' | b'@' | b'^' | b'`' | b'~' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'\\'
        );
        classes[byte as usize] = if blank {
            WHITESPACE
        } else if ends_name || byte.is_ascii_control() {
            0
        } else {
            NAME
        };
        byte += 1;
    }
    classes
};
const WHITESPACE: u8 = 1;
const NAME: u8 = 2;

/// Bytes at the start of the text that are of a class; `keep` says it of characters beyond ASCII.
fn length_while(text: &str, class: u8, keep: impl Fn(char) -> bool) -> usize {
    let known = |byte: &u8| CLASSES.get(*byte as usize).map(|of| of & class != 0);
    let mut at = 0;
    loop {
        at += text.as_bytes().iter().skip(at).take_while(|byte| known(byte) == Some(true)).count();
        match text.get(at..).and_then(|rest| rest.chars().next()) {
            Some(c) if !c.is_ascii() && keep(c) => at += c.len_utf8(),
            _ => return at,
        }
    }
}

fn rest_after(text: &str, skip: usize) -> &str {
    text.get(skip..).unwrap_or_default()
}

/// Characters that editors and web pages put in place of what was meant: their name, and what to write.
fn lookalike(c: char) -> Option<(&'static str, &'static str)> {
    Some(match c {
        '\u{a0}' | '\u{2007}' | '\u{202f}' => ("a no-break space", "an ordinary space"),
        '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}' => {
            ("an invisible character", "nothing in its place")
        }
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}' => {
            ("a typographic quote", "a straight `\"`")
        }
        '\u{2018}' | '\u{2019}' => ("a typographic apostrophe", "a straight `'`"),
        _ => return None,
    })
}
