//! `bench functions`: eight transforms, compiled, against the same source on a warm JVM in the same run.
//!
//! The flow is emitted as breytac emits it and built with the profile that it comes with; only `main.rs` is replaced by
//! one that times. The peer is Debian's `clojure`; without it only our own figures are printed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{Flags, flows, machine, publish, table};
use crate::{program, tree};

const CLOJURE: &str = "/usr/share/java/clojure.jar";

const TRANSFORMS: [(&str, &str); 8] = [
    ("aggregate", "aggregate 10,000 order maps by customer"),
    ("normalise", "normalise 5,000 strings"),
    ("nested", "nested `update-in` over 2,000 maps"),
    ("sum", "`reduce` over 100,000 integers"),
    ("build", "build a string of 300 lines"),
    ("lines", "a regex over 5,000 lines"),
    ("sort", "`sort-by` over 20,000 maps"),
    ("destructure", "destructuring `mapv` over 10,000 maps"),
];

/// Small functions whose compilation is measured.
const COMPILED_FUNCTIONS: usize = 40;

/// Runs of the cold process, and of builds.
const COLD_RUNS: usize = 9;

pub(crate) fn run(flags: &Flags) -> Result<()> {
    let folder = tree::root().join("xtask/bench/functions");
    let ours = compiled(&folder)?;
    let peer = if Path::new(CLOJURE).is_file() { Some(on_the_jvm(&folder)?) } else { None };
    let (mut rows, mut ratios) = (Vec::new(), Vec::new());
    for (name, what) in TRANSFORMS {
        let ms = |figures: &Value| figures[name]["ms"].as_f64().unwrap_or(f64::NAN);
        let mut row = vec![what.to_owned(), format!("{:.2} ms", ms(&ours))];
        if let Some(peer) = &peer {
            if (&ours[name]["bytes"], &ours[name]["sum"]) != (&peer[name]["bytes"], &peer[name]["sum"]) {
                bail!("the results of `{name}` differ: {} and {}", ours[name], peer[name]);
            }
            let ratio = ms(peer) / ms(&ours);
            ratios.push(ratio);
            row.extend([format!("{:.2} ms", ms(peer)), format!("{ratio:.1} ×"), "≥ 1 ×".to_owned()]);
        } else {
            row.extend(["not installed".to_owned(), String::new(), "≥ 1 ×".to_owned()]);
        }
        rows.push(row);
    }
    if !ratios.is_empty() {
        let mean = (ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / ratios.len() as f64).exp();
        let mean = format!("{mean:.1} ×");
        rows.push(vec!["geometric mean".to_owned(), String::new(), String::new(), mean, "≥ 3 ×".to_owned()]);
    }
    rows.push(cold(&folder, peer.is_some())?);
    rows.push(compile_cost()?);
    let text = format!(
        "Measured on {}; medians of 30 calls after 20 warm-ups, same inputs, results compared; the cold process is the \
         median of {COLD_RUNS} runs.\n\n{}",
        machine(),
        table(&["What", "breytac", "warm JVM Clojure", "JVM ÷ ours", "Target"], &rows)
    );
    publish("functions", &text, flags.has("--write"))
}

fn breytac() -> Result<PathBuf> {
    program::run(&mut program::cargo(&["build", "--release", "--package", "breytac"]))?;
    Ok(tree::root().join("target/release/breytac"))
}

fn parsed(json: &str) -> Result<Value> {
    serde_json::from_str(json).with_context(|| format!("figures: {json}"))
}

