//! The emitted crate: generated Rust, filled templates and assets as a map from path to text.
//!
//! The same flow, compiler and options give the same bytes. The lock file is not made here: it belongs to the
//! runtime's sources, which the command line carries.

use breyta_codegen_templates::{
    Bindings, CargoToml, Dockerfile, Gitignore, MainRs, Readme, Template, Workflow,
};

use crate::codegen;
use crate::flow::Definition;
use crate::mir::Program;
use crate::source::Sources;
use crate::syntax;

/// What the runtime reads at start: the declared part of the definition and the resume manifest.
pub mod contract;

/// What people read about slots and inputs.
mod documents;

/// The modules of linked flows.
mod linked;

/// Names of the emitted package and its executable.
pub mod package;

pub use contract::contract;
pub use package::Package;

pub use crate::codegen::Files;

/// Version of this compiler.
pub const COMPILER: &str = env!("CARGO_PKG_VERSION");

/// The oldest toolchain that builds emitted crates and the runtime, `1.95`.
pub const RUST_VERSION: &str = env!("CARGO_PKG_RUST_VERSION");

/// Where the emitted manifest finds the runtime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuntimeDependency {
    /// Relative to the crate's folder, with `/` separators.
    Path(String),
}

/// What the caller chooses.
#[derive(Clone, Debug)]
pub struct Options {
    pub runtime_dependency: RuntimeDependency,
    /// Cargo features of the runtime that the project asks for.
    pub features: Vec<String>,
    /// Also write a CI workflow.
    pub workflow: bool,
}

/// A flow that is linked into another one's executable.
#[derive(Clone, Copy, Debug)]
pub struct Linked<'c> {
    pub sources: &'c Sources,
    pub definition: &'c Definition,
    pub program: &'c Program,
}

/// All files of the crate but its lock file.
pub fn emit(sources: &Sources, definition: &Definition, program: &Program, options: &Options) -> Files {
    emit_with(sources, definition, program, &[], options)
}

/// As [`emit`], with the flows that this one calls linked in. The program's version covers theirs
/// ([`Program::link`]).
pub fn emit_with(
    sources: &Sources,
    definition: &Definition,
    program: &Program,
    children: &[Linked<'_>],
    options: &Options,
) -> Files {
    let linked = linked::modules(children);
    let place =
        codegen::Place { children: linked.iter().map(|it| it.name.clone()).collect(), ..Default::default() };
    let generated = codegen::generate(sources, definition, program, &place);
    let RuntimeDependency::Path(runtime_path) = &options.runtime_dependency;
    let mut files = generated.files;
    files.insert("flow.edn".to_owned(), syntax::include::expanded(sources));
    files.insert(
        "assets/contract.edn".to_owned(),
        contract(
            definition,
            &program.version,
            COMPILER,
            &generated.families,
            &codegen::points(sources, program),
        ),
    );
    let mut modules = generated.modules;
    for module in &linked {
        modules.push(&module.name);
        files.extend(module.files.clone());
    }
    put(&mut files, &MainRs { modules: &modules });
    documents(&mut files, definition, &program.version, runtime_path, options);
    files
}

/// Everything that depends on the definition only.
fn documents(
    files: &mut Files,
    definition: &Definition,
    version: &str,
    runtime_path: &str,
    options: &Options,
) {
    let slug = definition.slug.value.as_str();
    let package = Package::of(slug);
    let title = definition.name.as_ref().map_or(slug, |name| name.value.as_str());
    let description = definition.description.as_ref().map(|text| text.value.as_str());
    let slots = documents::slots(definition);
    let invocations = documents::invocations(definition);
    put(
        files,
        &CargoToml {
            package: &package.name,
            binary: &package.binary,
            description,
            slug,
            version,
            compiler: COMPILER,
            rust_version: RUST_VERSION,
            runtime_path,
            // No family is behind one yet.
            features: &options.features,
        },
    );
    put(
        files,
        &Readme {
            title,
            description,
            version,
            compiler: COMPILER,
            binary: &package.binary,
            rust_version: RUST_VERSION,
            runtime_path,
            slots: &slots,
            invocations: &invocations,
            example_input: documents::example_input(definition),
        },
    );
    put(files, &Bindings { slug, slots: &slots });
    put(files, &Dockerfile { binary: &package.binary, rust_version: RUST_VERSION });
    put(files, &Gitignore { flow: std::marker::PhantomData });
    if options.workflow {
        let executable = format!("target/release/{}", package.binary);
        let describe = format!("{executable} describe");
        put(
            files,
            &Workflow {
                title,
                binary: &package.binary,
                executable: &executable,
                describe: &describe,
                cache_key: "cargo-${{ runner.os }}-${{ hashFiles('Cargo.lock') }}",
                rust_version: RUST_VERSION,
            },
        );
    }
}

fn put<T: Template>(files: &mut Files, document: &T) {
    files.insert(T::PATH.to_owned(), document.render());
}
