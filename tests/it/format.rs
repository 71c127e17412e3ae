//! `breytac fmt`: which files it writes, names and leaves alone. What its layout is, and what it keeps, is a property of
//! any text.

use std::path::Path;

use breyta_tests::executable::breytac_run;

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
