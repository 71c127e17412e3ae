//! Values of keys: types, bounds, spellings, durations, and what stands inside collections.

use breyta_catalog::values::{KeyType, Spelling, Time, duration as in_words};
use breyta_core::library::Ty;
use breyta_core::{Value, duration};

use super::Checker;
use super::node::{Look, Node};
use crate::diagnostics::{Code, Diagnostic, nearest};
use crate::types::lattice::Type;

/// The kinds of values that a type takes; None when it takes any.
fn kinds(ty: KeyType) -> Option<Vec<Ty>> {
    Some(match ty {
        KeyType::Any | KeyType::Schema | KeyType::Inline => return None,
        KeyType::String | KeyType::Text(_) => vec![Ty::String],
        KeyType::Keyword => vec![Ty::Keyword],
        KeyType::Name
        | KeyType::OneOf(_)
        | KeyType::ConnectionRef(_)
        | KeyType::SecretRef
        | KeyType::TemplateRef(_)
        | KeyType::FunctionRef
        | KeyType::PackagedStepRef
        | KeyType::AgentRef
        | KeyType::McpRef
        | KeyType::ProviderRef(_) => vec![Ty::Keyword, Ty::String],
        KeyType::Integer | KeyType::Whole(..) => vec![Ty::Integer],
        KeyType::Number(..) => vec![Ty::Number],
        KeyType::Boolean => vec![Ty::Boolean],
        KeyType::Map | KeyType::Shape(_) | KeyType::MapOf(_) => vec![Ty::Map],
        KeyType::Vector | KeyType::VectorOf(_) | KeyType::UpTo(..) | KeyType::Tuple(_) => {
            vec![Ty::Sequential]
        }
        KeyType::SetOf(_) => vec![Ty::Set, Ty::Sequential],
        KeyType::Duration | KeyType::Within(_) => vec![Ty::Integer, Ty::String],
        KeyType::Code => vec![Ty::String, Ty::List, Ty::Callable],
        KeyType::Reference => vec![Ty::String, Ty::Map],
        KeyType::Either(types) => {
            let mut all = Vec::new();
            for ty in types {
                all.extend(kinds(*ty)?);
            }
            all
        }
    })
}

/// Whether a value of the type can be what is wanted.
pub(super) fn may_be(ty: KeyType, of: &Type) -> bool {
    if *of == Type::Nil {
        return kinds(ty).is_none();
    }
    kinds(ty).is_none_or(|kinds| kinds.iter().any(|kind| of.may_be(*kind)))
}

