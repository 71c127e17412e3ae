//! The one type of problem that every stage reports, and the collector.
//!
//! A stage builds a [`Diagnostic`] where it finds the problem; only [`render`] turns it into text. The primary message
//! stands alone on one line; everything else is in labels, notes and the suggestion.

use std::collections::BTreeSet;

use crate::source::Span;

/// All codes with severity and page.
pub mod codes;

/// Text, one-line and JSON forms.
pub mod render;

pub use codes::Code;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
}

/// A marked place with what is to be seen there.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    pub span: Span,
    pub text: String,
}

/// Replace `span` by `text`: a change that a program can apply.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

/// One problem.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    pub code: Code,
    pub severity: Severity,
    /// One line; says what is wrong, with names.
    pub message: String,
    /// The place, and what is to be seen there (may be empty).
    pub primary: Label,
    pub secondary: Vec<Label>,
    pub notes: Vec<String>,
    /// What to write instead.
    pub help: Option<String>,
    pub edits: Vec<Edit>,
    /// Where in the definition, as the public CLI says it: `[":functions", "[0]", ":code"]`. May be empty.
    pub path: Vec<String>,
}

impl Diagnostic {
    /// A problem with the code's own severity.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            primary: Label { span, text: String::new() },
            secondary: Vec::new(),
            notes: Vec::new(),
            help: None,
            edits: Vec::new(),
            path: Vec::new(),
        }
    }

    /// The words at the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    #[must_use]
    pub fn edit(mut self, span: Span, text: impl Into<String>) -> Self {
        self.edits.push(Edit { span, text: text.into() });
        self
    }

    #[must_use]
    pub fn at(mut self, path: &[&str]) -> Self {
        self.path = path.iter().map(ToString::to_string).collect();
        self
    }
}

/// Collects the problems of all stages.
#[derive(Debug, Default)]
pub struct Problems {
    found: Vec<Diagnostic>,
    /// What is right and cannot be built by this version.
    refused: Vec<Diagnostic>,
    /// Something was left out of what the stages built, whatever becomes of the problems.
    incomplete: bool,
    /// Codes that need no further reports.
    settled: &'static [Code],
}

impl Problems {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn report(&mut self, diagnostic: Diagnostic) {
        if !self.settled.contains(&diagnostic.code) {
            self.found.push(diagnostic);
        }
    }

    /// Says that all problems with these codes have been reported: what later stages find of them is left out.
    pub fn settle(&mut self, codes: &'static [Code]) {
        self.settled = codes;
    }

    /// Refuses to build something that is right: checking stays silent about it, building does not.
    pub fn refuse(&mut self, diagnostic: Diagnostic) {
        self.refused.push(diagnostic);
    }

    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// Whether there are errors with other codes than these, but for such as the caller may allow.
    pub fn has_errors_but(&self, codes: &[Code]) -> bool {
        let fatal = |it: &Diagnostic| it.severity == Severity::Error && !it.code.is_allowable();
        self.found.iter().any(|problem| fatal(problem) && !codes.contains(&problem.code))
    }

    /// Says that a form was left out although its problem may be allowed.
    pub fn leave_out(&mut self) {
        self.incomplete = true;
    }

    /// Whether what was built is whole: no errors but such as may be allowed.
    pub fn is_buildable(&self) -> bool {
        let fatal = |it: &Diagnostic| it.severity == Severity::Error && !it.code.is_allowable();
        !self.incomplete && self.refused.is_empty() && !self.found.iter().any(fatal)
    }

    /// Problems, then refusals; each by position, in the order in which they were found at one place, the same one once.
    pub fn into_sorted(self) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
        (sorted(self.found), sorted(self.refused))
    }
}

fn sorted(mut problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    problems.sort_by_key(|problem| problem.primary.span);
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(problems.len());
    let mut missing: BTreeSet<Vec<String>> = BTreeSet::new();
    for problem in problems {
        let mut here = kept.iter().rev().take_while(|it| it.primary.span == problem.primary.span);
        // One fault in the shape of a call is seen by several stages; the first one says it.
        let of_a_call = problem.code.is_call_shape() || problem.code == Code::WRONG_ARITY;
        let said = |it: &Diagnostic| *it == problem || (it.code.is_call_shape() && of_a_call);
        // A packaged step that is missing is missing once, however often it is called.
        let once = problem.code == Code::MISSING_PACKAGED_STEP_REFERENCE && !problem.path.is_empty();
        let known = once && !missing.insert(problem.path.clone());
        if !known && !here.any(said) {
            kept.push(problem);
        }
    }
    kept
}

/// The names nearest to a misspelt one, best first, at most three.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let limit = (name.chars().count() / 3).max(1) + 1;
    let mut found: Vec<(usize, &str)> =
        known.map(|other| (distance(name, other), other)).filter(|(far, _)| *far <= limit).collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().take(3).map(|(_, other)| other).collect()
}

/// The name that is one slip of the pen away.
pub fn one_slip_from<'a>(name: &str, mut known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known.find(|other| distance(name, other) == 1)
}

/// Names that begin like a short one: `str/upper-case` for `str/uper`. At most three.
pub fn begins_alike<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let length = name.chars().count();
    if length < 4 {
        return Vec::new();
    }
    let beginning = |other: &str, chars: usize| other.chars().take(chars).collect::<String>();
    let mut found: Vec<&str> = known
        .filter(|other| other.chars().count() > length)
        .filter(|other| (length..=length + 1).any(|chars| distance(name, &beginning(other, chars)) <= 1))
        .collect();
    found.sort_unstable();
    found.dedup();
    found.truncate(3);
    found
}

/// Edit distance with swaps of neighbours.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let same = a[i - 1] == b[j - 1];
            let mut best =
                (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + usize::from(!same));
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}
