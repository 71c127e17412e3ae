//! `check --fix`: the suggested changes, carried out in memory first and written when all is well.
//!
//! What is written never has more errors than before. A change that makes errors is left out; one that uncovers the
//! next problem is followed up, as that one may have a suggestion as well.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use breyta_compiler::diagnostics::Diagnostic;
use breyta_compiler::source::FileId;
use serde_json::{Value, json};

use crate::args::Lints;
use crate::frontend::{Checked, Project, Texts};
use crate::report::Failure;
use crate::sources;

#[cfg(test)]
mod tests;

/// As often as a mended text is mended again.
const ROUNDS_MAX: usize = 10;

/// Checks that are made to find out which of several changes do harm.
const TRIALS_MAX: usize = 100;

/// What was changed.
#[derive(Debug, Default)]
pub(super) struct Fixes {
    changes: Vec<Change>,
    /// Problems whose suggestions were left out: made, they lead to errors or to one another.
    withheld: usize,
}

/// One replacement that was made. Places are those of the text in which it was made.
#[derive(Clone, Debug, PartialEq)]
struct Change {
    file: String,
    code: &'static str,
    /// From 1.
    line: usize,
    /// From 1, in characters.
    column: usize,
    was: String,
    text: String,
}

/// Texts on their way, and what came of them.
struct State {
    texts: Texts,
    changes: Vec<Change>,
    checked: Checked,
}

/// Mends a flow and the files that it includes.
pub(super) fn fix(file: &Path, lints: &Lints, with: &[PathBuf]) -> Result<(Checked, Fixes), Failure> {
    let project = Project::open(file, lints, with)?;
    let before = project.check(&Texts::new());
    let names: BTreeMap<String, String> = (0..before.sources.len())
        .map(|index| before.sources.file(FileId(index as u32)))
        .map(|file| (file.name.clone(), file.text.clone()))
        .collect();
    let mut state = follow(&project, Texts::new());
    if is_worse(&before, &state.checked) {
        state = one_by_one(&project);
    }
    let withheld = state.checked.problems.iter().filter(|it| !it.edits.is_empty()).count();
    state.texts.retain(|name, text| names.get(name) != Some(text));
    if state.texts.is_empty() {
        state.changes.clear();
    }
    write(&project, &names, &state.texts)?;
    Ok((state.checked, Fixes { changes: state.changes, withheld }))
}

/// All changes, again and again until there are none.
fn follow(project: &Project, texts: Texts) -> State {
    let checked = project.check(&texts);
    let mut state = State { texts, changes: Vec::new(), checked };
    for _ in 0..ROUNDS_MAX {
        let (texts, changes) = mend(&state.checked, |_| true);
        if changes.is_empty() {
            break;
        }
        state.texts.extend(texts);
        state.changes.extend(changes);
        state.checked = project.check(&state.texts);
    }
    state
}

/// The changes of one problem after the other, each kept when it does no harm.
fn one_by_one(project: &Project) -> State {
    let checked = project.check(&Texts::new());
    let mut state = State { texts: Texts::new(), changes: Vec::new(), checked };
    let mut harmful: Vec<(&'static str, String)> = Vec::new();
    for _ in 0..TRIALS_MAX {
        let next = state
            .checked
            .problems
            .iter()
            .find(|it| !it.edits.is_empty() && !harmful.contains(&(it.code.name(), it.message.clone())));
        let Some(next) = next else { break };
        let (changed, changes) = mend(&state.checked, |problem| std::ptr::eq(problem, next));
        let mut texts = state.texts.clone();
        texts.extend(changed);
        let checked = project.check(&texts);
        if changes.is_empty() || is_worse(&state.checked, &checked) {
            harmful.push((next.code.name(), next.message.clone()));
        } else {
            state.changes.extend(changes);
            state = State { texts, changes: state.changes, checked };
        }
    }
    state
}

/// Whether there are more errors than before; unless these could not be seen before, the definition being unreadable.
fn is_worse(before: &Checked, after: &Checked) -> bool {
    match (&before.definition, &after.definition) {
        (None, Some(_)) => false,
        (Some(_), None) => true,
        _ => after.counts().0 > before.counts().0,
    }
}

/// The texts of the files with all changes of the chosen problems that do not touch one another. The changes of one
/// problem are made together or not at all; of two problems that want to change the same place, the first wins.
fn mend(checked: &Checked, chosen: impl Fn(&Diagnostic) -> bool) -> (Texts, Vec<Change>) {
    let sources = &checked.sources;
    let mut taken: Vec<Replacement<'_>> = Vec::new();
    for problem in checked.problems.iter().filter(|problem| chosen(problem)) {
        let known = taken.len();
        let mut whole = true;
        for edit in &problem.edits {
            let (start, end) = (edit.span.start as usize, edit.span.end as usize);
            let replacement =
                Replacement { file: edit.span.file, code: problem.code.name(), start, end, text: &edit.text };
            whole &= sources.file(edit.span.file).text.get(start..end).is_some()
                && taken.iter().all(|other| !replacement.touches(other));
            taken.push(replacement);
        }
        if !whole {
            taken.truncate(known);
        }
    }
    taken.sort_by_key(|it| (it.file, it.start, it.end));
    let mut texts = Texts::new();
    for change in taken.iter().rev() {
        // From the end on, so that the offsets in front stay right.
        let file = sources.file(change.file);
        let text = texts.entry(file.name.clone()).or_insert_with(|| file.text.clone());
        text.replace_range(change.start..change.end, change.text);
    }
    let changes = taken
        .iter()
        .map(|change| {
            let (line, column) = sources.line_column(change.file, change.start as u32);
            let file = sources.file(change.file);
            let was = file.text.get(change.start..change.end).unwrap_or_default().to_owned();
            Change {
                file: file.name.clone(),
                code: change.code,
                line,
                column,
                was,
                text: change.text.to_owned(),
            }
        })
        .collect();
    (texts, changes)
}

/// Bytes of a file that are replaced.
struct Replacement<'a> {
    file: FileId,
    code: &'static str,
    start: usize,
    end: usize,
    text: &'a str,
}

