//! Packaged steps and agents: what the body calls is declared, and what is declared is used.
//!
//! The entries themselves are `flow`'s. Where an id cannot be read there, nothing is said here.

use std::collections::BTreeSet;

use super::facts::{Facts, STEP};
use crate::diagnostics::{Code, Diagnostic, Problems, nearest};
use crate::source::Sources;
use crate::syntax::{Form, comments};

/// Ids of a section, with the forms that write them.
struct Declared<'f> {
    ids: Vec<(&'f str, &'f Form)>,
    /// Whether every entry has an id that can be read.
    whole: bool,
}

pub(super) fn check(
    sources: &Sources,
    definition: &Form,
    body: &Form,
    facts: &Facts<'_>,
    problems: &mut Problems,
) {
    let steps = declared(definition, "steps");
    let agents = declared(definition, "agents");
    let calls: Vec<&[Form]> =
        facts.calls.iter().filter(|call| call.is_step()).map(|call| call.arguments).collect();
    if steps.whole && agents.whole {
        let known: BTreeSet<&str> = steps.ids.iter().chain(&agents.ids).map(|(id, _)| *id).collect();
        missing(&calls, &known, problems);
    }
    if steps.ids.is_empty() || !steps.whole {
        return;
    }
    let direct = calls.iter().all(|arguments| arguments.first().is_some_and(|it| it.as_keyword().is_some()));
    let mut tokens = 0;
    super::each(body, &mut |form| {
        tokens += usize::from(form.as_symbol().is_some_and(|it| STEP.contains(&it.full())));
    });
    let discarded = definition.map_get("steps").is_some_and(|form| comments::has_discard(sources, form.span));
    let mut used = Used { ids: BTreeSet::new(), opaque: false };
    used.ids.extend(calls.iter().filter_map(|arguments| Some(arguments.first()?.as_keyword()?.full())));
    super::each(definition, &mut |form| used.look_at(form));
    // A step that is called in a way that cannot be seen may be any of them.
    if !direct || tokens != calls.len() || discarded || used.opaque {
        return;
    }
    for (id, form) in steps.ids.iter().filter(|(id, _)| !used.ids.contains(id)) {
        problems.report(
            Diagnostic::new(
                Code::UNREFERENCED_PACKAGED_STEP,
                form.span,
                format!("the packaged step `:{id}` is not used"),
            )
            .label("neither called nor given to a model as a tool")
            .help(format!("call it with `(flow/step :{id} :step-id {{…}})`, list it under `:tools {{:steps [:{id}]}}`, or take it out"))
            .at(&[":steps", &format!(":{id}")]),
        );
    }
}

/// Calls of ids that are not declared, each id once.
fn missing(calls: &[&[Form]], known: &BTreeSet<&str>, problems: &mut Problems) {
    let mut seen = BTreeSet::new();
    for first in calls.iter().filter_map(|arguments| arguments.first()) {
        let Some(keyword) = first.as_keyword().filter(|it| it.namespace().is_some()) else { continue };
        let id = keyword.full();
        if known.contains(id) || !seen.insert(id) {
            continue;
        }
        let mut problem = Diagnostic::new(
            Code::MISSING_PACKAGED_STEP_REFERENCE,
            first.span,
            format!("there is no packaged step or agent `:{id}`"),
        )
        .label("declared neither in `:steps` nor in `:agents`")
        .at(&[":flow", &format!(":{id}")]);
        problem = match nearest(id, known.iter().copied()).first() {
            Some(best) => {
                problem.help(format!("did you mean `:{best}`?")).edit(first.span, format!(":{best}"))
            }
            None if known.is_empty() => {
                problem.help("declare it in `:steps`, or use a built-in family such as `:http`")
            }
            None => {
                let all: Vec<String> = known.iter().map(|id| format!("`:{id}`")).collect();
                problem.help(format!("declared are {}", all.join(" ")))
            }
        };
        problems.report(problem);
    }
}

fn declared<'f>(definition: &'f Form, section: &str) -> Declared<'f> {
    let Some(form) = definition.map_get(section).filter(|form| !form.is_nil()) else {
        return Declared { ids: Vec::new(), whole: true };
    };
    let Some(entries) = form.as_vector() else { return Declared { ids: Vec::new(), whole: false } };
    let ids: Vec<(&str, &Form)> = entries
        .iter()
        .filter_map(|entry| {
            let id = entry.map_get("id")?;
            Some((id.as_keyword()?.full(), id))
        })
        .collect();
    let whole = ids.len() == entries.len();
    Declared { ids: ids.into_iter().filter(|(id, _)| id.contains('/')).collect(), whole }
}

/// Packaged steps that something besides a call uses.
struct Used<'f> {
    ids: BTreeSet<&'f str>,
    /// Some `:tools` cannot be read.
    opaque: bool,
}

impl<'f> Used<'f> {
    fn look_at(&mut self, form: &'f Form) {
        for (key, value) in form.as_map().into_iter().flatten() {
            match key.as_keyword().map(breyta_core::Keyword::full) {
                Some("tools") => self.tools(value),
                // Of providers: the step that makes the call, and those behind the operations of files.
                Some("call-step") => self.ids.extend(value.as_keyword().map(breyta_core::Keyword::full)),
                Some("operations") => {
                    let steps =
                        value.as_map().into_iter().flatten().filter_map(|(_, step)| step.as_keyword());
                    self.ids.extend(steps.map(breyta_core::Keyword::full));
                }
                _ => {}
            }
        }
    }

    fn tools(&mut self, tools: &'f Form) {
        if let Some(listed) = tools.map_get("steps") {
            self.list(listed);
        } else if tools.as_vector().is_some() {
            self.list(tools);
        } else if tools.as_map().is_none() && !tools.is_nil() {
            self.opaque = true;
        }
    }

    /// Ids, in a vector or a set; declarations of tools name no packaged step.
    fn list(&mut self, listed: &'f Form) {
        if listed.as_map().is_some() || listed.as_list().is_some() || listed.as_symbol().is_some() {
            self.opaque = true;
        }
        for item in listed.children() {
            match item.as_keyword() {
                Some(id) => {
                    self.ids.insert(id.full());
                }
                None if item.as_map().is_some() || item.as_string().is_some() => {}
                None => self.opaque = true,
            }
        }
    }
}
