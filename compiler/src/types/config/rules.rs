//! Rules that hold between several keys of one family, beyond what its table says.

use breyta_catalog::families::{self, Family};

use super::Checker;
use super::node::{Entry, Look, Node};
use super::shapes::find;
use crate::diagnostics::{Code, Diagnostic};

/// Headers and query parameters that carry secrets.
const SECRET_NAMES: &[&str] = &[
    "authorization",
    "proxy-authorization",
    "x-api-key",
    "api-key",
    "apikey",
    "api_key",
    "x-auth-token",
    "x-access-token",
    "access_token",
    "private-token",
];

/// Shorter values are placeholders rather than secrets.
const SECRET_MIN: usize = 8;

/// Checks the config of a step as a whole.
pub(super) fn check(checker: &mut Checker<'_>, family: &'static Family, entries: &[Entry<'_>]) {
    ephemeral_tier(checker, family, entries);
    match family.name {
        "http" => inline_secrets(checker, entries),
        "notify" => {
            for request in channels(entries) {
                inline_secrets(checker, &request);
            }
        }
        "fanout" => mixed_items(checker, entries),
        "breyta" => allowed_operation(checker, entries),
        _ => {}
    }
}

/// `:tier :ephemeral` is for bodies that stream, which only `:http` has.
fn ephemeral_tier(checker: &mut Checker<'_>, family: &'static Family, entries: &[Entry<'_>]) {
    let Some(persist) = find(entries, "persist").and_then(|entry| entries_of(&entry.value)) else { return };
    let Some(tier) = find(&persist, "tier") else { return };
    if family.name != "http" && tier.value.name().as_deref() == Some("ephemeral") {
        checker.report(
            Diagnostic::new(
                Code::INVALID_CONFIG_VALUE,
                tier.value.span,
                format!("results of `:{}` steps cannot be stored with `:tier :ephemeral`", family.name),
            )
            .note("only `:http` steps stream what they store; all others make it in memory first")
            .help("take `:tier` out: `:retained` is the default"),
        );
    }
}

/// The requests of a `:notify` step.
fn channels<'a>(entries: &[Entry<'a>]) -> Vec<Vec<Entry<'a>>> {
    let channels = find(entries, "channels").and_then(|entry| entries_of(&entry.value)).unwrap_or_default();
    channels.iter().filter_map(|channel| entries_of(&channel.value)).collect()
}

/// Secrets written into headers and query parameters.
pub(super) fn inline_secrets(checker: &mut Checker<'_>, entries: &[Entry<'_>]) {
    for key in ["headers", "query"] {
        let Some(pairs) = find(entries, key).and_then(|entry| entries_of(&entry.value)) else { continue };
        for pair in &pairs {
            let name = pair.name.as_deref().or(pair.text.as_deref()).unwrap_or_default();
            let value = pair.value.text().unwrap_or_default();
            if SECRET_NAMES.contains(&name.to_ascii_lowercase().as_str()) && is_secret(&value) {
                checker.inline_secret(pair.value.span, &format!("`{name}` in `:{key}`"));
            }
        }
    }
}

/// Whether a text is more than a placeholder.
fn is_secret(text: &str) -> bool {
    let schemes = ["Bearer ", "bearer ", "Basic ", "basic ", "Token ", "token "];
    let bare = schemes.iter().find_map(|scheme| text.strip_prefix(scheme)).unwrap_or(text);
    bare.len() >= SECRET_MIN && !bare.contains("{{") && !bare.contains(char::is_whitespace)
}

/// An operation that changes something needs the right `:mutations`.
fn mutation(checker: &mut Checker<'_>, operation: &str, at: &Node<'_>, entries: &[Entry<'_>]) {
    let needed = families::breyta::allowing(operation);
    if needed.is_empty() {
        return;
    }
    let written = find(entries, "mutations");
    let Some(mutations) = written.map_or_else(|| Some("none".to_owned()), |entry| entry.value.name()) else {
        return;
    };
    if needed.contains(&mutations.as_str()) || !families::breyta::MUTATIONS.contains(&mutations.as_str()) {
        return;
    }
    let needed: Vec<String> = needed.iter().map(|it| format!("`:mutations :{it}`")).collect();
    let mut problem = Diagnostic::new(
        Code::MUTATION_NOT_ALLOWED,
        at.span,
        format!("the operation `:{operation}` changes something, and `:mutations` is `:{mutations}`"),
    )
    .help(format!("write {}", needed.join(" or ")));
    if let Some(entry) = written {
        problem = problem.also(entry.value.span, "what may be changed");
    }
    checker.report(problem);
}

/// `:op` of a `:breyta` step must be in its own `:allow`.
fn allowed_operation(checker: &mut Checker<'_>, entries: &[Entry<'_>]) {
    let Some(op) = find(entries, "op") else { return };
    let Some(name) = op.value.name() else { return };
    let allow = find(entries, "allow");
    if let Some(allow) = allow
        && let Look::Items(items) = allow.value.look()
        && let Some(known) = items.iter().map(Node::name).collect::<Option<Vec<String>>>()
        && !known.contains(&name)
    {
        checker.report(
            Diagnostic::new(
                Code::OPERATION_NOT_ALLOWED,
                op.value.span,
                format!("`:{name}` is not in `:allow` of this step"),
            )
            .also(allow.value.span, "these are allowed")
            .help(format!("add `:{name}` to `:allow`")),
        );
    }
    mutation(checker, &name, &op.value, entries);
}

/// Child flows run at once, everything else one after another: the two cannot be mixed.
fn mixed_items(checker: &mut Checker<'_>, entries: &[Entry<'_>]) {
    let Some(items) = find(entries, "items") else { return };
    let Look::Items(items) = items.value.look() else { return };
    let mut kinds = Vec::new();
    for item in &items {
        let Some(entries) = entries_of(item) else { return };
        let Some(kind) = find(&entries, "type").and_then(|entry| entry.value.name()) else { return };
        kinds.push((kind, item.span));
    }
    let child = kinds.iter().find(|(kind, _)| kind == "call-flow");
    let other = kinds.iter().find(|(kind, _)| kind != "call-flow");
    if let (Some((_, child)), Some((kind, other))) = (child, other) {
        checker.report(
            Diagnostic::new(
                Code::INVALID_CONFIG_VALUE,
                *other,
                format!("a fanout cannot mix child flows with `:{kind}` items"),
            )
            .also(*child, "a child flow")
            .help("put the other steps into a `for` of their own, or into the child flow"),
        );
    }
}

/// The entries of a map that is known.
fn entries_of<'a>(node: &Node<'a>) -> Option<Vec<Entry<'a>>> {
    match node.look() {
        Look::Map(entries) => Some(entries),
        _ => None,
    }
}
