//! The four formats of rows. Each row says by its fields which one it is.

use std::path::Path;

use breyta_core::edn;
use serde_json::Value as Json;

use super::answer::{Failure, Phase, sorted_text};

/// One line of a file.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: String,
    /// Of expressions.
    pub tier: Option<u64>,
    /// Of expressions and transforms; else the format.
    pub topic: String,
    /// The expression, the `(fn …)` form or the flow body.
    pub text: String,
    pub kind: Kind,
}

/// What is expected of a row.
#[derive(Clone, Debug)]
pub enum Kind {
    Expression(Expected),
    Transform(Vec<TransformCase>),
    Orchestration(Script),
    Reject(Places),
}

/// What an expression or one case of a transform may answer.
#[derive(Clone, Debug)]
pub struct Expected {
    /// Any of them is right.
    pub answers: Vec<Wanted>,
    /// Why it does not count.
    pub unscored: Option<&'static str>,
    /// Doubles are compared by value, not by text.
    pub numeric: bool,
}

#[derive(Clone, Debug)]
pub enum Wanted {
    /// The printed value; `unordered`: with the entries of maps and sets ordered by their text.
    Value { printed: String, unordered: bool },
    /// The phase and the message are compared only where they are there.
    Error { kind: String, phase: Option<Phase>, message: Option<String> },
}

#[derive(Clone, Debug)]
pub struct TransformCase {
    /// EDN text.
    pub input: String,
    pub expected: Expected,
}

/// What the outside world does in a flow body, and what the body must do.
#[derive(Clone, Debug)]
pub struct Script {
    /// EDN text: `{:input … :steps {step-id [results in order]} :flows {slug [results]}}`.
    pub env: String,
    pub expected: Expected,
    /// Calls in order.
    pub trace: Vec<String>,
    /// Why it does not count.
    pub excepted: Option<&'static str>,
}

/// Where an expression must be refused.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    pub functions: bool,
    pub flow: bool,
}

/// We evaluate map literals in source order on purpose.
const EXCEPTED: &str = "map-literal-nine-entries";

impl Row {
    /// The arguments of each call that is made, as EDN text: one without arguments for an expression.
    pub fn cases(&self) -> Vec<Option<&str>> {
        match &self.kind {
            Kind::Expression(_) => vec![None],
            Kind::Transform(cases) => cases.iter().map(|case| Some(case.input.as_str())).collect(),
            Kind::Orchestration(_) | Kind::Reject(_) => Vec::new(),
        }
    }
}

/// The rows of a file.
pub fn read(path: &Path) -> Result<Vec<Row>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let numbered = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    numbered
        .map(|(number, line)| {
            let at = |error: &dyn std::fmt::Display| format!("{}:{number}: {error}", path.display());
            let json: Json = serde_json::from_str(line).map_err(|error| at(&error))?;
            row(&json).ok_or_else(|| at(&"none of the four formats"))
        })
        .collect()
}

fn row(json: &Json) -> Option<Row> {
    let topic = text(json, "topic");
    let (source, topic, kind) = if let Some(flow) = text(json, "flow") {
        (flow, "orchestration".to_owned(), Kind::Orchestration(script(json)?))
    } else if let Some(code) = text(json, "code") {
        let cases: Option<Vec<_>> = json.get("cases")?.as_array()?.iter().map(transform_case).collect();
        (code, format!("transform {}", topic.unwrap_or_default()), Kind::Transform(cases?))
    } else if let Some(place) = text(json, "where") {
        let functions = !place.starts_with("flow-body-only");
        (text(json, "expr")?, text(json, "reason")?, Kind::Reject(Places { functions, flow: true }))
    } else {
        (text(json, "expr")?, topic?, Kind::Expression(expected(json, "value", "value_sorted")?))
    };
    let tier = json.get("tier").and_then(Json::as_u64);
    Some(Row { id: text(json, "id")?, tier, topic, text: source, kind })
}

fn transform_case(json: &Json) -> Option<TransformCase> {
    Some(TransformCase { input: text(json, "input")?, expected: expected(json, "output", "output_sorted")? })
}

fn script(json: &Json) -> Option<Script> {
    let lines = |json: &Json| -> Vec<String> {
        let lines = json.get("trace").and_then(Json::as_array).into_iter().flatten();
        lines.filter_map(Json::as_str).map(str::to_owned).collect()
    };
    // Ours is eager.
    let ours = json.get("eager_for").unwrap_or(json);
    let mut answer = wanted(ours, "value", "value_sorted", true)?;
    if let Wanted::Value { printed, .. } = &mut answer
        && let Ok(value) = edn::read(printed)
    {
        *printed = sorted_text(&value).ok()?;
    }
    Some(Script {
        env: text(json, "env")?,
        expected: Expected { answers: vec![answer], unscored: None, numeric: false },
        trace: lines(ours),
        excepted: (text(json, "id")? == EXCEPTED).then_some("evaluation order of large map literals"),
    })
}

fn expected(json: &Json, value: &str, sorted: &str) -> Option<Expected> {
    let order = text(json, "order").unwrap_or_default();
    let flag = |name: &str| json.get(name).and_then(Json::as_bool) == Some(true);
    let unordered = order == "hash-print";
    let clojure = wanted(json, value, sorted, unordered)?;
    let sandbox = || wanted(json.get("sci")?, value, sorted, unordered);
    let answers = match text(json, "prefer").as_deref() {
        Some("sci") => vec![sandbox()?],
        Some("either") => vec![clojure, sandbox()?],
        _ => vec![clojure],
    };
    let unscored = if order == "hash-leak" {
        Some("the order of a hash table leaks into the answer")
    } else if flag("impl_detail") {
        Some("names a JVM class or an object hash")
    } else {
        None
    };
    Some(Expected { answers, unscored, numeric: flag("jdk17_double") })
}

fn wanted(json: &Json, value: &str, sorted: &str, unordered: bool) -> Option<Wanted> {
    if let Some(printed) = text(json, value) {
        let printed = if unordered { text(json, sorted).unwrap_or(printed) } else { printed };
        return Some(Wanted::Value { printed, unordered });
    }
    let error = json.get("error")?;
    let phase = text(error, "phase").map(|phase| if phase == "run" { Phase::Run } else { Phase::Compile });
    let stable = error.get("message_stable").and_then(Json::as_bool) == Some(true);
    let message = text(error, "message").filter(|_| stable);
    Some(Wanted::Error { kind: text(error, "kind")?, phase, message })
}

fn text(json: &Json, key: &str) -> Option<String> {
    json.get(key).and_then(Json::as_str).map(str::to_owned)
}

impl std::fmt::Display for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Value { printed, .. } => f.write_str(printed),
            Self::Error { kind, phase, message } => {
                let failure = Failure { kind: kind.clone(), message: message.clone().unwrap_or_default() };
                let when = if *phase == Some(Phase::Compile) { " (compile time)" } else { "" };
                write!(f, "{failure}{when}")
            }
        }
    }
}
