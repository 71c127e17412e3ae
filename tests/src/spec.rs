//! Literate specs: Markdown files whose `edn` fences are compiled and whose comments say what must be reported.
//!
//! A heading names the tests below it. A fence holds a whole flow, or, by its first line, a part of one:
//! `;; body:` only a `:flow` body; `;; step:` likewise, with slots and templates of every type; `;; function:` only the
//! `(fn …)` form of a function; `;; definition:` sections of a flow that has a slot `:api` and gives back its input;
//! `;; sections:` sections of a flow that has nothing else. The minimal flow around bodies and functions declares what
//! [`PREFIX`] shows: the slot `:api`, the template `:t`, the function `:f`.
//!
//! Assertions are comments on the line of the problem (or on a line of their own just above it):
//!
//! ```text
//! (flow/step :htp :x {})   ;; error: [unknown-step-family]
//! (cuont [1 2])            ;; error: [unknown-symbol] "count"
//! ```
//!
//! Line and code must match, and the quoted part must occur in the message, a label, a note or the help. A problem
//! that no assertion expects fails the test; a fence without assertions must compile without any problem. Only
//! [`ADVICE`], which nearly every small flow earns, is not counted unless it is asserted.
//!
//! What is right and cannot be built yet is no problem; `;; refused: [not-supported-yet] "part"` asserts that building
//! refuses it. Refusals that nothing asserts are not counted.

use std::path::Path;

use breyta_compiler::diagnostics::{Diagnostic, Severity};
use breyta_compiler::source::Sources;

use crate::tree;

/// What stands before a body in the flow around it.
pub const PREFIX: &str = "{:slug :spec :name \"Spec\" :concurrency {:type :singleton :on-new-version :supersede} \
     :requires [{:slot :api :type :http-api :label \"API\" :base-url \"https://api.example.com\" :auth {:type :none}}] \
     :templates [{:id :t :type :http-request :request {:path \"/t\" :method :get}}] ";

/// What stands before sections in the flow around them.
const DEFINITION: &str = "{:slug :spec :name \"Spec\" :concurrency {:type :singleton :on-new-version :supersede} \
     :requires [{:slot :api :type :http-api :label \"API\" :base-url \"https://api.example.com\" :auth {:type :none}}]";

/// What stands before a body that starts with `;; step:`: a slot of every type and a template of every type.
pub const STEP_PREFIX: &str = "{:slug :spec :name \"Spec\" :concurrency {:type :singleton :on-new-version :supersede} \
     :requires [{:slot :api :type :http-api :label \"API\" :base-url \"https://api.example.com\" :auth {:type :none}} \
     {:slot :ai :type :http-api :label \"AI\" :backend \"openai\" :base-url \"https://api.openai.com/v1\" :auth {:type :api-key}} \
     {:slot :shop-db :type :database :label \"Shop\"} {:slot :builder :type :ssh :label \"Builder\"} \
     {:slot :archive :type :blob-storage :label \"Archive\"} {:slot :token :type :secret :label \"Token\"}] \
     :templates [{:id :t :type :http-request :request {:path \"/t\" :method :get}} \
     {:id :ask :type :llm-prompt :prompt \"Sort these.\"} {:id :carts :type :db-query :sql \"select 1\"} \
     {:id :page :type :notification :channels {:http {:connection :api :path \"/hook\" :method :post}}}] ";

/// The function of bodies.
const IDENTITY: &str = ":functions [{:id :f :language :clojure :code (quote (fn [input] input))}] ";

/// Warnings about what a flow leaves out: needed in a spec only where they are the subject.
pub const ADVICE: &[&str] = &["missing_interfaces", "missing_invocations", "unused-declaration"];

/// One fence.
#[derive(Debug)]
pub struct Case {
    /// Heading, with a number when it has several fences.
    pub name: String,
    /// The line of the Markdown file that the fence's first line stands on, from 1.
    pub first_line: usize,
    /// As it stands in the fence.
    pub fence: String,
}

/// A problem that must be reported.
#[derive(Debug)]
struct Expected {
    /// None: a refusal to build.
    severity: Option<Severity>,
    code: String,
    part: Option<String>,
    /// Lines of the fence, from 1, on any of which the problem may stand.
    lines: Vec<usize>,
}

