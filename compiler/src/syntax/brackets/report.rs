//! Changes to problems: one problem per independent fault, with every bracket that has to do with it.

use std::collections::HashMap;

use breyta_core::lexer::Bracket;

use super::{Change, Piece, PieceId, PieceKind};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::place::Place;

/// A text that needs more changes than this is not one with a slip in it; the rest is only counted.
const PROBLEMS_MAX: usize = 8;

struct Report<'a> {
    pieces: &'a [Piece],
    place: &'a Place<'a>,
    /// Which closing bracket closes which opening one once all changes are made.
    closers: HashMap<PieceId, PieceId>,
    openers: HashMap<PieceId, PieceId>,
}

/// One problem for each group of changes that belong together.
pub(super) fn problems(changes: &[Change], pieces: &[Piece], place: &Place<'_>) -> Vec<Diagnostic> {
    let (closers, openers) = pairs(changes, pieces);
    let report = Report { pieces, place, closers, openers };
    let mut problems: Vec<Diagnostic> = groups(changes).iter().map(|group| report.problem(group)).collect();
    let more = problems.len().saturating_sub(PROBLEMS_MAX);
    if more > 0 {
        problems.truncate(PROBLEMS_MAX);
        if let Some(last) = problems.pop() {
            problems.push(last.note(format!("{more} more brackets do not match; mend these first")));
        }
    }
    problems
}

/// For texts too long or too deep to search: the first bracket that does not fit.
pub(super) fn first_fault(pieces: &[Piece], place: &Place<'_>) -> Diagnostic {
    let report = Report { pieces, place, closers: HashMap::new(), openers: HashMap::new() };
    let mut open: Vec<PieceId> = Vec::new();
    for (id, piece) in pieces.iter().enumerate() {
        match piece.kind {
            PieceKind::Open(_) => open.push(id),
            PieceKind::Close(bracket) => match open.pop() {
                Some(opener) if report.bracket(opener) == Some(bracket) => {}
                Some(opener) => {
                    let bracket = report.bracket(opener).unwrap_or(bracket);
                    return report.replace_close(id, bracket, Some(opener));
                }
                None => return report.delete_close(&[id], None, false),
            },
            _ => {}
        }
    }
    let opener = open.last().copied();
    let bracket = opener.and_then(|id| report.bracket(id)).unwrap_or(Bracket::Round);
    report.insert_close(&[(bracket, opener)], pieces.len().checked_sub(1))
}

/// Puts changes together that are one fault: neighbours, and a bracket that only stands at the wrong place.
fn groups(changes: &[Change]) -> Vec<Vec<Change>> {
    let mut groups: Vec<Vec<Change>> = Vec::new();
    for change in changes {
        let joined = groups.last_mut().filter(|group| match (group.last(), change) {
            (Some(Change::InsertClose { after: a, .. }), Change::InsertClose { after: b, .. }) => a == b,
            (
                Some(Change::DeleteClose { piece: a, fits, .. }),
                Change::DeleteClose { piece: b, fits: again, .. },
            ) => a + 1 == *b && !fits && !again,
            _ => false,
        });
        match joined {
            Some(group) => group.push(*change),
            None => groups.push(vec![*change]),
        }
    }
    join_moves(groups)
}

/// A bracket that closes something too early, and the place where that should be closed: one fault.
fn join_moves(mut groups: Vec<Vec<Change>>) -> Vec<Vec<Change>> {
    let mut index = 0;
    while let Some(group) = groups.get(index) {
        let opener = match group.as_slice() {
            [Change::DeleteClose { opener: Some(opener), fits: true, .. }] => Some(*opener),
            _ => None,
        };
        let target = opener.and_then(|opener| {
            let closes = |group: &Vec<Change>| {
                matches!(group.as_slice(), [Change::InsertClose { opener: Some(other), .. }] if *other == opener)
            };
            groups.iter().position(closes)
        });
        if let Some(target) = target.filter(|target| *target > index) {
            let insertion = groups.remove(target);
            if let Some(group) = groups.get_mut(index) {
                group.extend(insertion);
            }
        }
        index += 1;
    }
    groups
}

