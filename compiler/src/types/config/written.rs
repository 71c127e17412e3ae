//! Configs that stand in the definition instead of a flow body: defaults of packaged steps and of providers, agents,
//! requests of templates. All of it is data, so that everything can be said about it.
//!
//! Keys that such a place does not have at all were reported where its section was read; which tools a model gets is
//! checked there too.

use breyta_catalog::families::{agent::AGENT, http::HTTP, llm::LLM};
use breyta_catalog::tools::{BASE_URL, HEADERS};
use breyta_catalog::values::ConfigKey;

use super::node::{Entry, Look, Node};
use super::{Checker, rules};
use crate::diagnostics::Problems;
use crate::flow::{Definition, locate};
use crate::syntax::Form;

/// What holds of values that are written into the definition.
#[derive(Clone, Copy)]
pub(super) struct Written {
    /// Whether texts with `{{…}}` are rendered, and may become what is written as text.
    pub(super) holes: bool,
    /// Whether this version carries the part out: building then refuses single keys of it.
    pub(super) runs: bool,
}

/// Checks all of them. `forms` are the top-level forms of the file, for the paths of diagnostics.
pub(in crate::types) fn check(forms: &[Form], definition: &Definition, problems: &mut Problems) {
    let mut place = Place { forms, definition, problems };
    for step in &definition.packaged {
        let Some(defaults) = &step.defaults else { continue };
        place.check(defaults, Written { holes: true, runs: false }, |checker, entries| {
            checker.family = Some(step.family);
            checker.map(&step.family.config, entries, defaults.span, Some(step.family));
            rules::check(checker, step.family, entries);
        });
    }
    for agent in &definition.agents {
        let row = |name: &str| AGENT.config.key(name);
        place.rows(&agent.config, Written { holes: false, runs: false }, "an agent", row);
    }
    for provider in &definition.providers.llm {
        let Some(defaults) = &provider.defaults else { continue };
        let own = [&BASE_URL, &HEADERS];
        let row = |name: &str| own.into_iter().find(|row| row.name == name).or_else(|| LLM.config.key(name));
        place.rows(defaults, Written { holes: false, runs: false }, "the defaults of an LLM provider", row);
    }
    for template in &definition.templates {
        let form = &template.request_form;
        let (request, runs) = if template.kind.value == "http-request" {
            (Some(form), true)
        } else {
            (form.map_get("channels").and_then(|channels| channels.map_get("http")), false)
        };
        if let Some(request) = request {
            let row = |name: &str| HTTP.config.key(name);
            place.rows(request, Written { holes: true, runs }, "a request", row);
        }
    }
}

struct Place<'a> {
    forms: &'a [Form],
    definition: &'a Definition,
    problems: &'a mut Problems,
}

impl Place<'_> {
    fn check(&mut self, form: &Form, written: Written, run: impl FnOnce(&mut Checker<'_>, &[Entry<'_>])) {
        let Look::Map(entries) = Node::form(form).look() else { return };
        let mut checker = Checker {
            definition: self.definition,
            found: Vec::new(),
            refused: Vec::new(),
            family: None,
            id: "",
            complete: false,
            written: Some(written),
        };
        run(&mut checker, &entries);
        let Checker { found, refused, .. } = checker;
        for mut problem in found {
            problem.path = locate(self.forms, problem.primary.span);
            self.problems.report(problem);
        }
        for mut refusal in refused {
            refusal.path = locate(self.forms, refusal.primary.span);
            self.problems.refuse(refusal);
        }
    }

    /// Checks what stands under the keys that have a row; others are somebody else's.
    fn rows(
        &mut self,
        form: &Form,
        written: Written,
        what: &str,
        row: impl Fn(&str) -> Option<&'static ConfigKey>,
    ) {
        self.check(form, written, |checker, entries| {
            for entry in entries {
                if let Some(row) = entry.name.as_deref().and_then(&row) {
                    checker.known(row, entry, entries, what);
                }
            }
            rules::inline_secrets(checker, entries);
        });
    }
}
