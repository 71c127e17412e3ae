//! Scenarios of the examples and of `tests/scenarios`, through the compiled flow: undisturbed, in both stores, and
//! killed at every commit. The journal stands beside the script.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use breyta_compiler::source::Sources;
use breyta_engine::machine::Program;
use breyta_tests::interp::Interpreted;
use breyta_tests::scenario::Scenario;
use breyta_tests::{batch, fixture, scenario, tree};

/// Every script of a flow: `scenario.edn`, `scenario-<case>.edn`.
fn scripts(flow: &Path) -> Vec<PathBuf> {
    let folder = flow.parent().unwrap();
    let mut found = tree::files(folder, ".edn");
    found.retain(|path| {
        path.parent() == Some(folder)
            && path.file_name().is_some_and(|it| it.to_string_lossy().starts_with("scenario"))
    });
    assert!(!found.is_empty(), "{} has no scenario", tree::shown(flow));
    found
}

/// The flows of the examples and of `tests/scenarios`.
fn flows() -> Vec<PathBuf> {
    let mut flows = tree::files(&tree::root().join("examples"), "/flow.edn");
    flows.extend(tree::files(&tree::tests().join("scenarios"), "/flow.edn"));
    assert!(flows.len() >= 3, "{flows:?}");
    flows
}

/// The interpreter must leave the journal that the compiled flow leaves: both are held against the same snapshot.
#[test]
fn through_the_interpreter() {
    for flow in flows() {
        let sources = Sources::single(tree::shown(&flow), tree::read(&flow));
        let compilation = breyta_compiler::compile(&sources);
        let slug = compilation.definition.unwrap().slug.value;
        let children = batch::children(&flow).into_iter().map(|child| {
            let slug = child.definition.slug.value.clone();
            Arc::new(Interpreted::new(&slug, child.program)) as Arc<dyn Program>
        });
        let interpreted = Interpreted::new(&slug, compilation.program.unwrap());
        let program: Arc<dyn Program> = Arc::new(interpreted.with_children(children.collect()));
        fixture::all(&scripts(&flow), |script| {
            let checked = scenario::check(&program, &Scenario::load(script));
            fixture::assert_none(&checked.failures);
            fixture::assert_beside(script, "journal", &checked.journal);
        });
    }
}

#[test]
fn through_the_compiled_flow() {
    let flows = flows();
    let executables = batch::build(&flows);
    let mut failures = Vec::new();
    let mut journals = Vec::new();
    for flow in &flows {
        for (script, checked) in batch::play(&executables[flow], &scripts(flow)) {
            let shown = tree::shown(&script);
            failures.extend(checked.failures.iter().map(|failure| format!("{shown}: {failure}")));
            journals.push((script, checked.journal));
        }
    }
    fixture::assert_none(&failures);
    let paths: Vec<PathBuf> = journals.iter().map(|(script, _)| script.clone()).collect();
    fixture::all(&paths, |path| {
        let (_, journal) = journals.iter().find(|(script, _)| script == path).unwrap();
        fixture::assert_beside(path, "journal", journal);
    });
}