/// Matches the brackets of the mended text.
fn pairs(changes: &[Change], pieces: &[Piece]) -> (HashMap<PieceId, PieceId>, HashMap<PieceId, PieceId>) {
    let (mut closers, mut openers) = (HashMap::new(), HashMap::new());
    let mut open: Vec<Option<PieceId>> = Vec::new();
    let mut rest = changes.iter().peekable();
    for (id, piece) in pieces.iter().enumerate() {
        let mut deleted = false;
        while let Some(change) = rest.next_if(|change| place_of(change) <= id) {
            match change {
                Change::InsertClose { .. } => {
                    open.pop();
                }
                Change::InsertOpen { .. } => open.push(None),
                Change::DeleteOpen { .. } | Change::DeleteClose { .. } => deleted = true,
                Change::ReplaceClose { .. } | Change::ReplaceOpen { .. } => {}
            }
        }
        match piece.kind {
            _ if deleted => {}
            PieceKind::Open(_) => open.push(Some(id)),
            PieceKind::Close(_) => {
                if let Some(Some(opener)) = open.pop() {
                    closers.insert(opener, id);
                    openers.insert(id, opener);
                }
            }
            _ => {}
        }
    }
    (closers, openers)
}

/// The piece at which, or before which, a change happens.
fn place_of(change: &Change) -> PieceId {
    match *change {
        Change::InsertClose { after, .. } => after.map_or(0, |after| after + 1),
        Change::InsertOpen { before, .. } => before,
        Change::DeleteOpen { piece }
        | Change::DeleteClose { piece, .. }
        | Change::ReplaceClose { piece, .. }
        | Change::ReplaceOpen { piece, .. } => piece,
    }
}

