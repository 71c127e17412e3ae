//! Flows of several files, given as `(name, text)`; the first one is the root.

use std::cell::RefCell;
use std::fmt::Write as _;

use super::*;
use crate::source::Found;
use crate::syntax::{print, read};

/// Files in memory: names are identities, paths are relative to the folder of the including file.
struct Memory<'a> {
    files: &'a [(&'a str, &'a str)],
    /// Names of the files that were read.
    reads: RefCell<Vec<String>>,
}

impl Loader for Memory<'_> {
    fn root(&self) -> String {
        self.files[0].0.to_owned()
    }

    fn find(&self, from: &str, path: &str) -> Result<Found, IncludeError> {
        let name = match from.rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/{path}"),
            None => path.to_owned(),
        };
        match self.files.iter().find(|(known, _)| *known == name) {
            Some(_) => Ok(Found { identity: name.clone(), name }),
            None => Err(IncludeError::new(format!("there is no file {name}"))),
        }
    }

    fn read(&self, found: &Found) -> Result<String, IncludeError> {
        self.reads.borrow_mut().push(found.name.clone());
        let (_, text) = self.files.iter().find(|(name, _)| *name == found.name).unwrap();
        Ok((*text).to_owned())
    }
}

fn loaded(files: &[(&str, &str)]) -> (Sources, Vec<String>) {
    let mut sources = Sources::single(files[0].0, files[0].1);
    let memory = Memory { files, reads: RefCell::default() };
    load(&mut sources, FileId(0), &memory);
    (sources, memory.reads.into_inner())
}

/// The forms printed, then one line per problem.
fn show(sources: &Sources) -> String {
    let reading = read(sources, FileId(0));
    let mut out: Vec<String> = reading.forms.iter().map(print::print).collect();
    for problem in &reading.problems {
        let place = |span: crate::source::Span| {
            let (line, column) = sources.line_column(span.file, span.start);
            format!("{}:{line}:{column}", sources.file(span.file).name)
        };
        let mut text =
            format!("{} {}: {}", place(problem.primary.span), problem.code.name(), problem.message);
        for label in &problem.secondary {
            let _ = write!(text, " [{}]", place(label.span));
        }
        out.push(text);
    }
    out.join("\n")
}

fn check(files: &[(&str, &str)], wanted: &str) {
    let (sources, reads) = loaded(files);
    assert_eq!(show(&sources), wanted, "{files:?}");
    let mut once = reads.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), reads.len(), "each file is read once: {reads:?}");
    if read(&sources, FileId(0)).problems.is_empty() {
        let alone = Sources::single("alone", expanded(&sources));
        assert_eq!(show(&alone), wanted, "expanded: {}", alone.file(FileId(0)).text);
    }
}

#[test]
fn includes() {
    check(&[("a", "[#flow/include \"b\" 2]"), ("b", "; one\n{:x 1} ; that is all")], "[{:x 1} 2]");
    check(&[("a", "{#flow/include \"b\" 2}"), ("b", "\u{feff}:k\r\n")], "{:k 2}");
    check(&[("a", "'#flow/include \"b\""), ("b", "^:m [x]")], "'^:m [x]");
    check(&[("a", "^#flow/include \"b\" x"), ("b", "\"Label\"")], "^\"Label\" x");
    check(&[("a", "#flow/include \"b\" ; root\n"), ("b", "[1]")], "[1]");
    // Nested, relative to the including file, shared.
    check(
        &[
            ("a", "[#flow/include \"d/b\" #flow/include \"d/c\"]"),
            ("d/b", "(b #flow/include \"c\")"),
            ("d/c", "c"),
        ],
        "[(b c) c]",
    );
    check(&[("a", "[#?@(:clj #flow/include \"b\") 3]"), ("b", "[1 2]")], "[1 2 3]");
    check(&[("a", "[#flow/include \"b\" 3]"), ("b", "#?(:cljs 1 :clj 2)")], "[2 3]");
}

#[test]
fn what_is_no_include() {
    check(&[("a", "[1 #_ #flow/include \"b\" 2]")], "[1 2]");
    check(&[("a", "[#_ #_ 1 #flow/include \"b\" 2]")], "[2]");
    check(&[("a", "[#_ (x #flow/include \"b\") 2]")], "[2]");
    check(&[("a", "[#?(:cljs #flow/include \"b\" :clj 1)]")], "[1]");
    check(&[("a", "[#?(:clj 1 :default #flow/include \"b\")]")], "[1]");
    check(
        &[("a", "[1 ; #flow/include \"b\"\n \"#flow/include \\\"b\\\"\"]")],
        "[1 \"#flow/include \\\"b\\\"\"]",
    );
    check(&[("a", "#flow/includes \"b\"")], "#flow/includes \"b\"");
}

#[test]
fn problems_stand_where_they_were_written() {
    check(
        &[("a", "[#flow/include \"b\"]"), ("b", "{:a 1\n :a 2}")],
        "[nil]\nb:2:2 duplicate-key: `:a` stands twice in this map [b:1:2]",
    );
    check(
        &[("a", "[#flow/include \"b\" #flow/include \"b\"]"), ("b", "[1 2")],
        "[nil nil]\nb:1:5 clojure_delimiters_invalid: the `[` of line 1 is never closed [b:1:1]",
    );
    check(
        &[("a", "[#flow/include \"b\" #flow/include 5]")],
        "[nil nil]\na:1:16 flow_include_invalid: there is no file b\n\
         a:1:34 flow_include_invalid: `#flow/include` takes the path of a file as a string",
    );
    check(
        &[("a", "[#flow/include \"b\"]"), ("b", "1\n2")],
        "[nil]\nb:2:1 flow_include_invalid: b is included and holds more than one form [a:1:2]",
    );
    check(
        &[("a", "[#flow/include \"b\"]"), ("b", "; nothing")],
        "[nil]\nb:1:1 flow_include_invalid: b is included and holds no form [a:1:2]",
    );
}

#[test]
fn circles_are_shown() {
    check(
        &[("a", "[#flow/include \"a\"]")],
        "[nil]\na:1:16 flow_include_invalid: includes go round in a circle: a → a",
    );
    check(
        &[("a", "[#flow/include \"b\"]"), ("b", "[#flow/include \"c\"]"), ("c", "(#flow/include \"b\")")],
        "[[nil]]\nc:1:16 flow_include_invalid: includes go round in a circle: b → c → b",
    );
}

/// A root and files `f1`, `f2` …, each made by the function from the name of the next.
fn chain(levels: usize, text: impl Fn(&str) -> String) -> Sources {
    let names: Vec<String> = (0..=levels).map(|level| format!("f{level}")).collect();
    let mut texts: Vec<String> = names.iter().skip(1).map(|next| text(next)).collect();
    texts.push("x".to_owned());
    let files: Vec<(&str, &str)> =
        names.iter().map(String::as_str).zip(texts.iter().map(String::as_str)).collect();
    loaded(&files).0
}

#[test]
fn bombs_are_bounded() {
    let bomb = chain(12, |next| format!("[{}]", format!("#flow/include \"{next}\" ").repeat(10)));
    assert!(show(&bomb).contains("bytes together"));
    let deep = |next: &str| format!("{}#flow/include \"{next}\"{}", "[".repeat(200), "]".repeat(200));
    assert!(show(&chain(1, deep)).starts_with("[[["));
    assert!(show(&chain(2, deep)).contains("nested deeper than 256 levels"));
    let long = |next: &str| format!("#flow/include \"{next}\"");
    assert_eq!(show(&chain(32, long)), "x");
    assert!(show(&chain(33, long)).contains("nested deeper than 32 files"));
}
