//! Tokens of Clojure and EDN text, with byte spans, and literals to values.
//!
//! Lossless: the tokens of a text tile it, whitespace and comments included, so that a reader, a formatter and a bracket
//! checker can share them. Not a reader: brackets are not matched here and names are not resolved. Whatever the text
//! is, lexing ends, and what is no token becomes [`TokenKind::Invalid`] with an entry in [`Lexed::errors`].
//!
//! A token says only what a literal looks like; [`number`], [`character`], [`unescape`], [`check_name`] and
//! [`symbolic`] give its value or say what is wrong with it.

mod instant;
mod number;
mod scan;
mod string;
#[cfg(test)]
mod tests;

pub use instant::{format_instant, parse_instant, parse_uuid};
pub use number::{number, symbolic};
pub use string::{EscapeError, Unescaped, character, character_name, check_name, unescape};

use scan::Scanner;

/// The three kinds of bracket pairs. `#(` is round, `#{` is curly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bracket {
    Round,
    Square,
    Curly,
}

impl Bracket {
    pub const ALL: [Bracket; 3] = [Bracket::Round, Bracket::Square, Bracket::Curly];

    pub const fn open(self) -> char {
        match self {
            Self::Round => '(',
            Self::Square => '[',
            Self::Curly => '{',
        }
    }

    pub const fn close(self) -> char {
        match self {
            Self::Round => ')',
            Self::Square => ']',
            Self::Curly => '}',
        }
    }
}

/// What an opening bracket opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Opener {
    List,
    Vector,
    Map,
    /// `#{`
    Set,
    /// `#(`
    Function,
}

impl Opener {
    pub const fn bracket(self) -> Bracket {
        match self {
            Self::List | Self::Function => Bracket::Round,
            Self::Vector => Bracket::Square,
            Self::Map | Self::Set => Bracket::Curly,
        }
    }

    /// As written: `(`, `#{`.
    pub const fn text(self) -> &'static str {
        match self {
            Self::List => "(",
            Self::Vector => "[",
            Self::Map => "{",
            Self::Set => "#{",
            Self::Function => "#(",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Spaces, tabs, line ends and commas; a byte-order mark at the very start.
    Whitespace,
    /// `;` or `#!` to the end of the line, the line end not included.
    Comment,
    Open(Opener),
    Close(Bracket),
    /// With its quotes. See [`unescape`].
    String,
    /// `#"…"`, whole.
    Regex,
    /// With its backslash. See [`character`].
    Char,
    /// See [`number`].
    Number,
    /// With its colon. See [`check_name`].
    Keyword,
    /// `::name`, with both colons.
    AutoKeyword,
    /// Also `nil`, `true` and `false`.
    Symbol,
    /// `'`
    Quote,
    /// `` ` ``
    SyntaxQuote,
    /// `~`
    Unquote,
    /// `~@`
    UnquoteSplice,
    /// `@`
    Deref,
    /// `^` and the old `#^`
    Meta,
    /// `#'`
    VarQuote,
    /// `#_`
    Discard,
    /// `#?`
    Conditional,
    /// `#?@`
    ConditionalSplice,
    /// `##Inf`, whole. See [`symbolic`].
    Symbolic,
    /// `#=`
    Eval,
    /// `#name`, with the `#`.
    Tag,
    /// `#:ns`, `#::` or `#::alias`: what stands before the `{` of a namespaced map.
    MapNamespace,
    /// No token at all; an error says why.
    Invalid,
}

impl TokenKind {
    /// Whether the token means nothing to a reader.
    pub const fn is_trivia(self) -> bool {
        matches!(self, Self::Whitespace | Self::Comment)
    }

    /// Whether the token stands in front of a form and belongs to it.
    pub const fn is_prefix(self) -> bool {
        matches!(
            self,
            Self::Quote
                | Self::SyntaxQuote
                | Self::Unquote
                | Self::UnquoteSplice
                | Self::Deref
                | Self::Meta
                | Self::VarQuote
                | Self::Discard
                | Self::Conditional
                | Self::ConditionalSplice
                | Self::Tag
                | Self::MapNamespace
                | Self::Eval
        )
    }
}

/// A piece of the text, bytes `start..end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: TokenKind,
    pub start: usize,
    pub end: usize,
}

impl Token {
    /// The token's own text; empty when `source` is not the text it was cut from.
    pub fn text<'a>(&self, source: &'a str) -> &'a str {
        source.get(self.start..self.end).unwrap_or_default()
    }
}

/// Why a piece of text is no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LexError {
    pub fault: Fault,
    /// One line: what is wrong, with the text in question.
    pub message: String,
    /// What to write instead, where that is known.
    pub help: Option<String>,
    pub start: usize,
    pub end: usize,
}

/// The two classes of lexical errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A string or regex without an end: it takes in the rest of the text.
    Unterminated,
    /// Text that begins no token.
    NoToken,
}

/// All tokens of a text and everything that is wrong with them, both in order.
#[derive(Clone, Debug, Default)]
pub struct Lexed {
    pub tokens: Vec<Token>,
    pub errors: Vec<LexError>,
}

/// Cuts a text into tokens.
pub fn lex(source: &str) -> Lexed {
    Scanner::new(source).run()
}
