//! Compiles the packed runtime with cargo.
//!
//! Two calls: one that resolves (and downloads what is missing, the only use of the network), one that compiles
//! offline. The surroundings' settings are cleared and every flag that matters is given, so that the same sources and
//! the same compiler give the same libraries on every machine.

use std::collections::BTreeSet;
use std::env;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::progress::Progress;
use super::{Features, Variant};
use crate::packed;
use crate::report::Failure;
use crate::sources::{create_folder, shown, unwritable, write_if_changed};
use crate::toolchain::{Toolchain, clean_command};

/// What cargo made.
pub(super) struct Libraries {
    /// `libbreyta_runtime.rlib`.
    pub(super) runtime: PathBuf,
    /// All libraries for the target, the runtime's included.
    pub(super) all: Vec<PathBuf>,
}

/// Where the sources appear to be in messages of the executables.
const SOURCES: &str = "/breyta";
/// The same for crates from the registry.
const REGISTRY: &str = "/cargo";

/// Compiles in the folder `work`, where an earlier call may have been interrupted.
pub(super) fn compile(
    toolchain: &Toolchain,
    variant: Variant,
    features: Features,
    work: &Path,
) -> Result<Libraries, Failure> {
    let workspace = work.join("workspace");
    unpack(&workspace)?;
    let enabled = features.names().join(",");
    let total = resolve(toolchain, &workspace, &enabled)?;
    let what = format!("compiling the runtime ({})", super::name(variant, features));
    let progress = Progress::start(what, total);
    let log = work.with_extension("log");
    let mut command = cargo(toolchain, &workspace);
    command.args(["build", "--locked", "--offline", "--release", "--package", "breyta-runtime"]);
    command.args(["--features", &enabled]);
    command
        .args(["--message-format", "json", "--target", &toolchain.host, "--target-dir"])
        .arg(work.join("target"));
    for setting in variant.profile() {
        command.arg("--config").arg(format!("profile.release.{setting}"));
    }
    command.env("CARGO_ENCODED_RUSTFLAGS", flags(toolchain, variant, work));
    command.env("CFLAGS", variant.c_flags());
    let libraries = watch(command, &log, toolchain, &progress)?;
    progress.finish();
    // Only a failure leaves its log.
    let _ = fs::remove_file(&log);
    Ok(libraries)
}

/// Makes the folder hold the packed files and no others. Unchanged files are not touched: cargo looks at their times.
fn unpack(workspace: &Path) -> Result<(), Failure> {
    for (path, text) in packed::FILES {
        write_if_changed(&workspace.join(path), text)?;
    }
    let wanted: BTreeSet<PathBuf> = packed::FILES.iter().map(|(path, _)| workspace.join(path)).collect();
    let mut folders = vec![workspace.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| unwritable(&folder, &error))?.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if !wanted.contains(&path) {
                fs::remove_file(&path).map_err(|error| unwritable(&path, &error))?;
            }
        }
    }
    Ok(())
}

/// Cargo with the compiler that was found, in the workspace.
fn cargo(toolchain: &Toolchain, workspace: &Path) -> Command {
    let mut command = clean_command(&toolchain.cargo());
    command.env("RUSTC", &toolchain.rustc).env("LIBSQLITE3_FLAGS", super::SQLITE_FLAGS);
    command.current_dir(workspace).stdin(Stdio::null());
    command
}

/// Paths of this machine never get into an executable.
fn flags(toolchain: &Toolchain, variant: Variant, work: &Path) -> String {
    let mut flags: Vec<String> = variant.flags().iter().map(|&flag| flag.to_owned()).collect();
    flags.push(format!("--remap-path-prefix={}={SOURCES}", work.display()));
    let home = env::var_os("CARGO_HOME")
        .filter(|it| !it.is_empty())
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|it| it.join(".cargo")));
    if let Some(home) = home {
        flags.push(format!("--remap-path-prefix={}={REGISTRY}", home.display()));
    }
    if let Some((from, to)) = toolchain.standard_library() {
        flags.push(format!("--remap-path-prefix={}={to}", from.display()));
    }
    flags.join("\u{1f}")
}

