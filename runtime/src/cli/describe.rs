//! `describe` and `--version`: what this executable is.

use std::fmt::Write;

use breyta_core::{Map, Value};

use super::{Answer, Session};
use crate::flow::Flow;

pub(super) fn version(flow: &Flow) -> Answer {
    Answer::Text(format!("{} {} (breytac {})", flow.slug, flow.version, flow.compiler))
}

pub(super) fn describe(session: &Session<'_>) -> Answer {
    let flow = session.flow;
    let contract = &session.contract;
    let mut data = Map::new();
    data.insert_keyword("flowSlug", flow.slug);
    data.insert_keyword("name", contract.name.as_str());
    if !contract.description.is_empty() {
        data.insert_keyword("description", contract.description.as_str());
    }
    data.insert_keyword("version", flow.version);
    data.insert_keyword("compiler", flow.compiler);
    data.insert_keyword("contract", contract.raw.clone());
    data.insert_keyword("definition", flow.source);
    Answer::Data { data: Value::Map(data), human: human(session) }
}

fn human(session: &Session<'_>) -> String {
    let (flow, contract) = (session.flow, &session.contract);
    let mut text = format!("{} · {}\n", contract.name, flow.slug);
    // Writing into a String cannot fail.
    if !contract.description.is_empty() {
        let _ = writeln!(text, "{}", contract.description);
    }
    let _ = writeln!(text, "version {} · breytac {}", flow.version, flow.compiler);
    for requirement in &contract.requires {
        let optional = if requirement.optional { ", optional" } else { "" };
        let url = requirement.base_url.as_deref().unwrap_or("no base URL");
        let _ =
            writeln!(text, "requires :{} ({}{optional}) {url}", requirement.slot, requirement.auth_type());
    }
    for invocation in &contract.invocations {
        let _ = writeln!(text, "invocation {}", invocation.id);
        for input in &invocation.inputs {
            let required = if input.required { ", required" } else { "" };
            let _ = writeln!(text, "  {} ({}{required})", input.name, input.kind);
        }
    }
    for point in contract.raw.field("points").and_then(Value::as_sequential).into_iter().flatten() {
        let field = |key: &str| match point.field(key) {
            Some(value) => value.as_name().map_or_else(|| breyta_core::print::str_text(value), str::to_owned),
            None => String::new(),
        };
        let _ = writeln!(text, "step {} ({}, line {})", field("id"), field("family"), field("line"));
    }
    text
}
