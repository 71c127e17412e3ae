//! One value of a config, as far as it is known: written as an expression or as quoted
//! data, or inferred as a type.

use std::borrow::Cow;

use breyta_core::Value;

use crate::hir::{Expr, ExprKind};
use crate::source::Span;
use crate::syntax::{Form, FormKind};
use crate::types::lattice::Type;

/// A value with its place and its type.
pub(super) struct Node<'a> {
    source: Source<'a>,
    pub(super) of: Type,
    pub(super) span: Span,
}

enum Source<'a> {
    Expr(&'a Expr),
    Data(&'a Value),
    /// A form that was not resolved.
    Form(&'a Form),
    /// Nothing but the type.
    Inferred,
}

/// One entry of a map.
pub(super) struct Entry<'a> {
    /// The key, when it is a literal keyword, without its colon.
    pub(super) name: Option<String>,
    /// The key, when it is a literal string.
    pub(super) text: Option<String>,
    pub(super) key_span: Span,
    /// Whether key and value stand in the source at their spans.
    pub(super) written: bool,
    pub(super) value: Node<'a>,
}

/// What a value looks like from outside.
pub(super) enum Look<'a> {
    Map(Vec<Entry<'a>>),
    /// Items of a vector or a quoted list.
    Items(Vec<Node<'a>>),
    Set(Vec<Node<'a>>),
    Scalar(Cow<'a, Value>),
    Unknown,
}

impl<'a> Node<'a> {
    pub(super) fn expr(expr: &'a Expr, of: Type) -> Self {
        let of = match (&expr.kind, of) {
            (ExprKind::Literal(value), _) => Type::of(value),
            (_, Type::Any) => shallow(expr),
            (_, of) => of,
        };
        Self { source: Source::Expr(expr), of, span: expr.span }
    }

    pub(super) fn form(form: &'a Form) -> Self {
        Self { source: Source::Form(form), of: of_form(form), span: form.span }
    }

    fn data(value: &'a Value, span: Span) -> Self {
        Self { source: Source::Data(value), of: Type::of(value), span }
    }

    fn inferred(of: Type, span: Span) -> Self {
        Self { source: Source::Inferred, of, span }
    }

    /// Whether it stands in the source as it is: a change of the text changes the value.
    pub(super) fn is_written(&self) -> bool {
        match &self.source {
            Source::Expr(expr) => matches!(
                expr.kind,
                ExprKind::Literal(_) | ExprKind::Map(_) | ExprKind::Vector(_) | ExprKind::Set(_)
            ),
            Source::Form(_) => true,
            _ => false,
        }
    }

    /// What kind of form this is, when it is one that would have to be evaluated.
    pub(super) fn code(&self) -> Option<&'static str> {
        match &self.source {
            Source::Form(form) if crate::flow::is_code(form) => Some(form.describe()),
            _ => None,
        }
    }

    /// The literal, when it is one that is no collection.
    pub(super) fn scalar(&self) -> Option<Cow<'a, Value>> {
        match self.look() {
            Look::Scalar(value) => Some(value),
            _ => None,
        }
    }

    /// The text of a literal keyword or string, without the colon.
    pub(super) fn name(&self) -> Option<String> {
        self.scalar()?.as_name().map(str::to_owned)
    }

    /// The text of a literal string.
    pub(super) fn text(&self) -> Option<String> {
        self.scalar()?.as_str().map(str::to_owned)
    }

    /// Whether it is nil for sure.
    pub(super) fn is_nil(&self) -> bool {
        self.of == Type::Nil
    }

    pub(super) fn look(&self) -> Look<'a> {
        match &self.source {
            Source::Expr(expr) => self.look_at_expr(expr),
            Source::Data(value) => look_at_data(value, self.span),
            Source::Form(form) => look_at_form(form),
            Source::Inferred => self.look_at_type(),
        }
    }

    fn look_at_expr(&self, expr: &'a Expr) -> Look<'a> {
        match &expr.kind {
            ExprKind::Literal(value) => look_at_data(value, self.span),
            ExprKind::Map(entries) => {
                Look::Map(entries.iter().map(|(key, value)| self.entry(key, value)).collect())
            }
            ExprKind::Vector(items) => Look::Items(items.iter().map(|item| self.item(item)).collect()),
            ExprKind::Set(items) => Look::Set(items.iter().map(|item| self.item(item)).collect()),
            _ => self.look_at_type(),
        }
    }

    /// The entry of a map literal. Its value's type is the record's.
    fn entry(&self, key: &'a Expr, value: &'a Expr) -> Entry<'a> {
        let (mut name, mut text) = (None, None);
        match &key.kind {
            ExprKind::Literal(Value::Keyword(keyword)) => name = Some(keyword.full().to_owned()),
            ExprKind::Literal(Value::Str(string)) => text = Some(string.as_str().to_owned()),
            _ => {}
        }
        let of = match (&self.of, &name) {
            (Type::Map(record), Some(name)) => record.get(name).cloned().unwrap_or(Type::Any),
            _ => shallow(value),
        };
        Entry { name, text, key_span: key.span, written: true, value: Node::expr(value, of) }
    }

    /// The item of a vector literal. The vector's type knows its items only together.
    fn item(&self, item: &'a Expr) -> Node<'a> {
        let together = match &self.of {
            Type::Vector(of) | Type::Set(of) | Type::List(of) => (**of).clone(),
            _ => Type::Any,
        };
        let of = match shallow(item) {
            Type::Any => together,
            // The only map among the items is the one that the type describes.
            Type::Map(_) if matches!(together, Type::Map(_)) => together,
            known => known,
        };
        Node::expr(item, of)
    }

    /// A map whose keys are all known, or one keyword.
    fn look_at_type(&self) -> Look<'a> {
        match &self.of {
            Type::Map(record) if !record.open => Look::Map(
                record
                    .fields
                    .iter()
                    .map(|(name, of)| Entry {
                        name: Some(name.clone()),
                        text: None,
                        key_span: self.span,
                        written: false,
                        value: Node::inferred(of.clone(), self.span),
                    })
                    .collect(),
            ),
            Type::Keyword(Some(name)) => {
                Look::Scalar(Cow::Owned(Value::Keyword(breyta_core::Keyword::new(name.as_str()))))
            }
            _ => Look::Unknown,
        }
    }
}

/// What a form alone says about its value.
fn of_form(form: &Form) -> Type {
    match &form.kind {
        FormKind::Atom(value) => Type::of(value),
        FormKind::Keyword(keyword) => Type::Keyword(Some(keyword.full().to_owned())),
        FormKind::String(_) => Type::String,
        FormKind::Regex(_) => Type::Regex,
        FormKind::AnonymousFn(_) => Type::Function,
        FormKind::Vector(_) => Type::Vector(Box::new(Type::Any)),
        FormKind::Set(_) => Type::Set(Box::new(Type::Any)),
        FormKind::Map(_) => Type::Map(crate::types::lattice::Record::unknown()),
        _ => Type::Any,
    }
}

fn look_at_form(form: &Form) -> Look<'_> {
    match &form.kind {
        FormKind::Atom(value) => Look::Scalar(Cow::Borrowed(value)),
        FormKind::Keyword(keyword) => Look::Scalar(Cow::Owned(Value::Keyword(keyword.clone()))),
        FormKind::String(text) => Look::Scalar(Cow::Owned(Value::Str(text.value.clone()))),
        FormKind::Vector(items) => Look::Items(items.iter().map(Node::form).collect()),
        FormKind::Set(items) => Look::Set(items.iter().map(Node::form).collect()),
        FormKind::Map(_) => Look::Map(
            form.as_map()
                .into_iter()
                .flatten()
                .map(|(key, value)| Entry {
                    name: key.as_keyword().map(|keyword| keyword.full().to_owned()),
                    text: key.as_string().map(ToString::to_string),
                    key_span: key.span,
                    written: true,
                    value: Node::form(value),
                })
                .collect(),
        ),
        _ => Look::Unknown,
    }
}