impl Report<'_> {
    fn span(&self, piece: PieceId) -> Span {
        self.pieces.get(piece).map_or_else(|| self.place.span(0, 0), |it| self.place.span(it.start, it.end))
    }

    fn line(&self, piece: PieceId) -> usize {
        self.pieces.get(piece).map_or(1, |piece| self.place.line(piece.start))
    }

    fn bracket(&self, piece: PieceId) -> Option<Bracket> {
        match self.pieces.get(piece)?.kind {
            PieceKind::Open(opener) => Some(opener.bracket()),
            PieceKind::Close(bracket) => Some(bracket),
            _ => None,
        }
    }

    /// As written: `#{`.
    fn text(&self, piece: PieceId) -> String {
        match self.pieces.get(piece).map(|piece| piece.kind) {
            Some(PieceKind::Open(opener)) => opener.text().to_owned(),
            Some(PieceKind::Close(bracket)) => bracket.close().to_string(),
            _ => String::new(),
        }
    }

    fn problem(&self, group: &[Change]) -> Diagnostic {
        match group {
            [
                Change::DeleteClose { piece, opener: Some(opener), fits: true },
                Change::InsertClose { after, .. },
            ] => self.moved_close(*piece, *opener, *after),
            [Change::DeleteClose { piece, opener: Some(opener), fits: true }] => {
                self.early_close(*piece, *opener)
            }
            [Change::DeleteClose { opener, fits, .. }, ..] => {
                let surplus: Vec<PieceId> = group.iter().map(place_of).collect();
                self.delete_close(&surplus, *opener, *fits)
            }
            [Change::InsertClose { after, .. }, ..] => {
                let missing: Vec<(Bracket, Option<PieceId>)> = group
                    .iter()
                    .filter_map(|change| match change {
                        Change::InsertClose { bracket, opener, .. } => Some((*bracket, *opener)),
                        _ => None,
                    })
                    .collect();
                self.insert_close(&missing, *after)
            }
            [Change::InsertOpen { bracket, before, inside }, ..] => {
                self.insert_open(*bracket, *before, *inside)
            }
            [Change::DeleteOpen { piece }, ..] => self.delete_open(*piece),
            [Change::ReplaceClose { piece, bracket, opener }, ..] => {
                self.replace_close(*piece, *bracket, *opener)
            }
            [Change::ReplaceOpen { piece, bracket }, ..] => self.replace_open(*piece, *bracket),
            [] => unreachable!("a group of changes holds at least one"),
        }
    }

    /// A closing bracket that stands before something which still belongs inside.
    fn early_close(&self, piece: PieceId, opener: PieceId) -> Diagnostic {
        let (close, open) = (self.text(piece), self.text(opener));
        let span = self.span(piece);
        let message = format!("this `{close}` closes the `{open}` of line {} too early", self.line(opener));
        let mut problem = Diagnostic::new(Code::DELIMITERS_INVALID, span, message)
            .label(format!("closes the `{open}`, but what follows still belongs inside it"))
            .also(self.span(opener), format!("this `{open}` is closed too early"))
            .help(format!("remove this `{close}`"))
            .edit(span, "");
        if let Some(closer) = self.closers.get(&opener) {
            problem = problem.also(self.span(*closer), format!("this is the `{close}` that should close it"));
        }
        problem
    }

    fn moved_close(&self, piece: PieceId, opener: PieceId, after: Option<PieceId>) -> Diagnostic {
        let (close, open) = (self.text(piece), self.text(opener));
        let span = self.span(piece);
        let target = self.after(after);
        let message = format!("this `{close}` closes the `{open}` of line {} too early", self.line(opener));
        Diagnostic::new(Code::DELIMITERS_INVALID, span, message)
            .label(format!("closes the `{open}`, but what follows still belongs inside it"))
            .also(self.span(opener), format!("this `{open}` is closed too early"))
            .also(target, format!("it should be closed by a `{close}` here"))
            .help(format!("move the `{close}` to the end of what belongs inside the `{open}`"))
            .edit(span, "")
            .edit(target, close)
    }

    /// Closing brackets with nothing to close.
    fn delete_close(&self, surplus: &[PieceId], opener: Option<PieceId>, fits: bool) -> Diagnostic {
        let first = surplus.first().copied().unwrap_or_default();
        let last = surplus.last().copied().unwrap_or(first);
        let span = self.span(first).to(self.span(last));
        let close: String = surplus.iter().map(|piece| self.text(*piece)).collect();
        let (verb, them) = if surplus.len() == 1 { ("closes", "this") } else { ("close", "these") };
        // Where the bracket before it is of its kind, that one has closed what this one was written for.
        let before = first.checked_sub(1).filter(|before| self.bracket(*before) == self.bracket(first));
        let closed = before.and_then(|before| self.openers.get(&before)).copied();
        let why = match closed {
            Some(closed) => {
                format!("the `{}` of line {} is closed already", self.text(closed), self.line(closed))
            }
            None => format!("no `{}` is open here", self.opening_text(surplus)),
        };
        let message = format!("{them} `{close}` {verb} nothing: {why}");
        let mut problem = Diagnostic::new(Code::DELIMITERS_INVALID, span, message)
            .help(format!("remove {them} `{close}`"))
            .edit(span, "");
        problem = match opener.filter(|_| !fits) {
            Some(open) => {
                let wanted = self.bracket(open).map_or(')', Bracket::close);
                problem
                    .label(format!("cannot close the `{}` of line {}", self.text(open), self.line(open)))
                    .also(
                        self.span(open),
                        format!(
                            "this `{}` is the innermost open bracket; it needs a `{wanted}`",
                            self.text(open)
                        ),
                    )
            }
            None => problem.label("nothing is open here"),
        };
        match closed {
            Some(closed) => {
                let text = format!(
                    "this `{}` is already closed by the `{}` before it",
                    self.text(closed),
                    self.text(first)
                );
                problem.also(self.span(closed), text)
            }
            None => problem,
        }
    }

    /// The opening brackets that surplus closing ones would need, inside out.
    fn opening_text(&self, surplus: &[PieceId]) -> String {
        surplus.iter().rev().filter_map(|piece| self.bracket(*piece)).map(Bracket::open).collect()
    }

    /// The empty place right after a piece.
    fn after(&self, piece: Option<PieceId>) -> Span {
        let end = piece.and_then(|piece| self.pieces.get(piece)).map_or(0, |piece| piece.end);
        self.place.span(end, end)
    }

    /// Closing brackets that are not there, innermost first.
    fn insert_close(&self, missing: &[(Bracket, Option<PieceId>)], after: Option<PieceId>) -> Diagnostic {
        let target = self.after(after);
        let close: String = missing.iter().map(|(bracket, _)| bracket.close()).collect();
        let openers: Vec<PieceId> = missing.iter().filter_map(|(_, opener)| *opener).collect();
        let message = match openers.as_slice() {
            [] => format!("a `{close}` is missing"),
            [opener] => {
                format!("the `{}` of line {} is never closed", self.text(*opener), self.line(*opener))
            }
            _ => format!("{} brackets are never closed", openers.len()),
        };
        let mut problem = Diagnostic::new(Code::DELIMITERS_INVALID, target, message)
            .label(format!("`{close}` is missing here"))
            .help(format!("write `{close}` here"))
            .edit(target, close.clone());
        for opener in openers.iter().take(4) {
            problem =
                problem.also(self.span(*opener), format!("this `{}` is not closed", self.text(*opener)));
        }
        problem
    }

    fn insert_open(&self, bracket: Bracket, before: PieceId, inside: bool) -> Diagnostic {
        let start = self.pieces.get(before).map_or(0, |piece| if inside { piece.start } else { piece.lead });
        let target = self.place.span(start, start);
        let open = bracket.open();
        Diagnostic::new(Code::DELIMITERS_INVALID, target, format!("a `{open}` is missing"))
            .label(format!("`{open}` is missing here"))
            .note("without it there is one closing bracket too many, and the lines do not fit their indentation")
            .help(format!("write `{open}` here"))
            .edit(target, open.to_string())
    }

    fn delete_open(&self, piece: PieceId) -> Diagnostic {
        let (open, span) = (self.text(piece), self.span(piece));
        let close = self.bracket(piece).map_or(')', Bracket::close);
        Diagnostic::new(Code::DELIMITERS_INVALID, span, format!("this `{open}` is never closed"))
            .label(format!(
                "no `{close}` closes this, and the lines after it are not indented as its contents"
            ))
            .help(format!("remove this `{open}`"))
            .edit(span, "")
    }

    fn replace_close(&self, piece: PieceId, bracket: Bracket, opener: Option<PieceId>) -> Diagnostic {
        let (close, span, wanted) = (self.text(piece), self.span(piece), bracket.close());
        let open = opener.map_or_else(|| bracket.open().to_string(), |opener| self.text(opener));
        let mut problem =
            Diagnostic::new(Code::DELIMITERS_INVALID, span, format!("`{open}` is closed by `{close}`"))
                .label(format!("should be `{wanted}`"))
                .help(format!("write `{wanted}`"))
                .edit(span, wanted.to_string());
        if let Some(opener) = opener {
            problem = problem.also(self.span(opener), format!("this `{open}` needs a `{wanted}`"));
        }
        problem
    }

    fn replace_open(&self, piece: PieceId, bracket: Bracket) -> Diagnostic {
        let (open, span, wanted) = (self.text(piece), self.span(piece), bracket.open());
        let close = bracket.close();
        let mut problem =
            Diagnostic::new(Code::DELIMITERS_INVALID, span, format!("`{open}` is closed by `{close}`"))
                .label(format!("should be `{wanted}`"))
                .help(format!("write `{wanted}`"))
                .edit(span, wanted.to_string());
        if let Some(closer) = self.closers.get(&piece) {
            problem = problem.also(self.span(*closer), format!("closed by this `{close}`"));
        }
        problem
    }
}
