//! What a flow body may not use although it is Clojure: sequence transforms, and threading macros that the platform
//! cannot draw. Functions may use all of it.

use super::facts::Facts;
use crate::diagnostics::{Code, Diagnostic, Problems};

/// Sequence transforms, with what to write in a flow body.
const TRANSFORMS: &[(&str, &str)] = &[
    ("map", EACH),
    ("mapv", EACH),
    ("mapcat", EACH),
    ("filter", SOME),
    ("filterv", SOME),
    ("remove", SOME),
    ("keep", SOME),
    ("keep-indexed", FUNCTION),
    ("reduce", FUNCTION),
];

const EACH: &str = "iterate with `(for [item items] …)`, or move the transform into a `:function` step";
const SOME: &str = "choose with `(for [item items :when (wanted? item)] item)`, or move the transform into a `:function` step";
const FUNCTION: &str = "move the transform into a `:function` step";

/// Threading macros, with what to write in a flow body. Only these spellings: a qualified one is a plain name.
const NOT_VISUAL: &[(&str, &str)] = &[
    ("->>", "write the calls inside each other, or name what comes between with `let`"),
    ("as->", "name what comes between with `let`"),
    ("some->", "name what comes between with `let`, and ask with `if-some`"),
    ("some->>", "name what comes between with `let`, and ask with `if-some`"),
    ("cond->", "name what comes between with `let`, and choose with `if`"),
    ("cond->>", "name what comes between with `let`, and choose with `if`"),
];

pub(super) fn check(facts: &Facts<'_>, problems: &mut Problems) {
    for form in &facts.symbols {
        let Some(symbol) = form.as_symbol() else { continue };
        let written = symbol.full();
        if let Some((name, help)) = NOT_VISUAL.iter().find(|(name, _)| *name == written) {
            problems.report(
                Diagnostic::new(
                    Code::UNSUPPORTED_VISUAL_FLOW_FORM,
                    form.span,
                    format!("`{name}` is not a form of flow bodies"),
                )
                .label("flow bodies thread with `->` alone")
                .help(*help),
            );
        }
        if let Some((_, help)) = TRANSFORMS.iter().find(|(name, _)| *name == symbol.name()) {
            problems.report(
                Diagnostic::new(
                    Code::PROHIBITED_ORCHESTRATION_TRANSFORM,
                    form.span,
                    format!("`{written}` is not allowed in a flow body"),
                )
                .label("a flow body says which step comes when; functions transform data")
                .help(*help),
            );
        }
    }
}
