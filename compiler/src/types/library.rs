//! What library functions give for arguments of known types, where their row alone says too little.
//!
//! A function that is not listed here gives what its row says.

use breyta_core::Value;
use breyta_core::library::Entry;

use super::calls::is_function;
use super::infer::Inference;
use super::lattice::{Record, Type};
use crate::hir::{Expr, ExprKind};

impl Inference<'_, '_> {
    /// The result of a call whose arguments have been checked; looks at functions among them with what they are
    /// called with.
    pub(super) fn library_result(
        &mut self,
        function: &'static Entry,
        arguments: &[Expr],
        types: &[Type],
    ) -> Type {
        if !function.accepts(arguments.len()) {
            // Reported when it was resolved.
            return Type::Any;
        }
        if let Some(of) = self.sequence_form(function.name, arguments, types) {
            return of.bounded();
        }
        if let Some(short) = function.name.strip_prefix("clojure.core/") {
            if let Some(of) = self.higher_order(short, arguments, types) {
                return of.bounded();
            }
            if let Some(of) = self.with_literals(short, arguments, types) {
                return of.bounded();
            }
        }
        // Functions that nobody above has looked at. What goes wrong in `try` may be what it is for.
        let caught = function.name == "breyta.internal/attempt";
        for argument in arguments.iter().filter(|argument| is_function(argument)) {
            if caught {
                self.guarded(|this| this.expr(argument));
            } else {
                self.expr(argument);
            }
        }
        of_types(function.name, types).unwrap_or_else(|| Type::from(function.returns)).bounded()
    }

    /// What `for` and `lazy-seq` become.
    fn sequence_form(&mut self, name: &str, arguments: &[Expr], types: &[Type]) -> Option<Type> {
        let list = |of: Option<Type>| Type::List(Box::new(of.unwrap_or(Type::Any)));
        match (name.strip_prefix("breyta.internal/")?, arguments) {
            ("for-inner", [function, _]) => {
                Some(list(types.get(1)?.element().map(|of| self.apply(function, &[of]))))
            }
            ("for-outer", [function, _]) => {
                let inner = types.get(1)?.element().map(|of| self.apply(function, &[of]));
                Some(list(inner.and_then(|of| of.element())))
            }
            ("lazy", [function]) => Some(list(self.apply(function, &[]).element())),
            ("collected", [_]) => Some(list(types.first()?.element())),
            _ => None,
        }
    }

    /// Functions that call their first argument with elements.
    fn higher_order(&mut self, name: &str, arguments: &[Expr], types: &[Type]) -> Option<Type> {
        let (function, rest) = arguments.split_first()?;
        let element = |index: usize| types.get(index).map_or(Some(Type::Any), Type::element);
        let list = |of: Type| Type::List(Box::new(of));
        match (name, rest) {
            ("map" | "mapv" | "mapcat", [_, ..]) => {
                let elements: Option<Vec<Type>> = (1..arguments.len()).map(element).collect();
                // Nothing is called for no elements.
                let of = elements.map(|elements| self.apply(function, &elements));
                Some(match name {
                    "mapv" => Type::Vector(Box::new(of.unwrap_or(Type::Any))),
                    "map" => list(of.unwrap_or(Type::Any)),
                    _ => list(of.and_then(|of| of.element()).unwrap_or(Type::Any)),
                })
            }
            ("filter" | "filterv" | "remove" | "take-while" | "drop-while" | "sort-by", [.., _]) => {
                let at = arguments.len() - 1;
                let of = element(at)?;
                self.apply(function, std::slice::from_ref(&of));
                Some(if name == "filterv" { Type::Vector(Box::new(of)) } else { list(of) })
            }
            ("keep", [_]) => Some(list(element(1).map(|of| self.apply(function, &[of]))?.without_nil())),
            ("some", [_]) => Some(self.apply(function, &[element(1)?]).or_nil()),
            ("every?" | "not-any?" | "not-every?", [_]) => {
                self.apply(function, &[element(1)?]);
                Some(Type::Boolean)
            }
            ("partition-by", [_]) => {
                let of = element(1)?;
                self.apply(function, std::slice::from_ref(&of));
                Some(list(list(of)))
            }
            ("group-by", [_]) => {
                let of = element(1)?;
                self.apply(function, std::slice::from_ref(&of));
                Some(Type::MapOf(Box::new(Type::Vector(Box::new(of)))))
            }
            ("map-indexed" | "keep-indexed", [_]) => {
                let of = self.apply(function, &[Type::Integer, element(1)?]);
                Some(list(if name == "keep-indexed" { of.without_nil() } else { of }))
            }
            ("reduce", [_, _]) => Some(self.fold(function, types.get(1)?.clone(), element(2))),
            _ => None,
        }
    }

