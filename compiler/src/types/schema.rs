//! Schemas in the compiler: read out of forms with places, as types of the checker, and against expressions as far as
//! they are written down.

use breyta_core::schema::{Entry, Kind, Schema, SchemaError, Shape, Source, View};
use breyta_core::{Map, Set, Value, Vector};

use super::infer::Inference;
use super::lattice::{Record, Type};
use crate::diagnostics::{Code, Diagnostic, Problems, nearest};
use crate::hir::{Expr, ExprKind};
use crate::source::Span;
use crate::syntax::{Form, FormKind};

impl Source for Form {
    type Place = Span;

    fn place(&self) -> Span {
        self.span
    }

    fn view(&self) -> View<'_, Self> {
        match &self.kind {
            FormKind::Keyword(keyword) => View::Keyword(keyword.full()),
            FormKind::Symbol(symbol) => View::Symbol(symbol.full()),
            FormKind::Vector(items) => View::Vector(items.iter().collect()),
            FormKind::Map(_) => View::Map(self.as_map().into_iter().flatten().collect()),
            FormKind::Regex(pattern) => View::Regex(pattern),
            FormKind::String(text) => View::String(&text.value),
            FormKind::Quote(inner) => inner.view(),
            _ => View::Other(self.describe()),
        }
    }

    fn data(&self) -> Option<Value> {
        let all = |items: &[Form]| items.iter().map(Source::data).collect::<Option<Vec<Value>>>();
        Some(match &self.kind {
            FormKind::Atom(value) => value.clone(),
            FormKind::Keyword(keyword) => Value::Keyword(keyword.clone()),
            FormKind::String(text) => Value::Str(text.value.clone()),
            FormKind::Vector(items) => Value::Vector(Vector::from(all(items)?)),
            FormKind::Set(items) => Value::Set(all(items)?.into_iter().collect::<Set>()),
            FormKind::Map(items) => {
                let values = all(items)?;
                let pairs = values
                    .chunks_exact(2)
                    .filter_map(|pair| Some((pair.first()?.clone(), pair.get(1)?.clone())));
                Value::Map(pairs.collect::<Map>())
            }
            FormKind::Quote(inner) => inner.data()?,
            _ => return None,
        })
    }
}

impl Source for Expr {
    type Place = Span;

    fn place(&self) -> Span {
        self.span
    }

    fn view(&self) -> View<'_, Self> {
        match &self.kind {
            ExprKind::Literal(Value::Keyword(keyword)) => View::Keyword(keyword.full()),
            ExprKind::Literal(Value::Regex(pattern)) => View::Regex(pattern.source()),
            ExprKind::Literal(Value::Str(text)) => View::String(text),
            ExprKind::Literal(value) => View::Other(value.type_name()),
            ExprKind::LibraryFunction(entry) => View::Symbol(entry.short_name()),
            ExprKind::Vector(items) => View::Vector(items.iter().collect()),
            ExprKind::Map(entries) => View::Map(entries.iter().map(|(key, value)| (key, value)).collect()),
            _ => View::Other("a computed value"),
        }
    }

    fn data(&self) -> Option<Value> {
        written(self)
    }
}

/// Checks a schema that stands in a config. A map is JSON Schema, and what is computed is not known.
pub(super) fn in_config(inference: &mut Inference<'_, '_>, expr: &Expr) {
    let is_schema = matches!(&expr.kind, ExprKind::Vector(_) | ExprKind::Literal(Value::Keyword(_)));
    if !is_schema || !is_written(expr) {
        return;
    }
    if let Err(errors) = Schema::parse(expr) {
        for error in errors {
            inference.report(diagnostic(error));
        }
    }
}

/// Whether nothing in an expression is computed; predicates of schemas are functions by name.
fn is_written(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(_) | ExprKind::LibraryFunction(_) => true,
        ExprKind::Vector(items) | ExprKind::Set(items) => items.iter().all(is_written),
        ExprKind::Map(entries) => entries.iter().all(|(key, value)| is_written(key) && is_written(value)),
        _ => false,
    }
}

/// The schema of a form; everything that is wrong with it is reported, and then there is none.
pub(super) fn read(form: &Form, problems: &mut Problems) -> Option<Schema> {
    match Schema::parse(form) {
        Ok(schema) => Some(schema),
        Err(errors) => {
            for error in errors {
                problems.report(diagnostic(error));
            }
            None
        }
    }
}

