//! `breytac fmt`, and what must hold of any text: layout changes no form, laying out twice is laying out once, and
//! printed forms read back to themselves.

use std::path::Path;

use breyta_compiler::format::format;
use breyta_compiler::source::{FileId, Sources};
use breyta_compiler::syntax::{self, print};
use breyta_tests::executable::breytac_run;
use breyta_tests::tree;

use generator::Generator;

/// Texts out of a seed.
mod generator;

const TEXTS: u64 = 3_000;

/// The forms on a line each; None when the text cannot be read.
fn forms(text: &str) -> Option<Vec<String>> {
    let reading = syntax::read(&Sources::single("text.edn", text), FileId(0));
    reading.problems.is_empty().then(|| reading.forms.iter().map(print).collect())
}

fn formatted(text: &str) -> Option<String> {
    format(&Sources::single("text.edn", text), FileId(0)).ok()
}

#[track_caller]
fn check_layout(what: &str, text: &str) {
    let Some(before) = forms(text) else { return };
    let out = formatted(text).unwrap_or_else(|| panic!("{what}: not formatted\n{text}"));
    assert_eq!(forms(&out), Some(before), "{what}: other forms\n{text}\n----\n{out}");
    assert_eq!(formatted(&out).as_deref(), Some(out.as_str()), "{what}: not stable\n{text}\n----\n{out}");
    assert!(out.lines().all(|line| !line.ends_with([' ', '\t']) || text.contains('"')), "{what}: {out}");
}

#[test]
fn any_text_keeps_its_forms() {
    let mut readable = 0;
    for seed in 0..TEXTS {
        let text = Generator::new(seed).text();
        readable += u64::from(forms(&text).is_some());
        check_layout(&format!("seed {seed}"), &text);
    }
    assert!(readable > TEXTS / 2, "the generator makes too little that can be read: {readable}");
}

#[test]
fn printed_forms_read_back() {
    for seed in 0..TEXTS {
        let Some(printed) = forms(&Generator::new(seed).text()) else { continue };
        assert_eq!(forms(&printed.join("\n")), Some(printed.clone()), "seed {seed}");
        assert_eq!(forms(&printed.join(" ")), Some(printed), "seed {seed}");
    }
}

/// Our own flows are in standard layout, and stay the same flows however their spaces are disturbed.
#[test]
fn examples_and_fixtures() {
    let folders = ["examples", "tests/fixtures", "tests/scenarios", "tests/lower", "tests/codegen"];
    let files = folders.iter().flat_map(|folder| tree::files(&tree::root().join(folder), ".edn"));
    for (seed, file) in files.enumerate() {
        let shown = tree::shown(&file);
        let text = tree::read(&file);
        check_layout(&shown, &text);
        let Some(out) = formatted(&text) else { continue };
        if shown.starts_with("examples/") {
            assert_eq!(out, text, "{shown} is not in standard layout");
        }
        check_layout(&format!("{shown}, disturbed"), &Generator::new(seed as u64).disturbed(&text));
    }
}

const SLOPPY: &str = "{ :slug   :a ; why\n\n\n:name \"A\"\n  #_ :old #_ 1 }";
const NEAT: &str = "{:slug :a ; why\n\n :name \"A\"\n #_ :old #_ 1}\n";

fn place(content: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("flow.edn");
    std::fs::write(&file, content).unwrap();
    let name = file.to_str().unwrap().to_owned();
    (folder, name)
}

fn content(file: &str) -> String {
    std::fs::read_to_string(file).unwrap()
}

fn entries(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

#[test]
fn fmt_writes_files() {
    let (folder, file) = place(SLOPPY);
    let finished = breytac_run(&["fmt", &file]).expect_status(0);
    assert_eq!(finished.stdout.trim(), file);
    assert_eq!(content(&file), NEAT);
    let finished = breytac_run(&["fmt", &file]).expect_status(0);
    assert_eq!(finished.stdout, "");
    assert!(finished.stderr.contains("1 unchanged"), "{}", finished.stderr);
    assert_eq!(entries(folder.path()), 1, "nothing is left behind");
}

#[test]
fn fmt_check_names_files_and_changes_none() {
    let (_kept, sloppy) = place(SLOPPY);
    let (_kept_too, neat) = place(NEAT);
    let finished = breytac_run(&["fmt", "--check", &neat, &sloppy]).expect_status(1);
    assert_eq!(finished.stdout.trim(), sloppy);
    assert_eq!(content(&sloppy), SLOPPY);
    breytac_run(&["fmt", "--check", &neat]).expect_status(0);
    let json = breytac_run(&["fmt", "--check", &sloppy, "--format", "json"]).expect_status(1).json();
    assert_eq!(json["ok"], false);
    assert_eq!(json["error"]["code"], "not-formatted");
    assert_eq!(json["data"]["files"][0]["changed"], true);
}

#[test]
fn fmt_leaves_what_it_cannot_read() {
    let (_kept, broken) = place("{:a (f\n :b 1}");
    let (_kept_too, sloppy) = place(SLOPPY);
    let finished = breytac_run(&["fmt", &broken, &sloppy]).expect_status(1);
    assert!(finished.stderr.contains("clojure_delimiters_invalid"), "{}", finished.stderr);
    assert_eq!(content(&broken), "{:a (f\n :b 1}");
    assert_eq!(content(&sloppy), NEAT);
    let json = breytac_run(&["fmt", &broken, "--format", "json"]).expect_status(1).json();
    assert_eq!(json["data"]["files"][0]["diagnostics"][0]["code"], "clojure_delimiters_invalid");
    breytac_run(&["fmt"]).expect_status(2);
    assert_eq!(
        breytac_run(&["fmt", "missing.edn", "--format", "json"]).expect_status(1).error_code(),
        "file-not-found"
    );
}
