//! What a body evaluates, and which ids stand in a text.

use super::{count, facts, texts};
use crate::diagnostics::Problems;
use crate::source::{FileId, Sources};
use crate::syntax::read;

/// Free symbols in the order of evaluation, those of the language left out.
#[track_caller]
fn check(body: &str, expected: &[&str]) {
    let sources = Sources::single("body.edn", body);
    let reading = read(&sources, FileId(0));
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    let facts = facts::of(reading.forms.first().unwrap());
    let known = "let let* loop dotimes for doseq fn letfn letfn* if-let when-let if case try binding comment quote var def -> cond-> as-> list";
    let free: Vec<&str> = facts
        .symbols
        .iter()
        .filter_map(|form| Some(form.as_symbol()?.full()))
        .filter(|name| !known.split(' ').any(|it| it == *name))
        .collect();
    assert_eq!(free, expected, "{body}");
}

#[test]
fn binding_forms() {
    check("(let [a b c a] a c d)", &["b", "d"]);
    check("(let [a a] a)", &["a"]);
    check("(list (let [a 1] a) a)", &["a"]);
    check("(loop [i n] (if i (recur i) m))", &["n", "recur", "m"]);
    check("(dotimes [i n] i)", &["n"]);
    check("(if-let [a b] a a)", &["b", "a"]);
    check("(when-let [a b] x a)", &["b", "x"]);
    check("(for [a as :when (p a) :let [b a] :while b c b] [a b c d])", &["as", "p", "d"]);
    check("(doseq [x x] x)", &["x"]);
    check("(binding [a b] a)", &["b", "a"]);
    check("(as-> a b (c b))", &["a", "c"]);
    check("(try a (catch E e (f e)) (finally b))", &["a", "f", "b"]);
}

#[test]
fn functions() {
    check("(fn [a & more] a more b)", &["b"]);
    check("(fn self [a] (self a b))", &["b"]);
    check("(fn ([a] a b) ([a b] a b c))", &["b", "c"]);
    check("(letfn [(f [a] (g a b)) (g [x] (f x))] (f g h))", &["b", "h"]);
    check("(letfn* [f (fn [] (g f))] (f))", &["g"]);
    check("#(f % %2 a)", &["f", "%", "%2", "a"]);
}

#[test]
fn patterns() {
    check("(let [[a [b & c] :as d] e] [a b c d f])", &["e", "f"]);
    check(
        "(let [{:keys [a x/b :c] :x/keys [d] :syms [e] :strs [f] :as g h :h} i] [a b c d e f g h j])",
        &["i", "j"],
    );
    check("(let [{k (key-of x)} m] k)", &["m", "key-of", "x"]);
    check("(let [{:keys [a b] :or {b (f a)}} m] b)", &["m", "f"]);
    check("(let [{:keys [a b] :or {a (f a b)}} m] b)", &["m", "f", "a", "b"]);
}

#[test]
fn data() {
    check("(list 'a '(b c) (quote d) (comment e) :a/b)", &[]);
    check("(case a b c (d e) f g)", &["a", "c", "f", "g"]);
    check("(-> 1 (case a b))", &["b"]);
    check("`(a ~b ~@c `(d ~e ~~f))", &["b", "c", "f"]);
    check("(let [a 1] #'a)", &["a"]);
    check("(let [a 1] (var a))", &["a"]);
    check("(let [case f] (case a b))", &["f", "a", "b"]);
    check("(let [quote f] (quote a))", &["f", "a"]);
    check("(def a b)", &["b"]);
    check("(. a (b c))", &[".", "a", "c"]);
}

/// What is not written as it must be is judged elsewhere; here it must do no harm.
#[test]
fn malformed_forms() {
    for head in
        "let loop for doseq dotimes if-let when-let fn letfn letfn* binding case try as-> -> def . var"
            .split(' ')
    {
        let rest = if head == "." { vec!["."] } else { Vec::new() };
        for arguments in
            ["", " []", " [[]]", " [{}]", " [{:keys 1}]", " [{:keys [1] :or 2}]", " ()", " [()]", " [:let]"]
        {
            check(&format!("({head}{arguments})"), &rest);
        }
    }
    check("(let x y)", &["x", "y"]);
    check("(let [a] b)", &["b"]);
    check("(for [a b :when] c)", &["b", "c"]);
    check("(try (catch) (catch a) (finally))", &["catch", "catch", "a"]);
}

#[test]
fn workspace_ids() {
    let check = |text: &str, expected: &[&str]| {
        let found: Vec<&str> =
            texts::ids_in(text).iter().filter_map(|(start, end)| text.get(*start..*end)).collect();
        assert_eq!(found, expected, "{text}");
    };
    check("ws-acme", &["ws-acme"]);
    check("in ws-a and /ws-b_2-/", &["ws-a", "ws-b_2"]);
    check("aws-x news- ws- ws-- _ws-x", &[]);
    check("my-ws-x", &["ws-x"]);
    check("äws-x", &["ws-x"]);
}

/// The fifty-first step is one too many, wherever it stands; what is quoted or left out is none.
#[test]
fn steps_are_counted_where_they_are_written() {
    let step = |number: usize| format!("(flow/step :sleep :s{number} {{:seconds 1}})");
    let warned = |text: String| {
        let sources = Sources::single("body.edn", text);
        let mut problems = Problems::default();
        count::check(read(&sources, FileId(0)).forms.first().unwrap(), &mut problems);
        problems.into_sorted().0.iter().map(|problem| problem.primary.span.start as usize).collect::<Vec<_>>()
    };
    let steps = |from: usize, to: usize| (from..to).map(step).collect::<Vec<_>>().join(" ");
    assert_eq!(warned(format!("(do {} '{})", steps(0, 50), step(50))), Vec::<usize>::new());
    let before = format!("(do {} (if x [", steps(0, 50));
    assert_eq!(warned(format!("{before}(flow/call-flow :a {{}})]))")), [before.len()]);
}
