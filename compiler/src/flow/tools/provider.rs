//! `:provider` of a model: whether the flow declares it, and whether tools run on it.

use breyta_catalog::tools::{LLM_FAMILIES, OLD_LLM_FAMILY};

use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::flow::Definition;
use crate::flow::entry::{Path, name_of, near, suggest};
use crate::syntax::Form;

/// Reports a provider that is not declared. Which ones a platform has built in is not known: a name is wrong only when it
/// is close to a declared one.
pub(super) fn check_name(form: &Form, definition: &Definition, path: &Path, problems: &mut Problems) {
    let providers = &definition.providers;
    let Some(name) = name_of(form).filter(|name| !is_built_in(name)) else { return };
    let known = || providers.llm.iter().map(|it| it.id.value.as_str());
    if known().any(|it| it == name) || providers.broken.iter().any(|it| it == name) {
        return;
    }
    let near = near(form, known());
    if !near.is_empty() {
        let message = format!("there is no LLM provider `:{name}`");
        let diagnostic = Diagnostic::new(Code::UNKNOWN_PROVIDER, form.span, message)
            .label("not declared in `:providers {:llm […]}`");
        problems.report(path.of(suggest(diagnostic, form, &near)));
    }
}

fn is_built_in(name: &str) -> bool {
    name == OLD_LLM_FAMILY.0 || LLM_FAMILIES.iter().any(|(family, _)| *family == name)
}

/// Reports a provider on which tools do not run. `tools` is what asks for tools, when something does.
pub(super) fn check(
    form: &Form,
    tools: Option<&Form>,
    definition: &Definition,
    path: &Path,
    problems: &mut Problems,
) {
    let Some(name) = name_of(form) else { return };
    let declared = definition.providers.llm.iter().find(|it| it.id.value == name);
    if declared.is_none() && !is_built_in(name) {
        return;
    }
    let Some(tools) = tools else { return };
    let built_in = if name == OLD_LLM_FAMILY.0 { OLD_LLM_FAMILY.1 } else { name };
    let runs = match declared {
        Some(provider) => provider.runs_tools(),
        None => LLM_FAMILIES.iter().any(|(family, runs)| *family == built_in && *runs),
    };
    if runs {
        return;
    }
    let message = format!("the provider `:{name}` does not run tools");
    let mut diagnostic = Diagnostic::new(Code::PROVIDER_WITHOUT_TOOLS, form.span, message)
        .also(tools.span.first(), "tools are given here")
        .note("it lacks the capability `:agentic-tool-loop`");
    diagnostic = match declared {
        Some(provider) => diagnostic.also(provider.id.span, "declared here").help(
            "add `:capabilities #{:tool-calling :structured-output :agentic-tool-loop}` to the provider when the endpoint is \
             known to replay tool calls",
        ),
        None => diagnostic.help("use a provider with a tool loop, such as `:openai` or `:anthropic`"),
    };
    problems.report(path.of(diagnostic));
}
