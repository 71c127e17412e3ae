//! What reads to what, and what is reported where.

use std::fmt::Write as _;

use super::*;
use crate::syntax::print;

/// The forms printed, then one line per problem: `line:column code message`.
fn show(sources: &Sources, reading: &Reading) -> String {
    let mut out: Vec<String> = reading.forms.iter().map(print::print).collect();
    for problem in &reading.problems {
        let (line, column) = sources.line_column(problem.primary.span.file, problem.primary.span.start);
        let mut text = format!("{line}:{column} {}: {}", problem.code.name(), problem.message);
        for label in &problem.secondary {
            let (line, column) = sources.line_column(label.span.file, label.span.start);
            let _ = write!(text, " [{line}:{column}]");
        }
        out.push(text);
    }
    out.join("\n")
}

fn check(text: &str, wanted: &str) {
    let sources = Sources::single("flow.edn", text);
    let reading = read(&sources, FileId(0));
    assert_eq!(show(&sources, &reading), wanted, "{text}");
}

#[test]
fn forms() {
    check("", "");
    check(
        "nil true false 1 0x10 1.5 2/4 1.50M 5N \\a \\newline",
        "nil true false 1 16 1.5 1/2 1.50M 5N \\a \\newline".replace(' ', "\n").as_str(),
    );
    check(":a :a/b sym a/b", ":a\n:a/b\nsym\na/b");
    check("::c ::str/c ::clojure.set/c", ":user/c\n:clojure.string/c\n:clojure.set/c");
    check("::x/c", ":x/c\n1:1 clojure_reader_invalid: `::x/c`: there is no namespace `x`");
    check("\"a\\nb\\u00e9\" \"x\ny\"", "\"a\\nbé\"\n\"x\\ny\"");
    check("#\"\\s+\\\"\"", "#\"\\s+\\\"\"");
    check("(a [b {:c #{d}}] #(e %))", "(a [b {:c #{d}}] #(e %))");
    check("'a `(b ~c ~@d) @e #'f", "'a\n`(b ~c ~@d)\n@e\n#'f");
    check("~ @x ~@x", "~ @x\n~@x");
    check("^\"Label\" (f) ^:k ^{:a 1} [x] #^String y", "^\"Label\" (f)\n^:k ^{:a 1} [x]\n^String y");
    check(
        "#inst \"2024\" #uuid \"f81d4fae-7dec-11d0-a765-00a0c91e6bf6\" #my/tag {:a 1}",
        "#inst \"2024-01-01T00:00:00.000-00:00\"\n#uuid \"f81d4fae-7dec-11d0-a765-00a0c91e6bf6\"\n#my/tag {:a 1}",
    );
    check("##Inf ##-Inf ##NaN", "##Inf\n##-Inf\n##NaN");
    check("#:p{:a 1 :_/b 2 :q/c 3 \"d\" 4 e 5}", "{:p/a 1 :b 2 :q/c 3 \"d\" 4 p/e 5}");
    check("#::{:a 1} #::str{:a 1 :q/b 2 :_/c 3}", "{:user/a 1}\n{:clojure.string/a 1 :q/b 2 :c 3}");
}

#[test]
fn discards() {
    check("[1 #_ 2 3]", "[1 3]");
    check("[#_ #_ 1 2 3]", "[3]");
    check("[#_ #_ #_ 1 2 3 4]", "[4]");
    check("[#_ ^:k x y]", "[y]");
    check("[#_ #?(:cljs 1) 2 3]", "[3]");
    check("{:a 1 #_ #_ :b 2}", "{:a 1}");
    check("[#_ {:a :b :c} 1]", "[1]");
    check("[1 #_]", "[1]\n1:4 clojure_reader_invalid: nothing follows `#_`");
    check("[#_ #=(x) 1]", "[1]\n1:5 clojure_reader_eval_disabled: `#=` is never evaluated");
}

