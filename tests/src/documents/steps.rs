//! The pages of the step families: keys, operations, nested maps and results, out of the catalog.

use std::collections::BTreeSet;
use std::fmt::Write;

use breyta_catalog::controls::{CONTROLS, PERSISTED};
use breyta_catalog::families::{self, EffectClass, Family, RetrySafety, ToolUse};
use breyta_catalog::helpers;
use breyta_catalog::values::{ConfigKey, KeyType, Outcome, Shape, Variant, Variants, duration};

use super::{head, open, row};

/// The list of families, with where each may be used.
pub(super) fn overview() -> String {
    let mut text = open(
        "Step families",
        "What `(flow/step :family …)` may name. All are checked; a family that does not run yet is refused by `build` with \
         `not-supported-yet`. [Controls](controls.md) stand around every step, [helpers](helpers.md) are no steps.",
    );
    head(&mut text, &["Family", "Runs", "Packaged", "As a tool", "Alone", "What it does"]);
    for family in families::ALL {
        let name = format!("[`:{0}`]({0}.md)", family.name);
        let tool = match family.uses.tool {
            ToolUse::Raw => "as it is".to_owned(),
            ToolUse::Wrapped => "packaged".to_owned(),
            ToolUse::ByKey(key) => format!("`:tools {{:{key} …}}`"),
            ToolUse::Never => "no".to_owned(),
        };
        let cells = [
            &name,
            yes(family.runs),
            yes(family.uses.packaged),
            &tool,
            yes(family.uses.isolated),
            family.doc,
        ];
        row(&mut text, &cells);
    }
    text
}

fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

/// The controls that every step takes.
pub(super) fn controls() -> String {
    let mut text = open(
        "Controls of every step",
        "Config keys around those of the family. On a packaged step they stay outside of its input.",
    );
    let mut page = Page::new(&mut text);
    page.keys(CONTROLS.iter(), true);
    page.nested();
    text.push_str("\n## What a persisted step gives\n\nA reference in place of the result.\n");
    outcome(&mut text, Outcome::AtLeast(PERSISTED));
    text
}

/// Literal maps of forms that are no steps.
pub(super) fn helpers() -> String {
    let mut text = open("Helpers", "Literal maps of the `flow/…` forms that are no steps.");
    for (title, shape) in [
        ("`(flow/poll {…} body)`", &helpers::POLL),
        ("`(flow/call-flow :slug input {…})`", &helpers::CALL_FLOW_OPTIONS),
    ] {
        let _ = write!(text, "\n## {title}\n");
        let mut page = Page::new(&mut text);
        page.shape(shape, false);
        page.nested();
    }
    text
}

/// The page of one family.
pub(super) fn family(family: &Family) -> String {
    let mut text = open(&format!("`:{}`", family.name), family.doc);
    if !family.runs {
        text.push_str(
            "\nChecked in full; `build` refuses it, because this version does not carry it out yet.\n",
        );
    }
    let effect = match family.effect {
        EffectClass::Pure => "pure: recomputed after a crash, recorded with the next commit",
        EffectClass::Effect => {
            "acts outside: in flight at a crash, it is attempted again with the same idempotency key"
        }
        EffectClass::SingleAttempt => "acts outside and is attempted once: a start mark is committed first",
        EffectClass::Control => "controls the run; no effect of its own",
    };
    let retry = match family.retry {
        RetrySafety::Safe => "gives the same again",
        RetrySafety::Keyed => {
            "is safe where it only reads, or where the other side honours the idempotency key"
        }
        RetrySafety::Unsafe => "may act twice",
    };
    let _ = write!(
        text,
        "\nEffect: {effect}.\nA second attempt {retry}.\nOne attempt may take {} unless `:timeout` says otherwise.\n",
        duration(family.timeout_ms)
    );
    let _ = write!(text, "\n```clojure\n{}\n```\n", family.example);
    text.push_str("\n## Config\n");
    let mut page = Page::new(&mut text);
    page.shape(&family.config, family.runs);
    page.text.push_str("\n[Controls](controls.md) come on top.\n");
    if let Some(variants) = family.config.variants {
        page.text.push_str("\n## Operations\n");
        page.operations(variants, family.runs);
    }
    page.nested();
    if !matches!(family.result, Outcome::Any) || family.config.variants.is_none() {
        text.push_str("\n## Result\n");
        outcome(&mut text, family.result);
    }
    text
}

fn outcome(text: &mut String, outcome: Outcome) {
    let fields = match outcome {
        Outcome::Any => {
            text.push_str("\nGives any value.\n");
            return;
        }
        Outcome::Map(fields) => {
            text.push_str("\nGives a map with these keys:\n");
            fields
        }
        Outcome::AtLeast(fields) => {
            text.push_str("\nGives a map with at least these keys:\n");
            fields
        }
    };
    head(text, &["Key", "Type", "Meaning"]);
    for field in fields {
        let name = format!("`:{}`{}", field.name, if field.optional { " (not always)" } else { "" });
        row(text, &[&name, &in_cell(field.ty), field.doc]);
    }
}

/// Writes keys, and remembers the nested maps that come after them.
struct Page<'t> {
    text: &'t mut String,
    later: Vec<&'static Shape>,
    seen: BTreeSet<&'static str>,
}

