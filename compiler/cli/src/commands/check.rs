//! `breytac check`: all problems of flows, and the changes that mend some of them.

use std::path::Path;

use breyta_compiler::diagnostics::render;
use breyta_compiler::source::FileId;
use serde_json::{Value, json};

use crate::args::{Check, CheckFormat};
use crate::frontend::{self, Checked};
use crate::report::{self, FAILED, Failure};
use crate::sources::{self, shown};

#[cfg(test)]
mod tests;

/// As often as a mended file is mended again: a change may uncover the next problem.
const FIX_ROUNDS: usize = 10;

pub(super) fn run(arguments: &Check) -> Result<u8, Failure> {
    if !arguments.with.is_empty() {
        return Err(Failure::later("`--with`"));
    }
    let mut checked = Vec::new();
    for file in &arguments.files {
        let flow =
            if arguments.fix { fix(file, arguments)? } else { frontend::check(file, &arguments.lints)? };
        checked.push(flow);
    }
    match arguments.format {
        CheckFormat::Json => json(&checked),
        CheckFormat::Human => {
            let color = report::color(&std::io::stdout());
            text(&checked, |flow| render::human(&flow.problems, &flow.sources, color));
        }
        CheckFormat::Short => text(&checked, |flow| render::short(&flow.problems, &flow.sources)),
    }
    Ok(if checked.iter().any(Checked::has_errors) { FAILED } else { 0 })
}

fn text(checked: &[Checked], show: impl Fn(&Checked) -> String) {
    report::out(&checked.iter().map(show).collect::<String>());
    if checked.iter().all(|flow| flow.problems.is_empty()) {
        report::prose(&render::count(&[]));
    }
}

/// The data of one flow as it is; of several, `{valid, flows:[…]}`.
fn json(checked: &[Checked]) {
    let valid = !checked.iter().any(Checked::has_errors);
    let data = match checked {
        [only] => only.data(),
        several => {
            let flows: Vec<Value> = several
                .iter()
                .map(|flow| {
                    let mut data = flow.data();
                    if let Some(object) = data.as_object_mut() {
                        object.insert("file".into(), flow.sources.file(FileId(0)).name.as_str().into());
                    }
                    data
                })
                .collect();
            json!({ "valid": valid, "flows": flows })
        }
    };
    let (errors, _) =
        checked.iter().map(Checked::counts).fold((0, 0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
    let error = (!valid).then(|| {
        json!({ "code": "flow-invalid", "message": format!("{errors} error{}", if errors == 1 { "" } else { "s" }) })
    });
    report::envelope(valid, Some(data), error, "check");
}

/// Applies the suggested changes, and checks what came of them.
fn fix(file: &Path, arguments: &Check) -> Result<Checked, Failure> {
    let mut changes = 0;
    for _ in 0..FIX_ROUNDS {
        let checked = frontend::check(file, &arguments.lints)?;
        let (text, applied) = mend(&checked);
        if applied == 0 {
            break;
        }
        sources::replace(file, text.as_bytes(), false)?;
        changes += applied;
    }
    let noun = if changes == 1 { "change" } else { "changes" };
    report::prose(&format!("{}: {changes} {noun} made", shown(file)));
    frontend::check(file, &arguments.lints)
}

/// The text with all changes that do not touch one another, and how many they are. The changes of one problem are made
/// together or not at all; of two problems that want to change the same place, the first wins.
fn mend(checked: &Checked) -> (String, usize) {
    let text = &checked.sources.file(FileId(0)).text;
    let mut taken: Vec<Change<'_>> = Vec::new();
    for problem in &checked.problems {
        let known = taken.len();
        let mut whole = true;
        for edit in &problem.edits {
            let change =
                Change { start: edit.span.start as usize, end: edit.span.end as usize, text: &edit.text };
            whole &= edit.span.file == FileId(0)
                && text.get(change.start..change.end).is_some()
                && taken.iter().all(|other| !change.touches(other));
            taken.push(change);
        }
        if !whole {
            taken.truncate(known);
        }
    }
    taken.sort_by_key(|change| (change.start, change.end));
    let mut mended = String::with_capacity(text.len());
    let mut at = 0;
    for change in &taken {
        mended.push_str(text.get(at..change.start).unwrap_or_default());
        mended.push_str(change.text);
        at = change.end;
    }
    mended.push_str(text.get(at..).unwrap_or_default());
    (mended, taken.len())
}

/// Bytes of the text that are replaced.
struct Change<'a> {
    start: usize,
    end: usize,
    text: &'a str,
}

impl Change<'_> {
    /// Whether the result would depend on which of the two is made first.
    fn touches(&self, other: &Self) -> bool {
        let same_insertion = self.start == other.start && self.end == other.end;
        same_insertion || (self.start < other.end && other.start < self.end)
    }
}
