//! Flows made to measure: so many states, so many functions, so many bytes.

use std::fmt::Write;

/// A flow with `states` function steps in a row and `functions` functions with a little shaping each.
/// `salt` changes one expression, as an edit would.
pub(super) fn chain(slug: &str, states: usize, functions: usize, salt: usize) -> String {
    let mut text = head(slug);
    text.push_str(" :functions [");
    for number in 0..functions {
        let _ = write!(
            text,
            "\n  {{:id :shape-{number} :language :clojure\n   :code (quote (fn [input]\n     (let [n (get input :n 0)\n           items [n (inc n) (+ n {number})]]\n       {{:n (+ n (count items)) :items items :even (if (= 0 (count items)) \"yes\" \"no\")}})))}}"
        );
    }
    text.push_str(&body(states, functions, salt));
    text
}

/// The rest of a flow behind its last function.
fn body(states: usize, functions: usize, salt: usize) -> String {
    let mut text = "]\n :flow\n '(let [input (flow/input)".to_owned();
    for state in 0..states {
        let from = if state == 0 { "input".to_owned() } else { format!("(:n s{})", state - 1) };
        let input = if state == 0 {
            format!("{{:n (get {from} :n {salt})}}")
        } else {
            format!("{{:n (+ {from} {})}}", if state == 1 { salt } else { 1 })
        };
        let _ = write!(
            text,
            "\n        s{state} (flow/step :function :step-{state} {{:ref :shape-{} :input {input}}})",
            state % functions.max(1)
        );
    }
    let _ = write!(text, "]\n    {{:last s{}}})}}\n", states.saturating_sub(1));
    text
}

/// A valid flow of at least `bytes` bytes: `states` steps, and functions of 2 KB that make up the bulk.
pub(super) fn large(states: usize, bytes: usize) -> String {
    const ROWS: usize = 24;
    let end = body(states, 10, 1);
    let mut text = head("large");
    text.push_str(" :functions [");
    let mut number = 0;
    while number < 10 || text.len() + end.len() < bytes {
        function_of_rows(&mut text, number, ROWS);
        number += 1;
    }
    text.push_str(&end);
    text
}

fn function_of_rows(text: &mut String, number: usize, rows: usize) {
    let _ = write!(
        text,
        "\n  {{:id :shape-{number} :language :clojure\n   :code (quote (fn [input]\n     (let [n (get input :n 0)\n           items ["
    );
    for row in 0..rows {
        let _ = write!(
            text,
            "{{:n (+ n {row}) :text (str \"row {row} of \" n) :even (if (= 0 (mod n {})) \"yes\" \"no\")}}\n                  ",
            row + 2
        );
    }
    text.push_str("]]\n       {:n (+ n (count items)) :items items})))}");
}

fn head(slug: &str) -> String {
    format!(
        "{{:slug :{slug}\n :name \"{slug}\"\n :concurrency {{:type :singleton :on-new-version :supersede}}\n \
         :invocations {{:default {{:inputs [{{:name :n :type :number}}]}}}}\n \
         :interfaces {{:manual [{{:id :run :label \"Run\" :invocation :default :enabled true}}]}}\n"
    )
}
