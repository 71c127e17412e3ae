//! Compiled scenarios: the flows of all fixtures as the packages of one generated workspace below `target`, each with a
//! `main` that plays scripts instead of serving people.
//!
//! The generated Rust is exactly what breytac emits, with warnings denied; only `main.rs` and the manifest are ours.
//! Dependencies are shared with the tests' own build.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;

use breyta_compiler::emit::{self, Files, Linked, Options, RuntimeDependency};
use breyta_compiler::flow::Definition;
use breyta_compiler::mir::Program;
use breyta_compiler::source::Sources;
use breyta_runtime::rt;

use crate::executable::{cargo, finish};
use crate::scenario::{self, Checked, Scenario};
use crate::tree;

/// The `main` of every package: plays the scripts named on the command line and prints what came out, as JSON.
pub fn main(flow: rt::Flow) -> ExitCode {
    let program: Arc<dyn breyta_engine::machine::Program> = Arc::new(flow);
    let played: serde_json::Map<String, serde_json::Value> = std::env::args()
        .skip(1)
        .map(|script| {
            let checked = scenario::check(&program, &Scenario::load(Path::new(&script)));
            (script, serde_json::json!({ "journal": checked.journal, "failures": checked.failures }))
        })
        .collect();
    match writeln!(std::io::stdout(), "{}", serde_json::Value::Object(played)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Compiles the flows; the answer has the executable of each.
pub fn build(flows: &[PathBuf]) -> BTreeMap<PathBuf, PathBuf> {
    let packages: Vec<Package> = flows.iter().map(|flow| package(flow)).collect();
    let executables = build_packages("batch", &packages);
    flows.iter().cloned().zip(executables).collect()
}

/// A generated package: its name, and the files that its manifest stands beside.
pub struct Package {
    pub name: String,
    pub files: Files,
}

/// Compiles packages as one workspace, `target/<folder>`; the executable of each.
pub fn build_packages(folder: &str, packages: &[Package]) -> Vec<PathBuf> {
    let folder = tree::target().join(folder);
    for package in packages {
        write(&folder.join(&package.name).join("Cargo.toml"), &package_manifest(&package.name));
        for (path, text) in &package.files {
            write(&folder.join(&package.name).join(path), text);
        }
    }
    // A workspace without members is none: rows that are only interpreted ask for nothing.
    if packages.is_empty() {
        return Vec::new();
    }
    let members: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    write(&folder.join("Cargo.toml"), &workspace_manifest(&members));
    let lock = tree::read(&tree::root().join("Cargo.lock"));
    // Only the first time: afterwards it also has the packages of this workspace.
    if !folder.join("Cargo.lock").exists() {
        write(&folder.join("Cargo.lock"), &lock);
    }
    let mut cargo = cargo();
    cargo.arg("build").arg("--quiet").current_dir(&folder).env("CARGO_TARGET_DIR", tree::target());
    finish(&mut cargo).expect_status(0);
    let built = tree::target().join("debug");
    members.iter().map(|name| built.join(name)).collect()
}

/// Plays scripts in the compiled flow.
pub fn play(executable: &Path, scripts: &[PathBuf]) -> BTreeMap<PathBuf, Checked> {
    let answer = finish(Command::new(executable).args(scripts)).expect_status(0).json();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    scripts
        .iter()
        .map(|script| {
            let played = &answer[script.to_string_lossy().as_ref()];
            let failures = played["failures"].as_array().into_iter().flatten().map(text).collect();
            (script.clone(), Checked { journal: text(&played["journal"]), failures })
        })
        .collect()
}

/// A flow that another one calls.
pub struct Child {
    pub sources: Sources,
    pub definition: Definition,
    pub program: Program,
}

/// The flows in the folder `children` beside a flow, compiled.
pub fn children(flow: &Path) -> Vec<Child> {
    let folder = flow.with_file_name("children");
    let files = if folder.is_dir() { tree::files(&folder, ".edn") } else { Vec::new() };
    let compiled = files.iter().map(|file| {
        let sources = Sources::single(tree::shown(file), tree::read(file));
        let compilation = breyta_compiler::compile(&sources);
        let problems = compilation.problems;
        match (compilation.definition, compilation.program) {
            (Some(definition), Some(program)) => Child { sources, definition, program },
            _ => panic!("{} does not compile: {problems:#?}", tree::shown(file)),
        }
    });
    compiled.collect()
}

/// `batch-<folder of the flow>`
fn package_name(flow: &Path) -> String {
    let folder = flow.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    format!("batch-{}", folder.unwrap_or_default())
}

fn package(flow: &Path) -> Package {
    let sources = Sources::single(tree::shown(flow), tree::read(flow));
    let compilation = breyta_compiler::compile(&sources);
    let (Some(definition), Some(program)) = (&compilation.definition, &compilation.program) else {
        panic!("{} does not compile: {:#?}", tree::shown(flow), compilation.problems);
    };
    let children = children(flow);
    let linked: Vec<Linked<'_>> = children
        .iter()
        .map(|child| Linked {
            sources: &child.sources,
            definition: &child.definition,
            program: &child.program,
        })
        .collect();
    let play = "breyta_tests::batch::main(flow::FLOW)";
    let files = with_main(&sources, definition, program, &linked, "deny(warnings)", play);
    Package { name: package_name(flow), files }
}

/// The generated Rust of a flow with a `main` of ours around an expression, under an attribute for lints.
pub fn with_main(
    sources: &Sources,
    definition: &Definition,
    program: &Program,
    children: &[Linked<'_>],
    lints: &str,
    main: &str,
) -> Files {
    let options = Options {
        runtime_dependency: RuntimeDependency::Path("runtime".to_owned()),
        features: Vec::new(),
        workflow: false,
    };
    let mut files = emit::emit_with(sources, definition, program, children, &options);
    files.remove("Cargo.toml");
    let mut modules = String::new();
    for path in files.keys().filter_map(|path| path.strip_prefix("src/")?.strip_suffix(".rs")) {
        if path != "main" && !path.contains('/') {
            let _ = writeln!(modules, "mod {path};");
        }
    }
    let text = format!(
        "//! Started by the tests.\n#![{lints}]\n{modules}\n\
         fn main() -> std::process::ExitCode {{\n    {main}\n}}\n"
    );
    files.insert("src/main.rs".to_owned(), text);
    files
}

fn package_manifest(name: &str) -> String {
    let root = tree::root();
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         [dependencies]\nbreyta-runtime = {{ path = '{}' }}\nbreyta-tests = {{ path = '{}' }}\n",
        root.join("runtime").display(),
        root.join("tests").display()
    )
}

/// The same profile as the tests, so that their dependencies serve here too.
fn workspace_manifest(members: &[&str]) -> String {
    let manifest = tree::read(&tree::root().join("Cargo.toml"));
    let profile = manifest.find("[profile.dev]").map(|at| &manifest[at..]).unwrap_or_default();
    format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n\n{profile}")
}

/// Writes unless it is there already, so that cargo sees no change.
fn write(path: &Path, text: &str) {
    if std::fs::read_to_string(path).is_ok_and(|old| old == text) {
        return;
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    }
    std::fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}
