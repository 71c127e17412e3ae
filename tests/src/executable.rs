//! breytac and the executables it makes, started as people start them.
//!
//! The runtime cache is `breytac-cache` below the target folder, shared by all tests. breytac itself is built by
//! cargo when it is not up to date, so plain `cargo test -p breyta-tests` works too.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use crate::tree;

/// How a program ended and what it wrote.
#[derive(Clone, Debug)]
pub struct Finished {
    /// None: ended by a signal.
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Finished {
    /// Standard output as JSON; panics with everything that was written when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("no JSON on stdout: {error}\n{self:#?}"))
    }

    /// Fails with everything that was written unless the status is as given.
    #[track_caller]
    #[expect(
        clippy::return_self_not_must_use,
        reason = "the check is the point; the value is there to go on with"
    )]
    pub fn expect_status(self, status: i32) -> Self {
        assert_eq!(self.status, Some(status), "{self:#?}");
        self
    }

    /// `error.code` of the envelope on stdout.
    pub fn error_code(&self) -> String {
        self.json().pointer("/error/code").and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

impl From<Output> for Finished {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Runs a command to its end.
pub fn finish(command: &mut Command) -> Finished {
    let output = command.stdin(Stdio::null()).output();
    output.unwrap_or_else(|error| panic!("starting {command:?}: {error}")).into()
}

/// The cargo that runs the tests, without what it told them about their own package: build scripts that look at such
/// variables would run again, and with them half of the dependencies.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let own = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"];
        if own.iter().any(|start| text.starts_with(start)) {
            command.env_remove(&name);
        }
    }
    command
}

/// The path of an up-to-date breytac of this profile.
pub fn breytac_path() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        let mut build = cargo();
        build.args(["build", "--quiet", "--package", "breytac"]).current_dir(tree::root());
        build.arg("--target-dir").arg(tree::target());
        if tree::profile_folder().ends_with("release") {
            build.arg("--release");
        }
        finish(&mut build).expect_status(0);
        tree::profile_folder().join("breytac")
    })
}

/// breytac with the tests' cache, in the root of the checkout.
pub fn breytac() -> Command {
    let mut command = Command::new(breytac_path());
    command.env("BREYTAC_CACHE", tree::target().join("breytac-cache")).current_dir(tree::root());
    command
}

/// Runs breytac with these arguments.
pub fn breytac_run(arguments: &[&str]) -> Finished {
    finish(breytac().args(arguments))
}

/// An executable made from a flow, with a folder of its own for data and bindings.
pub struct Executable {
    path: PathBuf,
    folder: tempfile::TempDir,
}

impl Executable {
    /// Builds a draft of a flow; `source` is relative to the root.
    pub fn build(source: &str) -> Self {
        Self::build_with(source, &[])
    }

    /// Builds a draft of a flow with the flows that it calls.
    pub fn build_with(source: &str, children: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("flow-executable");
        let mut build = breytac();
        build.arg("build").arg(source).arg("-o").arg(&path);
        for child in children {
            build.args(["--with", child]);
        }
        finish(&mut build).expect_status(0);
        Self { path, folder }
    }

    /// Takes an executable that was made some other way.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), folder: tempfile::tempdir().expect("a temporary folder") }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder that goes away with this value.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where its runs are stored.
    pub fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    /// Writes a file into the folder and gives its path.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder().join(name);
        std::fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        path
    }

    /// Bindings that point one slot at a base address.
    pub fn bindings(&self, slot: &str, url: &str) -> PathBuf {
        self.file("bindings.edn", &format!("{{:bindings {{:{slot} {{:url \"{url}\"}}}}}}\n"))
    }

    /// A command with the data directory set by environment. Proxies of the machine must not stand between the
    /// flow and the test server.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.path);
        command.args(arguments).env("BREYTA_DATA", self.data()).current_dir(self.folder());
        for name in ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"] {
            command.env_remove(name);
        }
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Finished {
        finish(&mut self.command(arguments))
    }

    /// Starts it and leaves it running; output is dropped.
    pub fn start(&self, arguments: &[&str]) -> Running {
        let mut command = self.command(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Running(command.spawn().unwrap_or_else(|error| panic!("starting {command:?}: {error}")))
    }
}

/// A started executable. Killed when dropped.
pub struct Running(Child);

impl Running {
    /// How it ended by itself, if it did; None inside: by a signal.
    pub fn ended(&mut self) -> Option<Option<i32>> {
        self.0.try_wait().ok().flatten().map(|status| status.code())
    }

    /// SIGKILL: nothing of the process runs any more, nothing is flushed.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}
