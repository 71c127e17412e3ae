//! From the files of a generated crate to an executable: one call of rustc against the compiled runtime.
//!
//! Every flow file has a working folder in the cache, so that an edit recompiles only what it changed. Paths and the
//! name of the output never reach rustc in a form that it would record: the same flow gives the same bytes wherever it
//! lies. An executable appears by a rename; a failed build leaves the one before it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use breyta_compiler::emit::{Files, Package};

use crate::cache::{self, Runtime, Variant, digest, prune};
use crate::report::Failure;
use crate::sources::{create_folder, shown, unwritable, write_if_changed};
use crate::toolchain::{Toolchain, clean_command};

/// What an executable is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Trying things out: built fast.
    Draft,
    /// Shipping: small and fast.
    Release,
}

impl Profile {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Release => "release",
        }
    }

    /// The runtime it is linked with.
    pub(crate) fn variant(self) -> Variant {
        match self {
            Self::Draft => Variant::Fast,
            Self::Release => Variant::Small,
        }
    }

    /// Whether the linker is the one that rustc brings along: it folds identical functions, and takes
    /// [`WITHOUT_UNWIND_TABLES`].
    fn is_linked_small(self, toolchain: &Toolchain) -> bool {
        self == Self::Release && toolchain.host == "x86_64-unknown-linux-gnu"
    }

    fn flags(self, toolchain: &Toolchain) -> Vec<String> {
        let mut flags = match self {
            Self::Draft => vec!["-Copt-level=0", "-Ccodegen-units=4", "-Cstrip=debuginfo"],
            Self::Release => vec!["-Copt-level=2", "-Ccodegen-units=2", "-Cstrip=symbols"],
        };
        flags.extend(["-Cpanic=abort", "-Cdebuginfo=0"]);
        flags.extend(self.variant().flags());
        if self.is_linked_small(toolchain) {
            flags.push("-Clink-arg=-Wl,--icf=all");
        }
        flags.into_iter().map(str::to_owned).collect()
    }
}

/// What the linker leaves out of an executable that aborts on a panic and has no symbols for a backtrace: the tables
/// that the standard library was compiled with.
const WITHOUT_UNWIND_TABLES: &str =
    "SECTIONS { /DISCARD/ : { *(.eh_frame) *(.eh_frame_hdr) } } INSERT AFTER .text;\n";

/// An executable in the working folder.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) executable: PathBuf,
    /// Whether nothing had to be compiled.
    pub(crate) cached: bool,
}

/// Builds the crate of the flow at `source`.
pub(crate) fn build(
    source: &Path,
    slug: &str,
    files: &Files,
    toolchain: &Toolchain,
    runtime: &Runtime,
    profile: Profile,
) -> Result<Built, Failure> {
    let package = Package::of(slug);
    let place = fs::canonicalize(source).unwrap_or_else(|_| source.to_path_buf());
    let name = format!("{}-{}", package.binary, digest([place.to_string_lossy().as_ref()]));
    let work = cache::folder()?.join("flows").join(name);
    create_folder(&work)?;
    let _lock = cache::lock(&work.join("lock"), "building this flow")?;

    let crate_folder = work.join("crate");
    let out = work.join(profile.name());
    let flags = profile.flags(toolchain);
    let stamp = digest(
        [runtime.key.as_str(), toolchain.identity.as_str(), package.krate.as_str()]
            .into_iter()
            .chain(flags.iter().map(String::as_str))
            .chain([WITHOUT_UNWIND_TABLES])
            .chain(files.iter().flat_map(|(path, text)| [path.as_str(), text.as_str()])),
    );
    let executable = out.join(&package.krate);
    let stamp_file = out.join("stamp");
    if executable.is_file() && fs::read_to_string(&stamp_file).is_ok_and(|old| old == stamp) {
        return Ok(Built { executable, cached: true });
    }
    prune::note_source(&work, &place);
    write_crate(&crate_folder, files)?;
    let fresh = out.join("fresh");
    create_folder(&fresh)?;
    // A stamp never stands beside an executable that it does not describe.
    let _ = fs::remove_file(&stamp_file);
    let fresh = fresh.join(&package.krate);
    compile(
        &Call { toolchain, runtime, profile, crate_folder: &crate_folder, out: &out, fresh: &fresh, flags },
        &package,
    )?;
    fs::rename(&fresh, &executable).map_err(|error| unwritable(&executable, &error))?;
    fs::write(&stamp_file, stamp).map_err(|error| unwritable(&stamp_file, &error))?;
    prune::flows(&work);
    Ok(Built { executable, cached: false })
}