    /// `(reduce f initial coll)`: what it starts with, or what the function makes of that and an element.
    fn fold(&mut self, function: &Expr, initial: Type, element: Option<Type>) -> Type {
        let Some(element) = element else { return initial };
        let mut known = initial;
        for _ in 0..3 {
            if !self.may_look_again() {
                break;
            }
            let next = self.silently(|this| this.apply(function, &[known.clone(), element.clone()]));
            let grown = Type::union(known.clone(), next).bounded();
            if grown == known {
                return Type::union(self.apply(function, &[known.clone(), element]), known);
            }
            known = grown;
        }
        self.apply(function, &[Type::Any, element]);
        Type::Any
    }

    /// Functions whose result depends on literal arguments.
    fn with_literals(&mut self, name: &str, arguments: &[Expr], types: &[Type]) -> Option<Type> {
        let of = types.first()?;
        match (name, arguments) {
            ("get", [_, key, ..]) => {
                let of = of.clone();
                Some(self.get(&of, key, types.get(2)))
            }
            ("get-in", [_, path, ..]) => {
                let of = of.clone();
                Some(self.get_in(&of, path, types.get(2)))
            }
            ("assoc", [_, entries @ ..]) => Some(assoc(of, entries, types.get(1..).unwrap_or_default())),
            ("dissoc", [_, keys @ ..]) => Some(dissoc(of, keys)),
            ("select-keys", [_, keys]) => Some(select(of, keys)),
            ("assoc-in", [_, path, _]) => Some(put(of, literal_path(path)?, types.get(2)?.clone())),
            ("update", [_, key, function, ..]) => {
                let path = [keyword(key)?];
                Some(self.updated(of, &path, function, types.get(3..).unwrap_or_default()))
            }
            ("update-in", [_, path, function, ..]) => {
                let path = literal_path(path)?;
                Some(self.updated(of, &path, function, types.get(3..).unwrap_or_default()))
            }
            ("update-vals", [_, function]) => {
                let value = values_of(of).unwrap_or(Type::Any);
                Some(Type::MapOf(Box::new(self.apply(function, &[value]))))
            }
            ("conj", [collection, ..]) => Some(added(collection, of, types.get(1..).unwrap_or_default())),
            ("into", [collection, _]) => {
                let of_elements = types.get(1)?.element();
                let more: Vec<Type> = of_elements.into_iter().collect();
                Some(added(collection, of, &more))
            }
            ("into", [collection, _, _]) => Some(added(collection, of, &[Type::Any])),
            _ => None,
        }
    }

    /// A record with the value at a path replaced by what a function makes of it.
    fn updated(&mut self, of: &Type, path: &[&str], function: &Expr, further: &[Type]) -> Type {
        let mut now = of.clone();
        for key in path {
            now = self.silently(|this| this.field(&now, key, Some(&Type::Nil), function.span));
        }
        let mut arguments = vec![now];
        arguments.extend_from_slice(further);
        let value = self.apply(function, &arguments);
        put(of, path.to_vec(), value)
    }
}