impl Replacement<'_> {
    /// Whether the result would depend on which of the two is made first.
    fn touches(&self, other: &Self) -> bool {
        let same_insertion = self.start == other.start && self.end == other.end;
        self.file == other.file && (same_insertion || (self.start < other.end && other.start < self.end))
    }
}

/// Writes all texts, or none: what was written before a failure is taken back.
fn write(project: &Project, before: &BTreeMap<String, String>, texts: &Texts) -> Result<(), Failure> {
    for name in texts.keys() {
        let read = fs::read(project.place(name)).unwrap_or_default();
        if before.get(name).map(String::as_bytes) != Some(read.as_slice()) {
            return Err(Failure::new(
                "file-changed",
                format!("{name} was changed by somebody else meanwhile"),
            )
            .help("nothing was written; run the command again"));
        }
    }
    let mut written: Vec<&String> = Vec::new();
    for (name, text) in texts {
        if let Err(failure) = sources::replace(&project.place(name), text.as_bytes(), false) {
            for name in written {
                let old = before.get(name).map(String::as_str).unwrap_or_default();
                // The first failure is the one to be told; this file could be written a moment ago.
                let _ = sources::replace(&project.place(name), old.as_bytes(), false);
            }
            return Err(failure);
        }
        written.push(name);
    }
    Ok(())
}

impl Fixes {
    /// For people: a line for each change, then how many they are.
    pub(super) fn describe(&self) -> String {
        let mut text = String::new();
        for change in &self.changes {
            let Change { file, code, line, column, .. } = change;
            let (was, now) = (on_one_line(&change.was), on_one_line(&change.text));
            let what = match (was.is_empty(), now.is_empty()) {
                (true, _) => format!("put in `{now}`"),
                (_, true) => format!("took out `{was}`"),
                _ => format!("`{was}` is now `{now}`"),
            };
            let _ = writeln!(text, "{file}:{line}:{column}: {what} [{code}]");
        }
        let count = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
        let _ = writeln!(text, "{} made", count(self.changes.len(), "change"));
        if self.withheld > 0 {
            let left_out = count(self.withheld, "suggestion");
            let _ = writeln!(text, "{left_out} left out: carrying it out makes errors, or never ends");
        }
        text
    }

    /// `{changes: [{file, code, line, column, was, text}], withheld}`.
    pub(super) fn json(&self) -> Value {
        let changes: Vec<Value> = self
            .changes
            .iter()
            .map(|change| {
                json!({
                    "file": change.file,
                    "code": change.code,
                    "line": change.line,
                    "column": change.column,
                    "was": change.was,
                    "text": change.text,
                })
            })
            .collect();
        json!({ "changes": changes, "withheld": self.withheld })
    }
}

/// A short form of a text for one line.
fn on_one_line(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= 60 { words } else { words.chars().take(60).chain(" …".chars()).collect() }
}
