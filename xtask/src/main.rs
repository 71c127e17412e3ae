//! The project's own tasks, run as `cargo xtask TASK`. Each CI job is one of these, so all of them run locally too.
//!
//! Nothing here is linked to the product: what needs the product's tables (documents, engine benchmarks) is a binary
//! of the tests crate that xtask starts.

use std::process::ExitCode;

use anyhow::{Result, bail};

/// Figures: build times and sizes, durable steps.
mod bench;
/// Snapshots rewritten, with a digest of what changed.
mod bless;
/// Real Clojure's answers.
mod conformance;
/// Documents that are generated from the product's tables.
mod docs;
/// The compiler on hostile input.
mod fuzz;
/// The lock file that goes into emitted crates.
mod lock;
/// Starting programs and measuring them.
mod program;
/// Crashes everywhere: simulated, and real.
mod simulate;
/// The one test command.
mod test;
/// Rules about the tree that no compiler checks.
mod tidy;
/// The files of the checkout.
mod tree;

const HELP: &str = "\
cargo xtask TASK

  test [FILTER]          every test of the workspace; FILTER goes to cargo test
  tidy                   rules about the tree: edges, stage order, headers, snapshots, licences
  docs [--check]         writes docs/library.md and docs/steps/*.md; --check only compares
  lock [--check]         writes the lock file of emitted crates; --check only compares
  bless [FILTER]         rewrites all snapshots and prints a digest of the changes
  conformance [FILE.jsonl…] [--report OUT.jsonl] [--passes none|all] [--interp] [--topic T,…] [--tier N] [--ids ID,…]
                         rows with Clojure's answers, and how many are met; all files of tests/conformance
  bench build [--cold] [--write]    build times, sizes, start-up; --cold also times an empty cache
  bench check [--write]             checking a definition, by its size
  bench step [--write]              durable steps against the disk's own fdatasync
  bench engine [--write]            many runs at once, resuming, a very long run, parked runs
  bench functions [--write]         compiled transforms against a warm JVM (Debian: `apt install clojure`)
                         --write puts the table into BENCHMARKS.md
  simulate [--seeds N] [--first SEED]   flows under crashes and signals everywhere, by seeds
  torture [--seconds N]             a real executable killed again and again under load
  fuzz [--seconds N] [--seeded] [TARGET…]
                                    reader, checker, formatter on hostile input, N seconds each
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            program::say(&format!("xtask: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["test", filter @ ..] => test::run(filter),
        ["tidy"] => tidy::run(),
        ["docs"] => docs::run(docs::Mode::Write),
        ["docs", "--check"] => docs::run(docs::Mode::Check),
        ["lock"] => lock::run(false),
        ["lock", "--check"] => lock::run(true),
        ["bless", filter @ ..] => bless::run(filter),
        ["conformance", arguments @ ..] => conformance::run(arguments),
        ["bench", "build", flags @ ..] => {
            bench::build::run(&bench::Flags::parse(flags, &["--cold", "--write"])?)
        }
        ["bench", "check", flags @ ..] => bench::check::run(&bench::Flags::parse(flags, &["--write"])?),
        ["simulate", arguments @ ..] => simulate::seeds(arguments),
        ["torture", arguments @ ..] => simulate::torture(arguments),
        ["fuzz", arguments @ ..] => fuzz::run(arguments),
        ["bench", "engine", flags @ ..] => bench::engine::run(&bench::Flags::parse(flags, &["--write"])?),
        ["bench", "functions", flags @ ..] => {
            bench::functions::run(&bench::Flags::parse(flags, &["--write"])?)
        }
        ["bench", "step", flags @ ..] => bench::step::run(&bench::Flags::parse(flags, &["--write"])?),
        [] | ["help" | "--help" | "-h"] => {
            program::say(HELP);
            Ok(())
        }
        other => bail!("there is no task `{}`\n\n{HELP}", other.join(" ")),
    }
}
