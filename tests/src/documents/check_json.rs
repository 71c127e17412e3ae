//! `docs/check-json.md`: what `breytac check --format json` prints, with an example that a test holds against the
//! command itself.

use breyta_compiler::diagnostics::render;
use breyta_compiler::source::Sources;
use serde_json::{Value, json};

use crate::tree;

/// The flow of the example, as it is named on the command line.
pub const EXAMPLE: &str = "tests/fixtures/lint/json.edn";

const FIELDS: &[(&str, &str)] = &[
    ("ok", "false when any diagnostic is an error; the exit status is 1 then, else 0"),
    ("data.valid", "the same as `ok`"),
    ("data.diagnostics", "null when there are none, else the diagnostics by position"),
    ("data.flowSlug", "the flow's slug, when the definition could be read"),
    (
        "data.fixes",
        "with `--fix`: `changes`, each `{file, code, line, column, was, text}`, and `withheld`, the number of suggestions that were left out because carrying them out makes errors or never ends",
    ),
    ("data.flows", "with several files: `{valid, flows}`, each flow as above with its `file`"),
    ("error", "`{code, message}` when not `ok`"),
    ("meta.stages", "always `[\"local\"]`: no server is asked"),
    ("meta.serverSkipped", "`local_errors` or `local_only`"),
    ("meta.nextCommands", "what to run next"),
];

const DIAGNOSTIC: &[(&str, &str)] = &[
    ("severity", "`error` or `warning`, after `--deny`, `--warn`, `--allow` and `[lints]`"),
    ("code", "stable; `breytac explain CODE` prints its page"),
    ("message", "one line that stands alone"),
    ("stage", "`local`"),
    ("path", "where in the definition, when that can be said: `[\":functions\", \"[0]\", \":code\"]`"),
    ("hint", "what to write instead, when there is something to say"),
    ("byteOffset", "of the place in the file; left out when the flow includes other files"),
    ("form", "the source at the place, when it is short"),
    ("file", "the file that the place is in"),
    ("span", "the place: bytes `start` to `end`; lines and columns from 1, columns in characters"),
    ("label", "what is to be seen at the place"),
    ("labels", "other places, each `{file, span, text}`"),
    ("notes", "reasons and background"),
    (
        "edits",
        "a change that mends it, each `{file, span, text}`: replace the span by the text; all of them together",
    ),
];

/// The document.
pub(super) fn document() -> String {
    let mut text = super::open(
        "Diagnostics as JSON",
        "`breytac check --format json FILE…` prints one object. It has the shape of the platform's own command line, and \
         more: places, other labels, notes and changes that a program can apply.",
    );
    text.push_str("\n## The object\n");
    super::head(&mut text, &["Key", "Meaning"]);
    for (key, meaning) in FIELDS {
        super::row(&mut text, &[&format!("`{key}`"), meaning]);
    }
    text.push_str("\n## A diagnostic\n\nAbsent things are left out.\n");
    super::head(&mut text, &["Key", "Meaning"]);
    for (key, meaning) in DIAGNOSTIC {
        super::row(&mut text, &[&format!("`{key}`"), meaning]);
    }
    let flow = tree::read(&tree::root().join(EXAMPLE));
    let example = serde_json::to_string_pretty(&example(&flow)).unwrap_or_default();
    text + &format!("\n## Example\n\n```edn\n{flow}```\n\n```json\n{example}\n```\n")
}

/// What the command prints for the example.
pub fn example(flow: &str) -> Value {
    let sources = Sources::single(EXAMPLE, flow);
    let compilation = breyta_compiler::compile(&sources);
    let slug = compilation.definition.map(|definition| definition.slug.value);
    json!({
        "ok": false,
        "data": {
            "valid": false,
            "diagnostics": render::json(&compilation.problems, &sources),
            "flowSlug": slug,
        },
        "error": { "code": "flow-invalid", "message": "1 error" },
        "meta": {
            "command": "check",
            "compiler": breyta_compiler::emit::COMPILER,
            "stages": ["local"],
            "serverSkipped": "local_errors",
            "nextCommands": [
                format!("breytac check --fix {EXAMPLE}"),
                "breytac explain hardcoded_workspace_id",
                "breytac explain unknown-connection-slot",
            ],
        },
    })
}