#[test]
fn conditionals() {
    check("#?(:clj 1 :cljs 2)", "1");
    check("[#?(:cljs 2 :default 3)]", "[3]");
    check("[#?(:cljs 2)]", "[]");
    check("[1 #?@(:clj [2 3]) 4]", "[1 2 3 4]");
    check("{:a 1 #?@(:clj [:b 2])}", "{:a 1 :b 2}");
    check("[#?((:and :clj (:not :cljs)) 1) #?((:or :x :default) 2) #?((:and :clj :x) 3)]", "[1 2]");
    check("#?(:cljs {:a :b :c} :clj 1)", "1");
    check("#?(:clj #?(:cljs 1 :clj 2))", "2");
    check("'#?(:clj x)", "'x");
    check("#?(:clj)", "1:4 clojure_reader_invalid: this feature has no form after it");
    check("#?(5 1)", "1:4 clojure_reader_invalid: this is no feature");
    check("#?[:clj 1]", "[:clj 1]\n1:1 clojure_reader_invalid: a list must follow `#?`");
    check(
        "[#?@(:clj 5)]",
        "[]\n1:11 clojure_reader_invalid: `#?@` puts the elements of a collection here, and this is an integer [1:2]",
    );
}

#[test]
fn problems_are_independent() {
    check("{:a 1 :b}", "{:a 1}\n1:7 clojure_reader_invalid: `:b` has no value in this map [1:1]");
    check("{:a 1 :b 2 :a 3}", "{:a 1 :b 2 :a 3}\n1:12 duplicate-key: `:a` stands twice in this map [1:2]");
    check(
        "{1 :a 1N :b [1] :c (1) :d}",
        "{1 :a 1N :b [1] :c (1) :d}\n1:7 duplicate-key: `1N` stands twice in this map [1:2]\n1:20 duplicate-key: `(1)` stands twice in this map [1:13]",
    );
    check("#{a b a}", "#{a b a}\n1:7 duplicate-key: `a` stands twice in this set [1:3]");
    check("#:n{:a 1 :n/a 2}", "{:n/a 1 :n/a 2}\n1:10 duplicate-key: `:n/a` stands twice in this map [1:5]");
    check(
        "[08 :a: \"\\d\" \\foo ##Foo]",
        "[nil nil \"\" nil nil]\n\
        1:2 clojure_reader_invalid: `08` is not a number: a leading 0 makes it octal, and 8 is no octal digit\n\
        1:5 clojure_reader_invalid: a name cannot end in a colon: `a:`\n\
        1:10 clojure_reader_invalid: `\\d` is no escape; a backslash is written `\\\\`\n\
        1:14 clojure_reader_invalid: `\\foo` is no character; there are `\\a`, `\\newline`, `\\space`, `\\tab`, `\\backspace`, `\\formfeed`, `\\return`, `\\u00e9` and `\\o377`\n\
        1:19 clojure_reader_invalid: `##Foo` is no symbolic value; there are ##Inf, ##-Inf and ##NaN",
    );
    check("[#=(+ 1 2) 3]", "[nil 3]\n1:2 clojure_reader_eval_disabled: `#=` is never evaluated");
    check(
        "['] (^:a)",
        "[]\n()\n1:2 clojure_reader_invalid: nothing follows `'`\n1:6 clojure_reader_invalid: nothing follows `^`",
    );
    check(
        "^5 x ^:a 5",
        "^5 x\n^:a 5\n1:2 clojure_reader_invalid: metadata cannot be an integer\n1:10 clojure_reader_invalid: an integer cannot have metadata [1:7]",
    );
    check(
        "#flow/include \"a.clj\"",
        "nil\n1:1 flow_include_invalid: nothing can be included here: \"a.clj\" was not brought",
    );
    check(
        "#inst \"x\" #: {}",
        "nil\n{}\n1:7 clojure_reader_invalid: `#inst` takes a date such as \"2024-05-01T12:00:00Z\"\n1:11 clojure_reader_invalid: `#:` is no namespace",
    );
    check(
        "[a\u{a0}b]",
        "[a b]\n1:3 clojure_reader_invalid: a no-break space (U+00A0) is not part of the language",
    );
    check(
        "#<x> #",
        "1:1 clojure_reader_invalid: `#<` stands for an object that cannot be written down\n1:6 clojure_reader_invalid: nothing follows this `#`",
    );
}

#[test]
fn strings_without_an_end() {
    check("{:a \"x}", "1:5 clojure_syntax_invalid: this string never ends");
    check("[#\"x]", "1:2 clojure_syntax_invalid: this regex never ends");
    // The quote that is missing is the first one, although the lexer runs out at the last.
    check(
        "{:name \"Fetch\n :slug :x\n :a \"one\"\n :b \"two\"}",
        "1:8 clojure_syntax_invalid: this string never ends",
    );
    check(
        "{:name \"Fetch\"\n :slug :x\n :a \"one\n :b \"two\"\n :c \"three\"}",
        "3:5 clojure_syntax_invalid: this string never ends",
    );
}

