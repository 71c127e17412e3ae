//! `fuzz`: the targets of `fuzz/` for a bounded time.
//!
//! With a C++ compiler they run under libFuzzer, guided by coverage: the instrumentation is a pass of the stable
//! compiler, so that neither cargo-fuzz nor a nightly toolchain is needed. Our code has no unsafe blocks, so nothing is
//! lost without an address sanitizer. `--seeded`, and where there is no C++ compiler: the same targets in a loop of seeded
//! mutation, which finds less, always works, and begins with the deepest and largest inputs.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{program, tree};

#[cfg(test)]
mod tests;

const TARGETS: [&str; 3] = ["reader", "checker", "formatter"];

/// Seconds for each target unless told otherwise.
const SECONDS: u64 = 20;

/// Starts the random sequence of the loop: the same inputs in every run of the same sources.
const SEED: &str = "1";

/// What libFuzzer wants to know of the code it runs: which edges were taken, and what was compared.
const INSTRUMENTED: &str = "--cfg fuzzing -Cpasses=sancov-module -Ccodegen-units=1 \
    -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Where the first inputs come from.
const SEEDS: [&str; 4] = ["fuzz/seeds", "tests/fixtures/sources", "tests/scenarios", "examples"];

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
struct Plan<'a> {
    seconds: u64,
    seeded: bool,
    targets: Vec<&'a str>,
}

pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let plan = parse(arguments)?;
    let guided = !plan.seeded && is_there("c++", &["--version"]);
    let how = if guided { "guided by coverage" } else { "seeded mutation" };
    program::say(&format!("{how}; {} s for each of {}", plan.seconds, plan.targets.join(", ")));
    for target in plan.targets {
        let mut command =
            if guided { guided_run(target, plan.seconds)? } else { seeded_run(target, plan.seconds) };
        program::run(&mut command).context("the input is kept in fuzz/artifacts")?;
    }
    program::print("fuzzed")
}

fn parse<'a>(arguments: &[&'a str]) -> Result<Plan<'a>> {
    let mut plan = Plan { seconds: SECONDS, seeded: false, targets: Vec::new() };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match *argument {
            "--seconds" => {
                let value = rest.next().context("--seconds needs a number")?;
                plan.seconds = value.parse().with_context(|| format!("`{value}` is no number of seconds"))?;
            }
            "--seeded" => plan.seeded = true,
            target if TARGETS.contains(&target) => plan.targets.push(target),
            other => {
                bail!("there is no `{other}` here; there are --seconds, --seeded and {}", TARGETS.join(", "))
            }
        }
    }
    if plan.targets.is_empty() {
        plan.targets = TARGETS.to_vec();
    }
    Ok(plan)
}

fn is_there(name: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(name);
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn guided_run(target: &str, seconds: u64) -> Result<Command> {
    let (corpus, artifacts) = (format!("fuzz/corpus/{target}"), format!("fuzz/artifacts/{target}/"));
    for folder in [&corpus, &artifacts] {
        std::fs::create_dir_all(tree::root().join(folder)).with_context(|| format!("making {folder}"))?;
    }
    let mut command = program::cargo(&["run", "--quiet", "--release", "--manifest-path", "fuzz/Cargo.toml"]);
    command.env("RUSTFLAGS", INSTRUMENTED).arg("--target-dir").arg(tree::root().join("target/fuzz-guided"));
    // With a target named, build scripts and macros are not instrumented.
    command.args(["--target", &host()?, "--features", "libfuzzer", "--bin", target, "--"]);
    // What is found goes into the first folder; the others only give.
    command.arg(corpus).args(SEEDS);
    command.args(["-timeout=20", "-rss_limit_mb=4096", "-max_len=65536"]);
    command.args([format!("-max_total_time={seconds}"), format!("-artifact_prefix={artifacts}")]);
    Ok(command)
}

/// The target that rustc builds for when nothing else is said.
fn host() -> Result<String> {
    let version = program::output(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc names no host")?.to_owned())
}

fn seeded_run(target: &str, seconds: u64) -> Command {
    let mut command = program::cargo(&["run", "--quiet", "--release", "--manifest-path", "fuzz/Cargo.toml"]);
    command.arg("--target-dir").arg(tree::root().join("target/fuzz"));
    command.args(["--bin", "seeded", "--", target, &seconds.to_string(), SEED, "fuzz/seeds"]);
    command
}
