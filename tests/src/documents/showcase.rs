//! `docs/errors.md`: mistakes that other engines find only when a flow runs, as `breytac check` shows them.
//!
//! The mistakes are `tests/fixtures/showcase/*.md`, a flow each; what is printed under them comes from the renderer.

use std::fmt::Write as _;

use breyta_compiler::diagnostics::render;
use breyta_compiler::source::Sources;

use crate::{spec, tree};

/// The document.
pub(super) fn document() -> String {
    let mut text = super::open(
        "Ten mistakes",
        "What a run would end with elsewhere, `breytac check` says before anything runs. A fence that begins with \
         `;; body:` shows only the body of a flow.",
    );
    for file in tree::files(&tree::tests().join("fixtures/showcase"), ".md") {
        let page = tree::read(&file);
        let (title, rest) = page.split_once('\n').unwrap_or((&page, ""));
        let _ = write!(text, "\n## {}\n\n{}\n", title.trim_start_matches('#').trim(), rest.trim());
        let Some(case) = spec::fences(&page, "edn").into_iter().next() else { continue };
        let _ = write!(text, "\n```text\n{}\n```\n", rendering(&case.fence).trim_end());
    }
    text
}

/// The problems of a fence as people see them, advice left out.
fn rendering(fence: &str) -> String {
    let sources = Sources::single("flow.edn", spec::flow_text(fence));
    let mut problems = breyta_compiler::compile(&sources).problems;
    problems.retain(|problem| !spec::ADVICE.contains(&problem.code.name()));
    render::human(&problems, &sources, false)
}
