//! `bench step`: one durable step against one fdatasync of the same disk in the same run. The measuring itself is a
//! binary of the tests crate, which is linked to the engine and the store.

use anyhow::{Context, Result};
use serde_json::Value;

use super::{Flags, machine, publish, table};
use crate::program;

pub(crate) fn run(flags: &Flags) -> Result<()> {
    let arguments = ["run", "--quiet", "--release", "--package", "breyta-tests", "--bin", "bench_step"];
    let json = program::output(&mut program::cargo(&arguments))?;
    let figures: Value = serde_json::from_str(&json).context("output of bench_step")?;
    let number = |path: &str| figures.pointer(path).and_then(Value::as_f64).unwrap_or(f64::NAN);
    let microseconds = |path: &str| format!("{:.0} µs", number(path));
    let against =
        |floor: &str| format!("{:.2} ×", number("/step/p50_us") / number(&format!("/{floor}/p50_us")));
    let ratios = format!("{} append, {} in place", against("append"), against("overwrite"));
    let rows = [
        ("4 KB append and fdatasync", "/append", String::new(), ""),
        ("4 KB in place and fdatasync", "/overwrite", String::new(), ""),
        ("one durable step, one run, SQLite FULL", "/step", ratios, "p50 ≤ 1.3 × one fdatasync"),
    ];
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|(what, path, ratio, target)| {
            let p50 = microseconds(&format!("{path}/p50_us"));
            let p99 = microseconds(&format!("{path}/p99_us"));
            vec![what.to_owned(), p50, p99, ratio, target.to_owned()]
        })
        .collect();
    let text = format!(
        "Measured on {}; {} steps, both floors sampled between them.\n\n{}",
        machine(),
        number("/steps"),
        table(&["What", "p50", "p99", "p50 ÷ floors", "Target"], &rows)
    );
    publish("step", &text, flags.has("--write"))
}
