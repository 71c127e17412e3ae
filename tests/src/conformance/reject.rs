//! Expressions that the compiler must refuse: in functions and flow bodies, or in flow bodies only.

use breyta_compiler::diagnostics::{Code, Severity};
use breyta_compiler::source::Sources;

use super::compile;
use super::rows::{Places, Row};
use crate::spec::PREFIX;

/// Nothing when the row is refused where it must be and only there; else why not.
pub(super) fn refuses(row: &Row, places: Places) -> Result<(), String> {
    let function = compile::flow(&compile::function(compile::FUNCTION, &compile::code(row)));
    let body = format!("{PREFIX}:flow '(do (flow/input)\n{}\n)}}\n", row.text);
    for (place, text, wanted) in
        [("a function", function, places.functions), ("a flow body", body, places.flow)]
    {
        let errors = errors(text);
        if wanted && errors.is_empty() {
            return Err(format!("{place} takes it"));
        }
        if !wanted && !errors.is_empty() {
            return Err(format!("{place} does not take it: {}", errors.join("; ")));
        }
    }
    Ok(())
}

/// The errors of a flow. That something is not supported yet is no refusal on purpose.
fn errors(text: String) -> Vec<String> {
    let compilation = breyta_compiler::compile(&Sources::single("row.edn", text));
    let errors = compilation.problems.iter().filter(|it| it.severity == Severity::Error);
    let known = errors.filter(|it| it.code != Code::NOT_SUPPORTED_YET);
    known.map(|it| format!("[{}] {}", it.code.name(), it.message)).collect()
}
