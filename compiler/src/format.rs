//! The layout of flow source: indentation and spaces, nothing else.
//!
//! What the author wrote stays: comments, discards, metadata, the spelling of strings and numbers, the order, and where
//! lines end. The rules:
//!
//! * A line begins where standard Clojure style puts it: below the first element of a vector, map, set or list of data;
//!   two columns in for the body of `let`, `when`, `fn` and their like; else below the first argument of a call.
//! * Elements on one line stand one space apart. Commas stay inside a line and go at its end.
//! * No space or line end after an opening bracket or before a closing one, and no space at the end of a line.
//! * At most one blank line in a row, none at the end; the file ends with a line end. A byte-order mark goes. Line ends
//!   are those of the first line that ends outside of a string.
//! * Values of a map that stand in one column, put there with spaces, stay in one column.
//! * A comment behind code keeps its distance.
//!
//! Works on tokens, not on forms, because forms do not know how they were written. A file that cannot be read is not
//! touched.

use crate::diagnostics::{Code, Diagnostic, Severity};
use crate::source::{FileId, Sources};
use crate::syntax;

mod layout;
mod rules;
#[cfg(test)]
mod tests;
mod tree;

/// The file laid out. Errors when it cannot be read: it is no Clojure then, and no layout of it is right.
pub fn format(sources: &Sources, file: FileId) -> Result<String, Vec<Diagnostic>> {
    let mut problems = syntax::read(sources, file).problems;
    // Whether an included file exists is no question of layout.
    problems
        .retain(|problem| problem.severity == Severity::Error && problem.code != Code::FLOW_INCLUDE_INVALID);
    if !problems.is_empty() {
        return Err(problems);
    }
    let text = sources.file(file).text.as_str();
    let (nodes, line_end) = tree::nodes(text);
    Ok(layout::print(&nodes, line_end))
}