/// What the form of an expression alone says.
fn shallow(expr: &Expr) -> Type {
    match &expr.kind {
        ExprKind::Literal(value) => Type::of(value),
        ExprKind::Vector(_) => Type::Vector(Box::new(Type::Any)),
        ExprKind::Set(_) => Type::Set(Box::new(Type::Any)),
        ExprKind::Map(_) => Type::Map(crate::types::lattice::Record::unknown()),
        ExprKind::Closure(_) | ExprKind::LibraryFunction(_) => Type::Function,
        _ => Type::Any,
    }
}

fn look_at_data(value: &Value, span: Span) -> Look<'_> {
    match value {
        Value::Map(map) => Look::Map(
            map.iter()
                .map(|(key, value)| Entry {
                    name: key.as_keyword().map(|keyword| keyword.full().to_owned()),
                    text: key.as_str().map(str::to_owned),
                    key_span: span,
                    written: false,
                    value: Node::data(value, span),
                })
                .collect(),
        ),
        Value::Vector(items) | Value::List(items) => {
            Look::Items(items.iter().map(|item| Node::data(item, span)).collect())
        }
        Value::Set(items) => Look::Set(items.iter().map(|item| Node::data(item, span)).collect()),
        scalar => Look::Scalar(Cow::Borrowed(scalar)),
    }
}