/// Puts the files there, and removes sources of an earlier version that are no longer among them.
fn write_crate(folder: &Path, files: &Files) -> Result<(), Failure> {
    for (path, text) in files {
        write_if_changed(&folder.join(path), text)?;
    }
    let sources = folder.join("src");
    let entries = fs::read_dir(&sources).map_err(|error| unwritable(&sources, &error))?;
    for entry in entries.filter_map(Result::ok) {
        let name = format!("src/{}", entry.file_name().to_string_lossy());
        if !files.contains_key(&name) {
            // A module that nobody names is not compiled; it only would be in the way when someone reads the crate.
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
}

/// One call of rustc.
struct Call<'a> {
    toolchain: &'a Toolchain,
    runtime: &'a Runtime,
    profile: Profile,
    crate_folder: &'a Path,
    out: &'a Path,
    fresh: &'a Path,
    flags: Vec<String>,
}

fn compile(call: &Call<'_>, package: &Package) -> Result<(), Failure> {
    let mut command = clean_command(&call.toolchain.rustc);
    command.current_dir(call.crate_folder).stdin(Stdio::null());
    command.args(["--edition=2024", "--crate-type=bin", "--cap-lints=allow", "--color=never"]);
    command.arg("--crate-name").arg(&package.krate).arg("src/main.rs").arg("-o").arg(call.fresh);
    command.args(&call.flags);
    if call.profile == Profile::Draft {
        command.arg(with_path("-Cincremental=", &call.out.join("incremental"), ""));
    }
    command.arg(with_path("--extern=breyta_runtime=", &call.runtime.library, ""));
    command.arg(with_path("-Ldependency=", &call.runtime.dependencies, ""));
    command.arg(with_path("--remap-path-prefix=", call.crate_folder, "=/flow"));
    if let Some((from, to)) = call.toolchain.standard_library() {
        command.arg(with_path("--remap-path-prefix=", &from, &format!("={to}")));
    }
    if call.profile.is_linked_small(call.toolchain) {
        let script = call.out.join("sections.ld");
        fs::write(&script, WITHOUT_UNWIND_TABLES).map_err(|error| unwritable(&script, &error))?;
        command.arg(with_path("-Clink-arg=-T", &script, ""));
    }
    let output = command.output().map_err(|error| {
        Failure::new(
            "toolchain-missing",
            format!("{} cannot be started: {error}", call.toolchain.rustc.display()),
        )
    })?;
    if output.status.success() {
        return Ok(());
    }
    Err(rejected(&String::from_utf8_lossy(&output.stderr), call.crate_folder))
}

/// An option with a path in it, whatever bytes the path has.
fn with_path(option: &str, path: &Path, end: &str) -> std::ffi::OsString {
    let mut text = std::ffi::OsString::from(option);
    text.push(path);
    text.push(end);
    text
}

/// Tells a toolchain that does not work from code that we generated wrongly.
fn rejected(said: &str, crate_folder: &Path) -> Failure {
    const LINES: usize = 40;
    let shown_lines: Vec<&str> = said.lines().take(LINES).collect();
    let detail = shown_lines.join("\n");
    if said.contains("error: linker `") {
        return Failure::new("linker-missing", "rustc found no linker").detail(detail).help(
            "a C compiler links the executable: install gcc or clang (Debian: `apt install build-essential`)",
        );
    }
    if said.contains("error: linking with") {
        let from = said.lines().skip_while(|line| !line.starts_with("error: linking with"));
        let end: Vec<&str> = from.filter(|line| line.len() < 400).take(LINES).collect();
        return Failure::new("link-failed", "the executable cannot be linked").detail(end.join("\n"));
    }
    Failure::new(
        "internal-codegen-error",
        "rustc rejects the Rust that breytac generated; this is a fault of breytac, not of the flow",
    )
    .detail(detail)
    .help(format!("please report it with the generated crate, which is kept in {}", shown(crate_folder)))
}