/// The fences of a Markdown text that open with the given info word.
pub fn fences(markdown: &str, info: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let (mut heading, mut in_heading) = (String::from("untitled"), 0);
    let mut lines = (1..).zip(markdown.lines());
    while let Some((number, line)) = lines.next() {
        if let Some(title) = line.strip_prefix('#') {
            title.trim_start_matches('#').trim().clone_into(&mut heading);
            in_heading = 0;
        } else if let Some(word) = line.strip_prefix("```") {
            let fence: Vec<&str> =
                lines.by_ref().map(|(_, line)| line).take_while(|line| !line.starts_with("```")).collect();
            if word.split_whitespace().next() != Some(info) {
                continue;
            }
            in_heading += 1;
            let name = if in_heading == 1 { heading.clone() } else { format!("{heading} ({in_heading})") };
            cases.push(Case { name, first_line: number + 1, fence: fence.join("\n") + "\n" });
        }
    }
    cases
}

/// The flow that a fence stands for. Every line of the fence keeps its number. A line that ends in `;; × 4000` stands
/// that often, on its one line; `⟪text⟫×4000` inside of a line is that text so often.
pub fn flow_text(fence: &str) -> String {
    let repeated: Vec<String> = fence.split('\n').map(repeat).collect();
    let fence = repeated.join("\n");
    let fence = fence.as_str();
    let (first, rest) = fence.split_once('\n').unwrap_or((fence, ""));
    match first.trim() {
        ";; body:" => format!("{PREFIX}{IDENTITY}:flow '\n{rest}}}\n"),
        ";; step:" => format!("{STEP_PREFIX}{IDENTITY}:flow '\n{rest}}}\n"),
        ";; sections:" => sections(rest),
        ";; definition:" => format!("{DEFINITION}\n{rest}:flow '(flow/input)}}\n"),
        ";; function:" => format!(
            "{PREFIX}:functions [{{:id :f :language :clojure :code '\n{rest}}}] \
             :flow '(flow/step :function :call {{:ref :f :input (flow/input)}})}}\n"
        ),
        _ => fence.to_owned(),
    }
}

/// A flow of these sections and what every flow must have besides them, which stands behind them so that the lines of
/// the fence keep their numbers.
fn sections(rest: &str) -> String {
    let concurrency = if rest.contains(":concurrency") {
        ""
    } else {
        ":concurrency {:type :singleton :on-new-version :supersede}"
    };
    format!("{{:slug :spec :name \"Spec\" {concurrency}\n{rest}\n:flow '(flow/input)}}\n")
}

fn repeat(line: &str) -> String {
    let line = repeat_inside(line);
    match line.rsplit_once(" ;; × ").and_then(|(text, count)| Some((text, count.trim().parse().ok()?))) {
        Some((text, count)) => format!("{text} ").repeat(count),
        None => line,
    }
}

fn repeat_inside(line: &str) -> String {
    let parts = line.split_once('⟪').and_then(|(before, rest)| Some((before, rest.split_once("⟫×")?)));
    let Some((before, (text, after))) = parts else { return line.to_owned() };
    let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    let (count, after) = after.split_at(digits);
    format!("{before}{}{}", text.repeat(count.parse().unwrap_or(1)), repeat_inside(after))
}

/// Runs every fence of a file; each string is a failure, ready to be shown.
pub fn check_file(path: &Path) -> Vec<String> {
    check_file_for(path, &|_| true)
}

/// Runs every fence of a file that is about some codes: problems with others count only where they are asserted, and
/// what is valid under these need not compile.
pub fn check_file_for(path: &Path, counts: &dyn Fn(&str) -> bool) -> Vec<String> {
    let shown = tree::shown(path);
    let cases = fences(&tree::read(path), "edn");
    if cases.is_empty() {
        return vec![format!("{shown}: no `edn` fence")];
    }
    cases.iter().flat_map(|case| check_case_for(&shown, case, counts)).collect()
}

/// Runs one fence.
pub fn check_case(shown: &str, case: &Case) -> Vec<String> {
    check_case_for(shown, case, &|_| true)
}

