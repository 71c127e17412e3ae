//! `:triggers`: the older way to say how a run is started. Each is taken as what replaced it, with a warning.

use breyta_catalog::fields::{
    EVENT_TRIGGER, MANUAL_TRIGGER, SCHEDULE_TRIGGER, Shape, TRIGGER, TRIGGER_TYPES,
};

use super::entry::{Entry, Path, later, name_of};
use super::inputs::{self, Style};
use super::interfaces::{self, Context, WebhookInterface};
use super::schedules::{self, Schedule, When};
use super::{InputField, ManualInterface};
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::source::{Span, Spanned};
use crate::syntax::Form;

/// What the triggers stand for nowadays.
#[derive(Debug, Default)]
pub(super) struct Triggers {
    /// The first enabled one.
    pub(super) manual: Option<ManualInterface>,
    pub(super) schedules: Vec<Schedule>,
    /// The first one.
    pub(super) webhook: Option<WebhookInterface>,
    /// Fields of all triggers: inputs of the default invocation.
    pub(super) fields: Vec<InputField>,
    /// Warnings, not reported yet: the edits that mend them are added by who knows the whole flow.
    pub(super) deprecations: Vec<Diagnostic>,
}

pub(super) fn define(items: &[Form], context: Context, problems: &mut Problems) -> Triggers {
    let path = Path::root().key("triggers");
    let mut found = Triggers::default();
    for (index, item) in items.iter().enumerate() {
        let path = path.index(index);
        let Some(entry) = Entry::open(item, path, &TRIGGER, Code::INVALID_FIELD, problems) else { continue };
        let Some(kind) = entry.choice("type", TRIGGER_TYPES, problems) else { continue };
        match kind.value.as_str() {
            "manual" => found.manual(&entry, context, problems),
            "schedule" => found.schedule(&entry, index, context, problems),
            _ => found.webhook(&entry, index, context, problems),
        }
    }
    if let Some(trigger) = &found.manual {
        let message = "manual triggers are deprecated";
        let diagnostic = Diagnostic::new(Code::DEPRECATED_MANUAL_TRIGGER, trigger.span, message).help(
            "write `:interfaces {:manual [{:id :run :label \"Run\" :invocation :default}]}` and \
             `:invocations {:default {:inputs []}}`",
        );
        found.deprecations.insert(0, path.of(diagnostic));
    }
    found
}

/// The config of a trigger, opened; an absent one is an empty one.
fn config<'a>(entry: &Entry<'a>, shape: &'static Shape, problems: &mut Problems) -> Option<Entry<'a>> {
    let form = entry.get("config").filter(|form| form.as_map().is_some())?;
    Entry::open(form, entry.at("config"), shape, Code::INVALID_FIELD, problems)
}

/// The id that is written, or one made of the type and the place.
fn id(entry: &Entry, kind: &str, index: usize) -> Spanned<String> {
    let name = if index == 0 { kind.to_owned() } else { format!("{kind}-{}", index + 1) };
    entry.get_identifier("id").unwrap_or_else(|| Spanned::new(name, entry.span().first()))
}

impl Triggers {
    fn manual(&mut self, entry: &Entry, context: Context, problems: &mut Problems) {
        if let Some(config) = config(entry, &MANUAL_TRIGGER, problems) {
            self.take_fields(&config, context, problems);
        }
        let trigger = ManualInterface {
            span: entry.span(),
            id: id(entry, "manual", 0),
            label: entry.get_text("label").map(|it| it.value),
            description: entry.get_text("description").map(|it| it.value),
            invocation: None,
            enabled: entry.get_boolean("enabled").unwrap_or(true),
        };
        match &self.manual {
            Some(first) if first.enabled && trigger.enabled => {
                let diagnostic =
                    later("a second manual trigger", entry.span()).also(first.span, "the first one");
                problems.refuse(entry.path.of(diagnostic));
            }
            Some(first) if first.enabled => {}
            _ => self.manual = Some(trigger),
        }
    }

    fn schedule(&mut self, entry: &Entry, index: usize, context: Context, problems: &mut Problems) {
        let place = type_span(entry);
        problems.refuse(entry.path.of(later("a schedule trigger", place)));
        let id = id(entry, "schedule", index);
        let message = "schedule triggers are deprecated";
        let diagnostic = Diagnostic::new(Code::DEPRECATED_SCHEDULE_TRIGGER, entry.span(), message).help(
            format!("write `:schedules [{{:id :{} :invocation :default :cron \"0 9 * * MON\"}}]`", id.value),
        );
        self.deprecations.push(entry.path.of(diagnostic));
        let config = config(entry, &SCHEDULE_TRIGGER, problems);
        if entry.get("config").is_none() {
            let message = "a schedule trigger needs `:config` with `:cron`";
            let diagnostic = Diagnostic::new(Code::MISSING_KEY, entry.span().first(), message)
                .label("nothing says when")
                .help("add `:config {:cron \"0 9 * * MON\"}`");
            problems.report(entry.at("config").of(diagnostic));
        }
        let Some(config) = config else { return };
        self.take_fields(&config, context, problems);
        let when = schedules::cron(&config, problems).map_or(When::Unknown, When::Cron);
        self.schedules.push(Schedule {
            span: entry.span(),
            id,
            label: entry.get_text("label").map(|it| it.value),
            invocation: Spanned::new("default".to_owned(), place),
            enabled: entry.get_boolean("enabled").unwrap_or(true),
            when,
            timezone: schedules::timezone(&config, problems),
            inputs: Vec::new(),
        });
    }

    fn webhook(&mut self, entry: &Entry, index: usize, context: Context, problems: &mut Problems) {
        problems.refuse(entry.path.of(later("a webhook trigger", type_span(entry))));
        let message = "webhook triggers are deprecated";
        let diagnostic = Diagnostic::new(Code::DEPRECATED_WEBHOOK_TRIGGER, entry.span(), message).help(
            "write `:interfaces {:webhook [{:id :orders-updated :invocation :default :auth {…}}]}`; its fields \
             are `:inputs` of the invocation",
        );
        self.deprecations.push(entry.path.of(diagnostic));
        let Some(config) = config(entry, &EVENT_TRIGGER, problems) else { return };
        self.take_fields(&config, context, problems);
        let (event_name, auth) = interfaces::event(&config, context, problems);
        let id = id(entry, "event", index);
        let webhook = WebhookInterface {
            span: entry.span(),
            event_name: event_name.unwrap_or_else(|| id.clone()),
            id,
            label: entry.get_text("label").map(|it| it.value),
            description: entry.get_text("description").map(|it| it.value),
            invocation: None,
            enabled: entry.get_boolean("enabled").unwrap_or(true),
            auth,
        };
        self.webhook.get_or_insert(webhook);
    }

    /// Fields of a config become inputs; one that an earlier trigger declares is the same.
    fn take_fields(&mut self, config: &Entry, context: Context, problems: &mut Problems) {
        let Some(items) = config.vector("fields", problems) else { return };
        let fields = inputs::define(items, Style::Legacy, &config.at("fields"), context.slots, problems);
        for field in fields {
            if self.fields.iter().all(|it| it.name.value != field.name.value) {
                self.fields.push(field);
            }
        }
    }
}

fn type_span(entry: &Entry) -> Span {
    entry.get("type").filter(|kind| name_of(kind).is_some()).map_or(entry.span().first(), |kind| kind.span)
}