impl<'t> Page<'t> {
    fn new(text: &'t mut String) -> Self {
        Self { text, later: Vec::new(), seen: BTreeSet::new() }
    }

    /// Keys and rules of a map. `runs`: whether the column about support means something.
    fn shape(&mut self, shape: &Shape, runs: bool) {
        let keys: Vec<&'static ConfigKey> = shape.common().collect();
        if let Some(variants) = shape.variants {
            let names: Vec<String> = variants.names().map(|name| format!("`:{name}`")).collect();
            let (key, doc) = (variants.key, variants.doc);
            let must = if variants.required { " It must be there." } else { "" };
            let _ = write!(self.text, "\n`:{key}` chooses: {}. {doc}{must}\n", names.join(", "));
        }
        if !keys.is_empty() {
            self.keys(keys.into_iter(), runs);
        }
        self.groups(shape.any_of, "At least one of", "must be there");
        self.groups(shape.exclusive, "At most one of", "may be there");
        self.groups(shape.first_wins, "Only the first that is given of", "counts");
        if shape.open {
            self.text.push_str("\nOther keys are allowed.\n");
        }
    }

    fn groups(&mut self, groups: &[&[&str]], before: &str, after: &str) {
        for group in groups {
            let names: Vec<String> = group.iter().map(|name| format!("`:{name}`")).collect();
            let _ = write!(self.text, "\n{before} {} {after}.\n", names.join(", "));
        }
    }

    fn keys(&mut self, keys: impl Iterator<Item = &'static ConfigKey>, runs: bool) {
        let keys: Vec<&'static ConfigKey> = keys.filter(|key| !matches!(key.ty, KeyType::Inline)).collect();
        let mut titles = vec!["Key", "Type", "Default", "Meaning"];
        if runs {
            titles.insert(3, "Runs");
        }
        head(self.text, &titles);
        for key in keys {
            self.remember(key.ty);
            let name = format!("`:{}`{}", key.name, if key.required { " (required)" } else { "" });
            let default = key.default.map(|default| format!("`{default}`")).unwrap_or_default();
            let meaning = meaning(key);
            let ty = in_cell(key.ty);
            let mut cells = vec![name.as_str(), &ty, &default, &meaning];
            if runs {
                cells.insert(3, if key.supported { "yes" } else { "not yet" });
            }
            row(self.text, &cells);
        }
    }

    fn operations(&mut self, variants: &'static Variants, runs: bool) {
        for case in variants.cases {
            let _ = write!(self.text, "\n### `:{} :{}`\n\n{}\n", variants.key, case.name, case.doc);
            if case.agent_safe {
                self.text.push_str("\nA model may call it as it is.\n");
            }
            self.case(case, runs);
            if !matches!(case.result, Outcome::Any) {
                outcome(self.text, case.result);
            }
        }
    }

    fn case(&mut self, case: &'static Variant, runs: bool) {
        if !case.keys.is_empty() {
            self.keys(case.keys.iter(), runs);
        }
        self.groups(case.any_of, "At least one of", "must be there");
        self.groups(case.exclusive, "At most one of", "may be there");
    }

    /// Notes the maps inside a type.
    fn remember(&mut self, ty: KeyType) {
        match ty {
            KeyType::Shape(shape) if self.seen.insert(shape.what) => self.later.push(shape),
            KeyType::VectorOf(item)
            | KeyType::UpTo(_, item)
            | KeyType::SetOf(item)
            | KeyType::MapOf(item) => {
                self.remember(*item);
            }
            KeyType::Either(types) | KeyType::Tuple(types) => {
                for ty in types {
                    self.remember(*ty);
                }
            }
            _ => {}
        }
    }

    /// The nested maps, each once, the outer ones first.
    fn nested(&mut self) {
        if !self.later.is_empty() {
            self.text.push_str("\n## Maps inside\n");
        }
        while !self.later.is_empty() {
            let shape = self.later.remove(0);
            let _ = write!(self.text, "\n### {}\n", upper(shape.what));
            self.shape(shape, false);
            for case in shape.variants.map_or(&[] as &[Variant], |variants| variants.cases) {
                let key = shape.variants.map_or("", |variants| variants.key);
                let _ = write!(self.text, "\nWith `:{key} :{}`: {}\n", case.name, case.doc);
                self.case(case, false);
            }
        }
    }
}

fn meaning(key: &ConfigKey) -> String {
    let mut meaning = key.doc.to_owned();
    if let Some(new) = key.renamed {
        let _ = write!(meaning, " Deprecated: write `:{new}`.");
    }
    if let Some(by) = key.replaced {
        let _ = write!(meaning, " Deprecated: write {by}.");
    }
    if let Some(why) = key.ignored {
        let _ = write!(meaning, " ({why}.)");
    }
    if !key.later_values.is_empty() {
        let later: Vec<String> = key.later_values.iter().map(|value| format!("`:{value}`")).collect();
        let _ = write!(meaning, " Not yet: {}.", later.join(", "));
    }
    meaning
}

/// A type in a table. Maps stand below, by the same words.
fn in_cell(ty: KeyType) -> String {
    ty.describe()
}

fn upper(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
