//! A flow file to a compilation, with the levels of diagnostics that the project and the command line ask for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use breyta_compiler::diagnostics::{Diagnostic, Severity, render};
use breyta_compiler::emit::{Files, Linked, Options, RuntimeDependency, emit_with};
use breyta_compiler::flow::Definition;
use breyta_compiler::mir::Program;
use breyta_compiler::source::{FileId, Found, IncludeError, Loader, Sources};
use breyta_compiler::types::children::{Children, unlinked};
use breyta_compiler::{Compilation, Depth, compile_with};
use serde_json::{Value, json};

use crate::args::Lints;
use crate::cache::Features;
use crate::report::{self, FAILED, Failure, Format};
use crate::settings::{Levels, Settings};
use crate::sources::{self, Folder, shown};

/// A flow with everything that is known about it.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) sources: Sources,
    /// With the levels applied, by position.
    pub(crate) problems: Vec<Diagnostic>,
    /// What only building refuses.
    pub(crate) refusals: Vec<Diagnostic>,
    pub(crate) definition: Option<Definition>,
    pub(crate) program: Option<Program>,
}

/// A flow without errors.
#[derive(Debug)]
pub(crate) struct Flow {
    pub(crate) sources: Sources,
    pub(crate) definition: Definition,
    pub(crate) program: Program,
    /// The flows that are linked to it, in the order given.
    pub(crate) children: Vec<Flow>,
    /// What its runtime is built with.
    pub(crate) features: Features,
}

/// Texts of files by name, in the place of what is on the disk.
pub(crate) type Texts = BTreeMap<String, String>;

/// A flow that can be compiled as often as wanted, also with other texts than it has.
#[derive(Debug)]
pub(crate) struct Project {
    flow: Sources,
    folder: Folder,
    settings: Settings,
    /// Flows that this one may call.
    children: Children,
}

impl Project {
    /// `with` are the files of flows that this one calls: without errors of their own.
    pub(crate) fn open(file: &Path, lints: &Lints, with: &[PathBuf]) -> Result<Self, Failure> {
        let mut children = Children::new();
        for child in with {
            let checked = Self::open(child, lints, &[])?.check(&Texts::new());
            match checked.definition {
                Some(definition) if !checked.problems.iter().any(|it| it.severity == Severity::Error) => {
                    children.add(definition);
                }
                _ => {
                    return Err(Failure::new(
                        "child-flow-invalid",
                        format!("the child flow {} has errors", shown(child)),
                    )
                    .help(format!("`breytac check {}` shows them", shown(child))));
                }
            }
        }
        let given = Levels::of_arguments(lints)?;
        let (flow, folder) = sources::open(file)?;
        let mut settings = Settings::beside(file)?;
        settings.levels = settings.levels.overridden_by(given);
        Ok(Self { flow, folder, settings, children })
    }

    /// Compiles the flow; files that `texts` names have the text there.
    pub(crate) fn check(&self, texts: &Texts) -> Checked {
        self.compile(texts, Depth::Problems)
    }

    /// Where the file with this name in messages really lies.
    pub(crate) fn place(&self, name: &str) -> PathBuf {
        if name == self.flow.file(FileId(0)).name { self.folder.flow() } else { self.folder.place(name) }
    }

    fn compile(&self, texts: &Texts, depth: Depth) -> Checked {
        let flow = self.flow.file(FileId(0));
        let text = texts.get(&flow.name).unwrap_or(&flow.text);
        let mut sources = Sources::single(flow.name.clone(), text.clone());
        let loader = Replacing { folder: &self.folder, texts };
        let Compilation { problems, refusals, definition, program } =
            compile_with(&mut sources, &loader, &self.children, depth);
        let problems =
            problems.into_iter().filter_map(|problem| self.settings.levels.apply(problem)).collect();
        Checked { sources, problems, refusals, definition, program }
    }
}

/// The folder of a flow with some texts replaced.
struct Replacing<'a> {
    folder: &'a Folder,
    texts: &'a Texts,
}

