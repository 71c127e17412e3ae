//! `#flow/include "path"`: the form of another file in this place.
//!
//! First [`load`] brings all files that a flow includes, directly or not; then reading puts their forms in, with spans
//! that keep the included file. An include in a string, a comment, after `#_` or in a reader conditional's inactive
//! branch is no include. [`expanded`] is the same as text, for whoever needs one file that stands alone.

use std::collections::BTreeMap;

use super::reader;
use crate::source::{FileId, Include, IncludeError, Loader, Sources, Target};

#[cfg(test)]
mod tests;

/// The tag that puts another file in its place.
pub(super) const TAG: &str = "flow/include";

/// Files that one flow may include.
pub const FILES_MAX: usize = 500;

/// How deep includes may be nested.
pub const DEPTH_MAX: usize = 32;

/// Bytes of all included files together, each counted as often as it is put in.
pub const BYTES_MAX: usize = 4_000_000;

/// Brings the files that a file includes into `sources`. What cannot be brought is noted at its place, for reading to
/// report.
pub fn load(sources: &mut Sources, file: FileId, loader: &dyn Loader) {
    let root = loader.root();
    let known = BTreeMap::from([(root.clone(), file)]);
    let mut loading = Loading { sources, loader, known, chain: Vec::new(), bytes: 0 };
    loading.visit(file, root);
}

struct Loading<'a> {
    sources: &'a mut Sources,
    loader: &'a dyn Loader,
    /// By identity.
    known: BTreeMap<String, FileId>,
    /// The files that are being visited, from the root.
    chain: Vec<FileId>,
    bytes: usize,
}

impl Loading<'_> {
    fn visit(&mut self, file: FileId, identity: String) {
        // Nearly all files include nothing: they are not worth another reading.
        if !self.sources.file(file).text.contains(TAG) {
            return;
        }
        self.chain.push(file);
        for wanted in reader::wanted(self.sources, file) {
            let target = match self.bring(&identity, &wanted.path) {
                Ok(id) => Target::File(id),
                Err(error) => Target::Refused(error),
            };
            self.sources.set_include(file, Include { start: wanted.start, end: wanted.end, target });
        }
        self.chain.pop();
    }

    fn bring(&mut self, from: &str, path: &str) -> Result<FileId, IncludeError> {
        let found = self.loader.find(from, path)?;
        if let Some(known) = self.known.get(&found.identity) {
            return match self.chain.iter().position(|id| id == known) {
                Some(at) => Err(self.cycle(at)),
                None => Ok(*known),
            };
        }
        if self.known.len() > FILES_MAX {
            return Err(IncludeError::new(format!("more than {FILES_MAX} files are included")));
        }
        if self.chain.len() > DEPTH_MAX {
            return Err(IncludeError::new(format!("includes are nested deeper than {DEPTH_MAX} files")));
        }
        let text = self.loader.read(&found)?;
        self.bytes += text.len();
        if self.bytes > BYTES_MAX {
            return Err(too_large());
        }
        let id = self.sources.add(found.name, text);
        self.known.insert(found.identity.clone(), id);
        self.visit(id, found.identity);
        self.sources.set_included(id);
        Ok(id)
    }

    fn cycle(&self, from: usize) -> IncludeError {
        let round = self.chain.iter().skip(from);
        let first = self.chain.get(from);
        let names: Vec<&str> = round.chain(first).map(|id| self.sources.file(*id).name.as_str()).collect();
        IncludeError::new(format!("includes go round in a circle: {}", names.join(" → ")))
            .help("take one of these includes out")
    }
}

/// Too many bytes in one place or all together.
pub(super) fn too_large() -> IncludeError {
    IncludeError::new(format!("the included files make more than {BYTES_MAX} bytes together"))
}

/// The text of file 0 with every include replaced by the text of its file: it reads to the same forms and needs no
/// other file. Only for sources that were read without an error.
pub fn expanded(sources: &Sources) -> String {
    let mut text = String::new();
    expand(sources, FileId(0), &mut text);
    text
}

fn expand(sources: &Sources, file: FileId, out: &mut String) {
    let text = sources.file(file).text.as_str();
    let mut at = 0;
    for include in sources.includes_of(file) {
        let Target::File(inner) = include.target else { continue };
        out.push_str(text.get(at..include.start as usize).unwrap_or_default());
        let begin = out.len();
        let mut piece = String::new();
        expand(sources, inner, &mut piece);
        out.push_str(piece.trim_start_matches('\u{feff}').trim());
        // A comment at the end must not swallow what follows the include.
        let last_line = out.get(begin..).and_then(|piece| piece.lines().last()).unwrap_or_default();
        if last_line.contains([';', '#']) {
            out.push('\n');
        }
        at = include.end as usize;
    }
    out.push_str(text.get(at..).unwrap_or_default());
}