impl Checker<'_> {
    /// Checks a value. `place` names it in messages: `` `:limit` of `:search` steps ``.
    pub(super) fn value(&mut self, ty: KeyType, node: &Node<'_>, place: &str) {
        if self.written.is_some() && self.is_no_data(ty, node, place) {
            return;
        }
        if !may_be(ty, &node.of) {
            self.mismatch(ty, node, place);
            return;
        }
        match ty {
            KeyType::Either(types) => self.either(types, node, place),
            KeyType::OneOf(names) => {
                if let Some(name) = node.name().filter(|name| !is_one_of(names, name)) {
                    self.not_one_of(place, names, &name, node);
                }
            }
            KeyType::Whole(least, most) | KeyType::Number(least, most) => {
                self.in_bounds(ty, least, most, node, place);
            }
            KeyType::Duration => self.duration(Time::ANY, node, place),
            KeyType::Within(time) => self.duration(time, node, place),
            KeyType::Text(spelling) => self.spelling(spelling, node, place),
            KeyType::Shape(shape) => {
                if let Look::Map(entries) = node.look() {
                    self.map(shape, &entries, node.span, None);
                }
            }
            KeyType::MapOf(of) => {
                if let Look::Map(entries) = node.look() {
                    for entry in &entries {
                        let key = entry.name.as_deref().or(entry.text.as_deref()).unwrap_or("…");
                        self.value(*of, &entry.value, &format!("`{key}` in {place}"));
                    }
                }
            }
            KeyType::VectorOf(item) | KeyType::SetOf(item) => self.items(item, node, place),
            KeyType::UpTo(most, item) => {
                if let Look::Items(items) = node.look()
                    && items.len() > most
                {
                    let message = format!("{place} takes at most {most} items, not {}", items.len());
                    self.report(Diagnostic::new(Code::INVALID_CONFIG_VALUE, node.span, message));
                }
                self.items(item, node, place);
            }
            KeyType::Tuple(types) => self.tuple(types, node, place),
            other => self.reference(other, node, place),
        }
    }

    /// Whether something would have to be evaluated where only data may stand; and then so is what it holds, unless its
    /// own shape is checked.
    pub(super) fn is_no_data(&mut self, ty: KeyType, node: &Node<'_>, place: &str) -> bool {
        if matches!(ty, KeyType::Code | KeyType::Schema) {
            return false;
        }
        if let Some(what) = node.code() {
            self.report(
                Diagnostic::new(
                    Code::INVALID_CONFIG_VALUE,
                    node.span,
                    format!("{place} must be plain data, not {what}"),
                )
                .label("code is not evaluated here"),
            );
            return true;
        }
        if matches!(ty, KeyType::Any | KeyType::Map | KeyType::Vector) {
            match node.look() {
                Look::Map(entries) => {
                    for entry in &entries {
                        self.is_no_data(KeyType::Any, &entry.value, place);
                    }
                }
                Look::Items(items) | Look::Set(items) => {
                    for item in &items {
                        self.is_no_data(KeyType::Any, item, place);
                    }
                }
                Look::Scalar(_) | Look::Unknown => {}
            }
        }
        false
    }

    fn mismatch(&mut self, ty: KeyType, node: &Node<'_>, place: &str) {
        let rendered = self.written.is_some_and(|written| written.holes)
            && node.text().is_some_and(|text| text.contains("{{"));
        if rendered && !matches!(ty, KeyType::Map | KeyType::Vector | KeyType::Shape(_)) {
            return;
        }
        let mut problem = Diagnostic::new(
            Code::TYPE_MISMATCH,
            node.span,
            format!("{place} takes {}, not {}", ty.describe(), node.of.describe()),
        )
        .label(format!("this is {}", node.of.describe()));
        if place.starts_with("`:persist`") {
            problem = problem
                .help("say where it goes: `:persist {:type :blob}`, `{:type :kv …}` or `{:type :table …}`");
        }
        self.report(problem);
    }

    /// The only alternative that the value can be is the one that is looked into.
    fn either(&mut self, types: &'static [KeyType], node: &Node<'_>, place: &str) {
        let mut possible = types.iter().filter(|ty| may_be(**ty, &node.of));
        if let (Some(ty), None) = (possible.next(), possible.next()) {
            self.value(*ty, node, place);
        }
    }

    fn items(&mut self, ty: &'static KeyType, node: &Node<'_>, place: &str) {
        if let Look::Items(items) | Look::Set(items) = node.look() {
            for item in &items {
                self.value(*ty, item, &format!("an item of {place}"));
            }
        }
    }

    fn tuple(&mut self, types: &'static [KeyType], node: &Node<'_>, place: &str) {
        let Look::Items(items) = node.look() else { return };
        if items.len() != types.len() {
            let message =
                format!("{place} takes {}, and this has {}", KeyType::Tuple(types).describe(), items.len());
            self.report(Diagnostic::new(Code::INVALID_CONFIG_VALUE, node.span, message));
            return;
        }
        for (ty, item) in types.iter().zip(&items) {
            self.value(*ty, item, &format!("an element of {place}"));
        }
    }

    /// A name that is not on the list.
    pub(super) fn not_one_of(&mut self, place: &str, names: &[&'static str], name: &str, node: &Node<'_>) {
        let wanted = breyta_catalog::values::keywords(names);
        let mut problem = Diagnostic::new(
            Code::INVALID_CONFIG_VALUE,
            node.span,
            format!("{place} takes one of {wanted}, not `:{name}`"),
        );
        let short =
            names.iter().copied().find(|known| known.strip_suffix(name).is_some_and(|it| it.ends_with('/')));
        if let Some(best) = short.or_else(|| nearest(name, names.iter().copied()).first().copied()) {
            problem = problem.help(format!("did you mean `:{best}`?"));
            if node.is_written() {
                let text = node.text().map_or_else(|| format!(":{best}"), |_| format!("\"{best}\""));
                problem = problem.edit(node.span, text);
            }
        }
        self.report(problem);
    }

    fn in_bounds(&mut self, ty: KeyType, least: i64, most: i64, node: &Node<'_>, place: &str) {
        let Some(value) = node.scalar() else { return };
        let outside = match value.as_ref() {
            Value::Int(number) => *number < least || *number > most,
            #[expect(clippy::cast_precision_loss, reason = "bounds of fractions are small")]
            Value::Double(number) => !(*number >= least as f64 && *number <= most as f64),
            Value::BigInt(_) => most < i64::MAX || least > i64::MIN,
            _ => false,
        };
        if outside {
            let shown = breyta_core::print::pr_str(&value);
            self.report(Diagnostic::new(
                Code::INVALID_CONFIG_VALUE,
                node.span,
                format!("{place} takes {}, not {shown}", ty.describe()),
            ));
        }
    }

    fn duration(&mut self, time: Time, node: &Node<'_>, place: &str) {
        let Some(value) = node.scalar() else { return };
        let ms = match value.as_ref() {
            Value::Int(number) => {
                u64::try_from(*number).ok().and_then(|number| number.checked_mul(time.unit.milliseconds()))
            }
            Value::Str(text) => {
                let Some(ms) = duration::milliseconds(text.as_str()) else {
                    self.no_duration(text.as_str(), node, place);
                    return;
                };
                Some(ms)
            }
            _ => return,
        };
        match ms {
            Some(ms) if ms > time.max_ms => {
                let message =
                    format!("{place} may be {} at most, and this is {}", in_words(time.max_ms), in_words(ms));
                self.report(Diagnostic::new(Code::INVALID_CONFIG_VALUE, node.span, message));
            }
            Some(ms) if ms >= time.min_ms => {}
            _ => {
                let message = format!("{place} must be more than nothing");
                self.report(Diagnostic::new(Code::INVALID_CONFIG_VALUE, node.span, message));
            }
        }
    }

    fn no_duration(&mut self, text: &str, node: &Node<'_>, place: &str) {
        if text.contains("{{") {
            return;
        }
        let mut problem = Diagnostic::new(
            Code::INVALID_DURATION,
            node.span,
            format!("\"{text}\" is no duration, and {place} takes one"),
        )
        .note("a duration is a whole number and `ms`, `s`, `m`, `h` or `d`: \"500ms\", \"10s\", \"2h\"");
        if let Some(best) = duration::repaired(text) {
            problem = problem.help(format!("write \"{best}\""));
            if node.is_written() {
                problem = problem.edit(node.span, format!("\"{best}\""));
            }
        }
        self.report(problem);
    }

    fn spelling(&mut self, spelling: Spelling, node: &Node<'_>, place: &str) {
        let Some(text) = node.text() else { return };
        if let Some(reason) = misspelt(spelling, &text) {
            self.report(
                Diagnostic::new(
                    Code::INVALID_CONFIG_VALUE,
                    node.span,
                    format!("{place} takes {}", spelling.describe()),
                )
                .label(reason),
            );
        }
    }
}

