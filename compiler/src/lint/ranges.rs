//! `(range)`: numbers without an end, which the platform's sandbox refuses when the flow runs.

use super::facts::Facts;
use crate::diagnostics::{Code, Diagnostic, Problems};

pub(super) fn check(facts: &Facts<'_>, problems: &mut Problems) {
    for call in &facts.calls {
        let is_range = matches!(call.head, "range" | "clojure.core/range");
        if is_range && call.arguments.is_empty() && !call.threaded {
            let message = "`(range)` counts without an end";
            problems.report(
                Diagnostic::new(Code::SANDBOX_UNBOUNDED_RANGE, call.form.span, message)
                    .label("no end is given")
                    .help("give an end: `(range 10)`, or `(range (count items))`"),
            );
        }
    }
}
