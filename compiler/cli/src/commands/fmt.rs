//! `breytac fmt`: flow files in standard layout, or which of them are not.
//!
//! A file that cannot be read is left as it is and fails the command; the others are formatted all the same.

use std::path::Path;

use breyta_compiler::diagnostics::{Diagnostic, render};
use breyta_compiler::format;
use breyta_compiler::source::{FileId, Sources};
use serde_json::{Value, json};

use crate::args::Fmt;
use crate::report::{self, FAILED, Failure, Format};
use crate::sources::{self, shown};

/// What became of a file.
enum Outcome {
    Same,
    /// Written, or with `--check` to be written.
    Changed,
    Refused(Sources, Vec<Diagnostic>),
}

pub(super) fn run(arguments: &Fmt) -> Result<u8, Failure> {
    let mut outcomes = Vec::with_capacity(arguments.files.len());
    for file in &arguments.files {
        outcomes.push((file.as_path(), lay_out(file, arguments.check)?));
    }
    let refused = outcomes.iter().any(|(_, outcome)| matches!(outcome, Outcome::Refused(..)));
    let changed = outcomes.iter().any(|(_, outcome)| matches!(outcome, Outcome::Changed));
    match arguments.format {
        Format::Json => json(&outcomes, refused, arguments.check),
        Format::Human => text(&outcomes, arguments.check),
    }
    Ok(if refused || (arguments.check && changed) { FAILED } else { 0 })
}

fn lay_out(file: &Path, check: bool) -> Result<Outcome, Failure> {
    let sources = sources::read(file)?;
    match format::format(&sources, FileId(0)) {
        Err(problems) => Ok(Outcome::Refused(sources, problems)),
        Ok(text) if text == sources.file(FileId(0)).text => Ok(Outcome::Same),
        Ok(text) => {
            if !check {
                // Behind a link the file is replaced, not the link.
                let place = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_path_buf());
                sources::replace(&place, text.as_bytes(), false)?;
            }
            Ok(Outcome::Changed)
        }
    }
}

fn text(outcomes: &[(&Path, Outcome)], check: bool) {
    let color = report::color(&std::io::stderr());
    let (mut changed, mut same) = (0, 0);
    for (file, outcome) in outcomes {
        match outcome {
            Outcome::Same => same += 1,
            Outcome::Changed => {
                changed += 1;
                report::out(&format!("{}\n", shown(file)));
            }
            Outcome::Refused(sources, problems) => {
                report::prose(render::human(problems, sources, color).trim_end());
                report::prose(&format!("{} is left as it is: it cannot be read\n", shown(file)));
            }
        }
    }
    let what = if check { "not in standard layout" } else { "formatted" };
    report::prose(&format!("{changed} {what}, {same} unchanged"));
}

fn json(outcomes: &[(&Path, Outcome)], refused: bool, check: bool) {
    let files: Vec<Value> = outcomes
        .iter()
        .map(|(file, outcome)| match outcome {
            Outcome::Same => json!({ "file": shown(file), "changed": false }),
            Outcome::Changed => json!({ "file": shown(file), "changed": true }),
            Outcome::Refused(sources, problems) => {
                json!({ "file": shown(file), "changed": false, "diagnostics": render::json(problems, sources) })
            }
        })
        .collect();
    let changed = outcomes.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Changed)).count();
    let error = if refused {
        let problems: usize = outcomes
            .iter()
            .map(|(_, outcome)| if let Outcome::Refused(_, problems) = outcome { problems.len() } else { 0 })
            .sum();
        Some(
            json!({ "code": "flow-invalid", "message": format!("files that cannot be read: {problems} errors") }),
        )
    } else if check && changed > 0 {
        Some(json!({ "code": "not-formatted", "message": format!("{changed} not in standard layout") }))
    } else {
        None
    };
    report::envelope(error.is_none(), Some(json!({ "files": files })), error, "fmt");
}
