//! The top level of the definition: one map, its keys, and the fields that have no section of their own.

use std::collections::BTreeSet;

use breyta_catalog::fields::DEFINITION;

use super::entry::{Path, before, declared, is_identifier, later, name_of, near, not_wanted, shown, suggest};
use super::interfaces::Interfaces;
use super::requires::{Requires, Slots};
use super::{Definition, InputField, Invocation, Schedule};
use super::{
    agents, bare_steps, concurrency, functions, interfaces, invocations, legacy, mcp, metadata, providers,
};
use super::{requires, schedules, steps, templates, triggers};
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::source::{FileId, Sources, Span, Spanned};
use crate::syntax::{Form, FormKind};

/// Builds the definition out of the top-level forms. None when there is no map, or no body in it.
pub(super) fn define(sources: &Sources, forms: &[Form], problems: &mut Problems) -> Option<Definition> {
    let map = the_map(forms, problems)?;
    check_keys(map, problems);
    let flow =
        field(map, "flow").map(|form| body(form, problems).map(|body| bare_steps::modern(body, problems)));
    let concurrency = field(map, "concurrency").and_then(|form| concurrency::define(form, problems));
    let names = Names::read(map);
    let code = Reusable::read(sources, map, &names, problems);
    let entry = EntryPoints::read(sources, map, problems);
    if let Some(concurrency) = &concurrency {
        concurrency::check_key(concurrency, &entry, problems);
    }
    let broken = names.broken(&entry.requires, &code);
    Some(Definition {
        span: map.span,
        slug: slug(map, problems),
        name: string(map, "name", problems),
        description: string(map, "description", problems),
        tags: tags(map, problems),
        metadata: metadata::define(map, problems),
        concurrency: concurrency.unwrap_or_else(|| concurrency::assumed(map.span.first())),
        requires: entry.requires.connections,
        secrets: entry.requires.secrets,
        forms: entry.requires.forms,
        workers: entry.requires.workers,
        invocations: entry.invocations,
        manual: entry.interfaces.manual,
        http: entry.interfaces.http,
        webhook: entry.interfaces.webhook,
        mcp_interfaces: entry.interfaces.mcp,
        schedules: entry.schedules,
        templates: code.templates,
        functions: code.functions,
        packaged: code.packaged,
        agents: code.agents,
        providers: code.providers,
        mcp: code.mcp,
        broken,
        flow: flow??,
    })
}

/// The one map of the file.
fn the_map<'a>(forms: &'a [Form], problems: &mut Problems) -> Option<&'a Form> {
    let skeleton = "a flow is one map: `{:slug :my-flow :concurrency {…} :flow '(…)}`";
    let Some(first) = forms.first() else {
        let place = Span::new(FileId(0), 0, 0);
        problems.report(Diagnostic::new(Code::NOT_A_FLOW, place, "the file holds no flow").help(skeleton));
        return None;
    };
    let Some(map) = forms.iter().find(|form| form.as_map().is_some()) else {
        let message = format!("a flow must be a map, not {}", first.describe());
        problems.report(Diagnostic::new(Code::NOT_A_FLOW, first.span, message).help(skeleton));
        return None;
    };
    if let Some(other) = forms.iter().find(|form| form.span != map.span) {
        let diagnostic =
            Diagnostic::new(Code::READER_INVALID, other.span, "a flow file holds one map and nothing else")
                .label(if other.span.start > map.span.start {
                    "a second form"
                } else {
                    "a form before the flow"
                })
                .also(map.span.first(), "the flow begins here")
                .help("move it into a file of its own, or put `#_` in front of it");
        problems.report(diagnostic);
    }
    Some(map)
}

/// A top-level value; nil counts as absent.
pub(super) fn field<'a>(map: &'a Form, key: &str) -> Option<&'a Form> {
    map.map_get(key).filter(|value| !value.is_nil())
}

