//! Figures, not tests: ratios against a floor measured in the same run, printed as Markdown tables.

use anyhow::{Result, bail};

use crate::{program, tree};

/// Times, sizes, start-up: the compiler and the executables it makes.
pub(crate) mod build;
/// Checking, by the size of the definition.
pub(crate) mod check;
/// Many runs, long runs, parked runs.
pub(crate) mod engine;
/// Flows made to measure.
mod flows;
/// Compiled transforms against a warm JVM.
pub(crate) mod functions;
/// From the start of a process to its first step.
mod startup;
/// Durable steps against the disk.
pub(crate) mod step;

/// Switches of a benchmark.
pub(crate) struct Flags(Vec<String>);

impl Flags {
    pub(crate) fn parse(given: &[&str], known: &[&str]) -> Result<Self> {
        if let Some(strange) = given.iter().find(|flag| !known.contains(flag)) {
            bail!("there is no `{strange}` here; there is {}", known.join(", "));
        }
        Ok(Self(given.iter().map(ToString::to_string).collect()))
    }

    pub(crate) fn has(&self, flag: &str) -> bool {
        self.0.iter().any(|given| given == flag)
    }
}

/// Prints a section and, when asked, puts it into BENCHMARKS.md between its marks.
fn publish(section: &str, text: &str, write: bool) -> Result<()> {
    program::print(text)?;
    if !write {
        return Ok(());
    }
    let file = tree::root().join("BENCHMARKS.md");
    let old = std::fs::read_to_string(&file)?;
    std::fs::write(&file, replace_section(&old, section, text)?)?;
    program::say("BENCHMARKS.md updated");
    Ok(())
}

fn replace_section(document: &str, section: &str, text: &str) -> Result<String> {
    let (begin, end) = (format!("<!-- {section}: begin -->\n"), format!("<!-- {section}: end -->"));
    let Some((before, rest)) = document.split_once(&begin) else {
        bail!("BENCHMARKS.md has no mark `{}`", begin.trim());
    };
    let Some((_, after)) = rest.split_once(&end) else {
        bail!("BENCHMARKS.md has no mark `{end}`");
    };
    Ok(format!("{before}{begin}\n{}\n\n{end}{after}", text.trim()))
}

/// A Markdown table.
fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: Vec<&str>| format!("| {} |\n", cells.join(" | "));
    let mut text = line(head.to_vec());
    text.push_str(&line(vec!["---"; head.len()]));
    for row in rows {
        text.push_str(&line(row.iter().map(String::as_str).collect()));
    }
    text
}

/// The machine, in one line: figures mean nothing without it.
fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(": unknown processor");
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{}, {cores} cores", model.trim_start_matches([' ', '\t', ':']))
}
