//! The command line of `cargo xtask conformance`.

use std::ops::Range;
use std::path::PathBuf;

use breyta_compiler::mir::simplify::Passes;

use super::rows::Row;

/// What is to be run, and how.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    /// None: every file of the suite.
    pub files: Vec<PathBuf>,
    /// Where a row per failure goes.
    pub report: Option<PathBuf>,
    /// Without optimisations.
    pub plain: bool,
    /// Only through the interpreter.
    pub interp: bool,
    pub topics: Vec<String>,
    pub tier: Option<u64>,
    pub ids: Vec<String>,
    /// The executable of the suite, when it is not this one.
    pub program: Option<PathBuf>,
    /// These cases only, answers on standard output: what a worker is told.
    pub worker: Option<Range<usize>>,
}

impl Arguments {
    pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("`{word}` needs a value"));
            match word.as_str() {
                "--report" => arguments.report = Some(value()?.into()),
                "--interp" => arguments.interp = true,
                "--passes" => match value()?.as_str() {
                    "none" => arguments.plain = true,
                    "all" => arguments.plain = false,
                    other => return Err(format!("`--passes` is `none` or `all`, not `{other}`")),
                },
                "--topic" => arguments.topics.extend(value()?.split(',').map(str::to_owned)),
                "--tier" => {
                    let tier = value()?;
                    arguments.tier = Some(tier.parse().map_err(|_| format!("`{tier}` is no tier"))?);
                }
                "--ids" => arguments.ids.extend(value()?.split(',').map(str::to_owned)),
                "--worker" => arguments.worker = Some(range(&value()?)?),
                flag if flag.starts_with("--") => return Err(format!("there is no `{flag}`")),
                file => arguments.files.push(file.into()),
            }
        }
        Ok(arguments)
    }

    /// The same rows, for a worker that takes a range of their cases.
    pub(super) fn for_worker(&self, range: &Range<usize>) -> Vec<String> {
        let mut words = vec!["--worker".to_owned(), format!("{}..{}", range.start, range.end)];
        words.extend(self.files.iter().map(|file| file.to_string_lossy().into_owned()));
        let mut option = |name: &str, value: String| words.extend([name.to_owned(), value]);
        if self.plain {
            option("--passes", "none".to_owned());
        }
        if !self.topics.is_empty() {
            option("--topic", self.topics.join(","));
        }
        if let Some(tier) = self.tier {
            option("--tier", tier.to_string());
        }
        if !self.ids.is_empty() {
            option("--ids", self.ids.join(","));
        }
        words
    }

    pub(super) fn wants(&self, row: &Row) -> bool {
        (self.topics.is_empty() || self.topics.contains(&row.topic))
            && (self.tier.is_none() || self.tier == row.tier)
            && (self.ids.is_empty() || self.ids.contains(&row.id))
    }

    /// Whether only a part of the files is run: then there is nothing to say about thresholds.
    pub(super) fn is_selective(&self) -> bool {
        !self.topics.is_empty() || self.tier.is_some() || !self.ids.is_empty()
    }

    pub(super) fn passes(&self) -> Passes {
        if self.plain { Passes::NONE } else { Passes::ALL }
    }
}

fn range(text: &str) -> Result<Range<usize>, String> {
    let parts = text.split_once("..").and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    parts.ok_or_else(|| format!("`{text}` is no range of cases"))
}
