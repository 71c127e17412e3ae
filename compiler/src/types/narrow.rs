//! What is known in the arms of a branch, from what its condition asks.
//!
//! A condition tells facts about places: a local, or something under literal keys of a local. Where facts leave nothing
//! possible, the arm is never entered; its place becomes unknown there, so that dead code earns no further problems.

use breyta_core::Value;

use super::infer::Inference;
use super::lattice::{Record, Type};
use crate::hir::{Expr, ExprKind, LocalId};

/// How many facts one condition tells at most.
const FACTS_MAX: usize = 64;

/// A local, and the keys below it.
type Place = (LocalId, Vec<String>);

/// What is known about a place.
#[derive(Clone, Debug, PartialEq)]
enum Fact {
    Truthy,
    Falsy,
    /// It is a value of this type.
    Is(Type),
    /// It is of none of these kinds.
    IsNot(Type),
    /// It may have the key, whatever its type says.
    MayHave(String),
    /// One of the alternatives holds.
    Either(Box<Fact>, Box<Fact>),
}

/// What a condition tells when it holds, and when it does not.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    yes: Vec<(Place, Fact)>,
    no: Vec<(Place, Fact)>,
}

impl Facts {
    fn both(place: Option<Place>, yes: Fact, no: Fact) -> Self {
        match place {
            Some(place) => Self { yes: vec![(place.clone(), yes)], no: vec![(place, no)] },
            None => Self::default(),
        }
    }

    fn yes(place: Option<Place>, fact: Fact) -> Self {
        Self { yes: place.into_iter().map(|place| (place, fact.clone())).collect(), no: Vec::new() }
    }

    fn swapped(self) -> Self {
        Self { yes: self.no, no: self.yes }
    }

    fn add(&mut self, other: Self) {
        self.yes.extend(other.yes);
        self.no.extend(other.no);
    }

    /// No more than are worth looking at.
    fn bounded(mut self) -> Self {
        self.yes.truncate(FACTS_MAX);
        self.no.truncate(FACTS_MAX);
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.yes.is_empty() && self.no.is_empty()
    }
}

/// Facts of places that both sides know something about: one of them holds.
fn either(first: &[(Place, Fact)], second: &[(Place, Fact)]) -> Vec<(Place, Fact)> {
    let mut merged = Vec::new();
    for (place, fact) in first {
        if let Some((_, other)) = second.iter().find(|(it, _)| it == place) {
            merged.push((place.clone(), Fact::Either(Box::new(fact.clone()), Box::new(other.clone()))));
        }
    }
    merged
}

impl Inference<'_, '_> {
    /// What a condition that has been inferred tells.
    pub(super) fn facts(&self, condition: &Expr) -> Facts {
        self.all_facts(condition).bounded()
    }

    fn all_facts(&self, condition: &Expr) -> Facts {
        match &condition.kind {
            ExprKind::Local(id) => {
                let mut facts = Facts::both(Some((*id, Vec::new())), Fact::Truthy, Fact::Falsy);
                facts.add(self.about.get(id).cloned().unwrap_or_default());
                facts
            }
            ExprKind::Let { value, .. } => self.facts(value),
            ExprKind::Do(values) => values.last().map(|last| self.facts(last)).unwrap_or_default(),
            ExprKind::If { condition, then, otherwise, .. } => self.of_branch(condition, then, otherwise),
            ExprKind::Call { function, arguments } => self.of_call(function.name, arguments, condition),
            _ => Facts::default(),
        }
    }

    /// `and`, `or` and other branches as conditions.
    fn of_branch(&self, condition: &Expr, then: &Expr, otherwise: &Expr) -> Facts {
        let (first, second, third) = (self.facts(condition), self.facts(then), self.facts(otherwise));
        if repeats(condition, otherwise) || is_false(otherwise) {
            // `and`: both hold, or one does not.
            let no = either(&first.no, &second.no);
            let mut yes = first.yes;
            yes.extend(second.yes);
            return Facts { yes, no };
        }
        if repeats(condition, then) || is_true(then) {
            // `or`: one holds, or neither does.
            let yes = either(&first.yes, &third.yes);
            let mut no = first.no;
            no.extend(third.no);
            return Facts { yes, no };
        }
        Facts::default()
    }