/// Keys that are unknown, not supported yet, missing or nil where they may not be.
fn check_keys(map: &Form, problems: &mut Problems) {
    for (key, value) in map.as_map().into_iter().flatten() {
        let row = key.as_keyword().and_then(|key| DEFINITION.field(key.full()));
        let path = Path::root().below(key);
        match row {
            Some(row) if row.required && value.is_nil() => {
                let message = format!("`:{}` may not be nil", row.name);
                let help = format!("give it a value. {}", row.doc);
                problems.report(
                    path.of(Diagnostic::new(Code::INVALID_REQUIRED_FIELD, value.span, message).help(help)),
                );
            }
            Some(row) if !row.supported && !value.is_nil() => {
                problems.refuse(path.of(later(&format!("`:{}`", row.name), key.span)));
            }
            Some(_) => {}
            None => {
                let near = near(key, DEFINITION.names().filter(|name| map.map_get(name).is_none()));
                let message = format!("a flow has no key `{}`; it is not used", shown(key));
                let diagnostic = Diagnostic::new(Code::UNKNOWN_KEY, key.span, message).label("no such key");
                problems.report(path.of(suggest(diagnostic, key, &near)));
            }
        }
    }
    for row in DEFINITION.fields.iter().filter(|row| row.required && map.map_get(row.name).is_none()) {
        let example = match row.name {
            "slug" => ":slug :my-flow",
            "concurrency" => ":concurrency {:type :singleton :on-new-version :supersede}",
            _ => ":flow '(let [input (flow/input)] input)",
        };
        let diagnostic = Diagnostic::new(
            Code::MISSING_REQUIRED_FIELD,
            map.span.first(),
            format!("the flow has no `:{}`", row.name),
        )
        .label("in this map")
        .help(format!("add `{example}`"));
        problems.report(Path::root().key(row.name).of(diagnostic));
    }
}

fn slug(map: &Form, problems: &mut Problems) -> Spanned<String> {
    let Some(form) = field(map, "slug") else { return Spanned::new(String::new(), map.span.first()) };
    let name = name_of(form).unwrap_or_default();
    if !is_identifier(name) {
        let wanted =
            "a keyword without namespace: a letter, then letters, digits, `_` or `-`, at most 128 characters";
        problems.report(
            Path::root().key("slug").of(not_wanted("`:slug`", wanted, form).help("write `:slug :my-flow`")),
        );
    }
    Spanned::new(name.to_owned(), form.span)
}

fn string(map: &Form, key: &str, problems: &mut Problems) -> Option<Spanned<String>> {
    let form = field(map, key)?;
    let text = form.as_string();
    if text.is_none() {
        problems.report(Path::root().key(key).of(not_wanted(&format!("`:{key}`"), "a string", form)));
    }
    Some(Spanned::new(text?.to_string(), form.span))
}

fn tags(map: &Form, problems: &mut Problems) -> Vec<Spanned<String>> {
    let path = Path::root().key("tags");
    let mut tags = Vec::new();
    for (index, item) in vector(map, "tags", problems).iter().enumerate() {
        match name_of(item) {
            Some(name) => tags.push(Spanned::new(name.to_owned(), item.span)),
            None => problems.report(path.index(index).of(not_wanted("a tag", "a string or a keyword", item))),
        }
    }
    tags
}

/// The elements of a section that is a vector; none when it is absent or something else.
fn vector<'a>(map: &'a Form, key: &str, problems: &mut Problems) -> &'a [Form] {
    let Some(form) = field(map, key) else { return &[] };
    let items = form.as_vector();
    if items.is_none() {
        problems.report(Path::root().key(key).of(not_wanted(&format!("`:{key}`"), "a vector", form)));
    }
    items.unwrap_or_default()
}

/// The sections that the body refers to.
struct Reusable {
    templates: Vec<super::Template>,
    functions: Vec<super::FunctionSource>,
    packaged: Vec<steps::PackagedStep>,
    agents: Vec<agents::Agent>,
    providers: providers::Providers,
    mcp: Vec<mcp::Adapter>,
}

