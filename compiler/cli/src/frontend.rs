//! A flow file to a compilation, with the levels of diagnostics that the project and the command line ask for.
//!
//! `breytac.toml` beside the flow holds the project's settings: `[lints]` maps a code (or `warnings`) to `allow`,
//! `warn` or `deny`. What the command line says about a code wins.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use breyta_compiler::diagnostics::{Code, Diagnostic, Severity, codes, nearest, render};
use breyta_compiler::emit::{Files, Linked, Options, RuntimeDependency, emit_with};
use breyta_compiler::flow::Definition;
use breyta_compiler::mir::Program;
use breyta_compiler::source::{FileId, Found, IncludeError, Loader, Sources};
use breyta_compiler::types::children::{Children, unlinked};
use breyta_compiler::{Compilation, Depth, compile_with};
use serde_json::{Value, json};

use crate::args::Lints;
use crate::report::{self, FAILED, Failure, Format};
use crate::sources::{self, Folder, shown};

/// All codes but `warnings`.
const ALL_WARNINGS: &str = "warnings";

/// What is done with a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Allow,
    Warn,
    Deny,
}

/// Levels by code name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Levels(BTreeMap<String, Level>);

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
}

/// Texts of files by name, in the place of what is on the disk.
pub(crate) type Texts = BTreeMap<String, String>;

/// A flow that can be compiled as often as wanted, also with other texts than it has.
#[derive(Debug)]
pub(crate) struct Project {
    flow: Sources,
    folder: Folder,
    levels: Levels,
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
        let mut levels = Levels::of_project(file)?;
        levels.0.extend(given.0);
        Ok(Self { flow, folder, levels, children })
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
        let problems = problems.into_iter().filter_map(|problem| self.levels.apply(problem)).collect();
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
        (Some(definition), Some(program)) => Ok(Flow { sources, definition, program, children: Vec::new() }),
        _ => Err(Failure::new(
            "not-supported-yet",
            format!("{} has a form that may be allowed but cannot be built yet", shown(file)),
        )),
    }
}

impl Flow {
    /// The files of its crate.
    pub(crate) fn emit(&self, runtime_path: &str, workflow: bool) -> Files {
        let options =
            Options { runtime_dependency: RuntimeDependency::Path(runtime_path.to_owned()), workflow };
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

impl Levels {
    fn of_arguments(lints: &Lints) -> Result<Self, Failure> {
        let mut levels = Self::default();
        for (codes, level, option) in [
            (&lints.deny, Level::Deny, "--deny"),
            (&lints.warn, Level::Warn, "--warn"),
            (&lints.allow, Level::Allow, "--allow"),
        ] {
            for code in codes {
                let wrong =
                    |message: String| Failure::usage("lint-invalid", format!("{option} {code}: {message}"));
                admit(code, level).map_err(wrong)?;
                if levels.0.insert(code.clone(), level).is_some_and(|other| other != level) {
                    return Err(wrong("this code is given another level as well".to_owned()));
                }
            }
        }
        Ok(levels)
    }

    /// The settings beside the flow.
    fn of_project(file: &Path) -> Result<Self, Failure> {
        let path = file.with_file_name("breytac.toml");
        let invalid =
            |message: String| Failure::new("settings-invalid", format!("{}: {message}", shown(&path)));
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(invalid(format!("cannot be read: {error}"))),
        };
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| invalid(error.to_string()))?;
        let mut levels = Self::default();
        for (key, value) in &table {
            match (key.as_str(), value) {
                ("lints", toml::Value::Table(lints)) => {
                    for (code, level) in lints {
                        let level = match level.as_str() {
                            Some("allow") => Level::Allow,
                            Some("warn") => Level::Warn,
                            Some("deny") => Level::Deny,
                            _ => {
                                return Err(invalid(format!(
                                    "[lints] {code}: write \"allow\", \"warn\" or \"deny\""
                                )));
                            }
                        };
                        admit(code, level)
                            .map_err(|message| invalid(format!("[lints] {code}: {message}")))?;
                        levels.0.insert(code.clone(), level);
                    }
                }
                ("lints", _) => return Err(invalid("`lints` is a table: write [lints]".to_owned())),
                ("limits", _) => {
                    return Err(Failure::new(
                        "not-supported-yet",
                        format!("{}: [limits] is not supported yet", shown(&path)),
                    )
                    .help("give limits to the executable, `run --limit NAME=VALUE`"));
                }
                (other, _) => {
                    return Err(invalid(format!("there is no section `{other}`; there is [lints]")));
                }
            }
        }
        Ok(levels)
    }

    fn apply(&self, mut problem: Diagnostic) -> Option<Diagnostic> {
        let is_warning = problem.severity == Severity::Warning;
        let own = self.0.get(problem.code.name());
        let all = self.0.get(ALL_WARNINGS).filter(|_| is_warning);
        // Of a code that is sometimes a warning, what is an error stays one.
        let may_be_less = is_warning || problem.code.is_allowable();
        match own.or(all) {
            Some(Level::Allow) if may_be_less => return None,
            Some(Level::Warn) if may_be_less => problem.severity = Severity::Warning,
            Some(Level::Deny) => problem.severity = Severity::Error,
            _ => {}
        }
        Some(problem)
    }
}

/// Whether the code may have this level.
fn admit(name: &str, level: Level) -> Result<(), String> {
    if name == ALL_WARNINGS {
        return Ok(());
    }
    let Some(code) = Code::find(name) else {
        let near = nearest(name, codes::ALL.iter().map(|code| code.name()));
        return Err(match near.first() {
            Some(near) => format!("there is no such diagnostic; did you mean {near}?"),
            None => "there is no such diagnostic".to_owned(),
        });
    };
    let may_be_less =
        code.severity() == Severity::Warning || code.is_allowable() || code.is_sometimes_warning();
    if level != Level::Deny && !may_be_less {
        return Err("this is always an error: what it is about cannot be compiled".to_owned());
    }
    Ok(())
}