impl Loader for Replacing<'_> {
    fn root(&self) -> String {
        self.folder.root()
    }

    fn find(&self, from: &str, path: &str) -> Result<Found, IncludeError> {
        self.folder.find(from, path)
    }

    fn read(&self, found: &Found) -> Result<String, IncludeError> {
        self.texts.get(&found.name).map_or_else(|| self.folder.read(found), |text| Ok(text.clone()))
    }
}

/// Reads and compiles one flow.
pub(crate) fn check(file: &Path, lints: &Lints, with: &[PathBuf]) -> Result<Checked, Failure> {
    Ok(Project::open(file, lints, with)?.check(&Texts::new()))
}

/// Reads and compiles a flow that is to be built. People see its problems; errors end the command.
pub(crate) fn flow(file: &Path, with: &[PathBuf], format: Format) -> Result<Flow, Failure> {
    let children = with.iter().map(|child| linkable(child, with, format)).collect::<Result<Vec<_>, _>>()?;
    let mut flow = linkable(file, with, format)?;
    flow.program.link(children.iter().map(|child| child.program.version.as_str()));
    flow.children = children;
    Ok(flow)
}

/// One flow of an executable. What it calls is among those that are linked.
fn linkable(file: &Path, with: &[PathBuf], format: Format) -> Result<Flow, Failure> {
    let project = Project::open(file, &Lints::default(), with)?;
    let mut checked = project.compile(&Texts::new(), Depth::Program);
    let refusals = std::mem::take(&mut checked.refusals);
    checked.problems.extend(refusals);
    if let Some(definition) = &checked.definition {
        unlinked(&definition.flow, &project.children, &mut checked.problems);
    }
    if format == Format::Human {
        let text = render::human(&checked.problems, &checked.sources, report::color(&std::io::stderr()));
        if !text.is_empty() {
            report::prose(text.trim_end());
        }
    }
    if checked.has_errors() {
        return Err(checked.failure(file));
    }
    let Checked { sources, definition, program, .. } = checked;
    match (definition, program) {
        (Some(definition), Some(program)) => {
            let features = project.settings.features;
            Ok(Flow { sources, definition, program, children: Vec::new(), features })
        }
        _ => Err(Failure::new(
            "not-supported-yet",
            format!("{} has a form that may be allowed but cannot be built yet", shown(file)),
        )),
    }
}

impl Flow {
    /// The files of its crate.
    pub(crate) fn emit(&self, runtime_path: &str, workflow: bool) -> Files {
        let options = Options {
            runtime_dependency: RuntimeDependency::Path(runtime_path.to_owned()),
            features: self.features.names(),
            workflow,
        };
        let children: Vec<Linked<'_>> = self
            .children
            .iter()
            .map(|child| Linked {
                sources: &child.sources,
                definition: &child.definition,
                program: &child.program,
            })
            .collect();
        emit_with(&self.sources, &self.definition, &self.program, &children, &options)
    }

    pub(crate) fn slug(&self) -> &str {
        &self.definition.slug.value
    }
}

impl Checked {
    pub(crate) fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// Errors and warnings.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let errors = self.problems.iter().filter(|it| it.severity == Severity::Error).count();
        (errors, self.problems.len() - errors)
    }

    /// `{valid, diagnostics, flowSlug?}`, as the public CLI has it: null stands for no diagnostics.
    pub(crate) fn data(&self) -> Value {
        let diagnostics = match self.problems.as_slice() {
            [] => Value::Null,
            problems => render::json(problems, &self.sources),
        };
        let mut data = json!({ "valid": !self.has_errors(), "diagnostics": diagnostics });
        if let (Some(definition), Some(object)) = (&self.definition, data.as_object_mut()) {
            object.insert("flowSlug".into(), definition.slug.value.as_str().into());
        }
        data
    }

    /// The failure of a command that needed a flow without errors.
    fn failure(&self, file: &Path) -> Failure {
        let (errors, _) = self.counts();
        let noun = if errors == 1 { "error" } else { "errors" };
        Failure {
            data: Some(Box::new(self.data())),
            shown: true,
            exit: FAILED,
            ..Failure::new("flow-invalid", format!("{} has {errors} {noun}", shown(file)))
        }
    }
}
