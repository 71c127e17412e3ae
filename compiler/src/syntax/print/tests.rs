//! Whatever is read prints to text that reads back to the same forms.

use crate::source::{FileId, Sources};
use crate::syntax::{Form, print, read, summary};

fn forms(text: &str) -> Vec<Form> {
    let reading = read(&Sources::single("flow.edn", text), FileId(0));
    assert!(reading.problems.is_empty(), "{text}: {:?}", reading.problems);
    reading.forms
}

fn check(text: &str) {
    let printed: Vec<String> = forms(text).iter().map(print::print).collect();
    let again: Vec<String> = forms(&printed.join("\n")).iter().map(print::print).collect();
    assert_eq!(again, printed, "{text}");
}

#[test]
fn round_trips() {
    check("nil true -7 9223372036854775808 0.1 1e300 -0.0 1e-7 1/3 ##Inf ##-Inf ##NaN");
    check("1M 1.50M -0.05M 1e30M 1e-60M -123.4M 0M 0.00M");
    check("\\a \\space \\u0000 \\( \\\\ \\é \\, \\newline \\u2003");
    check("\"\\u0000 \\\" \\\\ \\t é 😀 \\b\"");
    check(":a ::b c/d ^:k ^{:x 1} (f ^\"L\" [x]) ~ @x ~@x ~^:a @x #'y `z #t {:a 1} #\"\\\"\"");
    check("#inst \"1969-12-31T23:59:59.999Z\" #uuid \"f81d4fae-7dec-11d0-a765-00a0c91e6bf6\"");
    check("#(f % %2) #{1} {} [] () #:a{:b 1} #::{:c 2}");
}

#[test]
fn summaries() {
    let text = |max: usize| summary(&forms("(flow/step :http :get-users {:connection :api})")[0], max);
    assert_eq!(text(100), "(flow/step :http :get-users {:connection :api})");
    assert_eq!(text(20), "(flow/step :http :g…");
    assert_eq!(text(12), "(flow/step…");
    assert_eq!(summary(&forms(&format!("[{}]", "é ".repeat(100_000)))[0], 5), "[é é…");
}
