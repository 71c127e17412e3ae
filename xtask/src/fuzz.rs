//! `fuzz`: the targets of `fuzz/` for a bounded time.
//!
//! With cargo-fuzz and a nightly toolchain they are guided by coverage; without, the same targets run in a loop of
//! seeded mutation on the toolchain at hand, which finds less and always works.

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

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
struct Plan<'a> {
    seconds: u64,
    targets: Vec<&'a str>,
}

pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let plan = parse(arguments)?;
    let guided = is_there("cargo", &["+nightly", "fuzz", "--version"]);
    let how = if guided {
        "guided by coverage"
    } else {
        "seeded mutation; no cargo-fuzz with a nightly toolchain here"
    };
    program::say(&format!("{how}; {} s for each of {}", plan.seconds, plan.targets.join(", ")));
    for target in plan.targets {
        if guided {
            program::run(&mut guided_run(target, plan.seconds)?)?;
        } else {
            program::run(&mut seeded_run(target, plan.seconds))
                .context("the input is kept in fuzz/artifacts")?;
        }
    }
    program::print("fuzzed")
}

fn parse<'a>(arguments: &[&'a str]) -> Result<Plan<'a>> {
    let mut plan = Plan { seconds: SECONDS, targets: Vec::new() };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match *argument {
            "--seconds" => {
                let value = rest.next().context("--seconds needs a number")?;
                plan.seconds = value.parse().with_context(|| format!("`{value}` is no number of seconds"))?;
            }
            target if TARGETS.contains(&target) => plan.targets.push(target),
            other => bail!("there is no `{other}` here; there are --seconds and {}", TARGETS.join(", ")),
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
    // What is found goes into the first folder, the second one only gives.
    let corpus = format!("fuzz/corpus/{target}");
    std::fs::create_dir_all(tree::root().join(&corpus)).with_context(|| format!("making {corpus}"))?;
    let mut command = Command::new("cargo");
    command.current_dir(tree::root()).args([
        "+nightly",
        "fuzz",
        "run",
        "--features",
        "libfuzzer",
        target,
        &corpus,
    ]);
    command.args(["fuzz/seeds", "--", "-timeout=20", "-rss_limit_mb=4096", "-max_len=65536"]);
    command.arg(format!("-max_total_time={seconds}"));
    Ok(command)
}

fn seeded_run(target: &str, seconds: u64) -> Command {
    let mut command = program::cargo(&["run", "--quiet", "--release", "--manifest-path", "fuzz/Cargo.toml"]);
    command.arg("--target-dir").arg(tree::root().join("target/fuzz"));
    command.args(["--bin", "seeded", "--", target, &seconds.to_string(), SEED, "fuzz/seeds"]);
    command
}