impl Reusable {
    fn read(sources: &Sources, map: &Form, names: &Names, problems: &mut Problems) -> Self {
        let functions = field(map, "functions");
        let providers = field(map, "providers").map(|form| providers::define(form, names, problems));
        Self {
            templates: templates::define(vector(map, "templates", problems), problems),
            functions: functions.map_or_else(Vec::new, |form| functions::define(sources, form, problems)),
            packaged: steps::define(vector(map, "steps", problems), names, problems),
            agents: agents::define(vector(map, "agents", problems), problems),
            providers: providers.unwrap_or_default(),
            mcp: mcp::define(vector(map, "mcp", problems), names, problems),
        }
    }
}

/// The sections that say what a run needs, what it takes and what starts it.
pub(super) struct EntryPoints {
    pub(super) requires: Requires,
    pub(super) invocations: Vec<Invocation>,
    pub(super) interfaces: Interfaces,
    pub(super) schedules: Vec<Schedule>,
}

impl EntryPoints {
    fn read(sources: &Sources, map: &Form, problems: &mut Problems) -> Self {
        let items = vector(map, "requires", problems);
        let slots = Slots::read(items);
        let requires = requires::define(items, &slots, problems);
        let invocations = field(map, "invocations").map(|form| invocations::define(form, &slots, problems));
        let context =
            interfaces::Context { invocations: invocations.as_ref(), requires: &requires, slots: &slots };
        let triggers = triggers::define(vector(map, "triggers", problems), context, problems);
        let mut interfaces = field(map, "interfaces")
            .map_or_else(Interfaces::default, |form| interfaces::define(form, context, problems));
        let timed = vector(map, "schedules", problems);
        let mut schedules = schedules::define(timed, invocations.as_ref(), problems);
        deprecated(sources, map, &requires, triggers.deprecations, problems);
        advise(map, problems);
        // What is written in today's words comes first; triggers fill the rest.
        interfaces.manual = interfaces.manual.or(triggers.manual);
        interfaces.webhook = interfaces.webhook.or(triggers.webhook);
        for schedule in triggers.schedules {
            if schedules.iter().all(|it| it.id.value != schedule.id.value) {
                schedules.push(schedule);
            }
        }
        let invocations = invocations
            .map_or_else(|| derived(&requires, triggers.fields), |invocations| invocations.entries);
        Self { requires, invocations, interfaces, schedules }
    }
}

/// The invocation that legacy run fields make, when there are any.
fn derived(requires: &Requires, fields: Vec<InputField>) -> Vec<Invocation> {
    let mut inputs = fields;
    for field in requires.forms.iter().filter(|form| form.at_run).flat_map(|form| &form.fields) {
        if inputs.iter().all(|it| it.name.value != field.name.value) {
            inputs.push(field.clone());
        }
    }
    let Some(first) = inputs.first() else { return Vec::new() };
    let (span, id) = (first.span, Spanned::new("default".to_owned(), first.span));
    vec![Invocation { span, id, label: None, inputs }]
}

/// Reports legacy triggers and run-collected forms. The edits that mend them all go with the first of them.
fn deprecated(
    sources: &Sources,
    map: &Form,
    requires: &Requires,
    triggers: Vec<Diagnostic>,
    problems: &mut Problems,
) {
    let forms = requires.forms.iter().filter(|form| form.at_run).map(|form| {
        let message = "forms that are collected at every run are deprecated";
        let diagnostic = Diagnostic::new(Code::DEPRECATED_RUN_COLLECTED_FORM, form.span, message)
            .help("move the fields to `:invocations {:default {:inputs […]}}`");
        Path::root().key("requires").of(diagnostic)
    });
    let mut found: Vec<Diagnostic> = triggers.into_iter().chain(forms).collect();
    if let Some(first) = found.first_mut() {
        first.edits = legacy::edits(sources, map);
    }
    for diagnostic in found {
        problems.report(diagnostic);
    }
}

