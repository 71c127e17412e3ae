//! `:functions`: pure functions, each one `(fn …)` form that is quoted or stands in a string.

use breyta_catalog::fields::{FUNCTION, FUNCTION_IN_MAP};

use super::FunctionSource;
use super::entry::{Entry, IDENTIFIER, Path, before, identifier, name_of, not_wanted, unique};
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::source::Sources;
use crate::syntax::{Form, FormKind, StringLiteral, read_code_string};

/// The functions that can be used.
pub(super) fn define(sources: &Sources, section: &Form, problems: &mut Problems) -> Vec<FunctionSource> {
    let path = Path::root().key("functions");
    let mut seen = super::entry::Seen::new();
    let mut functions = Vec::new();
    let mut keep = |function: Option<FunctionSource>, path: &Path, problems: &mut Problems| {
        if let Some(function) = function
            && unique(&function.id, Code::DUPLICATE_ID, "functions", &mut seen, path, problems)
        {
            functions.push(function);
        }
    };
    if let Some(items) = section.as_vector() {
        for (index, item) in items.iter().enumerate() {
            let path = path.index(index);
            let function = function(sources, item, path.clone(), problems);
            keep(function, &path.key("id"), problems);
        }
    } else if let Some(pairs) = section.as_map() {
        let warning =
            Diagnostic::new(Code::FUNCTIONS_AS_MAP, section.span.first(), "`:functions` is written as a map")
                .help("write a vector of `{:id :name :language :clojure :code '(fn [input] …)}`");
        problems.report(path.of(warning));
        for (key, value) in pairs {
            let path = path.below(key);
            let function = function_in_map(sources, key, value, path.clone(), problems);
            keep(function, &path, problems);
        }
    } else {
        problems.report(path.of(not_wanted("`:functions`", "a vector of maps", section)));
    }
    functions
}

/// Ids of all functions that the section mentions, usable or not.
pub(super) fn declared(section: &Form) -> Vec<String> {
    match &section.kind {
        FormKind::Vector(items) => super::entry::declared(items, "id").map(str::to_owned).collect(),
        FormKind::Map(_) => section
            .as_map()
            .into_iter()
            .flatten()
            .filter_map(|(key, _)| name_of(key))
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    }
}

fn function(sources: &Sources, form: &Form, path: Path, problems: &mut Problems) -> Option<FunctionSource> {
    let entry = Entry::open(form, path, &FUNCTION, Code::INVALID_FIELD, problems)?;
    let id = entry.identifier("id", problems);
    let code = code_of(sources, &entry, problems);
    Some(FunctionSource { span: form.span, id: id?, code: code? })
}

/// An entry of the map form: `{:id {:code …}}` or `{:id code}`.
fn function_in_map(
    sources: &Sources,
    key: &Form,
    value: &Form,
    path: Path,
    problems: &mut Problems,
) -> Option<FunctionSource> {
    let id = identifier(key);
    if id.is_none() {
        problems.report(path.of(not_wanted("the name of a function", IDENTIFIER, key)));
    }
    let code = if value.as_map().is_some() {
        let entry = Entry::open(value, path, &FUNCTION_IN_MAP, Code::INVALID_FIELD, problems)?;
        code_of(sources, &entry, problems)
    } else {
        code(sources, value, &path, problems)
    };
    Some(FunctionSource { span: value.span, id: id?, code: code? })
}

fn code_of(sources: &Sources, entry: &Entry, problems: &mut Problems) -> Option<Form> {
    entry.choice("language", &[("clojure", true)], problems);
    code(sources, entry.get("code")?, &entry.at("code"), problems)
}

/// The `(fn …)` form out of inline `:code` of a step, which is written in the same ways.
pub(crate) fn inline_code(sources: &Sources, form: &Form, problems: &mut Problems) -> Option<Form> {
    code(sources, form, &Path::root().key("flow"), problems)
}

