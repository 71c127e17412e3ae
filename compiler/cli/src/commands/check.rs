//! `breytac check`: all problems of flows, and the changes that mend some of them.

use breyta_compiler::diagnostics::{Severity, render};
use breyta_compiler::source::FileId;
use serde_json::{Map, Value, json};

use crate::args::{Check, CheckFormat};
use crate::frontend::{self, Checked};
use crate::report::{self, FAILED, Failure};

mod fix;

/// A flow, and what was changed in its files when that was asked for.
struct Outcome {
    checked: Checked,
    fixes: Option<fix::Fixes>,
}

pub(super) fn run(arguments: &Check) -> Result<u8, Failure> {
    let mut outcomes = Vec::new();
    for file in &arguments.files {
        let outcome = if arguments.fix {
            let (checked, fixes) = fix::fix(file, &arguments.lints, &arguments.with)?;
            report::prose(fixes.describe().trim_end());
            Outcome { checked, fixes: Some(fixes) }
        } else {
            Outcome { checked: frontend::check(file, &arguments.lints, &arguments.with)?, fixes: None }
        };
        outcomes.push(outcome);
    }
    match arguments.format {
        CheckFormat::Json => json(&outcomes),
        CheckFormat::Human => {
            let color = report::color(&std::io::stdout());
            text(&outcomes, |flow| render::human(&flow.problems, &flow.sources, color));
        }
        CheckFormat::Short => text(&outcomes, |flow| render::short(&flow.problems, &flow.sources)),
    }
    Ok(if outcomes.iter().any(|it| it.checked.has_errors()) { FAILED } else { 0 })
}

fn text(outcomes: &[Outcome], show: impl Fn(&Checked) -> String) {
    report::out(&outcomes.iter().map(|it| show(&it.checked)).collect::<String>());
    if outcomes.iter().all(|it| it.checked.problems.is_empty()) {
        report::prose(&render::count(&[]));
    }
}

/// The data of one flow as it is; of several, `{valid, flows:[…]}`.
fn json(outcomes: &[Outcome]) {
    let valid = !outcomes.iter().any(|it| it.checked.has_errors());
    let data = match outcomes {
        [only] => data(only),
        several => {
            let flows: Vec<Value> = several
                .iter()
                .map(|outcome| {
                    let mut data = data(outcome);
                    if let Some(object) = data.as_object_mut() {
                        object.insert("file".into(), name(outcome).into());
                    }
                    data
                })
                .collect();
            json!({ "valid": valid, "flows": flows })
        }
    };
    let errors: usize = outcomes.iter().map(|it| it.checked.counts().0).sum();
    let error = (!valid).then(|| {
        json!({ "code": "flow-invalid", "message": format!("{errors} error{}", if errors == 1 { "" } else { "s" }) })
    });
    report::envelope_with(valid, Some(data), error, "check", meta(outcomes));
}

fn data(outcome: &Outcome) -> Value {
    let mut data = outcome.checked.data();
    if let (Some(fixes), Some(object)) = (&outcome.fixes, data.as_object_mut()) {
        object.insert("fixes".into(), fixes.json());
    }
    data
}

fn name(outcome: &Outcome) -> &str {
    &outcome.checked.sources.file(FileId(0)).name
}

/// What the public command line says beside the result: the stages that ran, why the server was not asked, and what
/// to run next.
fn meta(outcomes: &[Outcome]) -> Map<String, Value> {
    let problems = || outcomes.iter().flat_map(|it| &it.checked.problems);
    let errors = problems().any(|problem| problem.severity == Severity::Error);
    let mut next: Vec<String> = Vec::new();
    for outcome in outcomes.iter().filter(|it| it.fixes.is_none()) {
        if outcome.checked.problems.iter().any(|problem| !problem.edits.is_empty()) {
            next.push(format!("breytac check --fix {}", name(outcome)));
        }
    }
    let mut codes: Vec<&str> = problems().map(|problem| problem.code.name()).collect();
    codes.sort_unstable();
    codes.dedup();
    next.extend(codes.iter().map(|code| format!("breytac explain {code}")));
    let mut meta = Map::new();
    meta.insert("stages".into(), json!(["local"]));
    meta.insert("serverSkipped".into(), if errors { "local_errors" } else { "local_only" }.into());
    if !next.is_empty() {
        meta.insert("nextCommands".into(), next.into());
    }
    meta
}