    fn of_call(&self, name: &str, arguments: &[Expr], whole: &Expr) -> Facts {
        let Some(short) = name.strip_prefix("clojure.core/") else { return Facts::default() };
        let place = || arguments.first().and_then(place_of);
        match (short, arguments) {
            ("get", _) => Facts::both(place_of(whole), Fact::Truthy, Fact::Falsy),
            ("not", [of]) => self.facts(of).swapped(),
            ("boolean" | "identity", [of]) => self.facts(of),
            ("some?", [_]) => Facts::both(place(), Fact::IsNot(Type::Nil), Fact::Is(Type::Nil)),
            ("seq" | "not-empty", [_]) => Facts::yes(place(), Fact::IsNot(Type::Nil)),
            ("empty?", [_]) => Facts::yes(place(), Fact::IsNot(Type::Nil)).swapped(),
            ("contains?", [_, key]) => match keyword(key) {
                Some(key) => Facts::yes(place(), Fact::MayHave(key.to_owned())),
                None => Facts::default(),
            },
            ("=", [one, other]) => {
                let mut facts = of_equality(one, other);
                facts.add(of_equality(other, one));
                facts
            }
            (_, [_]) => match predicate(short) {
                Some((of, true)) => Facts::both(place(), Fact::Is(of.clone()), Fact::IsNot(of)),
                Some((of, false)) => Facts::yes(place(), Fact::Is(of)),
                None => Facts::default(),
            },
            _ => Facts::default(),
        }
    }

    /// Remembers what a local tells as a condition.
    pub(super) fn remember(&mut self, id: LocalId, value: &Expr) {
        let facts = self.facts(value);
        if !facts.is_empty() {
            self.about.insert(id, facts);
        }
    }

    /// Infers an arm of a branch with what its condition tells.
    pub(super) fn arm(&mut self, arm: &Expr, facts: &Facts, holds: bool) -> Type {
        let known = if holds { &facts.yes } else { &facts.no };
        let mut before: Vec<(LocalId, Type)> = Vec::new();
        for ((id, path), fact) in known {
            let of = self.locals.get(id.0).cloned().unwrap_or(Type::Any);
            let narrowed = at_path(&of, path, fact);
            if !before.iter().any(|(it, _)| it == id) {
                before.push((*id, of));
            }
            self.set(*id, narrowed);
        }
        let result = self.expr(arm);
        for (id, of) in before {
            self.set(id, of);
        }
        result
    }

    /// Whether a condition always gives the same, as far as types tell.
    pub(super) fn constant(&self, condition: &Expr, of: &Type) -> Option<bool> {
        if *of == Type::Nil {
            return Some(false);
        }
        if of.is_always_true() {
            return Some(true);
        }
        match &condition.kind {
            ExprKind::Literal(value) => Some(value.is_truthy()),
            ExprKind::Call { .. } => {
                let facts = self.facts(condition);
                let impossible = |known: &[(Place, Fact)]| {
                    known.iter().any(|((id, path), fact)| {
                        let of = self.locals.get(id.0).cloned().unwrap_or(Type::Any);
                        read(&of, path).is_some_and(|of| apply(&of, fact).is_none())
                    })
                };
                if impossible(&facts.yes) {
                    return Some(false);
                }
                impossible(&facts.no).then_some(true)
            }
            _ => None,
        }
    }
}

/// What `(= place value)` tells about the place.
fn of_equality(place: &Expr, value: &Expr) -> Facts {
    let (Some(place), ExprKind::Literal(literal)) = (place_of(place), &value.kind) else {
        return Facts::default();
    };
    let of = match literal {
        // Vectors equal lists; a number of one kind may be written as another (`1` and `1N`).
        Value::Vector(_) | Value::List(_) => return Facts::default(),
        Value::Map(_) | Value::Set(_) => return Facts::default(),
        literal => Type::of(literal),
    };
    let no = match literal {
        Value::Nil | Value::Keyword(_) => vec![(place.clone(), Fact::IsNot(of.clone()))],
        _ => Vec::new(),
    };
    Facts { yes: vec![(place, Fact::Is(of))], no }
}

/// The place that an expression reads.
fn place_of(expr: &Expr) -> Option<Place> {
    match &expr.kind {
        ExprKind::Local(id) => Some((*id, Vec::new())),
        ExprKind::Call { function, arguments } if function.name == "clojure.core/get" => {
            let [map, key] = arguments.as_slice() else { return None };
            let (id, mut path) = place_of(map)?;
            path.push(keyword(key)?.to_owned());
            Some((id, path))
        }
        _ => None,
    }
}

/// What a place of a type holds; None when that is not known.
fn read(of: &Type, path: &[String]) -> Option<Type> {
    let Some((key, rest)) = path.split_first() else { return Some(of.clone()) };
    match of {
        Type::Map(record) => read(record.get(key)?, rest),
        _ => None,
    }
}

