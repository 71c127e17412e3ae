//! The snippets of the source documents: all of them read; those that are parts of a definition are completed with
//! what they leave out and checked. What is found stands beside each snippet.

use breyta_compiler::compile;
use breyta_compiler::diagnostics::render;
use breyta_compiler::source::{FileId, Sources};
use breyta_compiler::syntax::{Form, FormKind, read};
use breyta_tests::{fixture, tree};

/// Keys that a definition must have or is told to have, with the least that fits.
const REQUIRED: &[(&str, &str)] = &[
    ("slug", ":snippet"),
    ("name", "\"Snippet\""),
    ("concurrency", "{:type :singleton :on-new-version :supersede}"),
    ("invocations", "{:default {:inputs []}}"),
    ("interfaces", "{:manual [{:id :run-snippet :label \"Run\" :invocation :default :enabled true}]}"),
    ("flow", "'(flow/input)"),
];

/// Sections by which a map is known to be a definition.
const SECTIONS: &[&str] = &[
    "flow",
    "requires",
    "invocations",
    "interfaces",
    "schedules",
    "providers",
    "agents",
    "steps",
    "functions",
    "templates",
];

/// The snippet as a whole flow; None when it is no part of one: a config, a call's input.
fn completed(text: &str, form: &Form) -> Option<String> {
    if form.is_call_of("flow/step") {
        let map = Form::new(FormKind::Map(Vec::new()), form.span);
        return completed(&format!("{{:flow '{text}}}"), &map);
    }
    if !matches!(form.kind, FormKind::Map(_)) {
        return None;
    }
    let has = |key: &str| form.map_get(key).is_some() || (key == "flow" && text.starts_with("{:flow"));
    if !SECTIONS.iter().any(|key| has(key)) {
        return None;
    }
    let missing: Vec<String> =
        REQUIRED.iter().filter(|(key, _)| !has(key)).map(|(key, value)| format!(":{key} {value}")).collect();
    let rest = text.strip_prefix('{')?;
    Some(format!("{{{}\n{rest}", missing.join("\n")))
}

#[test]
fn snippets() {
    fixture::each("fixtures/sources", ".edn", |path| {
        let text = tree::read(path);
        let sources = Sources::single("snippet.edn", text.clone());
        let reading = read(&sources, FileId(0));
        let severe: Vec<String> = reading
            .problems
            .iter()
            .filter(|problem| problem.code.name() != "flow_include_invalid")
            .map(|problem| problem.message.clone())
            .collect();
        assert!(severe.is_empty(), "{}: {severe:?}", tree::shown(path));
        let Some(form) = reading.forms.first() else { return };
        let Some(flow) = completed(&text, form) else { return };
        let sources = Sources::single("snippet.edn", flow);
        let compilation = compile(&sources);
        let mut found = render::short(&compilation.problems, &sources);
        if found.is_empty() {
            found = "no problems".to_owned();
        }
        fixture::assert_beside(path, "check", &found);
    });
}
