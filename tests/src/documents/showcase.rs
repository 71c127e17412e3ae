//! `docs/errors.md`: mistakes that other engines find only when a flow runs, as `breytac check` shows them.
//!
//! The mistakes are `tests/fixtures/showcase/*.md`, a flow each; what is printed under them comes from the renderer.

use std::fmt::Write as _;

use breyta_compiler::diagnostics::{Diagnostic, render};
use breyta_compiler::source::Sources;

use crate::{spec, tree};

/// The document.
pub(super) fn document() -> String {
    let mut text = super::open(
        "Ten mistakes",
        "What a run would end with elsewhere, `breytac check` says before anything runs. A fence that begins with \
         `;; body:` shows only the body of a flow.",
    );
    for page in pages() {
        let (title, rest) = page.split_once('\n').unwrap_or((&page, ""));
        let _ = write!(text, "\n## {}\n\n{}\n", title.trim_start_matches('#').trim(), rest.trim());
        let Some(case) = spec::fences(&page, "edn").into_iter().next() else { continue };
        let (sources, problems) = problems(&case.fence);
        let _ = write!(text, "\n```text\n{}\n```\n", render::human(&problems, &sources, false).trim_end());
    }
    text
}

/// Titles of the mistakes, each with the codes that are reported.
pub fn mistakes() -> Vec<(String, Vec<&'static str>)> {
    let codes = |page: &str| {
        let fence = spec::fences(page, "edn").into_iter().next().map(|case| case.fence).unwrap_or_default();
        problems(&fence).1.iter().map(|problem| problem.code.name()).collect()
    };
    pages().iter().map(|page| (page.lines().next().unwrap_or_default().to_owned(), codes(page))).collect()
}

fn pages() -> Vec<String> {
    let files = tree::files(&tree::tests().join("fixtures/showcase"), ".md");
    files.iter().map(|file| tree::read(file)).collect()
}

/// The problems of a fence, advice left out.
fn problems(fence: &str) -> (Sources, Vec<Diagnostic>) {
    let sources = Sources::single("flow.edn", spec::flow_text(fence));
    let mut problems = breyta_compiler::compile(&sources).problems;
    problems.retain(|problem| !spec::ADVICE.contains(&problem.code.name()));
    (sources, problems)
}