fn check_case_for(shown: &str, case: &Case, counts: &dyn Fn(&str) -> bool) -> Vec<String> {
    let sources = Sources::single(shown, flow_text(&case.fence));
    let compilation = breyta_compiler::compile(&sources);
    let mut expected = assertions(&case.fence);
    let mut failures = Vec::new();
    let place = |line: usize| format!("{shown}:{}: {}", case.first_line + line - 1, case.name);
    for problem in &compilation.problems {
        let (line, _) = sources.line_column(problem.primary.span.file, problem.primary.span.start);
        match expected.iter().position(|wanted| wanted.is_met_by(problem, line)) {
            Some(at) => {
                expected.remove(at);
            }
            None if ADVICE.contains(&problem.code.name()) || !counts(problem.code.name()) => {}
            None => failures.push(format!("{}: unexpected {}", place(line), summary(problem))),
        }
    }
    for refusal in &compilation.refusals {
        let (line, _) = sources.line_column(refusal.primary.span.file, refusal.primary.span.start);
        if let Some(at) = expected.iter().position(|wanted| wanted.is_refused_by(refusal, line)) {
            expected.remove(at);
        }
    }
    for wanted in expected {
        let line = wanted.lines.last().copied().unwrap_or(1);
        let part = wanted.part.as_ref().map(|part| format!(" with \"{part}\"")).unwrap_or_default();
        failures.push(format!("{}: missing {} [{}]{part}", place(line), wanted.kind(), wanted.code));
    }
    let explained = compilation.problems.iter().any(is_error) || !compilation.refusals.is_empty();
    if failures.is_empty() && !explained && compilation.program.is_none() {
        failures.push(format!("{}: no problem reported, and yet no program", place(1)));
    }
    failures
}

/// The errors of a compilation, one line each.
pub fn errors(compilation: &breyta_compiler::Compilation) -> Vec<String> {
    compilation.problems.iter().filter(|problem| is_error(problem)).map(summary).collect()
}

fn is_error(problem: &Diagnostic) -> bool {
    problem.severity == Severity::Error
}

/// One line: severity, code, message.
pub fn summary(problem: &Diagnostic) -> String {
    format!("{:?} [{}] {}", problem.severity, problem.code.name(), problem.message)
}

impl Expected {
    fn is_met_by(&self, problem: &Diagnostic, line: usize) -> bool {
        self.severity == Some(problem.severity) && self.describes(problem, line)
    }

    fn is_refused_by(&self, refusal: &Diagnostic, line: usize) -> bool {
        self.severity.is_none() && self.describes(refusal, line)
    }

    fn describes(&self, problem: &Diagnostic, line: usize) -> bool {
        problem.code.name() == self.code
            && self.lines.contains(&line)
            && self.part.as_ref().is_none_or(|part| mentions(problem, part))
    }

    fn kind(&self) -> &'static str {
        match self.severity {
            Some(Severity::Error) => "Error",
            Some(Severity::Warning) => "Warning",
            None => "refusal",
        }
    }
}

fn mentions(problem: &Diagnostic, part: &str) -> bool {
    problem.message.contains(part)
        || problem.primary.text.contains(part)
        || problem.secondary.iter().any(|label| label.text.contains(part))
        || problem.notes.iter().any(|note| note.contains(part))
        || problem.help.as_ref().is_some_and(|help| help.contains(part))
}

fn assertions(fence: &str) -> Vec<Expected> {
    let lines: Vec<&str> = fence.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some((code, comment)) = line.split_once(";; ") else { continue };
        let mut places = vec![at + 1];
        if code.trim().is_empty() {
            // On a line of its own: for the next line that holds more than an assertion.
            let next = lines.iter().skip(at + 1).position(|next| !next.trim_start().starts_with(";; "));
            places.push(at + 2 + next.unwrap_or(0));
        }
        found.extend(in_comment(comment, &places));
    }
    found
}

/// `error: [code] "part" error: [other]` and the like.
fn in_comment(comment: &str, lines: &[usize]) -> Vec<Expected> {
    let mut found = Vec::new();
    let mut rest = comment;
    loop {
        rest = rest.trim_start();
        let (severity, after) = if let Some(after) = rest.strip_prefix("error: [") {
            (Some(Severity::Error), after)
        } else if let Some(after) = rest.strip_prefix("warning: [") {
            (Some(Severity::Warning), after)
        } else if let Some(after) = rest.strip_prefix("refused: [") {
            (None, after)
        } else {
            return found;
        };
        let Some((code, after)) = after.split_once(']') else { return found };
        rest = after.trim_start();
        let quoted = rest.strip_prefix('"').and_then(|text| text.split_once('"'));
        if let Some((_, after)) = quoted {
            rest = after;
        }
        found.push(Expected {
            severity,
            code: code.to_owned(),
            part: quoted.map(|(part, _)| part.to_owned()),
            lines: lines.to_vec(),
        });
    }
}

#[cfg(test)]
mod tests;