/// The type with a fact about something below it.
fn at_path(of: &Type, path: &[String], fact: &Fact) -> Type {
    let Some((key, rest)) = path.split_first() else { return apply(of, fact).unwrap_or(Type::Any) };
    let something = matches!(fact, Fact::Truthy) || matches!(fact, Fact::Is(of) if !of.overlaps(&Type::Nil));
    let members: Vec<Type> = of
        .members()
        .iter()
        // Only a map has something under a keyword.
        .filter(|member| !(something && **member == Type::Nil))
        .map(|member| match member {
            Type::Map(record) => {
                let below =
                    record.get(key).cloned().unwrap_or(if record.open { Type::Any } else { Type::Nil });
                let below = at_path(&below, rest, fact);
                if below == Type::Any && record.get(key).is_none() && !something {
                    return member.clone();
                }
                Type::Map(record.clone().with(key, below))
            }
            // Of keywords, sets give themselves; anything else under one is in a map.
            Type::Any if matches!(fact, Fact::Is(of) if something && !of.overlaps(&Type::Keyword(None))) => {
                Type::Map(Record::unknown().with(key, at_path(&Type::Any, rest, fact)))
            }
            other => other.clone(),
        })
        .collect();
    members.into_iter().reduce(Type::union).unwrap_or(Type::Any)
}

/// The type with a fact about it; None when nothing is left.
fn apply(of: &Type, fact: &Fact) -> Option<Type> {
    match fact {
        Fact::Truthy => match of {
            Type::Any => Some(Type::Any),
            of => of.filtered(|member| *member != Type::Nil),
        },
        Fact::Falsy => match of {
            Type::Any => Some(Type::Any),
            of => of.filtered(|member| matches!(member, Type::Nil | Type::Boolean)),
        },
        Fact::Is(wanted) => is(of, wanted),
        Fact::IsNot(other) => match of {
            Type::Any => Some(Type::Any),
            of => of.filtered(|member| !other.members().iter().any(|it| covers(it, member))),
        },
        Fact::MayHave(key) => Some(may_have(of, key)),
        Fact::Either(first, second) => match (apply(of, first), apply(of, second)) {
            (Some(one), Some(other)) => Some(Type::union(one, other)),
            (one, other) => one.or(other),
        },
    }
}

/// What is left of a type when the value is of another too.
fn is(of: &Type, wanted: &Type) -> Option<Type> {
    if *of == Type::Any {
        return Some(wanted.clone());
    }
    let mut left: Option<Type> = None;
    for member in of.members() {
        for other in wanted.members() {
            let both = match (member, other) {
                (Type::Any, other) => other.clone(),
                (Type::Number, Type::Integer | Type::Double) | (Type::Keyword(None), Type::Keyword(_)) => {
                    other.clone()
                }
                (member, other) if member.overlaps(other) => member.clone(),
                _ => continue,
            };
            left = Some(left.map_or_else(|| both.clone(), |before| Type::union(before, both.clone())));
        }
    }
    left
}

/// Whether all values of `member` are values of `kind`.
fn covers(kind: &Type, member: &Type) -> bool {
    match (kind, member) {
        (Type::Keyword(None), Type::Keyword(_))
        | (Type::Number, Type::Integer | Type::Double)
        | (Type::Vector(_), Type::Vector(_))
        | (Type::List(_), Type::List(_))
        | (Type::Set(_), Type::Set(_))
        | (Type::Map(_), Type::Map(_) | Type::MapOf(_)) => true,
        (kind, member) => kind == member,
    }
}

fn may_have(of: &Type, key: &str) -> Type {
    match of {
        Type::Map(record) if record.get(key).is_none() => Type::Map(record.clone().with(key, Type::Any)),
        Type::Union(members) => {
            members.iter().map(|member| may_have(member, key)).reduce(Type::union).unwrap_or(Type::Any)
        }
        other => other.clone(),
    }
}

/// The type that a predicate asks for, and whether its absence tells something too.
fn predicate(name: &str) -> Option<(Type, bool)> {
    let any = || Box::new(Type::Any);
    Some(match name {
        "nil?" => (Type::Nil, true),
        "string?" => (Type::String, true),
        "boolean?" => (Type::Boolean, true),
        "true?" | "false?" => (Type::Boolean, false),
        "number?" => (Type::Number, true),
        // A number of unknown kind may be an integer of any size.
        "int?" | "integer?" => (Type::Integer, name == "integer?"),
        "double?" | "float?" => (Type::Double, true),
        "keyword?" => (Type::Keyword(None), true),
        "symbol?" => (Type::Symbol, true),
        "char?" => (Type::Char, true),
        "map?" => (Type::Map(Record::unknown()), true),
        "vector?" => (Type::Vector(any()), true),
        "set?" => (Type::Set(any()), true),
        "list?" | "seq?" => (Type::List(any()), true),
        "sequential?" => (Type::union(Type::Vector(any()), Type::List(any())), true),
        "fn?" => (Type::Function, true),
        _ => return None,
    })
}

fn keyword(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Literal(Value::Keyword(keyword)) => Some(keyword.full()),
        _ => None,
    }
}

/// Whether a branch gives back the local that its condition tests, as `and` and `or` do.
fn repeats(condition: &Expr, branch: &Expr) -> bool {
    matches!((&condition.kind, &branch.kind), (ExprKind::Local(a), ExprKind::Local(b)) if a == b)
}

fn is_false(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Literal(value) if !value.is_truthy())
}

fn is_true(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Literal(value) if value.is_truthy())
}
