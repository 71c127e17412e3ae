//! Which bracket is wrong when a text does not balance.
//!
//! Matching brackets from left to right finds that something is wrong, but rarely where: the place where it notices is
//! often far behind the fault. People see the fault in the indentation, and so do we. [`search`] looks for the cheapest
//! set of single-bracket changes that makes the whole text balance *and* agree with its indentation; [`report`] tells
//! each change as one problem. A text that balances is never questioned, however it is indented.

mod report;
mod search;
#[cfg(test)]
mod tests;

use breyta_core::lexer::{Bracket, Opener, Token, TokenKind};

use crate::diagnostics::Diagnostic;
use crate::syntax::place::Place;

/// What indentation can be judged by: a token that is no trivia and no prefix (`'`, `^`, `#_` …).
#[derive(Clone, Copy, Debug)]
struct Piece {
    kind: PieceKind,
    start: usize,
    end: usize,
    line: u32,
    /// Of the token itself, from 0.
    column: i32,
    /// Where the prefixes in front of the token begin; `start` and `column` when there are none.
    lead: usize,
    lead_column: i32,
    /// Whether it (with its prefixes) is the first thing on its line.
    leads_line: bool,
    /// Column of the first thing on its line.
    line_indent: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PieceKind {
    Open(Opener),
    Close(Bracket),
    Symbol,
    Keyword,
    Text,
    Other,
}

/// Index of a [`Piece`].
type PieceId = usize;

/// One change of one bracket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    /// A missing closing bracket, right after a piece (None: the text has no piece before it).
    InsertClose { bracket: Bracket, opener: Option<PieceId>, after: Option<PieceId> },
    /// A missing opening bracket before a piece; `inside` its prefixes or in front of them.
    InsertOpen { bracket: Bracket, before: PieceId, inside: bool },
    /// A surplus opening bracket.
    DeleteOpen { piece: PieceId },
    /// A surplus closing bracket; `opener` is what is open there, `fits` whether the two are of one kind.
    DeleteClose { piece: PieceId, opener: Option<PieceId>, fits: bool },
    /// A closing bracket of the wrong kind.
    ReplaceClose { piece: PieceId, bracket: Bracket, opener: Option<PieceId> },
    /// An opening bracket of the wrong kind.
    ReplaceOpen { piece: PieceId, bracket: Bracket },
}

/// The problems with the brackets of a text, sorted by place; empty when they balance.
pub(super) fn check(tokens: &[Token], text: &str, place: &Place<'_>) -> Vec<Diagnostic> {
    // Most texts balance, and need no places.
    let Balance::Broken { depth } = balance(tokens) else { return Vec::new() };
    let pieces = pieces(tokens, text, place);
    if depth > search::DEPTH_MAX || pieces.len() > search::PIECES_MAX {
        return vec![report::first_fault(&pieces, place)];
    }
    report::problems(&search::repair(&pieces), &pieces, place)
}

enum Balance {
    Fine,
    Broken { depth: usize },
}

fn balance(tokens: &[Token]) -> Balance {
    let mut open = Vec::new();
    let (mut fine, mut depth) = (true, 0);
    for token in tokens {
        match token.kind {
            TokenKind::Open(opener) => {
                open.push(opener.bracket());
                depth = depth.max(open.len());
            }
            TokenKind::Close(bracket) => fine &= open.pop() == Some(bracket),
            _ => {}
        }
    }
    if fine && open.is_empty() { Balance::Fine } else { Balance::Broken { depth } }
}

fn pieces(tokens: &[Token], text: &str, place: &Place<'_>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut columns = place.columns(text);
    let mut line_starts = true;
    let mut line_indent = 0;
    let mut prefix: Option<(Token, i32, bool)> = None;
    for token in tokens {
        let newline = token.text(text).contains('\n');
        if token.kind.is_trivia() {
            line_starts |= newline;
            continue;
        }
        let (line, column) = columns.at(token.start);
        if line_starts {
            line_indent = column;
        }
        let kind = match token.kind {
            TokenKind::Open(opener) => PieceKind::Open(opener),
            TokenKind::Close(bracket) => PieceKind::Close(bracket),
            TokenKind::Symbol => PieceKind::Symbol,
            TokenKind::Keyword | TokenKind::AutoKeyword => PieceKind::Keyword,
            TokenKind::String => PieceKind::Text,
            kind if kind.is_prefix() => {
                prefix = prefix.or(Some((*token, column, line_starts)));
                line_starts = false;
                continue;
            }
            _ => PieceKind::Other,
        };
        // A prefix before a closing bracket is the reader's business.
        let lead = prefix.take().filter(|_| !matches!(kind, PieceKind::Close(_)));
        pieces.push(Piece {
            kind,
            start: token.start,
            end: token.end,
            line,
            column,
            lead: lead.map_or(token.start, |(prefix, ..)| prefix.start),
            lead_column: lead.map_or(column, |(_, column, _)| column),
            leads_line: lead.map_or(line_starts, |(_, _, leads)| leads),
            line_indent,
        });
        line_starts = false;
    }
    pieces
}