/// The `(fn …)` form out of a quoted form or a string.
fn code(sources: &Sources, form: &Form, path: &Path, problems: &mut Problems) -> Option<Form> {
    let (code, fault) = match &form.kind {
        FormKind::String(string) => {
            (one_form(sources, string, form, path, problems)?, Code::FUNCTION_CODE_STRING_INVALID)
        }
        FormKind::Quote(inner) => ((**inner).clone(), Code::INVALID_FIELD),
        FormKind::List(items) if form.is_call_of("quote") => {
            let [_, inner] = items.as_slice() else {
                let diagnostic = Diagnostic::new(Code::INVALID_FIELD, form.span, "`quote` takes one form");
                problems.report(path.of(diagnostic));
                return None;
            };
            (inner.clone(), Code::INVALID_FIELD)
        }
        FormKind::List(_) | FormKind::AnonymousFn(_) => {
            let message = "the code of a function must be quoted or stand in a string";
            let diagnostic = Diagnostic::new(Code::INVALID_FIELD, form.span, message)
                .label("not quoted")
                .help("put a quote in front: `'(fn [input] …)`")
                .edit(before(form.span), "'");
            problems.report(path.of(diagnostic));
            return None;
        }
        _ => {
            problems.report(path.of(not_wanted(
                "`:code` of a function",
                "a quoted function or a string",
                form,
            )));
            return None;
        }
    };
    if is_function(&code) {
        return Some(code);
    }
    let message = format!("the code of a function must be one `(fn …)` form, not {}", described(&code));
    let diagnostic = Diagnostic::new(fault, code.span, message)
        .label("not a `(fn …)` form")
        .help("write `(fn [input] …)`; it is called with the input of the step");
    problems.report(path.of(diagnostic));
    None
}

/// Whether a form is `(fn …)`, or definitions and then `(fn …)` in a `do`.
pub(crate) fn is_function(code: &Form) -> bool {
    const DEFINITIONS: &[&str] = &["def", "defn", "defn-", "declare"];
    let function = |form: &Form| form.is_call_of("fn") || form.is_call_of("fn*");
    match code.as_list() {
        Some([_, definitions @ .., last]) if code.is_call_of("do") => {
            let is_definition = |form: &Form| DEFINITIONS.iter().any(|head| form.is_call_of(head));
            function(last) && definitions.iter().all(is_definition)
        }
        _ => function(code),
    }
}

fn described(code: &Form) -> String {
    match code.as_list().and_then(<[Form]>::first).and_then(Form::as_symbol) {
        Some(head) => format!("a call of `{}`", head.full()),
        None => code.describe().to_owned(),
    }
}

/// Reads a code string, which holds exactly one form. What is wrong with its brackets and tokens is reported under
/// the one code that the public command line has for code strings, at its place in the file.
fn one_form(
    sources: &Sources,
    string: &StringLiteral,
    form: &Form,
    path: &Path,
    problems: &mut Problems,
) -> Option<Form> {
    let reading = read_code_string(sources, string, form.span);
    let unreadable = !reading.problems.is_empty();
    for mut problem in reading.problems {
        if [Code::DELIMITERS_INVALID, Code::SYNTAX_INVALID, Code::READER_INVALID].contains(&problem.code) {
            problem.code = Code::FUNCTION_CODE_STRING_INVALID;
        }
        problems.report(path.of(problem));
    }
    if unreadable {
        return None;
    }
    let mut forms = reading.forms.into_iter();
    let Some(first) = forms.next() else {
        let diagnostic =
            Diagnostic::new(Code::FUNCTION_CODE_STRING_INVALID, form.span, "the code string is empty")
                .label("no function in it")
                .help("write `(fn [input] …)` in the string");
        problems.report(path.of(diagnostic));
        return None;
    };
    if let Some(second) = forms.next() {
        let message = "the code string goes on after its function";
        let diagnostic = Diagnostic::new(Code::FUNCTION_CODE_STRING_INVALID, second.span, message)
            .label("a second form")
            .also(first.span, "the function")
            .help("keep one `(fn …)` form; put what it needs into its body with `let` or `letfn`");
        problems.report(path.of(diagnostic));
        return None;
    }
    Some(first)
}