/// What a flow should say, and does not.
fn advise(map: &Form, problems: &mut Problems) {
    if map.map_get("interfaces").is_none() {
        let diagnostic =
            Diagnostic::new(Code::MISSING_INTERFACES, map.span.first(), "the flow has no `:interfaces`")
                .label("nothing says how a run is started")
                .help("add `:interfaces {:manual [{:id :run :label \"Run\" :invocation :default}]}`");
        problems.report(Path::root().key("interfaces").of(diagnostic));
    }
    if map.map_get("invocations").is_none() {
        let diagnostic =
            Diagnostic::new(Code::MISSING_INVOCATIONS, map.span.first(), "the flow has no `:invocations`")
                .label("nothing says which inputs a run takes")
                .help("add `:invocations {:default {:inputs []}}`");
        problems.report(Path::root().key("invocations").of(diagnostic));
    }
}

/// All names that the flow declares, usable or not: what references of one section to another are checked against.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Slots of `:requires`.
    pub(super) slots: Vec<String>,
    pub(super) templates: Vec<String>,
    pub(super) functions: Vec<String>,
    /// Qualified ids of `:steps`.
    pub(super) packaged: Vec<String>,
    /// Qualified ids of `:agents`.
    pub(super) agents: Vec<String>,
    /// Qualified ids of `:mcp`.
    pub(super) mcp: Vec<String>,
}

impl Names {
    fn read(map: &Form) -> Self {
        let of = |section: &str, key: &str| {
            let items = field(map, section).and_then(Form::as_vector).unwrap_or_default();
            declared(items, key).map(str::to_owned).collect()
        };
        Self {
            slots: of("requires", "slot"),
            templates: of("templates", "id"),
            functions: field(map, "functions").map(functions::declared).unwrap_or_default(),
            packaged: of("steps", "id"),
            agents: of("agents", "id"),
            mcp: of("mcp", "id"),
        }
    }

    /// Names that are written somewhere and that no usable entry has.
    fn broken(&self, requires: &Requires, reusable: &Reusable) -> Vec<String> {
        let mut broken = Vec::new();
        let mut compare = |written: &[String], usable: Vec<&Spanned<String>>| {
            let usable: BTreeSet<&str> = usable.into_iter().map(|it| it.value.as_str()).collect();
            broken.extend(written.iter().filter(|name| !usable.contains(name.as_str())).cloned());
        };
        compare(&self.slots, requires.connections.iter().map(|it| &it.slot).collect());
        compare(&self.templates, reusable.templates.iter().map(|it| &it.id).collect());
        compare(&self.functions, reusable.functions.iter().map(|it| &it.id).collect());
        compare(&self.packaged, reusable.packaged.iter().map(|it| &it.id).collect());
        compare(&self.agents, reusable.agents.iter().map(|it| &it.id).collect());
        compare(&self.mcp, reusable.mcp.iter().map(|it| &it.id).collect());
        broken
    }
}

/// The body without its quote.
fn body(form: &Form, problems: &mut Problems) -> Option<Form> {
    let path = Path::root().key("flow");
    match &form.kind {
        FormKind::Quote(inner) | FormKind::SyntaxQuote(inner) => Some(with_meta_of(form, inner)),
        FormKind::List(items) if form.is_call_of("quote") || form.is_call_of("clojure.core/quote") => {
            if let [_, inner] = items.as_slice() {
                return Some(with_meta_of(form, inner));
            }
            problems.report(path.of(Diagnostic::new(
                Code::INVALID_FIELD,
                form.span,
                "`quote` takes one form",
            )));
            None
        }
        FormKind::Tagged(tag, _) => {
            let diagnostic = later(&format!("`#{}` as `:flow`", tag.full()), form.span);
            problems.report(path.of(diagnostic));
            None
        }
        _ => {
            let diagnostic =
                Diagnostic::new(Code::FLOW_BODY_UNQUOTED, form.span, "the body of `:flow` is not quoted")
                    .label("a quote is missing in front of this")
                    .help("put a quote in front: `:flow '(…)`")
                    .edit(before(form.span), "'");
            problems.report(path.of(diagnostic));
            None
        }
    }
}

/// The inner form; metadata in front of the quote belongs to it.
fn with_meta_of(quote: &Form, inner: &Form) -> Form {
    let mut body = inner.clone();
    let own = std::mem::take(&mut body.meta);
    body.meta = quote.meta.iter().cloned().chain(own).collect();
    body
}
