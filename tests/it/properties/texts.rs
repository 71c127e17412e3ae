//! Texts of forms of every kind, written as nobody would write them.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const ATOMS: &[&str] = &[
    "nil",
    "true",
    "0",
    "-7",
    "0x1F",
    "1.50M",
    "22/7",
    "9N",
    "6.02e23",
    "##Inf",
    "\\a",
    "\\newline",
    "\\(",
    "\\,",
    "\"\"",
    "\"a b\"",
    "\"two\nlines\"",
    "\"\\n\\u00e9\\\"\"",
    "#\"\\s+\\\"\"",
    "x",
    "a/b",
    "+",
    "->",
    ":k",
    ":a/b",
    "::c",
    "#inst \"2024-05-01\"",
    "sym#",
    "é",
    "#uuid\"f81d4fae-7dec-11d0-a765-00a0c91e6bf6\"",
];

const HEADS: &[&str] = &[
    "let",
    "if",
    "fn",
    "cond",
    "->",
    "flow/step",
    "when",
    "f",
    ":k",
    "do",
    "case",
    "for",
    "try",
    "clojure.core/let",
];

const PREFIXES: &[&str] =
    &["'", "`", "~", "~@", "@", "#'", "^:m ", "^\"L\" ", "^{:a 1}", "#_", "#my/tag ", "#_ #_ a "];

const GAPS: &[&str] =
    &[" ", " ", " ", "  ", "\n", "\n\n", "\n   ", ", ", " ; note\n", "\n;; line  \n", "\t", "\r\n"];

/// What stands between two forms.
pub(super) fn gap() -> impl Strategy<Value = String> {
    select(GAPS).prop_map(str::to_owned)
}

fn maybe_gap() -> impl Strategy<Value = String> {
    prop_oneof![3 => Just(String::new()), 1 => gap()]
}

/// A file of a few forms.
pub(super) fn text() -> impl Strategy<Value = String> {
    (elements(form().boxed(), 1..5), gap()).prop_map(|(forms, end)| forms + &end)
}

fn elements(form: BoxedStrategy<String>, count: std::ops::Range<usize>) -> BoxedStrategy<String> {
    (vec((gap(), form), count), maybe_gap())
        .prop_map(|(elements, end)| {
            let text: String = elements.into_iter().map(|(gap, form)| gap + &form).collect();
            text + &end
        })
        .boxed()
}

fn form() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        6 => select(ATOMS).prop_map(str::to_owned),
        1 => any::<i64>().prop_map(|number| number.to_string()),
        1 => any::<f64>().prop_filter("no literal", |it| it.is_finite()).prop_map(|it| format!("{it:?}")),
        1 => any::<String>().prop_map(|text| breyta_core::print::pr_str(&breyta_core::Value::string(text))),
        1 => "[a-z*+!?_-][a-z0-9*+!?_.-]{0,6}".prop_map(|name| format!(":{name}")),
    ];
    atom.prop_recursive(5, 40, 4, |inner| {
        let items = |open: &'static str, close: &'static str| {
            elements(inner.clone().boxed(), 0..4).prop_map(move |items| format!("{open}{items}{close}"))
        };
        prop_oneof![
            2 => items("[", "]"),
            1 => items("#(", ")"),
            2 => vec((maybe_gap(), gap(), inner.clone()), 0..4).prop_map(map),
            1 => (select(PREFIXES), maybe_gap(), items("[", "]"), items("(", ")")).prop_map(prefixed),
            1 => (inner.clone(), gap()).prop_map(|(form, gap)| format!("#?(:clj {form}{gap}:cljs 2)")),
            3 => (maybe_gap(), select(HEADS), gap(), items("[", "]"), items("", "")).prop_map(
                |(gap, head, after, arguments, rest)| format!("({gap}{head}{after}{arguments}{rest})")
            ),
        ]
    })
}

/// Keys that differ.
fn map(entries: Vec<(String, String, String)>) -> String {
    let entries: Vec<String> = entries
        .into_iter()
        .enumerate()
        .map(|(index, (before, between, value))| {
            format!("{before} :ke{}{between}{value}", "y".repeat(index + 1))
        })
        .collect();
    format!("{{{}}}", entries.concat())
}

/// Metadata and quotes want something that may have them.
fn prefixed((prefix, gap, subject, further): (&str, String, String, String)) -> String {
    let rest = if prefix.ends_with(['_', ' ']) { format!(" {further}") } else { String::new() };
    format!("{prefix}{gap}{subject}{rest}")
}
