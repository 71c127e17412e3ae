//! `:providers`: LLM and files providers of the flow's own.

use breyta_catalog::families;
use breyta_catalog::tools::{
    BASE_URL, CAPABILITIES, FILES_PROVIDER, HEADERS, LLM_FAMILIES, LLM_PROVIDER, OLD_LLM_FAMILY, PROVIDERS,
};

use super::definition::Names;
use super::entry::{Entry, Path, items_of, name_of, near, not_wanted, shown, suggest, unique};
use super::references::Target;
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::source::{Span, Spanned};
use crate::syntax::Form;

/// The section.
#[derive(Clone, Debug, Default)]
pub struct Providers {
    pub llm: Vec<LlmProvider>,
    pub files: Vec<FilesProvider>,
    /// Ids of entries that were written and cannot be used, each reported.
    pub broken: Vec<String>,
}

/// An entry of `:providers {:llm [...]}`.
#[derive(Clone, Debug)]
pub struct LlmProvider {
    pub span: Span,
    pub id: Spanned<String>,
    /// The older alias is resolved.
    pub family: &'static str,
    pub defaults: Option<Form>,
    /// The packaged step that answers, of `:family :custom`.
    pub call_step: Option<Spanned<String>>,
    /// None: those of the family.
    pub capabilities: Option<Vec<Spanned<String>>>,
}

impl LlmProvider {
    /// Whether the loop of an agent runs on it.
    pub fn runs_tools(&self) -> bool {
        match &self.capabilities {
            Some(own) => own.iter().any(|it| it.value == "agentic-tool-loop"),
            None => LLM_FAMILIES.iter().any(|(name, runs)| *name == self.family && *runs),
        }
    }
}

/// An entry of `:providers {:files [...]}`. Each operation is the id of a packaged step.
#[derive(Clone, Debug)]
pub struct FilesProvider {
    pub span: Span,
    pub id: Spanned<String>,
    pub load_source_entries: Option<Spanned<String>>,
    pub publish_changes: Option<Spanned<String>>,
    pub open_change_request: Option<Spanned<String>>,
}

const LLM: &str = "an LLM provider";

/// The section. `names` are all names that the flow declares, usable or not.
pub(super) fn define(section: &Form, names: &Names, problems: &mut Problems) -> Providers {
    let path = Path::root().key("providers");
    let Some(entry) = Entry::open(section, path, &PROVIDERS, Code::INVALID_FIELD, problems) else {
        return Providers::default();
    };
    let items = |key: &str| entry.get(key).and_then(Form::as_vector).unwrap_or_default();
    let mut found = Providers::default();
    let mut seen = super::entry::Seen::new();
    for (index, item) in items("llm").iter().enumerate() {
        let path = entry.at("llm").index(index);
        if let Some(provider) = llm(item, &path, names, problems)
            && unique(&provider.id, Code::DUPLICATE_ID, "LLM providers", &mut seen, &path.key("id"), problems)
        {
            found.llm.push(provider);
        }
    }
    let mut seen = super::entry::Seen::new();
    for (index, item) in items("files").iter().enumerate() {
        let path = entry.at("files").index(index);
        if let Some(provider) = files(item, &path, names, problems)
            && unique(
                &provider.id,
                Code::DUPLICATE_ID,
                "files providers",
                &mut seen,
                &path.key("id"),
                problems,
            )
        {
            found.files.push(provider);
        }
    }
    let usable = |name: &str| {
        found.llm.iter().any(|it| it.id.value == name) || found.files.iter().any(|it| it.id.value == name)
    };
    let all = super::entry::declared(items("llm"), "id").chain(super::entry::declared(items("files"), "id"));
    found.broken = all.filter(|name| !usable(name)).map(str::to_owned).collect();
    found
}

fn llm(form: &Form, path: &Path, names: &Names, problems: &mut Problems) -> Option<LlmProvider> {
    let entry = Entry::open(form, path.clone(), &LLM_PROVIDER, Code::INVALID_FIELD, problems)?;
    let id = entry.get_identifier("id");
    let family = family(&entry, problems);
    if let Some(id) = &id {
        shadows(id, &entry, problems);
    }
    let call_step = call_step(&entry, family, names, problems);
    if let Some(defaults) = entry.get("defaults") {
        check_keys(defaults, &entry.at("defaults"), problems);
    }
    let capabilities = entry.get("capabilities").map(|form| capabilities(form, &entry, problems));
    Some(LlmProvider {
        span: form.span,
        id: id?,
        family: family?,
        defaults: entry.get("defaults").cloned(),
        call_step,
        capabilities,
    })
}