fn diagnostic(error: SchemaError<Span>) -> Diagnostic {
    let mut problem = Diagnostic::new(Code::INVALID_SCHEMA, error.place, error.message);
    if let Some(help) = error.help {
        problem = problem.help(help);
    }
    if let Some((name, known)) = error.unknown {
        let spelled = |name: &str| if name.ends_with('?') { name.to_owned() } else { format!(":{name}") };
        // What other languages call these types.
        let usual = match name.as_str() {
            "integer" | "long" => Some("int"),
            "float" => Some("double"),
            "bool" => Some("boolean"),
            "str" | "text" => Some("string"),
            "list" | "array" | "seq" => Some("vector"),
            "object" => Some("map"),
            "null" => Some("nil"),
            _ => None,
        };
        let best = usual
            .filter(|usual| known.contains(usual))
            .or_else(|| nearest(&name, known.iter().copied()).into_iter().next());
        problem = match best {
            Some(best) => {
                problem.help(format!("did you mean `{}`?", spelled(best))).edit(error.place, spelled(best))
            }
            None => {
                let all: Vec<String> = known.iter().map(|name| format!("`{}`", spelled(name))).collect();
                problem.note(format!("there are {}", all.join(" ")))
            }
        };
    }
    problem
}

/// What values that a schema accepts are. Bounds and patterns are left out.
pub(super) fn type_of(schema: &Schema) -> Type {
    let union = |members: &mut dyn Iterator<Item = Type>| members.reduce(Type::union).unwrap_or(Type::Any);
    match &schema.kind {
        Kind::Any | Kind::Some | Kind::Not(_) => Type::Any,
        Kind::Nil => Type::Nil,
        Kind::Boolean => Type::Boolean,
        Kind::Integer(_) => Type::Integer,
        Kind::Double(_) => Type::Double,
        Kind::Number(_) => Type::Number,
        Kind::String(_) | Kind::Pattern(_) => Type::String,
        Kind::Keyword => Type::Keyword(None),
        Kind::Symbol => Type::Symbol,
        Kind::Uuid => Type::Uuid,
        Kind::Instant => Type::Instant,
        Kind::Equal(value) => Type::of(value),
        Kind::Enum(values) => union(&mut values.iter().map(Type::of)),
        Kind::Maybe(inner) => type_of(inner).or_nil(),
        Kind::Or(members) => union(&mut members.iter().map(type_of)),
        Kind::And(members) => members.iter().map(type_of).find(|of| *of != Type::Any).unwrap_or(Type::Any),
        Kind::Vector(of, _) => Type::Vector(Box::new(type_of(of))),
        Kind::Sequential(of, _) => {
            let of = Box::new(type_of(of));
            Type::union(Type::Vector(of.clone()), Type::List(of))
        }
        Kind::Set(of, _) => Type::Set(Box::new(type_of(of))),
        Kind::Tuple(items) => Type::Vector(Box::new(union(&mut items.iter().map(type_of)))),
        Kind::MapOf(_, of, _) => Type::MapOf(Box::new(type_of(of))),
        Kind::Map(shape) => Type::Map(record(shape)),
        Kind::Multi(multi) => {
            let cases = multi.cases.iter().map(|(_, schema)| schema).chain(multi.otherwise.as_deref());
            union(&mut cases.map(type_of))
        }
    }
    .bounded()
}

fn record(shape: &Shape) -> Record {
    let mut record = Record { fields: Vec::new(), open: !shape.is_closed() };
    for entry in &shape.entries {
        match entry.key.as_keyword() {
            Some(keyword) => {
                let of = type_of(&entry.schema);
                let of = if entry.optional { of.or_nil() } else { of };
                record = record.with(keyword.full(), of);
            }
            None => record.open = true,
        }
    }
    record
}

/// What a schema is about, in messages.
pub(super) struct Boundary<'n> {
    /// `the input of `:crm/find``.
    pub(super) what: &'n str,
    /// Where the schema stands.
    pub(super) schema: Span,
}

/// Reports where an expression can never fit a schema.
pub(super) fn against(
    inference: &mut Inference<'_, '_>,
    expr: &Expr,
    of: &Type,
    schema: &Schema,
    at: &Boundary<'_>,
) {
    if let (ExprKind::Map(entries), Kind::Map(shape)) = (&expr.kind, &schema.kind) {
        let given: Vec<&(Expr, Expr)> = entries.iter().collect();
        entries_against(inference, &given, expr.span, of, shape, at);
        return;
    }
    if let (ExprKind::Vector(items), Kind::Vector(inner, _) | Kind::Sequential(inner, _)) =
        (&expr.kind, &schema.kind)
        && written(expr).is_none()
    {
        for item in items {
            let of = inference.silently(|this| this.expr(item));
            against(inference, item, &of, inner, at);
        }
        return;
    }
    if let Some(value) = written(expr) {
        if let Err(violations) = schema.validate(&value) {
            for violation in violations.into_iter().take(3) {
                let inside = violation.at();
                let place = if inside.is_empty() { String::new() } else { format!(" at `{inside}`") };
                let problem = Diagnostic::new(
                    Code::TYPE_MISMATCH,
                    place_of(expr, &violation.path),
                    format!("{}{place} {}", at.what, violation.message),
                )
                .also(at.schema, "the schema");
                inference.report(problem);
            }
        }
        return;
    }
    if let Some(wrong) = of.mismatch(&type_of(schema)) {
        inference.report(mismatch(expr.span, &wrong, at));
    }
}

