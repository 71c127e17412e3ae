//! How good is good enough: `tests/conformance/thresholds.toml`.

use super::table::Score;
use crate::tree;

/// Percentages by group, as in the file.
#[derive(Debug)]
pub struct Thresholds {
    bars: toml::Table,
    floor: toml::Table,
}

/// The file of the suite.
pub fn read() -> Thresholds {
    let path = super::folder().join("thresholds.toml");
    let table: toml::Table =
        tree::read(&path).parse().unwrap_or_else(|error| panic!("{}: {error}", tree::shown(&path)));
    let part = |name: &str| table.get(name).and_then(toml::Value::as_table).cloned().unwrap_or_default();
    Thresholds { bars: part("bars"), floor: part("floor") }
}

impl Thresholds {
    /// The groups that are below the bar, in words.
    pub fn missed(&self, score: &Score) -> Vec<String> {
        below(&self.bars, score, "the bar")
    }

    /// The groups that are worse than they were, in words.
    pub fn fallen(&self, score: &Score) -> Vec<String> {
        below(&self.floor, score, "what was reached before")
    }
}

fn below(wanted: &toml::Table, score: &Score, what: &str) -> Vec<String> {
    let mut missed = Vec::new();
    for (group, counts) in score.groups() {
        let least = wanted.get(group).and_then(|it| it.as_float().or(it.as_integer().map(|it| it as f64)));
        if let Some(least) = least.filter(|least| counts.percent() < *least) {
            missed.push(format!("{group}: {:.2} % is below {what}, {least} %", counts.percent()));
        }
    }
    missed
}
