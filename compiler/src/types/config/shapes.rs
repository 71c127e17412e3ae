//! Keys of maps: unknown, missing, older, excluding each other, chosen by another key.

use breyta_catalog::families::Family;
use breyta_catalog::values::{ConfigKey, KeyType, Shape, Variant, Variants};

use super::node::{Entry, Node};
use super::{Checker, control};
use crate::diagnostics::{Code, Diagnostic, nearest};
use crate::source::Span;

/// Which of a shape's variants a map is.
#[derive(Clone, Copy)]
enum Choice {
    /// The shape has none.
    None,
    Case(&'static Variants, &'static Variant),
    /// Something that is only known when running, or that is wrong.
    Unknown,
    /// One whose keys nobody here knows.
    Foreign,
}

impl Checker<'_> {
    /// Checks a map. `family` when it is the whole config of one, which has the outer controls too.
    pub(super) fn map(
        &mut self,
        shape: &'static Shape,
        entries: &[Entry<'_>],
        span: Span,
        family: Option<&'static Family>,
    ) {
        let what = what(shape, family);
        // The maps inside are complete, whatever the outermost one is.
        let complete = std::mem::replace(&mut self.complete, true);
        let choice = self.choice(shape, entries, span, family, &what, complete);
        if matches!(choice, Choice::Foreign) {
            return;
        }
        for entry in entries {
            self.entry(shape, choice, entry, entries, family, &what);
        }
        let dynamic = entries.iter().any(|entry| entry.name.is_none());
        if !dynamic && complete {
            self.required(shape, choice, entries, span, family, &what);
        }
        let (any_of, exclusive) = match choice {
            Choice::Case(_, case) => (case.any_of, case.exclusive),
            _ => (&[] as _, &[] as _),
        };
        // That a function step has code or ref, and not both, is checked when names are resolved.
        if family.is_some_and(|family| family.name == "function") {
            return;
        }
        for group in shape.any_of.iter().chain(any_of).filter(|_| !dynamic && complete) {
            self.one_of_group(shape, choice, group, entries, span, family, &what);
        }
        for group in shape.exclusive.iter().chain(exclusive) {
            self.exclusive(group, entries, &what);
        }
        for group in shape.first_wins {
            self.first_wins(group, entries);
        }
    }

    fn choice(
        &mut self,
        shape: &'static Shape,
        entries: &[Entry<'_>],
        span: Span,
        family: Option<&'static Family>,
        what: &str,
        complete: bool,
    ) -> Choice {
        let Some(variants) = shape.variants else { return Choice::None };
        let written = find(entries, variants.key).filter(|entry| !entry.value.is_nil());
        let Some(entry) = written else {
            if let Some(case) = variants.default.and_then(|name| variants.case(name)) {
                return Choice::Case(variants, case);
            }
            if complete && variants.required && entries.iter().all(|entry| entry.name.is_some()) {
                let names: Vec<&str> = variants.names().collect();
                let problem = self
                    .missing(&format!("`:{}`", variants.key), span, family, what)
                    .note(format!("`:{}` is one of {}", variants.key, shown(&names)));
                self.report(problem);
            }
            return Choice::Unknown;
        };
        let Some(name) = entry.value.name() else {
            let names: Vec<&'static str> = variants.names().collect();
            if !super::values::may_be(KeyType::Name, &entry.value.of) {
                let message = format!(
                    "`:{}` of {what} takes one of {}, not {}",
                    variants.key,
                    shown(&names),
                    entry.value.of.describe()
                );
                self.report(Diagnostic::new(Code::TYPE_MISMATCH, entry.value.span, message));
            }
            return Choice::Unknown;
        };
        if let Some(case) = variants.case(&name) {
            return Choice::Case(variants, case);
        }
        if variants.others.contains(&name.as_str()) {
            let message = format!("`:{} :{name}` of {what} is not supported yet", variants.key);
            self.refused.push(
                Diagnostic::new(Code::NOT_SUPPORTED_YET, entry.value.span, message)
                    .help("steps one after another are written in a `for` or `doseq` of the flow body"),
            );
            return Choice::Foreign;
        }
        let names: Vec<&'static str> = variants.names().collect();
        self.not_one_of(&format!("`:{}` of {what}", variants.key), &names, &name, &entry.value);
        Choice::Unknown
    }

    fn entry(
        &mut self,
        shape: &'static Shape,
        choice: Choice,
        entry: &Entry<'_>,
        entries: &[Entry<'_>],
        family: Option<&'static Family>,
        what: &str,
    ) {
        let Some(name) = entry.name.as_deref() else {
            if !shape.open {
                self.odd_key(shape, entry, entries, what);
            }
            return;
        };
        let chooser = shape.variants.is_some_and(|variants| variants.key == name);
        // `:type` of a whole config repeats the family; that was checked where names are resolved.
        if chooser || (name == "type" && family.is_some()) {
            return;
        }
        let found = shape.key(name).or_else(|| match choice {
            Choice::Case(_, case) => case.key(name),
            _ => None,
        });
        let found = found.or_else(|| control(name).filter(|_| family.is_some()));
        match found {
            Some(row) => self.known(row, entry, entries, what),
            // Which keys there are is not known: one of any variant is right.
            None if matches!(choice, Choice::Unknown) && shape.all().any(|row| row.name == name) => {}
            None if shape.open => {}
            None => self.unknown(shape, choice, name, entry, entries, family, what),
        }
    }

    /// A key that is no keyword.
    fn odd_key(&mut self, shape: &'static Shape, entry: &Entry<'_>, entries: &[Entry<'_>], what: &str) {
        let problem = match &entry.text {
            Some(text) => {
                let problem = Diagnostic::new(
                    Code::UNKNOWN_CONFIG_KEY,
                    entry.key_span,
                    format!("a key of {what} must be a keyword, not the string \"{text}\""),
                );
                let is_free = find(entries, text).is_none();
                if is_free && shape.all().any(|row| row.name == text) && entry.written {
                    problem.help(format!("write `:{text}`")).edit(entry.key_span, format!(":{text}"))
                } else {
                    problem.help("write keys as keywords: `:path`")
                }
            }
            None => Diagnostic::new(
                Code::UNKNOWN_CONFIG_KEY,
                entry.key_span,
                "a config key must be a literal keyword",
            )
            .help("write keys as keywords: `:path`"),
        };
        self.report(problem);
    }

    /// Checks what stands under a key that has a row.
    pub(super) fn known(
        &mut self,
        row: &'static ConfigKey,
        entry: &Entry<'_>,
        entries: &[Entry<'_>],
        what: &str,
    ) {
        let place = format!("`:{}` of {what}", row.name);
        if let Some(new) = row.renamed {
            let problem = Diagnostic::new(
                Code::DEPRECATED_CONFIG_KEY,
                entry.key_span,
                format!("{place} is an older name of `:{new}`"),
            )
            .help(format!("write `:{new}`"));
            let fixable = entry.written && find(entries, new).is_none();
            self.report(if fixable { problem.edit(entry.key_span, format!(":{new}")) } else { problem });
        }
        if let Some(by) = row.replaced {
            self.report(
                Diagnostic::new(
                    Code::DEPRECATED_CONFIG_KEY,
                    entry.key_span,
                    format!("{place} is an older form"),
                )
                .help(format!("write {by}")),
            );
        }
        if let Some(why) = row.ignored {
            self.report(
                Diagnostic::new(
                    Code::IGNORED_CONFIG_KEY,
                    entry.key_span,
                    format!("{place} does nothing: {why}"),
                )
                .help("take it out"),
            );
            return;
        }
        if matches!(row.ty, KeyType::Inline) {
            self.inline_secret(entry.key_span, &place);
            return;
        }
        let runs = match self.written {
            Some(written) => written.runs,
            None => self.family.is_none_or(|family| family.runs),
        };
        if !row.supported && runs {
            self.refused.push(Diagnostic::new(
                Code::NOT_SUPPORTED_YET,
                entry.key_span,
                format!("the config key {place} is not supported yet"),
            ));
        }
        // Nil says that the key is absent.
        if entry.value.is_nil() && !row.required {
            return;
        }
        if row.elsewhere {
            if self.written.is_some() {
                self.is_no_data(KeyType::Any, &entry.value, &place);
            }
            return;
        }
        let later = |name: &String| row.later_values.contains(&name.as_str());
        if let Some(name) = entry.value.name().filter(later).filter(|_| self.written.is_none_or(|it| it.runs))
        {
            self.refused.push(Diagnostic::new(
                Code::NOT_SUPPORTED_YET,
                entry.value.span,
                format!("`:{} :{name}` of {what} is not supported yet", row.name),
            ));
        }
        self.value(row.ty, &entry.value, &place);
    }

    /// A secret in a place where only its name may stand.
    pub(super) fn inline_secret(&mut self, at: Span, place: &str) {
        self.report(
            Diagnostic::new(Code::INLINE_SECRET, at, format!("{place} holds a secret in the source"))
                .label("everybody who reads the flow can read it")
                .help("use `:secret-ref` with a slot of type `:secret` in `:requires`, or the connection's own auth"),
        );
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "what the caller has at hand; a struct would only rename it"
    )]
    fn unknown(
        &mut self,
        shape: &'static Shape,
        choice: Choice,
        name: &str,
        entry: &Entry<'_>,
        entries: &[Entry<'_>],
        family: Option<&'static Family>,
        what: &str,
    ) {
        if let Choice::Case(variants, case) = choice
            && let Some(problem) = elsewhere(variants, case, name, entry, what)
        {
            self.report(problem);
            return;
        }
        let message = match family {
            Some(family) => format!("`:{}` steps have no config key `:{name}`", family.name),
            None => format!("{} has no key `:{name}`", shape.what),
        };
        let mut problem = Diagnostic::new(Code::UNKNOWN_CONFIG_KEY, entry.key_span, message);
        let names = known_names(shape, choice, family);
        // A key that is there already was not meant.
        let free = names.iter().copied().filter(|name| find(entries, name).is_none());
        if let Some(best) = nearest(name, free).first() {
            problem = problem.help(format!("did you mean `:{best}`?"));
            if entry.written {
                problem = problem.edit(entry.key_span, format!(":{best}"));
            }
        } else {
            let all: Vec<String> = names.iter().map(|key| format!("`:{key}`")).collect();
            problem = problem.note(format!("the keys are {}", all.join(" ")));
            if let Some(hint) = shape.hint {
                problem = problem.help(hint);
            }
        }
        self.report(problem);
    }

    /// Keys that must be there.
    fn required(
        &mut self,
        shape: &'static Shape,
        choice: Choice,
        entries: &[Entry<'_>],
        span: Span,
        family: Option<&'static Family>,
        what: &str,
    ) {
        let own: &[ConfigKey] = match choice {
            Choice::Case(_, case) => case.keys,
            _ => &[],
        };
        for row in shape.common().chain(own).filter(|row| row.required) {
            if find(entries, row.name).is_none() {
                let problem = self.missing(&format!("`:{}`", row.name), span, family, what).note(row.doc);
                self.report(problem);
            }
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "what the callers have at hand; a struct would only rename it"
    )]
    fn one_of_group(
        &mut self,
        shape: &'static Shape,
        choice: Choice,
        group: &[&str],
        entries: &[Entry<'_>],
        span: Span,
        family: Option<&'static Family>,
        what: &str,
    ) {
        if group.iter().any(|name| find(entries, name).is_some()) {
            return;
        }
        let row = |name: &str| match choice {
            Choice::Case(_, case) => case.key(name).or_else(|| shape.key(name)),
            _ => shape.key(name),
        };
        let current = |name: &&&str| row(name).is_some_and(ConfigKey::is_current);
        let names: Vec<String> = group.iter().filter(current).map(|name| format!("`:{name}`")).collect();
        let problem = self.missing(&names.join(" or "), span, family, what);
        self.report(problem);
    }

    fn missing(&self, keys: &str, span: Span, family: Option<&'static Family>, what: &str) -> Diagnostic {
        let message = match family {
            Some(_) => format!("the step `:{}` needs {keys} in its config", self.id),
            None => format!("{what} needs {keys}"),
        };
        let place = if family.is_some() { "the config map" } else { "this map" };
        Diagnostic::new(Code::MISSING_CONFIG_KEY, span.first(), message)
            .label(format!("{keys} is missing"))
            .help(format!("add {keys} to {place}"))
    }

    /// Keys that exclude each other.
    fn exclusive(&mut self, group: &[&str], entries: &[Entry<'_>], what: &str) {
        let given = given(group, entries);
        let [first, others @ ..] = given.as_slice() else { return };
        for other in others {
            let (a, b) =
                (first.name.as_deref().unwrap_or_default(), other.name.as_deref().unwrap_or_default());
            self.report(
                Diagnostic::new(
                    Code::EXCLUSIVE_CONFIG_KEYS,
                    other.key_span,
                    format!("{what} {} either `:{a}` or `:{b}`, not both", verb(what, "take", "takes")),
                )
                .label("this one")
                .also(first.key_span, "and this one exclude each other")
                .help("keep one of them"),
            );
        }
    }

    /// Keys of which only the first in the group counts.
    fn first_wins(&mut self, group: &[&str], entries: &[Entry<'_>]) {
        let mut order = given(group, entries);
        order.sort_by_key(|entry| group.iter().position(|name| entry.name.as_deref() == Some(name)));
        let [winner, losers @ ..] = order.as_slice() else { return };
        for loser in losers {
            let name = |entry: &Entry<'_>| entry.name.clone().unwrap_or_default();
            self.report(
                Diagnostic::new(
                    Code::IGNORED_CONFIG_KEY,
                    loser.key_span,
                    format!("`:{}` does nothing beside `:{}`", name(loser), name(winner)),
                )
                .also(winner.key_span, "only this one is sent")
                .help(format!("take `:{}` out", name(loser))),
            );
        }
    }
}

/// The entries of a group, in the order written. Those that may turn out nil do not count.
fn given<'e, 'a>(group: &[&str], entries: &'e [Entry<'a>]) -> Vec<&'e Entry<'a>> {
    let in_group = |entry: &&Entry<'_>| entry.name.as_deref().is_some_and(|name| group.contains(&name));
    let surely = |value: &Node<'_>| !value.of.may_be(breyta_core::library::Ty::Nil);
    entries.iter().filter(in_group).filter(|entry| surely(&entry.value) && !entry.value.is_nil()).collect()
}

/// A key that another variant has.
fn elsewhere(
    variants: &Variants,
    case: &Variant,
    name: &str,
    entry: &Entry<'_>,
    what: &str,
) -> Option<Diagnostic> {
    let others: Vec<&str> =
        variants.cases.iter().filter(|other| other.key(name).is_some()).map(|other| other.name).collect();
    if others.is_empty() {
        return None;
    }
    Some(
        Diagnostic::new(
            Code::UNKNOWN_CONFIG_KEY,
            entry.key_span,
            format!(
                "{what} with `:{} :{}` {} no key `:{name}`",
                variants.key,
                case.name,
                verb(what, "have", "has")
            ),
        )
        .note(format!("`:{name}` belongs to `:{}` {}", variants.key, shown(&others)))
        .help("take it out, or choose another value"),
    )
}

/// What a map is called in messages.
fn what(shape: &Shape, family: Option<&'static Family>) -> String {
    match family {
        Some(family) => format!("`:{}` steps", family.name),
        None => shape.what.to_owned(),
    }
}

/// The verb for what a map is called: the steps of a family are several.
fn verb(what: &str, several: &'static str, one: &'static str) -> &'static str {
    if what.ends_with(" steps") { several } else { one }
}

/// Names to propose.
fn known_names(shape: &'static Shape, choice: Choice, family: Option<&'static Family>) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = Vec::new();
    names.extend(shape.variants.map(|variants| variants.key));
    let own: Vec<&'static ConfigKey> = match choice {
        Choice::Case(_, case) => shape.common().chain(case.keys).collect(),
        _ => shape.all().collect(),
    };
    let controls = family.map_or(&[] as &[ConfigKey], |_| breyta_catalog::families::CONTROLS);
    let all = || own.iter().copied().chain(controls).filter(|row| row.is_current());
    for supported in [true, false] {
        for row in all().filter(|row| row.supported == supported) {
            if !names.contains(&row.name) {
                names.push(row.name);
            }
        }
    }
    names
}

/// Names as keywords.
pub(super) fn shown(names: &[&str]) -> String {
    names.iter().map(|name| format!("`:{name}`")).collect::<Vec<_>>().join(" ")
}

/// The entry under a keyword.
pub(super) fn find<'e, 'a>(entries: &'e [Entry<'a>], name: &str) -> Option<&'e Entry<'a>> {
    entries.iter().find(|entry| entry.name.as_deref() == Some(name))
}
