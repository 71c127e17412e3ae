//! What reading leaves out and a rule may still ask for: the comments at the head of a file, discarded forms.

use breyta_core::lexer::{self, TokenKind};

use crate::source::{FileId, Sources, Span, Target};

/// The text of the comment lines in front of the first form, without semicolons and outer blanks.
pub fn head(sources: &Sources, file: FileId) -> impl Iterator<Item = &str> {
    let text = sources.file(file).text.trim_start_matches('\u{feff}');
    text.lines()
        .map(|line| line.trim_matches(|c: char| c.is_whitespace() || c == ','))
        .filter(|line| !line.is_empty())
        .map_while(|line| line.strip_prefix(';'))
        .map(|line| line.trim_start_matches(';').trim())
}

/// Whether a form is discarded (`#_`) inside of a place, included files and all.
pub fn has_discard(sources: &Sources, place: Span) -> bool {
    let tokens = lexer::lex(sources.text(place)).tokens;
    tokens.iter().any(|token| token.kind == TokenKind::Discard)
        || sources
            .includes_of(place.file)
            .filter(|include| include.start >= place.start && include.end <= place.end)
            .any(|include| match include.target {
                Target::File(file) => has_discard(sources, Span::new(file, 0, sources.file(file).text.len())),
                Target::Refused(_) => false,
            })
}