/// Emits the flow, puts the timing `main.rs` in, builds and runs it.
fn compiled(folder: &Path) -> Result<Value> {
    let work = tree::root().join("target/bench-functions");
    let breytac = breytac()?;
    if work.exists() {
        std::fs::remove_dir_all(&work)?;
    }
    program::output(Command::new(breytac).arg("emit").arg(folder.join("flow.edn")).arg("-o").arg(&work))?;
    std::fs::copy(folder.join("main.rs"), work.join("src/main.rs"))?;
    let target = tree::root().join("target/bench-functions-target");
    program::run(
        program::cargo(&["build", "--release", "--quiet"])
            .current_dir(&work)
            .env("CARGO_TARGET_DIR", &target)
            .env("RUSTFLAGS", "--cap-lints=allow"),
    )?;
    parsed(&program::output(&mut Command::new(target.join("release/function-bench")))?)
}

fn clojure() -> Command {
    let mut command = Command::new("java");
    command.args(["-cp", CLOJURE, "clojure.main"]);
    command
}

fn on_the_jvm(folder: &Path) -> Result<Value> {
    parsed(&program::output(clojure().arg(folder.join("peer.clj")).arg(folder.join("flow.edn")))?)
}

/// One whole process: start, read 7 KB of input, one call, print. Ours also stores the run durably.
fn cold(folder: &Path, with_peer: bool) -> Result<Vec<String>> {
    let work = tempfile::tempdir()?;
    let numbers: Vec<String> = (0..1300).map(|number| (number * 7 % 9000).to_string()).collect();
    let input = work.path().join("input.json");
    std::fs::write(&input, format!("{{\"numbers\":[{}]}}", numbers.join(",")))?;
    let executable = work.path().join("cold");
    program::output(
        Command::new(tree::root().join("target/release/breytac"))
            .arg("build")
            .arg(folder.join("cold.edn"))
            .args(["--release", "-o"])
            .arg(&executable)
            .env("BREYTAC_CACHE", tree::root().join("target/breytac-cache")),
    )?;
    let ours = median(|round| {
        let mut command = Command::new(&executable);
        command.arg("run").arg("--input").arg(format!("@{}", input.display()));
        command.arg("--data").arg(work.path().join(format!("data-{round}")));
        program::time(&mut command)
    })?;
    let what = "one cold process: start, read 7 KB, one call, print".to_owned();
    let shown = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
    let mut row = vec![what, shown(ours)];
    if with_peer {
        let peer = median(|_| {
            let mut command = clojure();
            program::time(command.arg(folder.join("cold.clj")).arg(folder.join("cold.edn")).arg(&input))
        })?;
        let ratio = peer.as_secs_f64() / ours.as_secs_f64();
        row.extend([shown(peer), format!("{ratio:.0} ×"), "≥ 100 ×".to_owned()]);
    } else {
        row.extend(["not installed".to_owned(), String::new(), "≥ 100 ×".to_owned()]);
    }
    Ok(row)
}

/// What one more small function adds to a draft build. Every build is of another text, and from nothing.
fn compile_cost() -> Result<Vec<String>> {
    let build = |functions: usize| {
        median(|round| {
            let work = tempfile::tempdir()?;
            let source = work.path().join("flow.edn");
            std::fs::write(&source, flows::chain("compile-cost", 1, functions, round))?;
            program::time(
                Command::new(tree::root().join("target/release/breytac"))
                    .arg("build")
                    .arg(&source)
                    .arg("-o")
                    .arg(work.path().join("executable"))
                    .env("BREYTAC_CACHE", tree::root().join("target/breytac-cache")),
            )
        })
    };
    build(1)?;
    let (one, all) = (build(1)?, build(1 + COMPILED_FUNCTIONS)?);
    let each = all.saturating_sub(one).as_secs_f64() * 1e3 / COMPILED_FUNCTIONS as f64;
    let what = "one more small function in a draft build".to_owned();
    Ok(vec![what, format!("{each:.1} ms"), String::new(), String::new(), "≤ 10 ms".to_owned()])
}

fn median(mut measure: impl FnMut(usize) -> Result<Duration>) -> Result<Duration> {
    let mut times = (0..COLD_RUNS).map(&mut measure).collect::<Result<Vec<_>>>()?;
    times.sort_unstable();
    times.get(COLD_RUNS / 2).copied().context("a median needs runs")
}
