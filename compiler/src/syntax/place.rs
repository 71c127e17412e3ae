//! Where the text being read stands: a whole file, or the inside of a string literal of a file.

use crate::source::{FileId, Sources, Span};
use crate::syntax::StringLiteral;

/// Maps offsets in the text being read to places in the file it comes from.
pub(super) struct Place<'a> {
    sources: &'a Sources,
    file: FileId,
    /// As in [`StringLiteral::anchors`]; empty for a whole file.
    anchors: &'a [(u32, u32)],
    /// Whether the lines of the text are lines of the file. They are not when a string holds `\n` escapes.
    own_lines: bool,
}

impl<'a> Place<'a> {
    pub(super) fn file(sources: &'a Sources, file: FileId) -> Self {
        Self { sources, file, anchors: &[], own_lines: false }
    }

    /// The inside of a string that stands at `span`.
    pub(super) fn string(sources: &'a Sources, literal: &'a StringLiteral, span: Span) -> Self {
        let lines_in_file = sources.text(span).matches('\n').count();
        let own_lines = lines_in_file != literal.value.matches('\n').count();
        Self { sources, file: span.file, anchors: &literal.anchors, own_lines }
    }

    /// The file when the text is a whole one.
    pub(super) fn whole_file(&self) -> Option<FileId> {
        self.anchors.is_empty().then_some(self.file)
    }

    pub(super) fn sources(&self) -> &'a Sources {
        self.sources
    }

    pub(super) fn offset(&self, offset: usize) -> usize {
        let index = self.anchors.partition_point(|(value, _)| *value as usize <= offset);
        match index.checked_sub(1).and_then(|index| self.anchors.get(index)) {
            Some((value, file)) => *file as usize + (offset - *value as usize),
            None => offset,
        }
    }

    /// Anchors of a string inside this text, `(offset in its value, offset in this text)`, turned into anchors to the
    /// file. Where the text is itself the value of a string, its own escapes lie in between and count as well.
    pub(super) fn anchors_in_file(&self, inner: &[(u32, u32)], length: usize) -> Vec<(u32, u32)> {
        let mut anchors = Vec::with_capacity(inner.len());
        for (index, (value, source)) in inner.iter().enumerate() {
            let run = inner.get(index + 1).map_or(length as u32, |(next, _)| *next) - value;
            anchors.push((*value, self.offset(*source as usize) as u32));
            let from = self.anchors.partition_point(|(outer, _)| outer <= source);
            let inside = self.anchors.iter().skip(from).take_while(|(outer, _)| *outer <= source + run);
            anchors.extend(inside.map(|(outer, file)| (value + (outer - source), *file)));
        }
        anchors.dedup_by_key(|(value, _)| *value);
        anchors
    }

    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, self.offset(start), self.offset(end).max(self.offset(start)))
    }

    /// Line in the file, from 1.
    pub(super) fn line(&self, offset: usize) -> usize {
        self.sources.line_column(self.file, self.offset(offset) as u32).0
    }

    /// Lines and columns to judge indentation by, for offsets asked for in ascending order.
    pub(super) fn columns<'t>(&self, text: &'t str) -> Columns<'t> {
        let first = if self.own_lines || self.anchors.is_empty() {
            0
        } else {
            self.sources.line_column(self.file, self.offset(0) as u32).1 as i32 - 1
        };
        Columns { text, at: 0, line: 0, column: first }
    }
}

/// Walks a text once, counting lines and characters.
pub(super) struct Columns<'t> {
    text: &'t str,
    at: usize,
    line: u32,
    column: i32,
}

impl Columns<'_> {
    /// Line and column from 0 of an offset not before the last one asked for.
    pub(super) fn at(&mut self, offset: usize) -> (u32, i32) {
        for c in self.text.get(self.at..offset).unwrap_or_default().chars() {
            if c == '\n' {
                self.line += 1;
                self.column = 0;
            } else {
                self.column += 1;
            }
        }
        self.at = self.at.max(offset);
        (self.line, self.column)
    }
}
