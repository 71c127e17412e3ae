//! The tree is tidy, and the rules find what they are for.

use super::{edges, licences, snapshots, stages};

#[test]
fn the_tree_is_tidy() {
    let found = super::complaints().unwrap();
    assert!(found.is_empty(), "{} problems\n  {}", found.len(), found.join("\n  "));
}

#[test]
fn later_stages_are_found_in_every_spelling() {
    let check = |text: &str, expected: &[(usize, &str)]| {
        let stage = stages::ORDER.iter().position(|name| *name == "hir").unwrap();
        let found: Vec<(usize, &str)> = stages::later_stages(stage, text)
            .into_iter()
            .map(|(line, at)| (line, stages::ORDER[at]))
            .collect();
        assert_eq!(found, expected, "{text}");
    };
    check("use crate::syntax::Form;", &[]);
    check("use crate::hir::Expr;", &[]);
    check("use crate::mir::Body;", &[(1, "mir")]);
    check("\nfn f(x: crate::types::Type) {}", &[(2, "types")]);
    check("use crate::{diagnostics::{Code, mir}, source, codegen};", &[(1, "codegen")]);
    check("$crate::mir::x breyta_crate::mir", &[]);
}

#[test]
fn edges_outside_the_table_are_refused() {
    let check = |name: &str, uses: &[&str], complaints: usize| {
        assert_eq!(edges::judge(name, uses).len(), complaints, "{name} {uses:?}");
    };
    check("breyta-core", &["indexmap"], 0);
    check("breyta-core", &["breyta-engine"], 1);
    check("breyta-core", &["tokio"], 1);
    check("breyta-compiler", &["breyta-core", "breyta-runtime"], 1);
    check("breyta-engine", &["rusqlite", "reqwest"], 2);
    check("brand-new", &[], 1);
}

#[test]
fn licence_expressions() {
    let check = |text: &str, allowed: bool| assert_eq!(licences::is_allowed(text), allowed, "{text}");
    check("MIT OR Apache-2.0", true);
    check("MIT/Apache-2.0", true);
    check("Apache-2.0 AND ISC", true);
    check("(MIT OR GPL-3.0) AND Unicode-3.0", true);
    check("(MIT OR Apache-2.0) AND GPL-3.0", false);
    check("GPL-3.0", false);
    check("MIT AND GPL-3.0", false);
    check("", false);
}

#[test]
fn snapshots_belong_to_fixtures() {
    let files: Vec<String> = ["a/flow.edn", "a/simple.edn"].map(str::to_owned).to_vec();
    let check = |snapshot: &str, found: bool| {
        assert_eq!(snapshots::has_fixture(snapshot, &files), found, "{snapshot}");
    };
    check("a/simple.mir.snap", true);
    check("a/simple.rs.snap", true);
    check("a/journal.snap", true);
    check("a/gone.mir.snap", false);
    check("b/journal.snap", false);
}
