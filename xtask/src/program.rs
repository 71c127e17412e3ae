//! Starting programs: with their output shown, with their output taken, or measured.

use std::io::Write;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Writes a line of progress to standard error.
pub(crate) fn say(text: &str) {
    // A closed standard error leaves nothing to tell and nobody to tell it to.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Writes a result to standard output.
pub(crate) fn print(text: &str) -> Result<()> {
    writeln!(std::io::stdout(), "{text}").context("writing to standard output")
}

/// The cargo that runs us, in the root of the checkout, without what it told us about our own package: build scripts
/// that look at such variables would run again, and with them half of the dependencies.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(crate::tree::root());
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let own = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"];
        if own.iter().any(|start| text.starts_with(start)) {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs to the end with output shown; a status other than 0 is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = describe(command);
    let status = command.status().with_context(|| format!("starting {shown}"))?;
    if !status.success() {
        bail!("{shown} failed: {status}");
    }
    Ok(())
}

/// Runs to the end and takes standard output; standard error is shown.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let shown = describe(command);
    let output = command.stderr(Stdio::inherit()).output().with_context(|| format!("starting {shown}"))?;
    if !output.status.success() {
        bail!("{shown} failed: {}\n{}", output.status, String::from_utf8_lossy(&output.stdout));
    }
    String::from_utf8(output.stdout).with_context(|| format!("output of {shown}"))
}

/// What one measured run took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub wall: Duration,
    /// The highest resident size seen while it ran, in KB. Sampled without pause, so a peak in the last
    /// microseconds may be missed.
    pub rss_kb_max: u64,
}

/// Runs with output dropped and measures; a status other than 0 is an error.
pub(crate) fn measure(command: &mut Command) -> Result<Measured> {
    measure_ending(command, &[0])
}

/// Runs with output dropped and measures; a status that is not among these is an error.
pub(crate) fn measure_ending(command: &mut Command, statuses: &[i32]) -> Result<Measured> {
    let shown = describe(command);
    let begun = Instant::now();
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("starting {shown}"))?;
    let status_file = format!("/proc/{}/status", child.id());
    let mut rss_kb_max = 0;
    let status = loop {
        rss_kb_max = rss_kb_max.max(high_water_kb(Path::new(&status_file)));
        if let Some(status) = child.try_wait()? {
            break status;
        }
    };
    let wall = begun.elapsed();
    if !ends(status, statuses) {
        bail!("{shown} failed: {status}");
    }
    Ok(Measured { wall, rss_kb_max })
}

/// Wall time of a run with output dropped.
pub(crate) fn time(command: &mut Command) -> Result<Duration> {
    time_ending(command, &[0])
}

/// Wall time of a run with output dropped that ends with one of these statuses.
pub(crate) fn time_ending(command: &mut Command, statuses: &[i32]) -> Result<Duration> {
    let shown = describe(command);
    let begun = Instant::now();
    let output = command.output().with_context(|| format!("starting {shown}"))?;
    let wall = begun.elapsed();
    if !ends(output.status, statuses) {
        bail!("{shown} failed: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(wall)
}

fn ends(status: ExitStatus, statuses: &[i32]) -> bool {
    status.code().is_some_and(|code| statuses.contains(&code))
}

fn high_water_kb(status_file: &Path) -> u64 {
    let text = std::fs::read_to_string(status_file).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn describe(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}
