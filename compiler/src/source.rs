//! Source files and positions in them. The compiler never opens a file: the caller puts texts in, and a [`Loader`] of
//! the caller gives the files that these include.

use std::collections::BTreeMap;

/// How a text asks for other files, and who brings them.
mod loader;

pub use loader::{Found, Include, IncludeError, Loader, Target};

/// Index of a file in [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A range of bytes of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub file: FileId,
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        Self { file, start: start as u32, end: end as u32 }
    }

    /// From the start of this span to the end of the other, in the same file.
    #[must_use]
    pub fn to(self, end: Span) -> Self {
        Self { end: end.end.max(self.end), ..self }
    }

    /// The first byte only: the place of an opening bracket.
    #[must_use]
    pub fn first(self) -> Self {
        Self { end: (self.start + 1).min(self.end.max(self.start)), ..self }
    }
}

/// A value with the place it was written at.
#[derive(Clone, Debug, PartialEq)]
pub struct Spanned<T> {
    pub value: T,
    pub span: Span,
}

impl<T> Spanned<T> {
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// One file: its name as shown to people, and its text.
#[derive(Clone, Debug)]
pub struct File {
    /// With `/` separators, relative to where the compiler was called.
    pub name: String,
    pub text: String,
    line_starts: Vec<u32>,
}

/// All files of one compilation. File 0 is the flow itself.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<File>,
    /// What each `#flow/include` came to, by file and place of the tag.
    includes: BTreeMap<(FileId, u32), Include>,
    /// Included files, each after those that it includes itself.
    included: Vec<FileId>,
}

impl Sources {
    pub fn new() -> Self {
        Self::default()
    }

    /// One flow and nothing else.
    pub fn single(name: impl Into<String>, text: impl Into<String>) -> Self {
        let mut sources = Self::new();
        sources.add(name, text);
        sources
    }

    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let text = text.into();
        let line_starts =
            std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at as u32 + 1)).collect();
        self.files.push(File { name: name.into(), text, line_starts });
        FileId(self.files.len() as u32 - 1)
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is no file yet.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Says what the include at a place came to.
    pub fn set_include(&mut self, file: FileId, include: Include) {
        self.includes.insert((file, include.start), include);
    }

    /// What the include whose tag begins at this offset came to; None when nobody looked for its file.
    pub fn include(&self, file: FileId, start: u32) -> Option<&Include> {
        self.includes.get(&(file, start))
    }

    /// The includes of a file, in the order of the text.
    pub fn includes_of(&self, file: FileId) -> impl Iterator<Item = &Include> {
        self.includes.range((file, 0)..=(file, u32::MAX)).map(|(_, include)| include)
    }

    /// Whether any file includes another one.
    pub fn has_includes(&self) -> bool {
        !self.includes.is_empty()
    }

    /// Adds to [`Sources::included`]; the files that this one includes are there already.
    pub fn set_included(&mut self, file: FileId) {
        self.included.push(file);
    }

    /// All included files, each once and after those that it includes itself.
    pub fn included(&self) -> &[FileId] {
        &self.included
    }

    /// The file; ids come only from [`Sources::add`] of the same value.
    #[allow(clippy::indexing_slicing, reason = "FileId is an index handed out by this type")]
    pub fn file(&self, id: FileId) -> &File {
        &self.files[id.0 as usize]
    }

    pub fn text(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// Line and column of a byte offset, both from 1; columns count characters.
    pub fn line_column(&self, file: FileId, offset: u32) -> (usize, usize) {
        let file = self.file(file);
        let line = file.line_starts.partition_point(|start| *start <= offset).max(1);
        let start = file.line_starts.get(line - 1).copied().unwrap_or_default();
        let before = file.text.get(start as usize..offset as usize).unwrap_or_default();
        (line, before.chars().count() + 1)
    }
}