/// Results that follow from the types of the arguments alone.
pub(super) fn of_types(name: &str, types: &[Type]) -> Option<Type> {
    let Some(short) = name.strip_prefix("clojure.core/") else {
        let throws = ["no-matching-clause", "wrong-arity", "throw", "throw-error", "skip", "stop"];
        let ends = name.strip_prefix("breyta.internal/").is_some_and(|short| throws.contains(&short));
        return ends.then_some(Type::Never);
    };
    if is_transducer(short, types.len()) {
        return Some(Type::Function);
    }
    let list = |of: Type| Type::List(Box::new(of));
    let last = || types.last().map_or(Some(Type::Any), Type::element);
    Some(match (short, types) {
        ("identity", [of]) => of.clone(),
        ("first" | "second" | "last" | "peek", [of]) => of.element().unwrap_or(Type::Nil).or_nil(),
        ("nth", [of, _]) => of.element()?,
        ("nth", [of, _, default]) => {
            of.element().map_or_else(|| default.clone(), |of| Type::union(of, default.clone()))
        }
        (
            "rest" | "reverse" | "distinct" | "dedupe" | "sort" | "take" | "drop" | "drop-last" | "take-nth"
            | "cycle",
            _,
        ) => list(last()?),
        ("interpose", [separator, of]) => list(Type::union(separator.clone(), of.element()?)),
        ("seq" | "next" | "butlast" | "take-last", _) => list(last()?).or_nil(),
        ("nthnext", [of, _]) => list(of.element()?).or_nil(),
        ("vec", [of]) => Type::Vector(Box::new(of.element()?)),
        ("set", [of]) => Type::Set(Box::new(of.element()?)),
        ("not-empty", [of]) => of.clone().or_nil(),
        ("cons", [one, of]) => {
            list(of.element().map_or_else(|| one.clone(), |of| Type::union(one.clone(), of)))
        }
        ("concat", _) => {
            list(types.iter().filter_map(Type::element).reduce(Type::union).unwrap_or(Type::Any))
        }
        ("list", [_, ..]) => list(types.iter().cloned().reduce(Type::union)?),
        ("vector", [_, ..]) => Type::Vector(Box::new(types.iter().cloned().reduce(Type::union)?)),
        ("hash-set", [_, ..]) => Type::Set(Box::new(types.iter().cloned().reduce(Type::union)?)),
        ("repeat", [of] | [_, of]) => list(of.clone()),
        ("range", _) if types.iter().all(|of| *of == Type::Integer) => list(Type::Integer),
        ("partition" | "partition-all", _) => list(list(last()?)),
        ("frequencies", [_]) => Type::MapOf(Box::new(Type::Integer)),
        ("zipmap", [_, of]) => Type::MapOf(Box::new(of.element()?)),
        ("vals", [of]) => list(values_of(of)?).or_nil(),
        ("keys", [Type::Map(record)]) if !record.open => list(Type::Keyword(None)).or_nil(),
        ("merge", _) => merged(types)?,
        ("+" | "-" | "*" | "inc" | "dec" | "quot" | "rem" | "mod" | "abs", [_, ..])
            if types.iter().all(|of| *of == Type::Integer) =>
        {
            Type::Integer
        }
        ("max" | "min", [_, ..]) => numbers(types)?,
        _ => return None,
    })
}

/// Whether a call of a sequence function with this many arguments makes a transducer.
fn is_transducer(name: &str, arguments: usize) -> bool {
    const OF_ONE: &[&str] = &[
        "map",
        "filter",
        "remove",
        "keep",
        "mapcat",
        "take",
        "drop",
        "take-while",
        "drop-while",
        "take-nth",
        "map-indexed",
        "keep-indexed",
        "partition-all",
        "partition-by",
        "interpose",
        "replace",
    ];
    match arguments {
        0 => matches!(name, "distinct" | "dedupe"),
        1 => OF_ONE.contains(&name),
        _ => false,
    }
}

/// One of several numbers.
fn numbers(types: &[Type]) -> Option<Type> {
    let are = |wanted: &Type| types.iter().all(|of| of == wanted);
    if are(&Type::Integer) {
        return Some(Type::Integer);
    }
    types.iter().all(|of| matches!(of, Type::Integer | Type::Double | Type::Number)).then_some(Type::Number)
}

/// The type of the values of a map; None when it is no map for sure.
fn values_of(of: &Type) -> Option<Type> {
    match of {
        Type::MapOf(of) => Some((**of).clone()),
        Type::Map(record) if !record.open => {
            record.fields.iter().map(|(_, of)| of.clone()).reduce(Type::union)
        }
        _ => None,
    }
}

/// Maps put together from the left; None when some may be no map.
fn merged(types: &[Type]) -> Option<Type> {
    let mut whole: Option<Record> = None;
    for of in types {
        match of {
            Type::Nil => {}
            Type::Map(record) => {
                let Some(mut before) = whole.take() else {
                    whole = Some(record.clone());
                    continue;
                };
                if record.open {
                    // Any key may have been replaced.
                    before.fields.iter_mut().for_each(|(_, of)| *of = Type::Any);
                    before.open = true;
                }
                for (name, of) in &record.fields {
                    // What may be nil may be absent, and then it replaces nothing.
                    let under = before.get(name).filter(|_| of.overlaps(&Type::Nil)).cloned();
                    let of = under.map_or_else(|| of.clone(), |under| Type::union(under, of.clone()));
                    before = before.with(name, of);
                }
                whole = Some(before);
            }
            _ => return None,
        }
    }
    whole.map(Type::Map)
}

