//! Legacy source put into today's words: the edits that turn `:triggers` and run-collected forms into `:interfaces`,
//! `:schedules` and `:invocations`. Only where the rewriting is mechanical; otherwise there are no edits.

use std::fmt::Write as _;

use super::definition::field;
use super::entry::{is_identifier, name_of};
use crate::diagnostics::Edit;
use crate::source::{Sources, Span};
use crate::syntax::Form;

/// The edits, none when some of it must be decided by people.
pub(super) fn edits(sources: &Sources, map: &Form) -> Vec<Edit> {
    Rewrite { sources, map, fields: Vec::new() }.edits().unwrap_or_default()
}

struct Rewrite<'a> {
    sources: &'a Sources,
    map: &'a Form,
    /// Inputs of the default invocation, as text, with their names.
    fields: Vec<(String, String)>,
}

impl<'a> Rewrite<'a> {
    fn edits(mut self) -> Option<Vec<Edit>> {
        let triggers =
            self.section("triggers").filter(|(_, form)| form.as_vector().is_some_and(|it| !it.is_empty()));
        let requires = self.section("requires");
        let run_forms: Vec<&Form> = requires
            .and_then(|(_, form)| form.as_vector())
            .into_iter()
            .flatten()
            .filter(|item| is_run_form(item))
            .collect();
        let mut edits = Vec::new();
        let mut sections = String::new();
        if let Some((key, form)) = triggers {
            sections = self.entry_points(form, indent(self.sources, key))?;
        }
        for form in &run_forms {
            let fields = form.map_get("fields")?;
            self.take_fields(fields.as_vector().unwrap_or(std::slice::from_ref(fields)))?;
        }
        let has_invocations = field(self.map, "invocations").is_some();
        let invocations = (!has_invocations).then(|| {
            let fields: Vec<&str> = self.fields.iter().map(|(_, text)| text.as_str()).collect();
            format!(":invocations {{:default {{:inputs [{}]}}}}", fields.join(" "))
        });
        // A field that is not taken over would be lost.
        let place = match (triggers, requires) {
            (Some((key, form)), _) => Some(whole(key, form)),
            (None, Some((key, form))) if form.as_vector().is_some_and(|it| it.len() == run_forms.len()) => {
                Some(whole(key, form))
            }
            _ => None,
        };
        let new = [Some(sections).filter(|it| !it.is_empty()), invocations];
        let new: Vec<String> = new.into_iter().flatten().collect();
        let first = triggers.or(requires.filter(|_| !run_forms.is_empty()))?.0;
        let separator = format!("\n{}", " ".repeat(indent(self.sources, first)));
        let text = new.join(&separator);
        match place {
            Some(place) if self.is_plain(place) => edits.push(Edit { span: place, text }),
            Some(_) => return None,
            None if text.is_empty() => {}
            None => edits.push(Edit { span: super::entry::before(first.span), text: text + &separator }),
        }
        let replaced =
            |form: &Form| place.is_some_and(|it| it.start <= form.span.start && form.span.end <= it.end);
        for form in run_forms.into_iter().filter(|form| !replaced(form)) {
            if !self.is_plain(form.span) {
                return None;
            }
            edits.push(Edit { span: form.span, text: String::new() });
        }
        Some(edits)
    }

    /// A section of the flow's own file, with its key.
    fn section(&self, name: &str) -> Option<(&'a Form, &'a Form)> {
        let mut pairs = self.map.as_map()?;
        let found = pairs.find(|(key, _)| key.as_keyword().is_some_and(|key| key.full() == name))?;
        (found.1.span.file == self.map.span.file && !found.1.is_nil()).then_some(found)
    }

    /// Whether the place holds no comment and no discarded form, which an edit would lose.
    fn is_plain(&self, place: Span) -> bool {
        let text = self.sources.text(place);
        place.file == self.map.span.file
            && !text.contains(';')
            && !text.contains("#_")
            && !text.contains("#?")
    }

