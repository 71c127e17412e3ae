//! How the elements of a call are indented, by the name of what is called.

/// A way to indent the elements of a list that begin a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Below the first argument; below the name when that is all there is on the line.
    Call,
    /// Everything two columns in: `fn`, `defn`.
    Inner,
    /// Two columns in from the body on, when the body begins a line; so many arguments stand before the body.
    Block(usize),
}

/// Symbols whose calls have a body. Names without a namespace also stand for those of `clojure.core`.
const RULES: &[(&str, Rule)] = &[
    ("binding", Rule::Block(1)),
    ("bound-fn", Rule::Inner),
    ("case", Rule::Block(1)),
    ("catch", Rule::Block(2)),
    ("comment", Rule::Inner),
    ("cond", Rule::Block(0)),
    ("cond->", Rule::Block(1)),
    ("cond->>", Rule::Block(1)),
    ("condp", Rule::Block(2)),
    ("def", Rule::Inner),
    ("defmacro", Rule::Inner),
    ("defmethod", Rule::Inner),
    ("defmulti", Rule::Inner),
    ("defn", Rule::Inner),
    ("defn-", Rule::Inner),
    ("delay", Rule::Block(0)),
    ("do", Rule::Block(0)),
    ("doseq", Rule::Block(1)),
    ("dotimes", Rule::Block(1)),
    ("doto", Rule::Block(1)),
    ("finally", Rule::Block(0)),
    ("flow/poll", Rule::Block(1)),
    ("fn", Rule::Inner),
    ("for", Rule::Block(1)),
    ("if", Rule::Block(1)),
    ("if-let", Rule::Block(1)),
    ("if-not", Rule::Block(1)),
    ("if-some", Rule::Block(1)),
    ("lazy-seq", Rule::Block(0)),
    ("let", Rule::Block(1)),
    ("letfn", Rule::Block(1)),
    ("loop", Rule::Block(1)),
    ("ns", Rule::Block(1)),
    ("try", Rule::Block(0)),
    ("when", Rule::Block(1)),
    ("when-first", Rule::Block(1)),
    ("when-let", Rule::Block(1)),
    ("when-not", Rule::Block(1)),
    ("when-some", Rule::Block(1)),
    ("while", Rule::Block(1)),
    ("with-open", Rule::Block(1)),
];

pub(super) fn rule(head: &str) -> Rule {
    let name = head.strip_prefix("clojure.core/").unwrap_or(head);
    RULES.iter().find(|(known, _)| *known == name).map_or(Rule::Call, |(_, rule)| *rule)
}
