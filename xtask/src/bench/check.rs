//! `bench check`: how long a definition is checked, by its size. The whole process is measured, its start too, as
//! editors and agents feel it.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::{Flags, flows, machine, publish, table};
use crate::{program, tree};

const REPEATS: usize = 25;

/// As many steps as a flow may declare.
const STEPS: usize = 50;

const SIZES_KB: [usize; 4] = [100, 500, 1_000, 2_000];

/// Growth is told against this size, whose time is hardly process start any more.
const BASE_KB: usize = 500;

pub(crate) fn run(flags: &Flags) -> Result<()> {
    program::run(&mut program::cargo(&["build", "--release", "--package", "breytac"]))?;
    let folder = tempfile::tempdir()?;
    let breytac = tree::root().join("target/release/breytac");
    let (start, _) = median(&breytac, &["--version".as_ref()])?;
    let mut measured = Vec::new();
    for size_kb in SIZES_KB {
        let source = folder.path().join(format!("{size_kb}.edn"));
        let text = flows::large(STEPS, size_kb * 1_000);
        std::fs::write(&source, &text)?;
        let (wall, rss_kb) = median(&breytac, &["check".as_ref(), source.as_os_str()])?;
        measured.push((size_kb, text.len(), wall, rss_kb));
    }
    let base = measured.iter().find(|row| row.0 == BASE_KB).context("the base is one of the sizes")?;
    let per_byte = |length: usize, wall: Duration| wall.saturating_sub(start).as_secs_f64() / length as f64;
    let base = per_byte(base.1, base.2);
    let nothing = String::new;
    let version = "process start (`--version`)".to_owned();
    let mut rows = vec![vec![version, milliseconds(start), nothing(), nothing(), nothing()]];
    for (size_kb, length, wall, rss_kb) in measured {
        rows.push(vec![
            format!("{} KB, {STEPS} steps", length / 1_000),
            milliseconds(wall),
            format!("{:.2} ×", per_byte(length, wall) / base),
            format!("{:.0} MB", rss_kb as f64 / 1024.0),
            match size_kb {
                100 => "≤ 10 ms".to_owned(),
                size if size > BASE_KB => "≤ 1.5 ×".to_owned(),
                _ => String::new(),
            },
        ]);
    }
    let text = format!(
        "Measured on {}; medians of {REPEATS}. Growth is time per byte without process start, against {BASE_KB} KB.\n\n{}",
        machine(),
        table(&["Definition", "Time", "Growth", "Highest RSS", "Target"], &rows)
    );
    publish("check", &text, flags.has("--write"))
}

/// The largest definitions have more functions than a flow may have: that is said of them, and all of them is checked.
const CHECKED: &[i32] = &[0, 1];

/// Median time and highest memory of a process. Memory is taken in a run of its own: watching costs time.
fn median(breytac: &Path, arguments: &[&OsStr]) -> Result<(Duration, u64)> {
    let mut times = Vec::with_capacity(REPEATS);
    for _ in 0..REPEATS {
        times.push(program::time_ending(Command::new(breytac).args(arguments), CHECKED)?);
    }
    times.sort();
    let rss_kb = program::measure_ending(Command::new(breytac).args(arguments), CHECKED)?.rss_kb_max;
    Ok((times.get(REPEATS / 2).copied().context("no repeats")?, rss_kb))
}

fn milliseconds(wall: Duration) -> String {
    format!("{:.1} ms", wall.as_secs_f64() * 1e3)
}
