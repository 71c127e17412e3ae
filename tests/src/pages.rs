//! Diagnostics pages as tests: the first `edn` fence of a page yields exactly the page's code, every further one
//! (what to write instead) compiles without any problem. Fences are wrapped as in [`crate::spec`].

use breyta_compiler::diagnostics::Code;
use breyta_compiler::diagnostics::codes;
use breyta_compiler::source::Sources;
use breyta_compiler::types::children::{self, Children};

use crate::spec;

/// Runs the page of one code; each string is a failure.
pub fn check(code: Code) -> Vec<String> {
    let name = code.name();
    let fences = spec::fences(code.page(), "edn");
    let Some((wrong, right)) = fences.split_first() else {
        return vec![format!("{name}: its page shows no example in an `edn` fence")];
    };
    let mut failures = Vec::new();
    let found = problems(&wrong.fence, name);
    if found.is_empty() {
        failures.push(format!("{name}: the first example of its page reports nothing"));
    }
    failures.extend(
        found
            .iter()
            .filter(|(other, _)| other != name)
            .map(|(_, summary)| format!("{name}: the first example of its page reports {summary}")),
    );
    for fence in right {
        failures.extend(problems(&fence.fence, "").iter().map(|(_, summary)| {
            format!("{name}: the example at line {} of its page reports {summary}", fence.first_line)
        }));
    }
    failures
}

/// Every code of the compiler.
pub fn all() -> &'static [Code] {
    codes::ALL
}

/// Code and summary of every problem; advice only on the page that is about it.
fn problems(fence: &str, about: &str) -> Vec<(String, String)> {
    let sources = Sources::single("page.edn", spec::flow_text(fence));
    let compilation = breyta_compiler::compile(&sources);
    // What building refuses is a problem on the page that is about refusals, and nowhere else.
    let refusals = compilation.refusals.iter().filter(|refusal| refusal.code.name() == about);
    // And what linking says on the page that is about that.
    let mut unlinked = Vec::new();
    if let Some(definition) = compilation.definition.as_ref().filter(|_| about == Code::UNKNOWN_FLOW.name()) {
        children::unlinked(&definition.flow, &Children::new(), &mut unlinked);
    }
    compilation
        .problems
        .iter()
        .chain(refusals)
        .chain(&unlinked)
        .filter(|problem| problem.code.name() == about || !spec::ADVICE.contains(&problem.code.name()))
        .map(|problem| (problem.code.name().to_owned(), spec::summary(problem)))
        .collect()
}