fn is_one_of(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name)) || name.contains("{{")
}

/// What is wrong with a text. Holes `{{…}}` stand for anything.
fn misspelt(spelling: Spelling, text: &str) -> Option<String> {
    let solid = without_holes(text);
    match spelling {
        Spelling::NotBlank => text.trim().is_empty().then(|| "this is blank".to_owned()),
        Spelling::KvKey => {
            let odd = solid.chars().find(|c| !c.is_ascii_alphanumeric() && !matches!(c, '_' | ':' | '-'));
            match odd {
                Some(' ') => Some("a space may not be in a key".to_owned()),
                Some(odd) => Some(format!("`{odd}` may not be in a key")),
                None if text.is_empty() => Some("this is empty".to_owned()),
                None if solid.len() > 256 => Some(format!("this has {} characters", solid.len())),
                None => None,
            }
        }
        Spelling::FileName => match text {
            "" => Some("this is empty".to_owned()),
            "." | ".." => Some("this is a folder".to_owned()),
            _ if solid.contains(['/', '\\']) => Some("folders belong into `:path`".to_owned()),
            _ => None,
        },
        Spelling::RelativePath => {
            if solid.starts_with('/') {
                Some("this begins with `/`".to_owned())
            } else if solid.split(['/', '\\']).any(|part| part == "..") {
                Some("this has `..` in it".to_owned())
            } else {
                None
            }
        }
        Spelling::Url => {
            let fits = text.starts_with("https://") || text.starts_with("http://") || text.starts_with("{{");
            (!fits).then(|| "this has no scheme".to_owned())
        }
    }
}

/// A text without its `{{…}}`.
fn without_holes(text: &str) -> String {
    let mut solid = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        solid.push_str(before);
        let Some((_, behind)) = after.split_once("}}") else { return solid };
        rest = behind.trim_start_matches('}');
    }
    solid.push_str(rest);
    solid
}
