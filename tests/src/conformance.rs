//! The conformance suite: expressions, transforms, flow bodies and refusals with real Clojure's answers.
//!
//! Rows stand in `tests/conformance/*.jsonl`; `README.md` there says what their fields mean and how they are scored.
//! `cargo xtask conformance` runs the binary of this name, which is [`run`].

use std::path::PathBuf;
use std::process::ExitCode;

use crate::tree;

/// What came out of a case, and how it is said between processes.
pub mod answer;

/// Command line.
mod arguments;

/// Cases through generated Rust.
pub mod compiled;

/// Rows to MIR: the flow around an expression.
pub mod compile;

/// Cases through the MIR interpreter.
mod interpret;

/// Whether an answer is Clojure's.
mod judge;

/// Flow bodies with scripted steps.
pub mod orchestration;

/// Expressions that must be refused.
mod reject;

/// The formats of the files.
pub mod rows;

/// Answering cases.
mod serve;

/// The table and the report.
mod table;

/// How good is good enough.
pub mod thresholds;

/// Processes that answer case by case, and go on behind a case that kills them.
mod worker;

use answer::Answer;
pub use arguments::Arguments;
use breyta_compiler::mir::simplify::Passes;
use rows::{Kind, Row, Script};
use table::{Score, Verdict};

/// Where the suite stands.
pub fn folder() -> PathBuf {
    tree::tests().join("conformance")
}

/// Carries the command line out.
pub fn run(arguments: &Arguments) -> ExitCode {
    let rows = match selected(arguments) {
        Ok(rows) => rows,
        Err(error) => {
            complain(&error);
            return ExitCode::from(2);
        }
    };
    if let Some(range) = &arguments.worker {
        interpret::answer_all(&rows, range, &arguments.passes());
        return ExitCode::SUCCESS;
    }
    let score = score(&rows, arguments);
    let mut text = score.table();
    if let Some(path) = &arguments.report
        && let Err(error) = std::fs::write(path, score.report())
    {
        complain(&format!("{}: {error}", path.display()));
        return ExitCode::from(2);
    }
    let mut met = true;
    if !arguments.is_selective() {
        let missed = thresholds::read().missed(&score);
        met = missed.is_empty();
        for line in missed {
            text.push_str(&line);
            text.push('\n');
        }
    }
    say(&text);
    if met { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The rows of the files that the arguments ask for, in order.
pub fn selected(arguments: &Arguments) -> Result<Vec<Row>, String> {
    let files =
        if arguments.files.is_empty() { tree::files(&folder(), ".jsonl") } else { arguments.files.clone() };
    let mut rows = Vec::new();
    for file in files {
        rows.extend(rows::read(&file)?);
    }
    rows.retain(|row| arguments.wants(row));
    Ok(rows)
}

/// Runs and judges rows: what the compiled code answers, or only the interpreter.
pub fn score(rows: &[Row], arguments: &Arguments) -> Score {
    let passes = arguments.passes();
    let mut interpreted = worker::interpreted(rows, arguments).into_iter();
    let mut compiled = (!arguments.interp).then(|| compiled::answers(rows, &passes).into_iter());
    let mut score = Score::default();
    for row in rows {
        let count = row.cases().len();
        let mut given: Vec<Answer> = interpreted.by_ref().take(count).collect();
        if let Some(compiled) = &mut compiled {
            let answers: Vec<Answer> = compiled.by_ref().take(count).collect();
            if count > 0 {
                score.add_agreement(row, &given, &answers);
            }
            given = answers;
        }
        score.add(row, verdict(row, &given, &passes));
    }
    score
}

fn verdict(row: &Row, given: &[Answer], passes: &Passes) -> Verdict {
    match &row.kind {
        Kind::Expression(expected) => judge::expression(expected, given),
        Kind::Transform(cases) => judge::transform(cases, given),
        Kind::Orchestration(Script { excepted: Some(why), .. }) => Verdict::unscored(why),
        Kind::Orchestration(script) => Verdict::of(orchestration::play(row, script, passes)),
        Kind::Reject(places) => Verdict::of(reject::refuses(row, *places)),
    }
}

fn say(text: &str) {
    use std::io::Write as _;
    // A closed standard output leaves nobody to tell.
    let _ = write!(std::io::stdout(), "{text}");
}

fn complain(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "conformance: {text}");
}
