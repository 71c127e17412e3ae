//! `bench build`: from source to executable, and the executable at rest.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::{Flags, flows, machine, publish, table};
use crate::{program, tree};

const REPEATS: usize = 5;

/// The compiler and the folders it works in.
struct Bench {
    breytac: PathBuf,
    cache: PathBuf,
    folder: tempfile::TempDir,
}

pub(crate) fn run(flags: &Flags) -> Result<()> {
    program::run(&mut program::cargo(&["build", "--release", "--package", "breytac"]))?;
    let root = tree::root();
    let bench = Bench {
        breytac: root.join("target/release/breytac"),
        cache: root.join("target/breytac-cache"),
        folder: tempfile::tempdir()?,
    };
    let mut rows = Vec::new();
    if flags.has("--cold") {
        rows.push(bench.cold()?);
    }
    program::say("warming the runtime cache");
    program::run(bench.command(&bench.cache).arg("setup"))?;
    rows.push(bench.check()?);
    rows.push(bench.edit()?);
    rows.push(bench.fresh(false)?);
    rows.push(bench.fresh(true)?);
    rows.extend(bench.examples()?);
    let text = format!(
        "Measured on {}; medians of {REPEATS}. `25 + 10` is a flow of 25 states and 10 functions.\n\n{}",
        machine(),
        table(&["What", "Measured", "Target"], &rows)
    );
    publish("build", &text, flags.has("--write"))
}

impl Bench {
    fn command(&self, cache: &Path) -> Command {
        let mut command = Command::new(&self.breytac);
        command.env("BREYTAC_CACHE", cache).current_dir(tree::root());
        command
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn build(&self, cache: &Path, source: &Path, release: bool) -> Result<Duration> {
        let mut command = self.command(cache);
        command.arg("build").arg(source).arg("-o").arg(self.path("out"));
        if release {
            command.arg("--release");
        }
        program::time(&mut command)
    }

    /// An empty cache: the runtime is compiled first.
    fn cold(&self) -> Result<Vec<String>> {
        program::say("cold: compiling the runtime into an empty cache");
        let source = tree::root().join("examples/hello/flow.edn");
        let wall = self.build(&self.path("cold-cache"), &source, false)?;
        Ok(row("first build with an empty cache (once per machine)", &seconds(wall), ""))
    }

    fn check(&self) -> Result<Vec<String>> {
        let source = self.path("large.edn");
        let text = flows::large(25, 100 * 1024);
        std::fs::write(&source, &text)?;
        let wall = median(REPEATS, || program::time(self.command(&self.cache).arg("check").arg(&source)))?;
        let what = format!("`check` of a definition of {} KB, process start included", text.len() / 1024);
        Ok(row(&what, &milliseconds(wall), "≤ 10 ms"))
    }

    fn edit(&self) -> Result<Vec<String>> {
        let source = self.path("edited.edn");
        std::fs::write(&source, flows::chain("edited", 25, 10, 0))?;
        self.build(&self.cache, &source, false)?;
        let mut salt = 0;
        let wall = median(REPEATS, || {
            salt += 1;
            std::fs::write(&source, flows::chain("edited", 25, 10, salt))?;
            self.build(&self.cache, &source, false)
        })?;
        Ok(row("edit → draft executable, 25 + 10", &seconds(wall), "≤ 0.5 s"))
    }

    fn fresh(&self, release: bool) -> Result<Vec<String>> {
        let process = std::process::id();
        let mut number = 0;
        let wall = median(REPEATS, || {
            number += 1;
            let slug = format!("fresh-{release}-{process}-{number}");
            let source = self.path(&format!("{slug}.edn"));
            std::fs::write(&source, flows::chain(&slug, 25, 10, number))?;
            self.build(&self.cache, &source, release)
        })?;
        Ok(if release {
            row("release executable, 25 + 10", &seconds(wall), "≤ 1.2 s")
        } else {
            row("fresh draft executable, 25 + 10", &seconds(wall), "≤ 0.8 s")
        })
    }

    fn examples(&self) -> Result<Vec<Vec<String>>> {
        let mut rows = Vec::new();
        for (name, target) in [("hello", ""), ("fetch-users", "≤ 4.5 MB"), ("order-triage", "")] {
            for release in [false, true] {
                let source = tree::root().join(format!("examples/{name}/flow.edn"));
                self.build(&self.cache, &source, release)?;
                let bytes = std::fs::metadata(self.path("out"))?.len();
                let kind = if release { "release" } else { "draft" };
                let size = format!("{:.2} MB", bytes as f64 / 1e6);
                rows.push(row(
                    &format!("size of `{name}`, {kind}"),
                    &size,
                    if release { target } else { "" },
                ));
            }
            if name == "hello" {
                rows.extend(self.hello()?);
            }
        }
        Ok(rows)
    }

    /// `out` is the release executable of `hello`.
    fn hello(&self) -> Result<Vec<Vec<String>>> {
        let version = median(20, || program::time(Command::new(self.path("out")).arg("--version")))?;
        let mut peak_kb = 0;
        let mut number = 0;
        let wall = median(20, || {
            number += 1;
            let data = self.path(&format!("data-{number}"));
            let measured = program::measure(
                Command::new(self.path("out"))
                    .args(["run", "--input", r#"{"name":"Ada"}"#, "--data"])
                    .arg(data),
            )?;
            peak_kb = peak_kb.max(measured.rss_kb_max);
            Ok(measured.wall)
        })?;
        Ok(vec![
            row("`hello --version`, whole process", &milliseconds(version), ""),
            row("`hello run`, whole process, new data directory", &milliseconds(wall), ""),
            row("`hello run`, highest RSS", &format!("{:.1} MB", peak_kb as f64 / 1024.0), "≤ 10 MB idle"),
        ])
    }
}

fn row(what: &str, measured: &str, target: &str) -> Vec<String> {
    vec![what.to_owned(), measured.to_owned(), target.to_owned()]
}

fn seconds(wall: Duration) -> String {
    format!("{:.2} s", wall.as_secs_f64())
}

fn milliseconds(wall: Duration) -> String {
    format!("{:.1} ms", wall.as_secs_f64() * 1e3)
}

fn median(repeats: usize, mut once: impl FnMut() -> Result<Duration>) -> Result<Duration> {
    let mut times = Vec::with_capacity(repeats);
    for _ in 0..repeats {
        times.push(once()?);
    }
    times.sort();
    times.get(repeats / 2).copied().context("no repeats")
}