/// The diagnostic of a type that can never be what a schema accepts.
pub(super) fn mismatch(span: Span, wrong: &super::parts::Mismatch, at: &Boundary<'_>) -> Diagnostic {
    let place = if wrong.path.is_empty() { String::new() } else { format!(" at `{}`", wrong.at()) };
    let message = format!(
        "{}{place} must be {}, not {}",
        at.what,
        wrong.wanted.describe(),
        if wrong.found == Type::Nil && !wrong.path.is_empty() {
            "nil or absent".to_owned()
        } else {
            wrong.found.describe()
        },
    );
    Diagnostic::new(Code::TYPE_MISMATCH, span, message).also(at.schema, "the schema")
}

/// The entries of a map literal against the entries of a schema.
pub(super) fn entries_against(
    inference: &mut Inference<'_, '_>,
    given: &[&(Expr, Expr)],
    span: Span,
    of: &Type,
    shape: &Shape,
    at: &Boundary<'_>,
) {
    let mut all_known = true;
    for (key, value) in given {
        let ExprKind::Literal(literal) = &key.kind else {
            all_known = false;
            continue;
        };
        match shape.entry(literal) {
            Some(Entry { schema, .. }) => {
                let name = breyta_core::print::pr_str(literal);
                let what = format!("`{name}` of {}", at.what);
                let of = match (of, literal) {
                    (Type::Map(record), Value::Keyword(keyword)) => {
                        record.get(keyword.full()).cloned().unwrap_or(Type::Any)
                    }
                    _ => Type::Any,
                };
                against(inference, value, &of, schema, &Boundary { what: &what, schema: at.schema });
            }
            None if shape.is_closed() => unknown_key(inference, key.span, literal, shape, at),
            None => {}
        }
    }
    if !all_known {
        return;
    }
    for entry in shape.entries.iter().filter(|entry| !entry.optional) {
        let has = |(key, _): &&&(Expr, Expr)| matches!(&key.kind, ExprKind::Literal(it) if *it == entry.key);
        if !given.iter().any(|pair| has(&pair)) {
            let name = breyta_core::print::pr_str(&entry.key);
            let problem =
                Diagnostic::new(Code::MISSING_INPUT_KEY, span, format!("{} needs the key `{name}`", at.what))
                    .label(format!("`{name}` is missing"))
                    .also(at.schema, "the schema")
                    .help(format!("add `{name}`: {}", entry.schema.describe()));
            inference.report(problem);
        }
    }
}

fn unknown_key(inference: &mut Inference<'_, '_>, span: Span, key: &Value, shape: &Shape, at: &Boundary<'_>) {
    let name = key.as_name().unwrap_or_default();
    let shown = breyta_core::print::pr_str(key);
    let mut problem =
        Diagnostic::new(Code::UNKNOWN_INPUT_KEY, span, format!("{} has no key `{shown}`", at.what))
            .also(at.schema, "the schema");
    let known = || shape.entries.iter().filter_map(|entry| entry.key.as_name());
    if let Some(best) = nearest(name, known()).first() {
        problem = problem.help(format!("did you mean `:{best}`?"));
        if key.as_keyword().is_some() {
            problem = problem.edit(span, format!(":{best}"));
        }
    } else {
        let all: Vec<String> = known().map(|name| format!("`:{name}`")).collect();
        problem = problem.note(format!("its keys are {}", all.join(" ")));
    }
    inference.report(problem);
}

/// The value of an expression that is written down completely.
pub(super) fn written(expr: &Expr) -> Option<Value> {
    let all = |items: &[Expr]| items.iter().map(written).collect::<Option<Vec<Value>>>();
    Some(match &expr.kind {
        ExprKind::Literal(value) => value.clone(),
        ExprKind::Vector(items) => Value::Vector(Vector::from(all(items)?)),
        ExprKind::Set(items) => Value::Set(all(items)?.into_iter().collect::<Set>()),
        ExprKind::Map(entries) => {
            let mut map = Map::new();
            for (key, value) in entries {
                map.insert(written(key)?, written(value)?);
            }
            Value::Map(map)
        }
        _ => return None,
    })
}

/// Where in a literal a path leads; the innermost part that is found.
fn place_of(expr: &Expr, path: &[Value]) -> Span {
    let Some((step, rest)) = path.split_first() else { return expr.span };
    let inside = match (&expr.kind, step) {
        (ExprKind::Map(entries), key) => {
            entries.iter().find(|(it, _)| written(it).as_ref() == Some(key)).map(|(_, value)| value)
        }
        (ExprKind::Vector(items), Value::Int(index)) => {
            usize::try_from(*index).ok().and_then(|at| items.get(at))
        }
        _ => None,
    };
    inside.map_or(expr.span, |inside| place_of(inside, rest))
}
