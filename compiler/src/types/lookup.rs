//! Looking something up in a value of known shape: `(:key map)`, `get`, `get-in`, `nth`.

use breyta_core::Value;

use super::infer::Inference;
use super::input::RUN_CONTEXT;
use super::lattice::Type;
use crate::diagnostics::{Code, Diagnostic, nearest};
use crate::flow::is_identifier;
use crate::hir::{Expr, ExprKind};
use crate::source::Span;

impl Inference<'_, '_> {
    /// `(get of key default)`: the field of a known record; an unknown key of a closed one is an error.
    pub(super) fn get(&mut self, of: &Type, key: &Expr, default: Option<&Type>) -> Type {
        match &key.kind {
            ExprKind::Literal(Value::Keyword(keyword)) => self.field(of, keyword.full(), default, key.span),
            ExprKind::Literal(Value::Str(name)) if is_run_input(of) && is_identifier(name.as_str()) => {
                self.string_key(name.as_str(), key.span);
                self.field(of, name.as_str(), default, key.span)
            }
            _ => by_key(of, default),
        }
    }

    /// Warns of a string where the input has a keyword; the keyword is what is compiled.
    fn string_key(&mut self, name: &str, at: Span) {
        self.context.keyword_keys.insert(at);
        self.report(
            Diagnostic::new(
                Code::STRING_KEY_OF_INPUT,
                at,
                format!("the input of a run has the key `:{name}`, a keyword"),
            )
            .label("read as the keyword")
            .help(format!("write `:{name}`"))
            .edit(at, format!(":{name}")),
        );
    }

    /// The value under a keyword.
    pub(super) fn field(&mut self, of: &Type, name: &str, default: Option<&Type>, at: Span) -> Type {
        let absent = || default.cloned().unwrap_or(Type::Nil);
        let mut found: Option<Type> = None;
        let mut add = |of: Type| {
            let before = found.take();
            found = Some(before.map_or_else(|| of.clone(), |before| Type::union(before, of.clone())));
        };
        let mut known: Vec<&str> = Vec::new();
        let (mut records, mut without) = (0, 0);
        for member in of.members() {
            match member {
                Type::Nil => add(absent()),
                Type::Map(record) => {
                    records += 1;
                    match record.get(name) {
                        Some(field) => match default {
                            // What may be nil may be absent.
                            Some(default) if field.overlaps(&Type::Nil) => {
                                add(Type::union(field.clone(), default.clone()));
                            }
                            _ => add(field.clone()),
                        },
                        None if record.open => add(Type::Any),
                        // Nothing is in an empty map, and everybody can see that.
                        None if record.fields.is_empty() => add(absent()),
                        None => {
                            without += 1;
                            known.extend(record.fields.iter().map(|(field, _)| field.as_str()));
                            add(absent());
                        }
                    }
                }
                Type::MapOf(value) => add(Type::union((**value).clone(), absent())),
                // Nothing is under a keyword in any of these.
                Type::Boolean
                | Type::Integer
                | Type::Double
                | Type::Number
                | Type::Char
                | Type::String
                | Type::Keyword(_)
                | Type::Symbol
                | Type::Vector(_)
                | Type::List(_)
                | Type::Instant
                | Type::Uuid => add(absent()),
                _ => add(Type::Any),
            }
        }
        if records > 0 && records == without && default.is_none() && found == Some(Type::Nil) {
            self.unknown_field(name, &known, at);
        }
        found.unwrap_or(Type::Any)
    }

    fn unknown_field(&mut self, name: &str, known: &[&str], at: Span) {
        let mut problem =
            Diagnostic::new(Code::UNKNOWN_FIELD, at, format!("this map never has the key `:{name}`"));
        if let Some(best) = nearest(name, known.iter().copied()).first() {
            problem = problem.help(format!("did you mean `:{best}`?")).edit(at, format!(":{best}"));
        }
        let mut shown: Vec<String> = Vec::new();
        for field in known.iter().map(|field| format!("`:{field}`")) {
            if !shown.contains(&field) {
                shown.push(field);
            }
        }
        if !shown.is_empty() {
            problem = problem.note(format!("its keys are {}", shown.join(" ")));
        }
        self.report(problem);
    }

    /// `(get-in of [:a :b] default)` with a literal path.
    pub(super) fn get_in(&mut self, of: &Type, path: &Expr, default: Option<&Type>) -> Type {
        let ExprKind::Vector(keys) = &path.kind else { return Type::Any };
        let mut now = of.clone();
        for (index, key) in keys.iter().enumerate() {
            let last = index + 1 == keys.len();
            now = match default {
                // Whatever is missing on the way gives the default.
                Some(default) if last => self.get(&now, key, Some(default)),
                Some(_) => self.silently(|this| this.get(&now, key, Some(&Type::Nil))),
                None => self.get(&now, key, None),
            };
        }
        match default {
            Some(default) => Type::union(now, default.clone()),
            None => now,
        }
    }
}

/// Whether this is what a run was started with: the one map that has the context of the run.
fn is_run_input(of: &Type) -> bool {
    of.members().iter().any(|member| matches!(member, Type::Map(record) if record.get(RUN_CONTEXT).is_some()))
}

/// What is under a key that is not known when compiling.
fn by_key(of: &Type, default: Option<&Type>) -> Type {
    let absent = default.cloned().unwrap_or(Type::Nil);
    let mut found = absent;
    for member in of.members() {
        match member {
            Type::Nil => {}
            Type::MapOf(value) | Type::Vector(value) => found = Type::union(found, (**value).clone()),
            _ => return Type::Any,
        }
    }
    found
}
