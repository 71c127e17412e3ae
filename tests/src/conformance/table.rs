//! Verdicts added up: the table that people read, and the report with a row per failure.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::json;

use super::answer::Answer;
use super::rows::{Kind, Row};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Passed,
    Failed,
    Unscored,
}

/// What is said about one row.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    pub outcome: Outcome,
    pub expected: String,
    pub got: String,
    pub reason: String,
}

impl Verdict {
    pub(super) fn passed() -> Self {
        Self { outcome: Outcome::Passed, expected: String::new(), got: String::new(), reason: String::new() }
    }

    pub(super) fn failed(expected: &str, got: &str, reason: &str) -> Self {
        Self {
            outcome: Outcome::Failed,
            expected: expected.to_owned(),
            got: got.to_owned(),
            reason: reason.to_owned(),
        }
    }

    pub(super) fn unscored(why: &str) -> Self {
        Self { outcome: Outcome::Unscored, ..Self::failed("", "", why) }
    }

    pub(super) fn of(checked: Result<(), String>) -> Self {
        match checked {
            Ok(()) => Self::passed(),
            Err(reason) => Self::failed("", "", &reason),
        }
    }
}

/// Counts of a group of rows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub passed: usize,
    pub failed: usize,
    pub unscored: usize,
}

impl Counts {
    fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::Unscored => self.unscored += 1,
        }
    }

    /// Of what is scored, in percent.
    pub fn percent(&self) -> f64 {
        100.0 * self.passed as f64 / (self.passed + self.failed).max(1) as f64
    }
}

/// All verdicts.
#[derive(Debug, Default)]
pub struct Score {
    /// By group and topic.
    topics: BTreeMap<(String, String), Counts>,
    failures: Vec<(String, Row, Verdict)>,
}

impl Score {
    pub(super) fn add(&mut self, row: &Row, verdict: Verdict) {
        self.add_to(group(row), row, verdict);
    }

    /// Whether interpreter and compiled code answer alike.
    pub(super) fn add_agreement(&mut self, row: &Row, interpreted: &[Answer], compiled: &[Answer]) {
        let differ = interpreted.iter().zip(compiled).find(|(a, b)| a != b);
        let verdict = match differ {
            Some((a, b)) => Verdict::failed(&a.to_string(), &b.to_string(), "the interpreter disagrees"),
            None => Verdict::passed(),
        };
        self.add_to("interpreter and compiled code agree".to_owned(), row, verdict);
    }

    fn add_to(&mut self, group: String, row: &Row, verdict: Verdict) {
        let key = (group.clone(), row.topic.clone());
        self.topics.entry(key).or_default().add(verdict.outcome);
        if verdict.outcome == Outcome::Failed {
            self.failures.push((group, row.clone(), verdict));
        }
    }

    /// Counts by tier and format: `tier 1`, `transforms`.
    pub fn groups(&self) -> BTreeMap<&str, Counts> {
        let mut groups: BTreeMap<&str, Counts> = BTreeMap::new();
        for ((group, _), counts) in &self.topics {
            let sum = groups.entry(group).or_default();
            sum.passed += counts.passed;
            sum.failed += counts.failed;
            sum.unscored += counts.unscored;
        }
        groups
    }

    /// For people: topics that are not all right, then every group.
    pub fn table(&self) -> String {
        let mut text = String::new();
        let mut line = |name: &str, counts: &Counts| {
            let _ = writeln!(
                text,
                "{name:44} {:5} passed {:5} failed {:4} unscored  {:6.2} %",
                counts.passed,
                counts.failed,
                counts.unscored,
                counts.percent()
            );
        };
        for ((group, topic), counts) in self.topics.iter().filter(|(_, counts)| counts.failed > 0) {
            line(&format!("{group}: {topic}"), counts);
        }
        for (group, counts) in self.groups() {
            line(group, &counts);
        }
        text
    }

    /// A line of JSON per failure.
    pub fn report(&self) -> String {
        let mut text = String::new();
        for (group, row, verdict) in &self.failures {
            let line = json!({
                "id": row.id, "group": group, "topic": row.topic, "expr": row.text,
                "expected": verdict.expected, "got": verdict.got, "reason": verdict.reason,
            });
            let _ = writeln!(text, "{line}");
        }
        text
    }
}

fn group(row: &Row) -> String {
    match &row.kind {
        Kind::Expression(_) => format!("tier {}", row.tier.unwrap_or_default()),
        Kind::Transform(_) => "transforms".to_owned(),
        Kind::Orchestration(_) => "orchestration".to_owned(),
        Kind::Reject(_) => "reject".to_owned(),
    }
}