    fn text(&self, form: &Form) -> &'a str {
        self.sources.text(form.span)
    }

    /// `:interfaces` and `:schedules` that do what the triggers do.
    fn entry_points(&mut self, triggers: &Form, indent: usize) -> Option<String> {
        if field(self.map, "interfaces").is_some() {
            return None;
        }
        let (mut manual, mut webhook, mut schedules) = (None, None, Vec::new());
        for trigger in triggers.as_vector()? {
            let config = trigger.map_get("config").filter(|config| !config.is_nil());
            if let Some(fields) = config.and_then(|config| config.map_get("fields")).filter(|it| !it.is_nil())
            {
                self.take_fields(fields.as_vector()?)?;
            }
            let earlier = match name_of(trigger.map_get("type")?)? {
                "manual" => manual.replace(self.entry(trigger, "run", &[])?),
                "schedule" => {
                    let id = if schedules.is_empty() {
                        "scheduled".to_owned()
                    } else {
                        format!("scheduled-{}", schedules.len() + 1)
                    };
                    let config = config?;
                    let when = [("cron", config.map_get("cron")?)];
                    let zone = config.map_get("timezone").map(|zone| ("timezone", zone));
                    let more: Vec<(&str, &Form)> = when.into_iter().chain(zone).collect();
                    schedules.push(self.entry(trigger, &id, &more)?);
                    None
                }
                "event" | "webhook" => {
                    let config = config?;
                    // A path of its own would move.
                    if config.map_get("path").is_some() {
                        return None;
                    }
                    let name = config.map_get("event-name").map(|name| ("event-name", name));
                    let more: Vec<(&str, &Form)> =
                        name.into_iter().chain([("auth", config.map_get("auth")?)]).collect();
                    webhook.replace(self.entry(trigger, "event", &more)?)
                }
                _ => return None,
            };
            if earlier.is_some() {
                return None;
            }
        }
        if !schedules.is_empty() && field(self.map, "schedules").is_some() {
            return None;
        }
        let mut text = String::new();
        let kinds: Vec<String> = [("manual", manual), ("webhook", webhook)]
            .into_iter()
            .filter_map(|(kind, entry)| Some(format!(":{kind} [{}]", entry?)))
            .collect();
        if !kinds.is_empty() {
            let between = format!("\n{}", " ".repeat(indent + ":interfaces {".len()));
            let _ = write!(text, ":interfaces {{{}}}", kinds.join(&between));
        }
        if !schedules.is_empty() {
            let line = if text.is_empty() { String::new() } else { format!("\n{}", " ".repeat(indent)) };
            let between = format!("\n{}", " ".repeat(indent + ":schedules [".len()));
            let _ = write!(text, "{line}:schedules [{}]", schedules.join(&between));
        }
        Some(text)
    }

    /// The trigger as an interface or schedule, with further keys.
    fn entry(&self, trigger: &Form, id: &str, more: &[(&str, &Form)]) -> Option<String> {
        let given = trigger.map_get("id").and_then(name_of).filter(|id| is_identifier(id));
        let mut text = format!("{{:id :{}", given.unwrap_or(id));
        for key in ["label", "description"] {
            if let Some(value) = trigger.map_get(key).filter(|value| !value.is_nil()) {
                let _ = write!(text, " :{key} {}", self.text(value));
            }
        }
        text.push_str(" :invocation :default");
        if let Some(value) = trigger.map_get("enabled").filter(|value| !value.is_nil()) {
            let _ = write!(text, " :enabled {}", self.text(value));
        }
        for (key, value) in more.iter().filter(|(_, value)| !value.is_nil()) {
            let _ = write!(text, " :{key} {}", self.text(value));
        }
        text.push('}');
        self.is_plain(trigger.span).then_some(text)
    }

    /// Fields as inputs. None when one of them cannot be written as an input by changing its keys alone.
    fn take_fields(&mut self, fields: &[Form]) -> Option<()> {
        for form in fields {
            if form.map_get("source").is_some() || !self.is_plain(form.span) {
                return None;
            }
            let key = ["key", "name", "id"].into_iter().find(|key| form.map_get(key).is_some())?;
            let name = name_of(form.map_get(key)?)?.to_owned();
            if self.fields.iter().any(|(other, _)| *other == name) {
                return None;
            }
            let mut text = self.text(form).to_owned();
            let mut renamed: Vec<(Span, &str)> = form
                .as_map()?
                .filter_map(|(written, _)| match written.as_keyword()?.full() {
                    "field-type" => Some((written.span, ":type")),
                    it if it == key && it != "name" => Some((written.span, ":name")),
                    _ => None,
                })
                .collect();
            renamed.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
            for (span, new) in renamed {
                if span.file != form.span.file {
                    return None;
                }
                let at = (span.start - form.span.start) as usize..(span.end - form.span.start) as usize;
                text.get(at.clone())?;
                text.replace_range(at, new);
            }
            self.fields.push((name, text));
        }
        Some(())
    }
}

/// A form that is asked for at every run.
fn is_run_form(item: &Form) -> bool {
    let named = |key: &str, name: &str| item.map_get(key).and_then(name_of) == Some(name);
    named("kind", "form") && named("collect", "run")
}

fn whole(key: &Form, value: &Form) -> Span {
    key.span.to(value.span)
}

/// The column of a key, from 0.
fn indent(sources: &Sources, key: &Form) -> usize {
    sources.line_column(key.span.file, key.span.start).1 - 1
}
