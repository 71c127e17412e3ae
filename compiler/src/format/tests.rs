//! Text in, text out; whatever comes out comes out of itself again and reads to the same forms.

use super::*;
use crate::syntax::{print, read};

fn formatted(text: &str) -> String {
    let sources = Sources::single("flow.edn", text);
    format(&sources, FileId(0)).unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

fn forms(text: &str) -> Vec<String> {
    let sources = Sources::single("flow.edn", text);
    read(&sources, FileId(0)).forms.iter().map(print::print).collect()
}

fn check(text: &str, wanted: &str) {
    let out = formatted(text);
    assert_eq!(out, format!("{wanted}\n"), "{text}");
    assert_eq!(formatted(&out), out, "once is enough: {text}");
    assert_eq!(forms(&out), forms(text), "{text}");
}

#[test]
fn spaces() {
    check("( a   b\tc )  ", "(a b c)");
    check("{ :a 1 ,  :b 2, }", "{:a 1, :b 2}");
    check("(a)(b)\"c\"[d]", "(a) (b) \"c\" [d]");
    check("' a  #' b @ c ` d ~ e ~@ f ~ @g", "'a #'b @c `d ~e ~@f ~ @g");
    check("^ \"L\"   (f)  ^:k\n[x]", "^\"L\" (f) ^:k\n         [x]");
    check("#_a #_  b #_\n\nc d #_ #_ e f", "#_a #_ b #_ c d #_ #_ e f");
    check(
        "#inst\"2024\" #my/tag{:a 1} #:n  {:a 1} #? (:clj 1) ##Inf",
        "#inst \"2024\" #my/tag {:a 1} #:n{:a 1} #?(:clj 1) ##Inf",
    );
    check(
        "#( f % ) #{ 1 } #\"a  b\" \\space \\, 0x1F 1e3 007",
        "#(f %) #{1} #\"a  b\" \\space \\, 0x1F 1e3 007",
    );
    check("[]( ){\n}", "[] () {}");
}

#[test]
fn lines() {
    check("a\n\n\n\nb\n\n", "a\n\nb");
    check("\u{feff}[1\n2\n\n\n3\n]", "[1\n 2\n\n 3]");
    check("[1 ; one\n; two\n\n  ;; three\n]", "[1 ; one\n ; two\n\n ;; three\n ]");
    check("; a  \n(f   ;; b\t\n x)", "; a\n(f   ;; b\n x)");
    check("[ ;; first\n 1]", "[;; first\n 1]");
    check("\"a  \n   b\" [\"x\ny\" 1\n2]", "\"a  \n   b\" [\"x\ny\" 1\n       2]");
    assert_eq!(formatted("[1\r\n  2]\r\n"), "[1\r\n 2]\r\n");
    assert_eq!(formatted(""), "");
    assert_eq!(formatted(" \n\n"), "");
    check("#!shebang\n1", "#!shebang\n1");
}

#[test]
fn indentation() {
    check("{:a\n1\n:b [1\n2]}", "{:a\n 1\n :b [1\n     2]}");
    check("(f a\nb)", "(f a\n   b)");
    check("(f\na\nb)", "(f\n a\n b)");
    check("(:k m\nd)", "(:k m\n    d)");
    check("(1 2\n3)", "(1 2\n 3)");
    check("((f x) y\nz)", "((f x) y\n z)");
    check("(let [a 1\nb 2]\n(g a\nb))", "(let [a 1\n      b 2]\n  (g a\n     b))");
    check("(let [a 1] a\nb)", "(let [a 1] a\n     b)");
    check("(let [a 1]\n; c\na\nb)", "(let [a 1]\n  ; c\n  a\n  b)");
    check("(if x\na\nb)", "(if x\n  a\n  b)");
    check("(if x a\nb)", "(if x a\n    b)");
    check("(fn [x]\n(when x\n1))", "(fn [x]\n  (when x\n    1))");
    check("(cond\na b\n:else c)", "(cond\n  a b\n  :else c)");
    check("(cond a b\n:else c)", "(cond a b\n      :else c)");
    check("(try\n(f)\n(catch :default e\n1))", "(try\n  (f)\n  (catch :default e\n    1))");
    check("(-> x\nf\n(g 1))", "(-> x\n    f\n    (g 1))");
    check("#(let [x %]\nx)", "#(let [x %]\n   x)");
    check("#{1\n2}", "#{1\n  2}");
    check("'(clojure.core/when x\ny)", "'(clojure.core/when x\n   y)");
    check("^{:label \"x\"}\n(f\n1)", "^{:label \"x\"}\n(f\n 1)");
    check("[^:a\nx #_(f a\nb)\n1]", "[^:a\n x #_(f a\n        b)\n 1]");
    check("#?(:clj a\n:cljs b)", "#?(:clj a\n   :cljs b)");
    check("{:flow\n'(do\n1)}", "{:flow\n '(do\n    1)}");
    check("(flow/step :http :x\n{:a 1})", "(flow/step :http :x\n           {:a 1})");
}

#[test]
fn columns_of_values() {
    check("{:a   1\n :bcd 2}", "{:a   1\n :bcd 2}");
    check("[ {:a     1\n   :bcd   2\n   :e\n 3}]", "[{:a   1\n  :bcd 2\n  :e\n  3}]");
    check("{:a   1\n :bcd   2}", "{:a 1\n :bcd 2}");
    check("{:a   1 :bcd 2}", "{:a 1 :bcd 2}");
}

#[test]
fn what_cannot_be_read_is_left_alone() {
    for text in ["(a", "\"x", "{:a}", "[08]", "{:a 1 :a 2}"] {
        let sources = Sources::single("flow.edn", text);
        assert!(format(&sources, FileId(0)).is_err(), "{text}");
    }
    check("[#flow/include \"x.edn\"  ]", "[#flow/include \"x.edn\"]");
}
