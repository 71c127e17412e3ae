//! The three forms of a problem.

use super::*;
use crate::diagnostics::Code;

fn sample() -> (Sources, Vec<Diagnostic>) {
    let mut sources = Sources::single("flow.edn", "{:slug :é\n :a 1\n :a 2}\n");
    let other = sources.add("other.edn", "(fn [x] x)");
    let key = Span::new(FileId(0), 18, 20);
    let problem = Diagnostic::new(Code::DUPLICATE_KEY, key, "`:a` stands twice in this map")
        .label("the same key again")
        .also(Span::new(FileId(0), 12, 14), "the first `:a`")
        .also(Span::new(other, 4, 7), "seen from here")
        .note("a note")
        .help("remove one of the two")
        .edit(key, ":b")
        .at(&[":flow", "[0]"]);
    let mut warning =
        Diagnostic::new(Code::NOT_A_FLOW, Span::new(FileId(0), 999, 1000), "odd \u{1b}[31m place");
    warning.severity = Severity::Warning;
    (sources, vec![problem, warning])
}

#[test]
fn human_form() {
    let (sources, problems) = sample();
    let text = human(&problems, &sources, false);
    let expected = "\
error[duplicate-key]: `:a` stands twice in this map
 --> flow.edn:3:2
  |
2 |  :a 1
  |  -- the first `:a`
3 |  :a 2}
  |  ^^ the same key again
  |
 ::: other.edn:1:5
  |
1 | (fn [x] x)
  |     --- seen from here
  |
  = note: at :flow [0]
  = note: a note
  = help: remove one of the two
";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.ends_with("\n\n1 error, 1 warning\n"), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
    assert!(human(&problems, &sources, true).contains('\u{1b}'));
    assert_eq!(human(&[], &sources, false), "");
}

/// The lines of source with their marks, of a problem at the first `x` of the text.
#[track_caller]
fn check_marks(text: &str, expected: &str) {
    let sources = Sources::single("f", text);
    let at = text.find('x').unwrap();
    let problem = Diagnostic::new(Code::NOT_A_FLOW, Span::new(FileId(0), at, at + 1), "odd").label("here");
    let shown = human(&[problem], &sources, false);
    assert!(shown.contains(expected), "{shown}");
}

#[test]
fn marks_stand_below_what_they_mark() {
    check_marks("(a x)", "1 | (a x)\n  |    ^ here");
    check_marks("\t(\tx)", "1 |     (    x)\n  |          ^ here");
    check_marks("\"日本\" x", "1 | \"日本\" x\n  |        ^ here");
    check_marks("\"é😀\" x", "1 | \"é😀\" x\n  |       ^ here");
    check_marks("1\r\n  x\r\n", "2 |   x\n  |   ^ here");
    check_marks("\u{feff}x", "^ here");
    check_marks("a\0 x", "1 | a␀ x\n  |    ^ here");
}

#[test]
fn far_away_lines_are_not_gone_through() {
    let text = format!("(a\n{}b\n{} c)", "1\n".repeat(100_000), "2 ".repeat(100_000));
    let sources = Sources::single("f", text.as_str());
    let span = |name: &str| {
        let at = text.find(name).unwrap();
        Span::new(FileId(0), at, at + 1)
    };
    let problem = Diagnostic::new(Code::NOT_A_FLOW, span("b"), "odd").label("here").also(span("a"), "there");
    let shown = human(&[problem.also(span("c"), "in a long line")], &sources, false);
    assert!(shown.contains(" --> f:100002:1\n"), "{shown}");
    assert!(shown.contains("100002 | b\n       | ^ here"), "{shown}");
    assert!(shown.contains("1 | (a\n") && shown.contains("there"), "{shown}");
    assert!(shown.contains("f:100003:200002"), "{shown}");
    assert!(shown.len() < 2_000, "{shown}");
}

#[test]
fn short_form() {
    let (sources, problems) = sample();
    assert_eq!(
        short(&problems, &sources),
        "flow.edn:3:2: error[duplicate-key]: `:a` stands twice in this map\n\
         flow.edn:4:1: warning[not-a-flow]: odd ␛[31m place\n"
    );
    assert_eq!(count(&problems), "1 error, 1 warning");
    assert_eq!(count(&[]), "no problems");
}

#[test]
fn json_form() {
    let (sources, problems) = sample();
    let json = json(&problems, &sources);
    let first = &json[0];
    assert_eq!(first["severity"], "error");
    assert_eq!(first["stage"], "local");
    assert_eq!(first["path"], serde_json::json!([":flow", "[0]"]));
    assert_eq!(first["hint"], "remove one of the two");
    assert_eq!(first["byteOffset"], 18);
    assert_eq!(first["form"], ":a");
    assert_eq!(first["file"], "flow.edn");
    let span =
        serde_json::json!({ "start": 18, "end": 20, "line": 3, "column": 2, "endLine": 3, "endColumn": 4 });
    assert_eq!(first["span"], span);
    assert_eq!(first["labels"][1]["file"], "other.edn");
    assert_eq!(first["edits"][0]["text"], ":b");
    assert_eq!(json[1].get("form"), None);
}
