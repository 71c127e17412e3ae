//! Snapshots beside their fixtures: `simple.edn` and `simple.mir.snap` in one folder.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use crate::tree;

/// Compares `text` with the snapshot `<stem>.<kind>.snap` beside the fixture; of `scenario.edn` it is `<kind>.snap`.
pub fn assert_beside(fixture: &Path, kind: &str, text: &str) {
    let stem = fixture.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let name = if stem == "scenario" { kind.to_owned() } else { format!("{stem}.{kind}") };
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(fixture.parent().unwrap_or(fixture));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_input_file(fixture);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// Runs `test` on every file below `tests/<folder>` whose name ends with `end`, all of them even when some fail.
pub fn each(folder: &str, end: &str, test: impl Fn(&Path)) {
    let fixtures = tree::files(&tree::tests().join(folder), end);
    assert!(!fixtures.is_empty(), "tests/{folder} holds no fixture that ends with {end}");
    all(&fixtures, test);
}

/// Runs `test` on every path and fails at the end, naming the ones that failed.
pub fn all(fixtures: &[PathBuf], test: impl Fn(&Path)) {
    let failed: Vec<String> = fixtures
        .iter()
        .filter(|fixture| catch_unwind(AssertUnwindSafe(|| test(fixture))).is_err())
        .map(|fixture| tree::shown(fixture))
        .collect();
    assert!(failed.is_empty(), "failed (see above): {}", failed.join(", "));
}

/// Panics with all failures, one per line, unless there are none.
pub fn assert_none(failures: &[String]) {
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
}