/// Makes sure that all dependencies are on this machine, and counts the crates.
fn resolve(toolchain: &Toolchain, workspace: &Path, features: &str) -> Result<u64, Failure> {
    let output = cargo(toolchain, workspace)
        .args(["metadata", "--locked", "--format-version", "1", "--filter-platform", &toolchain.host])
        .args(["--features", features])
        .output()
        .map_err(|error| no_cargo(toolchain, &error))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if said.contains("lock file") && said.contains("--locked") {
            return Err(failed("the runtime's lock file does not fit its sources", &said).help(
                "this is a fault of this build of breytac; in a checkout, `cargo xtask lock` writes it anew",
            ));
        }
        return Err(failed("the runtime's dependencies cannot be fetched", &said)
            .help("the first build needs the crate registry; `breytac setup` does it ahead of time, offline work is possible after it"));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let nodes = metadata.pointer("/resolve/nodes").and_then(Value::as_array);
    Ok(nodes.map_or(0, |nodes| nodes.len() as u64))
}

/// Runs cargo and follows its messages.
fn watch(
    mut command: Command,
    log: &Path,
    toolchain: &Toolchain,
    progress: &Progress,
) -> Result<Libraries, Failure> {
    if let Some(parent) = log.parent() {
        create_folder(parent)?;
    }
    let stderr = File::create(log).map_err(|error| unwritable(log, &error))?;
    let mut child =
        command.stdout(Stdio::piped()).stderr(stderr).spawn().map_err(|error| no_cargo(toolchain, &error))?;
    let mut packages = BTreeSet::new();
    let mut all = BTreeSet::new();
    let mut runtime = None;
    let mut rendered = String::new();
    for line in
        child.stdout.take().map(BufReader::new).into_iter().flat_map(BufReader::lines).map_while(Result::ok)
    {
        let message: Value = serde_json::from_str(&line).unwrap_or_default();
        let text = |pointer: &str| message.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        match text("/reason") {
            "compiler-message" => rendered.push_str(text("/message/rendered")),
            "compiler-artifact" => {
                let name = text("/target/name");
                if text("/target/kind/0") != "custom-build" && packages.insert(text("/package_id").to_owned())
                {
                    progress.step(name);
                }
                for path in libraries(&message, &toolchain.host) {
                    if name == "breyta_runtime" {
                        runtime = Some(path.clone());
                    }
                    all.insert(path);
                }
            }
            _ => {}
        }
    }
    let status = child.wait().map_err(|error| no_cargo(toolchain, &error))?;
    match runtime {
        Some(runtime) if status.success() => Ok(Libraries { runtime, all: all.into_iter().collect() }),
        _ => Err(broken(log, &rendered)),
    }
}

/// What rustc looks at when it links: libraries for the target, and the procedural macros that they name as
/// dependencies. Libraries that only the macros and build scripts use lie elsewhere and stay behind.
fn libraries(message: &Value, host: &str) -> Vec<PathBuf> {
    let is_macro = message.pointer("/target/kind/0").and_then(Value::as_str) == Some("proc-macro");
    let files = message.get("filenames").and_then(Value::as_array).into_iter().flatten();
    let wanted = |path: &PathBuf| {
        let library = path.extension().is_some_and(|it| it == "rlib")
            && path.components().any(|part| part.as_os_str() == host);
        let extension = env::consts::DLL_EXTENSION;
        library || is_macro && path.extension().is_some_and(|it| it == extension)
    };
    files.filter_map(Value::as_str).map(PathBuf::from).filter(wanted).collect()
}

/// A compilation that failed: the end of what cargo said, and where all of it is.
fn broken(log: &Path, rendered: &str) -> Failure {
    let said = fs::read_to_string(log).unwrap_or_default() + rendered;
    // Messages of the compiler come another way than cargo's own; the file holds both.
    let _ = fs::write(log, &said);
    let failure = failed("the runtime cannot be compiled", &said);
    let without_c = ["failed to find tool", "linker `cc` not found", "error occurred: Failed to find tool"];
    if without_c.iter().any(|it| said.contains(it)) {
        return failure
            .help("a C compiler is needed: install gcc or clang (Debian: `apt install build-essential`)");
    }
    failure.help(format!("everything that cargo said is in {}", shown(log)))
}

fn failed(message: &str, said: &str) -> Failure {
    const LINES: usize = 15;
    let lines: Vec<&str> = said.trim_end().lines().collect();
    let tail = lines.get(lines.len().saturating_sub(LINES)..).unwrap_or_default();
    Failure::new("runtime-build-failed", message).detail(tail.join("\n"))
}

fn no_cargo(toolchain: &Toolchain, error: &std::io::Error) -> Failure {
    Failure::new(
        "toolchain-missing",
        format!("`{}`, which compiles the runtime, cannot be started: {error}", toolchain.cargo().display()),
    )
    .help("install cargo beside rustc (https://rustup.rs)")
}