fn family(entry: &Entry, problems: &mut Problems) -> Option<&'static str> {
    let form = entry.get("family")?;
    let (old, new) = OLD_LLM_FAMILY;
    let name = name_of(form).unwrap_or_default();
    let name = if name == old {
        let message = format!("the provider family `:{old}` is deprecated");
        let diagnostic = Diagnostic::new(Code::DEPRECATED_PROVIDER_FAMILY, form.span, message);
        problems
            .report(entry.at("family").of(suggest(diagnostic, form, &[new]).help(format!("write `:{new}`"))));
        new
    } else {
        name
    };
    let found = LLM_FAMILIES.iter().map(|(known, _)| *known).find(|known| *known == name);
    if found.is_none() {
        let all: Vec<String> = LLM_FAMILIES.iter().map(|(known, _)| format!(":{known}")).collect();
        let wanted = format!("one of {}", all.join(" "));
        let near = near(form, LLM_FAMILIES.iter().map(|(known, _)| *known));
        let diagnostic = suggest(not_wanted(&format!("`:family` of {LLM}"), &wanted, form), form, &near);
        problems.report(entry.at("family").of(diagnostic));
    }
    found
}

/// A provider with the name of a built-in one takes its place: rarely meant.
fn shadows(id: &Spanned<String>, entry: &Entry, problems: &mut Problems) {
    let built_in = LLM_FAMILIES.iter().any(|(name, _)| *name == id.value && id.value != "custom");
    if built_in {
        let message =
            format!("the provider `:{}` takes the place of the built-in one in this flow", id.value);
        let diagnostic = Diagnostic::new(Code::SHADOWED_PROVIDER, id.span, message)
            .label("the name of a built-in provider")
            .help(format!("give it a name of its own, such as `:my-{}`", id.value));
        problems.report(entry.at("id").of(diagnostic));
    }
}

fn call_step(
    entry: &Entry,
    family: Option<&str>,
    names: &Names,
    problems: &mut Problems,
) -> Option<Spanned<String>> {
    let Some(form) = entry.get("call-step") else {
        if family == Some("custom") {
            let message = "a provider of the family `:custom` needs `:call-step`";
            let diagnostic = Diagnostic::new(Code::MISSING_KEY, entry.span().first(), message)
                .label("`:call-step` is missing")
                .help("add `:call-step :my/call-llm`, the packaged step that answers");
            problems.report(entry.at("call-step").of(diagnostic));
        }
        return None;
    };
    let place = format!("`:call-step` of {LLM}");
    Target::packaged(&names.packaged).check(form, &place, &entry.at("call-step"), problems)
}

/// Keys that the defaults may have: those of `:llm` steps, and headers. What stands under them is checked by `types`.
fn check_keys(form: &Form, path: &Path, problems: &mut Problems) {
    let names = || families::llm::LLM.config.common().chain([&BASE_URL, &HEADERS]).map(|row| row.name);
    for (key, _) in form.as_map().into_iter().flatten() {
        let name = key.as_keyword().map_or("", |key| key.full());
        if names().any(|known| known == name) {
            continue;
        }
        let near = near(key, names().filter(|name| form.map_get(name).is_none()));
        let message = format!("`:llm` steps have no config key `{}`", shown(key));
        let diagnostic = Diagnostic::new(Code::UNKNOWN_CONFIG_KEY, key.span, message).label("no such key");
        let diagnostic = if near.is_empty() {
            diagnostic.help("what only this provider has belongs into `:provider-opts {…}`")
        } else {
            suggest(diagnostic, key, &near)
        };
        problems.report(path.below(key).of(diagnostic));
    }
}

fn capabilities(form: &Form, entry: &Entry, problems: &mut Problems) -> Vec<Spanned<String>> {
    let path = entry.at("capabilities");
    let Some(items) = items_of(form) else {
        entry.invalid("capabilities", "a set of keywords", form, problems);
        return Vec::new();
    };
    let mut found = Vec::new();
    for item in items {
        let name = name_of(item).unwrap_or_default();
        if CAPABILITIES.contains(&name) {
            found.push(Spanned::new(name.to_owned(), item.span));
        } else {
            let all: Vec<String> = CAPABILITIES.iter().map(|it| format!(":{it}")).collect();
            let near = near(item, CAPABILITIES.iter().copied());
            let diagnostic = not_wanted("a capability", &format!("one of {}", all.join(" ")), item);
            problems.report(path.of(suggest(diagnostic, item, &near)));
        }
    }
    found
}

fn files(form: &Form, path: &Path, names: &Names, problems: &mut Problems) -> Option<FilesProvider> {
    let entry = Entry::open(form, path.clone(), &FILES_PROVIDER, Code::INVALID_FIELD, problems)?;
    let operations = entry.get("operations");
    let packaged = Target::packaged(&names.packaged);
    let mut operation = |key: &str| {
        let form = operations?.map_get(key).filter(|it| !it.is_nil())?;
        let path = entry.at("operations").key(key);
        packaged.check(form, &format!("`:{key}` of a files provider"), &path, problems)
    };
    Some(FilesProvider {
        span: form.span,
        load_source_entries: operation("load-source-entries"),
        publish_changes: operation("publish-changes"),
        open_change_request: operation("open-change-request"),
        id: entry.get_identifier("id")?,
    })
}
