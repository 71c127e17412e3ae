//! The top level of the definition: one map, its keys, and the fields that have no section of their own.

use breyta_catalog::fields::DEFINITION;

use super::entry::{Path, before, is_identifier, later, name_of, near, not_wanted, shown, suggest};
use super::{Concurrency, ConcurrencyType, Definition, OnNewVersion};
use super::{concurrency, functions, interfaces, invocations, requires, templates, triggers};
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::source::{FileId, Sources, Span, Spanned};
use crate::syntax::{Form, FormKind};

/// Builds the definition out of the top-level forms. None when there is no map, or no body in it.
pub(super) fn define(sources: &Sources, forms: &[Form], problems: &mut Problems) -> Option<Definition> {
    let map = the_map(forms, problems)?;
    check_keys(map, problems);
    let flow = field(map, "flow").map(|form| body(form, problems));
    let found = Sections::read(sources, map, problems);
    Some(Definition {
        span: map.span,
        slug: slug(map, problems),
        name: string(map, "name", problems),
        description: string(map, "description", problems),
        tags: tags(map, problems),
        concurrency: found.concurrency,
        requires: found.requires,
        invocations: found.invocations,
        manual: found.manual,
        templates: found.templates,
        functions: found.functions,
        broken: found.broken,
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
fn field<'a>(map: &'a Form, key: &str) -> Option<&'a Form> {
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
                problems.report(path.of(later(&format!("`:{}`", row.name), key.span)));
            }
            Some(_) => {}
            None => {
                let near = near(key, DEFINITION.names());
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

/// The sections that are files of their own.
struct Sections {
    concurrency: Concurrency,
    requires: Vec<super::Connection>,
    invocations: Vec<super::Invocation>,
    manual: Option<super::ManualInterface>,
    templates: Vec<super::Template>,
    functions: Vec<super::FunctionSource>,
    broken: Vec<String>,
}

impl Sections {
    fn read(sources: &Sources, map: &Form, problems: &mut Problems) -> Self {
        let concurrency = field(map, "concurrency").and_then(|form| concurrency::define(form, problems));
        let slots = vector(map, "requires", problems);
        let requires = requires::define(slots, problems);
        let bodies = vector(map, "templates", problems);
        let templates = templates::define(bodies, problems);
        let section = field(map, "functions");
        let functions = section.map_or_else(Vec::new, |form| functions::define(sources, form, problems));
        let invocations = field(map, "invocations").map(|form| invocations::define(form, problems));
        let manual = entry_point(map, invocations.as_ref(), problems);
        // A name is broken when it is written somewhere and no usable entry has it.
        let mut broken: Vec<String> = requires::declared(slots)
            .filter(|name| requires.iter().all(|it| it.slot.value != *name))
            .chain(
                super::entry::declared(bodies, "id")
                    .filter(|name| templates.iter().all(|it| it.id.value != *name))
                    .map(str::to_owned),
            )
            .collect();
        let declared = section.map(functions::declared).unwrap_or_default();
        broken.extend(declared.into_iter().filter(|name| functions.iter().all(|it| it.id.value != *name)));
        Self {
            concurrency: concurrency.unwrap_or(Concurrency {
                span: map.span.first(),
                kind: ConcurrencyType::Singleton,
                on_new_version: OnNewVersion::Supersede,
                key_field: Vec::new(),
            }),
            requires,
            invocations: invocations.map(|it| it.entries).unwrap_or_default(),
            manual,
            templates,
            functions,
            broken,
        }
    }
}

/// The manual interface, or the older manual trigger. Says so when a flow has neither.
fn entry_point(
    map: &Form,
    invocations: Option<&invocations::Invocations>,
    problems: &mut Problems,
) -> Option<super::ManualInterface> {
    let trigger = triggers::define(vector(map, "triggers", problems), problems);
    let interfaces = field(map, "interfaces").map(|form| interfaces::define(form, invocations, problems));
    // A manual trigger already got a warning that names both sections.
    let told = trigger.is_some();
    if map.map_get("interfaces").is_none() && !told {
        let diagnostic =
            Diagnostic::new(Code::MISSING_INTERFACES, map.span.first(), "the flow has no `:interfaces`")
                .label("nothing says how a run is started")
                .help("add `:interfaces {:manual [{:id :run :label \"Run\" :invocation :default}]}`");
        problems.report(Path::root().key("interfaces").of(diagnostic));
    }
    let named = interfaces.as_ref().is_some_and(|it| it.names_invocation);
    if map.map_get("invocations").is_none() && !told && !named {
        let diagnostic =
            Diagnostic::new(Code::MISSING_INVOCATIONS, map.span.first(), "the flow has no `:invocations`")
                .label("nothing says which inputs a run takes")
                .help("add `:invocations {:default {:inputs []}}`");
        problems.report(Path::root().key("invocations").of(diagnostic));
    }
    interfaces.and_then(|it| it.manual).or(trigger)
}

/// The body without its quote.
fn body(form: &Form, problems: &mut Problems) -> Option<Form> {
    let path = Path::root().key("flow");
    match &form.kind {
        FormKind::Quote(inner) => Some(with_meta_of(form, inner)),
        FormKind::List(items) if form.is_call_of("quote") => {
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
        FormKind::SyntaxQuote(_) => {
            let diagnostic = later("a syntax-quoted `:flow`", form.span).help("quote the body with `'`");
            problems.report(path.of(diagnostic));
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
