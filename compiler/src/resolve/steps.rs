//! `flow/step`: family, id, config, and what the config refers to in other sections.

use breyta_catalog::families::{self, Family, KeyType};
use breyta_core::{Keyword, Value};

use super::{Kind, Resolver, unknown};
use crate::diagnostics::{Code, Diagnostic, nearest};
use crate::flow::functions;
use crate::hir::{Expr, ExprKind, Function, Packaged, Step};
use crate::source::Span;
use crate::syntax::{Form, FormKind};

/// How a step is written.
const USAGE: &str = "write `(flow/step :family :step-id {…config…})`";

impl Resolver<'_> {
    /// Counts how often each step id is written, so that an id which is unique needs no path.
    pub(super) fn count_steps(&mut self, form: &Form) {
        if form.is_call_of("flow/step")
            && let Some(id) = form.as_list().and_then(|items| items.get(2)).and_then(step_id)
        {
            *self.step_ids.entry(id.to_owned()).or_default() += 1;
        } else if let Some(id) = super::helpers::implied_id(form) {
            *self.step_ids.entry(id).or_default() += 1;
        }
        for item in form.evaluated() {
            self.count_steps(item);
        }
    }

    /// `(flow/step :family :id {config})`.
    pub(super) fn step(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        if !self.step_is_possible(form) {
            return unknown(form.span);
        }
        if let Some(target) =
            arguments.first().and_then(Form::as_keyword).filter(|it| it.namespace().is_some())
        {
            return self.packaged(form, target.full(), arguments);
        }
        let Some((family, id, config)) = self.step_parts(form, arguments) else { return unknown(form.span) };
        let point = self.point(id, form.span);
        let config = self.config(family, &point, config, form.span);
        let step = Step { family, id: id.to_owned(), point, config, form: self.summary(form).to_string() };
        Expr { kind: ExprKind::Step(Box::new(step)), span: form.span }
    }

    fn step_is_possible(&mut self, form: &Form) -> bool {
        if self.kind == Kind::Function {
            self.report(
                Diagnostic::new(Code::MISPLACED_STEP, form.span, "a step cannot run inside a function").help(
                    "functions are pure: run the step in the flow body and pass its result to the function",
                ),
            );
            return false;
        }
        if self.closures > 0 {
            self.report(
                Diagnostic::new(Code::MISPLACED_STEP, form.span, "a step cannot run inside a closure")
                    .help("run steps in the flow body itself: with `for`, `doseq` or a `:fanout` step"),
            );
            return false;
        }
        true
    }

    /// `(flow/step :ns/name {input})` or `(flow/step :ns/name :step-id {input})`.
    fn packaged(&mut self, form: &Form, target: &str, arguments: &[Form]) -> Expr {
        let usage = "write `(flow/step :ns/name :step-id {…input…})`";
        let definition = self.definition;
        let known: Vec<&str> = definition
            .packaged
            .iter()
            .map(|it| it.id.value.as_str())
            .chain(definition.agents.iter().map(|it| it.id.value.as_str()))
            .collect();
        if !known.contains(&target) && !definition.broken.iter().any(|it| it == target) {
            let at = arguments.first().map_or(form.span, |it| it.span);
            let mut problem = Diagnostic::new(
                Code::MISSING_PACKAGED_STEP_REFERENCE,
                at,
                format!("there is no packaged step or agent `:{target}`"),
            )
            .at(&[":flow", &format!(":{target}")]);
            problem = match nearest(target, known.iter().copied()).first() {
                Some(best) => problem.help(format!("did you mean `:{best}`?")).edit(at, format!(":{best}")),
                None => problem
                    .help("declare it in `:steps` or `:agents`, or use a built-in family, such as `:http`"),
            };
            self.report(problem);
        }
        let (id, input) = match arguments {
            [_, id] if step_id(id).is_some() => {
                self.report(
                    Diagnostic::new(Code::FLOW_STEP_MISSING_CONFIG, form.span, "this step has no input map")
                        .help(usage),
                );
                return unknown(form.span);
            }
            [_, input] => (None, input),
            [_, id, input] => match self.checked_step_id(id) {
                Some(id) => (Some(id.to_owned()), input),
                None => return unknown(form.span),
            },
            [_] => {
                self.report(
                    Diagnostic::new(Code::FLOW_STEP_MISSING_CONFIG, form.span, "this step has no input map")
                        .help(usage),
                );
                return unknown(form.span);
            }
            _ => {
                self.report(
                    Diagnostic::new(
                        Code::FLOW_STEP_ARITY_INVALID,
                        form.span,
                        "a packaged step takes an id and one input map",
                    )
                    .help(usage),
                );
                return unknown(form.span);
            }
        };
        let input = self.expr(input);
        self.refuse(form.span, &format!("the packaged step or agent `:{target}`"));
        let call = Packaged { target: target.to_owned(), id, input };
        Expr { kind: ExprKind::Packaged(Box::new(call)), span: form.span }
    }

    /// Family, id and config of a call; reports what is not written as it must be.
    fn step_parts<'f>(
        &mut self,
        form: &Form,
        arguments: &'f [Form],
    ) -> Option<(&'static Family, &'f str, &'f Form)> {
        self.check_step_count(form, arguments)?;
        let first = arguments.first()?;
        let Some(keyword) = first.as_keyword() else {
            self.report(
                Diagnostic::new(
                    Code::FLOW_STEP_INVALID_TYPE,
                    first.span,
                    "the step family must be a literal keyword",
                )
                .label(format!("this is {}", first.describe()))
                .help(USAGE),
            );
            return None;
        };
        let family = self.family(keyword, first)?;
        let (id, config) = match arguments {
            [_, id, config] => (id, config),
            [_, id] if step_id(id).is_some() => {
                self.report(
                    Diagnostic::new(Code::FLOW_STEP_MISSING_CONFIG, form.span, "this step has no config map")
                        .help(USAGE),
                );
                return None;
            }
            _ => {
                self.report(
                    Diagnostic::new(Code::FLOW_STEP_MISSING_STEP_ID, form.span, "this step has no id")
                        .help(USAGE),
                );
                return None;
            }
        };
        Some((family, self.checked_step_id(id)?, config))
    }

    /// The number of arguments, as far as it is wrong whatever they are.
    fn check_step_count(&mut self, form: &Form, arguments: &[Form]) -> Option<()> {
        let family = arguments.first().and_then(Form::as_keyword).map(Keyword::full);
        let problem = if arguments.is_empty() {
            Diagnostic::new(
                Code::FLOW_STEP_MISSING_CONFIG,
                form.span,
                "`flow/step` without family, id and config",
            )
            .help(USAGE)
        } else if matches!(family, Some("function" | "code")) && arguments.len() != 3 {
            Diagnostic::new(
                Code::FUNCTION_STEP_ARITY_INVALID,
                form.span,
                "a function step takes an id and one config map",
            )
            .label(format!("{} after the family", super::calls::count_of(arguments.len() - 1)))
            .help("write `(flow/step :function :step-id {:ref :function-id :input {…}})`")
        } else if arguments.len() > 3 {
            Diagnostic::new(
                Code::FLOW_STEP_ARITY_INVALID,
                form.span,
                "`flow/step` takes a family, an id and one config map",
            )
            .help(USAGE)
        } else {
            return Some(());
        };
        self.report(problem);
        None
    }

    fn checked_step_id<'f>(&mut self, id: &'f Form) -> Option<&'f str> {
        let Some(name) = step_id(id) else {
            self.report(
                Diagnostic::new(
                    Code::FLOW_STEP_MISSING_STEP_ID,
                    id.span,
                    "the step id must be a literal keyword",
                )
                .label(format!("this is {}", id.describe()))
                .help(USAGE),
            );
            return None;
        };
        if !is_safe_identifier(name) {
            self.report(
                Diagnostic::new(Code::MALFORMED_FORM, id.span, format!("`:{name}` is not a step id"))
                    .help("a step id starts with a letter and has letters, digits, `-` and `_`, at most 128"),
            );
            return None;
        }
        Some(name)
    }

    fn family(&mut self, keyword: &Keyword, at: &Form) -> Option<&'static Family> {
        let name = keyword.full();
        let Some(family) = families::find(name) else {
            let near = nearest(name, families::ALL.iter().map(|family| family.name));
            let mut problem = Diagnostic::new(
                Code::UNKNOWN_STEP_FAMILY,
                at.span,
                format!("there is no step family `:{name}`"),
            );
            if let Some(best) = near.first() {
                problem = problem.help(format!("did you mean `:{best}`?")).edit(at.span, format!(":{best}"));
            } else {
                let all: Vec<String> =
                    families::ALL.iter().map(|family| format!("`:{}`", family.name)).collect();
                problem = problem.note(format!("the families are {}", all.join(" ")));
            }
            self.report(problem);
            return None;
        };
        if !family.runs {
            let what = format!("the step family `:{name}`");
            self.refuse(at.span, &what);
        }
        Some(family)
    }

    /// The suspension id of a step.
    pub(super) fn point(&mut self, id: &str, span: Span) -> String {
        let written = self.step_ids.get(id).copied().unwrap_or(1);
        let point = if written > 1 && !self.path.is_empty() {
            format!("{}/{id}", self.path.join("/"))
        } else {
            id.to_owned()
        };
        if let Some(first) = self.points.get(&point).copied() {
            self.duplicated.insert(id.to_owned());
            self.report(
                Diagnostic::new(
                    Code::DUPLICATE_STEP_ID,
                    span,
                    format!("the step id `:{id}` is used twice at the same place"),
                )
                .also(first, "first used here")
                .help("give each step an id of its own: durable history hangs on it"),
            );
        } else {
            self.points.insert(point.clone(), span);
            // What the author did not write nobody needs to rename.
            if written > 1 && !id.contains(':') {
                self.repeated.entry(id.to_owned()).or_default().push((point.clone(), span));
            }
        }
        point
    }

    /// Warns of ids that several branches share, unless that is an error already.
    pub(super) fn warn_of_repeated_ids(&mut self) {
        for (id, places) in std::mem::take(&mut self.repeated) {
            let Some((_, first)) = places.first().filter(|_| !self.duplicated.contains(&id)) else {
                continue;
            };
            let known: Vec<String> = places.iter().map(|(point, _)| format!("`{point}`")).collect();
            let mut warning = Diagnostic::new(
                Code::REPEATED_STEP_ID,
                *first,
                format!("the step id `:{id}` is used in several branches"),
            )
            .note(format!("runs and journals tell them apart as {}", known.join(", ")));
            for (_, span) in places.iter().skip(1) {
                warning = warning.also(*span, "and here");
            }
            self.report(warning);
        }
    }

    fn config(&mut self, family: &'static Family, point: &str, config: &Form, span: Span) -> Expr {
        if config.as_map().is_none() {
            if family.name == "function" {
                self.report(
                    Diagnostic::new(
                        Code::FUNCTION_STEP_CONFIG_INVALID,
                        config.span,
                        "the config of a function step must be a map literal",
                    )
                    .label(format!("this is {}", config.describe()))
                    .help("write `{:ref :function-id :input {…}}`"),
                );
                return Expr { kind: ExprKind::Map(Vec::new()), span };
            }
            return self.expr(config);
        }
        let mut entries = Vec::new();
        for (key, value) in config.as_map().into_iter().flatten() {
            let name = key.as_keyword().map(|keyword| keyword.full().to_owned());
            match name.as_deref() {
                Some("type") => self.repeated_family(family, value),
                Some("code") if family.name == "function" => {
                    let function = self.inline_code(point, "code", value);
                    entries.push((keyword_literal("ref", key.span), keyword_literal(&function, value.span)));
                }
                Some("ref") if family.name == "function" => {
                    self.reference(
                        value,
                        "function",
                        Code::UNKNOWN_FUNCTION_REF,
                        ":functions",
                        |definition| definition.functions.iter().map(|it| it.id.value.as_str()).collect(),
                    );
                    let (key, value) = (self.expr(key), self.expr(value));
                    entries.push((key, value));
                }
                Some("connection") => {
                    self.connection_slot(value);
                    let (key, value) = (self.expr(key), self.expr(value));
                    entries.push((key, value));
                }
                Some("template") => {
                    self.reference(
                        value,
                        "template",
                        Code::UNKNOWN_TEMPLATE_REF,
                        ":templates",
                        |definition| definition.templates.iter().map(|it| it.id.value.as_str()).collect(),
                    );
                    let (key, value) = (self.expr(key), self.expr(value));
                    entries.push((key, value));
                }
                Some("transform") if family.name == "fanout" => {
                    let function = self.inline_code(point, "transform", value);
                    entries.push((self.expr(key), keyword_literal(&function, value.span)));
                }
                // Other keys that take a function: what it says is checked like any function's.
                Some(name) if is_written_code(family, name, value) => {
                    self.inline_code(point, name, value);
                    let (key, value) = (self.expr(key), self.expr(value));
                    entries.push((key, value));
                }
                _ => {
                    let (key, value) = (self.expr(key), self.expr(value));
                    entries.push((key, value));
                }
            }
        }
        if family.name == "function" {
            self.code_or_ref(config);
        }
        Expr { kind: ExprKind::Map(entries), span: config.span }
    }

    /// A literal reference to a connection slot.
    pub(super) fn connection_slot(&mut self, value: &Form) {
        self.reference(value, "connection slot", Code::UNKNOWN_CONNECTION_SLOT, ":requires", |definition| {
            definition.requires.iter().map(|it| it.slot.value.as_str()).collect()
        });
    }

    /// `:type :family` inside a config only repeats the head.
    fn repeated_family(&mut self, family: &Family, value: &Form) {
        if value.as_keyword().is_none_or(|keyword| keyword.full() != family.name) {
            self.report(
                Diagnostic::new(
                    Code::TYPE_MISMATCH,
                    value.span,
                    format!("`:type` must be `:{}` here", family.name),
                )
                .help("take `:type` out: the family stands in front"),
            );
        }
    }

    fn code_or_ref(&mut self, config: &Form) {
        match (config.map_get("code"), config.map_get("ref")) {
            (Some(code), Some(reference)) => self.report(
                Diagnostic::new(
                    Code::FUNCTION_STEP_CODE_REF_CONFLICT,
                    code.span,
                    "a function step has either `:code` or `:ref`",
                )
                .also(reference.span, "and here is the other")
                .help("keep one of them"),
            ),
            (None, None) => self.report(
                Diagnostic::new(
                    Code::FUNCTION_STEP_MISSING_CODE_OR_REF,
                    config.span,
                    "this function step has neither `:ref` nor `:code`",
                )
                .help("name an entry of `:functions` with `:ref`, or write `:code '(fn [input] …)`"),
            ),
            _ => {}
        }
    }

    /// Compiles inline code as a function of its own and gives its id, which is unique as the suspension id is.
    fn inline_code(&mut self, point: &str, key: &str, value: &Form) -> String {
        let id = format!("{point}/{key}");
        let Some(code) = functions::inline_code(self.sources, value, self.problems) else { return id };
        let mut inner =
            Resolver::new(self.sources, self.definition, self.problems, self.inline, Kind::Function);
        let body = inner.function(&id, &code);
        self.inline.push(Function { id: id.clone(), body });
        id
    }

    /// Checks a literal reference into another section.
    fn reference(
        &mut self,
        value: &Form,
        what: &str,
        code: Code,
        section: &str,
        names: impl FnOnce(&crate::flow::Definition) -> Vec<&str>,
    ) {
        let name = match &value.kind {
            FormKind::Keyword(keyword) => keyword.full(),
            FormKind::String(text) => text.value.as_str(),
            _ => {
                let what = format!("a {what} that is not a literal keyword");
                self.refuse(value.span, &what);
                return;
            }
        };
        let known = names(self.definition);
        // What is declared and broken was reported where it is declared.
        if known.contains(&name) || self.definition.broken.iter().any(|it| it == name) {
            return;
        }
        let mut problem = Diagnostic::new(code, value.span, format!("there is no {what} `:{name}`"))
            .label(format!("not declared in `{section}`"));
        if let Some(best) = nearest(name, known.iter().copied()).first() {
            problem = problem.help(format!("did you mean `:{best}`?")).edit(value.span, format!(":{best}"));
        } else if known.is_empty() {
            problem = problem.help(format!("declare it in `{section}`; there are no entries yet"));
        } else {
            let all: Vec<String> = known.iter().map(|it| format!("`:{it}`")).collect();
            problem = problem.help(format!("declared in `{section}`: {}", all.join(" ")));
        }
        self.report(problem);
    }
}

/// Whether a function is written under a key that takes one.
fn is_written_code(family: &Family, key: &str, value: &Form) -> bool {
    let takes_code = family.config.key(key).is_some_and(|row| matches!(row.ty, KeyType::Code));
    let written = matches!(value.kind, FormKind::Quote(_) | FormKind::String(_)) || value.is_call_of("quote");
    takes_code && written
}

/// The step id that a form spells: a keyword, or a string.
fn step_id(form: &Form) -> Option<&str> {
    match &form.kind {
        FormKind::Keyword(keyword) => Some(keyword.full()),
        FormKind::String(text) => Some(&text.value),
        _ => None,
    }
}

fn is_safe_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|it| it.is_ascii_alphabetic())
        && characters.all(|it| it.is_ascii_alphanumeric() || it == '-' || it == '_')
        && name.len() <= 128
}

fn keyword_literal(name: &str, span: Span) -> Expr {
    Expr { kind: ExprKind::Literal(Value::Keyword(Keyword::new(name))), span }
}