/// Reads the code in the string that is the file, and shows what a place in it is in the file.
fn check_code(text: &str, wanted: &str) {
    let sources = Sources::single("flow.edn", text);
    let outer = read(&sources, FileId(0));
    let FormKind::String(string) = &outer.forms[0].kind else { panic!("no string: {text}") };
    let reading = read_code_string(&sources, string, outer.forms[0].span);
    assert_eq!(show(&sources, &reading), wanted, "{text}");
}

#[test]
fn code_in_strings() {
    check_code(
        "\"(fn [x] {:a \\\"b\\\" :a 1})\"",
        "(fn [x] {:a \"b\" :a 1})\n1:20 duplicate-key: `:a` stands twice in this map [1:11]",
    );
    check_code("\"(fn [x] x\"", "1:11 clojure_delimiters_invalid: the `(` of line 1 is never closed [1:2]");
    check_code(
        "\"(fn [x]\n   (f \\\"a\\\" 08))\"",
        "(fn [x] (f \"a\" nil))\n2:13 clojure_reader_invalid: `08` is not a number: a leading 0 makes it octal, and 8 is no octal digit",
    );
    // A bad escape in a string in a string: two rounds of unescaping, one place.
    check_code(
        "\"(f \\\"a\\\\n\\\\d\\\" x)\"",
        "(f \"a\\n\" x)\n1:11 clojure_reader_invalid: `\\d` is no escape; a backslash is written `\\\\`",
    );
}

#[test]
fn nesting_is_bounded() {
    let levels = |count: usize| format!("{}{}", "[".repeat(count), "]".repeat(count));
    let count = |text: &str| {
        let sources = Sources::single("flow.edn", text);
        let reading = read(&sources, FileId(0));
        (reading.forms.len(), reading.problems.len())
    };
    assert_eq!(count(&levels(NESTING_MAX)), (1, 0));
    assert_eq!(count(&levels(NESTING_MAX + 1)), (0, 1));
    assert_eq!(count(&levels(100_000)), (0, 1));
    assert_eq!(count(&"[".repeat(100_000)), (0, 1));
    assert_eq!(count(&")".repeat(100_000)), (0, 1));
    assert_eq!(count(&"'".repeat(100_000)), (0, 1));
    assert_eq!(count(&"#_".repeat(100_000)), (0, 1));
    assert_eq!(count(&"^".repeat(100_000)), (0, 1));
    assert_eq!(count(&"#?(".repeat(100_000)), (0, 1));
    assert_eq!(count(&"'(".repeat(100_000)), (0, 1));
    assert_eq!(count(&"^:a ".repeat(100_000)), (0, 1));
    assert_eq!(count(&format!("{}x", "^{:a 1} ".repeat(100_000))), (0, 1));
    assert_eq!(count(&format!("[#_ {}]", "^:a ".repeat(100_000))), (0, 1));
    assert_eq!(count(&format!("#?(:cljs {}{} :clj 1)", "[".repeat(300), "]".repeat(300))), (0, 1));
}

#[test]
fn no_text_breaks_the_reader() {
    let flow = "{:slug :x :name \"N\\\"\" #_ #_ a b ^\"L\" [#\"r\" \\a #{1 2}]\n :flow '(let [a (f #?(:clj 1 :default 2)) #:n{:b ::c}]\n  `(x ~@a #inst \"2024\" 1/2 #(g %) @d #'e)) ; c\n}";
    let read_bytes = |bytes: &[u8]| {
        let Ok(text) = std::str::from_utf8(bytes) else { return };
        let sources = Sources::single("flow.edn", text);
        let reading = read(&sources, FileId(0));
        for problem in reading.problems {
            assert!(problem.primary.span.end as usize <= text.len(), "{text}");
            assert!(text.is_char_boundary(problem.primary.span.start as usize), "{text}");
        }
    };
    for end in 0..=flow.len() {
        read_bytes(&flow.as_bytes()[..end]);
    }
    for at in 0..flow.len() {
        let mut bytes = flow.as_bytes().to_vec();
        let removed = bytes.remove(at);
        read_bytes(&bytes);
        for step in 0..3 {
            let all = b"()[]{}\"#^'`~@\\;:_? 0/n";
            bytes.insert(at, all[(at * 3 + step) % all.len()]);
            read_bytes(&bytes);
            bytes.remove(at);
        }
        bytes.insert(at, removed);
    }
}
