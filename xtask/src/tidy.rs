//! Rules about the tree that no compiler checks. Also an ordinary test: `cargo test -p xtask`.
//!
//! Each rule is a function from the tree to complaints; a complaint names the file and what to do.

use std::path::Path;

use anyhow::{Result, bail};

use crate::{docs, program, tree};

/// Who may depend on whom.
mod edges;
/// Licences of everything we link.
mod licences;
/// Diagnostics pages.
mod pages;
/// Snapshots beside their fixtures.
mod snapshots;
/// Source text: headers, length, blanks.
mod sources;
/// Order of the compiler's stages.
mod stages;
#[cfg(test)]
mod tests;

/// The checkout as the rules see it.
struct Tree<'a> {
    root: &'a Path,
    /// `/`-separated, relative, sorted.
    files: Vec<String>,
}

impl Tree<'_> {
    fn read(&self, path: &str) -> Result<String> {
        tree::read(self.root, path)
    }

    fn with_extension<'b>(&'b self, extension: &'b str) -> impl Iterator<Item = &'b str> {
        self.files.iter().map(String::as_str).filter(move |path| path.ends_with(extension))
    }
}

/// All rules, and the generated documents too.
pub(crate) fn run() -> Result<()> {
    let complaints = complaints()?;
    if !complaints.is_empty() {
        bail!("{} problems\n  {}", complaints.len(), complaints.join("\n  "));
    }
    docs::run(docs::Mode::Check)?;
    program::say("tidy");
    Ok(())
}

fn complaints() -> Result<Vec<String>> {
    let root = tree::root();
    let tree = Tree { root: &root, files: tree::files(&root)? };
    let mut found = Vec::new();
    for rule in [sources::check, stages::check, snapshots::check, pages::check, edges::check, licences::check]
    {
        found.extend(rule(&tree)?);
    }
    Ok(found)
}