/// A record with literal keyword keys added.
fn assoc(of: &Type, entries: &[Expr], types: &[Type]) -> Type {
    let mut record = match of {
        Type::Map(record) => record.clone(),
        Type::Nil => Record { fields: Vec::new(), open: false },
        _ => return Type::Any,
    };
    for (pair, pair_types) in entries.chunks_exact(2).zip(types.chunks_exact(2)) {
        let (Some(key), Some(of)) = (pair.first(), pair_types.get(1)) else { continue };
        match keyword(key) {
            Some(name) => record = record.with(name, of.clone()),
            None => record = unknown_key(record),
        }
    }
    Type::Map(record)
}

/// A record in which some key was set that is not known.
fn unknown_key(record: Record) -> Record {
    Record { fields: record.fields.into_iter().map(|(name, _)| (name, Type::Any)).collect(), open: true }
}

fn dissoc(of: &Type, keys: &[Expr]) -> Type {
    let Type::Map(record) = of else { return Type::Any };
    let mut record = record.clone();
    for key in keys {
        match keyword(key) {
            Some(name) => {
                record.fields.retain(|(field, _)| field != name);
                // It is gone on purpose: a lookup gives nil and is no mistake.
                record = record.with(name, Type::Nil);
            }
            None => {
                record.fields.iter_mut().for_each(|(_, of)| *of = std::mem::replace(of, Type::Nil).or_nil());
            }
        }
    }
    Type::Map(record)
}

fn select(of: &Type, keys: &Expr) -> Type {
    let (Type::Map(record), ExprKind::Vector(keys)) = (of, &keys.kind) else {
        return Type::Map(Record::unknown());
    };
    let mut selected = Record { fields: Vec::new(), open: false };
    for key in keys {
        let Some(name) = keyword(key) else { return Type::Map(Record::unknown()) };
        match record.get(name) {
            Some(of) => selected = selected.with(name, of.clone()),
            None if record.open => selected = selected.with(name, Type::Any),
            // Not there: a lookup gives nil, which is what `select-keys` is for.
            None => selected = selected.with(name, Type::Nil),
        }
    }
    Type::Map(selected)
}

/// A record with something put at a path of keys.
fn put(of: &Type, path: Vec<&str>, value: Type) -> Type {
    let Some((key, rest)) = path.split_first() else { return value };
    let record = match of {
        Type::Map(record) => record.clone(),
        Type::Nil => Record { fields: Vec::new(), open: false },
        _ => return Type::Any,
    };
    let below = record.get(key).cloned().unwrap_or(if record.open { Type::Any } else { Type::Nil });
    Type::Map(record.with(key, put(&below, rest.to_vec(), value)))
}

/// A collection with elements added.
fn added(collection: &Expr, of: &Type, more: &[Type]) -> Type {
    let empty = match &collection.kind {
        ExprKind::Vector(items) | ExprKind::Set(items) => items.is_empty(),
        ExprKind::Literal(Value::List(items) | Value::Vector(items)) => items.is_empty(),
        _ => false,
    };
    let with = |inside: &Type| {
        let start = if empty { None } else { Some(inside.clone()) };
        let all = start.into_iter().chain(more.iter().cloned()).reduce(Type::union);
        Box::new(all.unwrap_or(Type::Any))
    };
    match of {
        Type::Vector(inside) => Type::Vector(with(inside)),
        Type::Set(inside) => Type::Set(with(inside)),
        Type::List(inside) => Type::List(with(inside)),
        Type::Map(_) | Type::MapOf(_) => Type::Map(Record::unknown()),
        _ => Type::Any,
    }
}

/// The keywords of a literal path.
fn literal_path(path: &Expr) -> Option<Vec<&str>> {
    let ExprKind::Vector(keys) = &path.kind else { return None };
    keys.iter().map(keyword).collect()
}

fn keyword(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Literal(Value::Keyword(keyword)) => Some(keyword.full()),
        _ => None,
    }
}
