//! The installed Rust compiler: found, asked for its version, and called directly rather than through a proxy.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use breyta_compiler::emit::RUST_VERSION;

use crate::report::Failure;

/// Set by people whose rustc is not on PATH.
const VARIABLE: &str = "BREYTAC_RUSTC";

/// A compiler that is new enough.
#[derive(Debug)]
pub(crate) struct Toolchain {
    pub(crate) rustc: PathBuf,
    pub(crate) sysroot: PathBuf,
    /// All of `rustc -vV`: compiled libraries fit exactly one of these.
    pub(crate) identity: String,
    /// Target triple of this machine, the one we build for.
    pub(crate) host: String,
    /// `1.95.0`.
    pub(crate) release: String,
    /// Commit of the compiler, when it says one.
    pub(crate) commit: Option<String>,
}

/// Finds the compiler: `$BREYTAC_RUSTC`, else `rustc` on PATH.
pub(crate) fn find() -> Result<Toolchain, Failure> {
    let called = env::var_os(VARIABLE).filter(|it| !it.is_empty()).unwrap_or_else(|| OsString::from("rustc"));
    let sysroot = PathBuf::from(ask(&called, &["--print", "sysroot"])?.trim_end());
    // Beyond rustup's proxy: faster, and the same compiler whatever folder it is called in.
    let inner = sysroot.join("bin").join(format!("rustc{}", env::consts::EXE_SUFFIX));
    let rustc = if inner.is_file() { inner } else { PathBuf::from(&called) };
    let identity = ask(rustc.as_os_str(), &["-vV"])?;
    let field = |name: &str| identity.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let (Some(host), Some(release)) = (field("host:"), field("release:")) else {
        return Err(missing(&called, "does not answer -vV as rustc does"));
    };
    let toolchain = Toolchain {
        sysroot,
        host: host.to_owned(),
        release: release.to_owned(),
        commit: field("commit-hash:").filter(|it| *it != "unknown").map(str::to_owned),
        rustc,
        identity: identity.clone(),
    };
    if version(release) < version(RUST_VERSION) {
        return Err(Failure::new(
            "toolchain-too-old",
            format!("{} is Rust {release}, and {RUST_VERSION} or newer is needed", toolchain.rustc.display()),
        )
        .help(format!("`rustup update stable`, or set {VARIABLE} to a newer rustc")));
    }
    Ok(toolchain)
}

impl Toolchain {
    /// The cargo that belongs to this compiler, else the one beside it, else the one on PATH.
    pub(crate) fn cargo(&self) -> PathBuf {
        let name = format!("cargo{}", env::consts::EXE_SUFFIX);
        let beside = self.rustc.parent().map(|folder| folder.join(&name));
        [Some(self.sysroot.join("bin").join(&name)), beside]
            .into_iter()
            .flatten()
            .find(|path| path.is_file())
            .unwrap_or_else(|| PathBuf::from(name))
    }

    /// Where the source of the standard library would be, and what it is called in executables.
    pub(crate) fn standard_library(&self) -> Option<(PathBuf, String)> {
        let commit = self.commit.as_ref()?;
        Some((self.sysroot.join("lib/rustlib/src/rust"), format!("/rustc/{commit}")))
    }
}

/// A command in which no setting of the surroundings changes what is built. Where crates come from (CARGO_HOME,
/// registries, proxies) stays as the user has it.
pub(crate) fn clean_command(program: &Path) -> Command {
    const KEPT: &[&str] =
        &["CARGO_HOME", "CARGO_HTTP_", "CARGO_NET_", "CARGO_REGISTRIES_", "CARGO_REGISTRY_", "CARGO_SOURCE_"];
    const DROPPED: &[&str] = &["CARGO", "RUSTFLAGS", "RUSTC", "RUSTDOC", "MAKEFLAGS", "MFLAGS", "RUST_LOG"];
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        let Some(text) = name.to_str() else { continue };
        let kept = KEPT.iter().any(|it| text.starts_with(it));
        if !kept && DROPPED.iter().any(|it| text.starts_with(it)) {
            command.env_remove(&name);
        }
    }
    command
}

fn ask(program: &std::ffi::OsStr, arguments: &[&str]) -> Result<String, Failure> {
    let output = clean_command(Path::new(program)).args(arguments).output().map_err(|error| {
        let reason = match error.kind() {
            std::io::ErrorKind::NotFound => "is not there".to_owned(),
            _ => format!("cannot be started: {error}"),
        };
        missing(program, &reason)
    })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(missing(program, "does not work").detail(said.trim_end()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn missing(program: &std::ffi::OsStr, reason: &str) -> Failure {
    let program = Path::new(program);
    let place = if program.components().count() > 1 { "" } else { " (on PATH)" };
    Failure::new("toolchain-missing", format!("the Rust compiler `{}`{place} {reason}", program.display()))
        .help(format!(
            "install Rust {RUST_VERSION} or newer (https://rustup.rs), or set {VARIABLE} to a rustc"
        ))
}

/// Major and minor number.
fn version(text: &str) -> (u32, u32) {
    let mut numbers = text.split('.').map(|it| it.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}
