//! Rows to MIR: an expression becomes the function of a flow that calls it.

use std::panic::catch_unwind;

use breyta_compiler::Compilation;
use breyta_compiler::diagnostics::{Code, Diagnostic, Severity};
use breyta_compiler::mir::Program;
use breyta_compiler::mir::simplify::Passes;
use breyta_compiler::source::Sources;

use super::answer::Answer;
use super::rows::{Kind, Row};
use crate::spec::PREFIX;

/// The id of the function of a row's flow.
pub const FUNCTION: &str = "row";

/// The `(fn …)` form of a row. The line end keeps a comment at the end of a row from swallowing the bracket.
pub fn code(row: &Row) -> String {
    match row.kind {
        Kind::Transform(_) => row.text.clone(),
        Kind::Expression(_) | Kind::Orchestration(_) | Kind::Reject(_) => format!("(fn [] {}\n)", row.text),
    }
}

/// The function entry of a row. The code stands in a string, so that brackets that do not match stay inside.
pub fn function(id: &str, code: &str) -> String {
    let escaped = code.replace('\\', "\\\\").replace('"', "\\\"");
    format!("{{:id :{id} :language :clojure :code \"{escaped}\"}}")
}

/// A flow that has these functions. No step calls them: a step gives one argument, rows have none.
pub fn flow(functions: &str) -> String {
    format!("{PREFIX}:functions [{functions}] :flow '(flow/input)}}\n")
}

/// Compiles a flow text; what it refuses as an answer.
pub fn compile(text: String, passes: &Passes) -> Result<Program, Answer> {
    compile_as(text, passes, breyta_compiler::compile_plainly)
}

/// Compiles a flow text whose steps are scripted: configs and references are not checked.
pub fn body(text: String, passes: &Passes) -> Result<Program, Answer> {
    compile_as(text, passes, breyta_compiler::compile_body)
}

fn compile_as(
    text: String,
    passes: &Passes,
    compile: fn(&Sources, &Passes) -> Compilation,
) -> Result<Program, Answer> {
    let sources = Sources::single("row.edn", text);
    let compiled = catch_unwind(|| compile(&sources, passes));
    let Ok(compilation) = compiled else { return Err(Answer::Lost("the compiler panicked".to_owned())) };
    match compilation.program {
        Some(program) => Ok(program),
        None => Err(refusal(&compilation.problems, &compilation.refusals)),
    }
}

/// Compiles the flow around one row.
pub fn row(row: &Row, passes: &Passes) -> Result<Program, Answer> {
    compile(flow(&function(FUNCTION, &code(row))), passes)
}

/// What a row is refused for. Names and forms that the compiler does not know say nothing about the row.
fn refusal(problems: &[Diagnostic], refusals: &[Diagnostic]) -> Answer {
    let errors: Vec<&Diagnostic> = problems.iter().filter(|it| it.severity == Severity::Error).collect();
    let is_ignorance = |it: &Diagnostic| [Code::UNKNOWN_SYMBOL, Code::NOT_SUPPORTED_YET].contains(&it.code);
    let definite = errors.iter().copied().find(|it| !is_ignorance(it));
    let first = definite.or_else(|| errors.iter().copied().chain(refusals).next());
    Answer::Refused {
        definite: definite.is_some(),
        message: first.map_or_else(String::new, |it| format!("[{}] {}", it.code.name(), it.message)),
    }
}
