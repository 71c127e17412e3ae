//! The tree of forms: what was written, with its place. Order and duplicates are kept; comments and discarded forms
//! are in the text between spans.

use breyta_core::{Keyword, Symbol, Text, Value};

use crate::source::Span;

/// One form with its place and its metadata.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    pub kind: FormKind,
    /// Without the metadata in front of it.
    pub span: Span,
    /// `^…` forms in front of it, outermost first, as written (map, keyword, string or symbol).
    pub meta: Vec<Form>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum FormKind {
    /// nil, booleans, numbers, characters, symbolic values (`##Inf`), `#inst` and `#uuid`.
    Atom(Value),
    /// With the namespace that `::name` stands for, where it was written so.
    Keyword(Keyword),
    Symbol(Symbol),
    String(StringLiteral),
    /// `#"…"`: the pattern between the quotes, as written.
    Regex(Text),
    List(Vec<Form>),
    Vector(Vec<Form>),
    /// Keys and values in turn, as written; an even number (an odd map is reported and its last key dropped).
    Map(Vec<Form>),
    Set(Vec<Form>),
    /// `#(…)`: the forms inside.
    AnonymousFn(Vec<Form>),
    /// `'form`; `(quote form)` stays a list.
    Quote(Box<Form>),
    SyntaxQuote(Box<Form>),
    Unquote(Box<Form>),
    UnquoteSplice(Box<Form>),
    Deref(Box<Form>),
    VarQuote(Box<Form>),
    /// `#tag form`, the tag not being one the reader resolves itself.
    Tagged(Symbol, Box<Form>),
}

/// A string: its value, and how positions in the value map to positions in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct StringLiteral {
    pub value: Text,
    /// `(offset in value, offset in file)` at the start and after each escape, ascending: in between both advance alike.
    pub anchors: Vec<(u32, u32)>,
}

impl StringLiteral {
    /// The offset in the file of an offset in the value.
    pub fn in_file(&self, at: usize) -> Option<usize> {
        let index = self.anchors.partition_point(|(value, _)| *value as usize <= at);
        let (value, file) = index.checked_sub(1).and_then(|index| self.anchors.get(index))?;
        Some(*file as usize + (at - *value as usize))
    }
}

impl Form {
    pub fn new(kind: FormKind, span: Span) -> Self {
        Self { kind, span, meta: Vec::new() }
    }

    pub fn as_list(&self) -> Option<&[Form]> {
        if let FormKind::List(items) = &self.kind { Some(items) } else { None }
    }

    pub fn as_vector(&self) -> Option<&[Form]> {
        if let FormKind::Vector(items) = &self.kind { Some(items) } else { None }
    }

    /// Keys and values of a map, in pairs.
    pub fn as_map(&self) -> Option<impl Iterator<Item = (&Form, &Form)>> {
        if let FormKind::Map(items) = &self.kind {
            Some(items.chunks_exact(2).filter_map(|pair| Some((pair.first()?, pair.get(1)?))))
        } else {
            None
        }
    }

    pub fn as_keyword(&self) -> Option<&Keyword> {
        if let FormKind::Keyword(keyword) = &self.kind { Some(keyword) } else { None }
    }

    pub fn as_symbol(&self) -> Option<&Symbol> {
        if let FormKind::Symbol(symbol) = &self.kind { Some(symbol) } else { None }
    }

    pub fn as_string(&self) -> Option<&Text> {
        if let FormKind::String(string) = &self.kind { Some(&string.value) } else { None }
    }

    pub fn is_nil(&self) -> bool {
        matches!(&self.kind, FormKind::Atom(Value::Nil))
    }

    /// Whether this is a list that begins with the symbol.
    pub fn is_call_of(&self, head: &str) -> bool {
        self.as_list().and_then(<[Form]>::first).and_then(Form::as_symbol).is_some_and(|it| it.full() == head)
    }

    /// The value under a keyword of a map form.
    pub fn map_get(&self, key: &str) -> Option<&Form> {
        self.as_map()?
            .find(|(it, _)| it.as_keyword().is_some_and(|it| it.full() == key))
            .map(|(_, value)| value)
    }

    /// The forms directly inside, as written. Metadata is not among them.
    pub fn children(&self) -> &[Form] {
        match &self.kind {
            FormKind::List(items)
            | FormKind::Vector(items)
            | FormKind::Map(items)
            | FormKind::Set(items)
            | FormKind::AnonymousFn(items) => items,
            FormKind::Quote(inner)
            | FormKind::SyntaxQuote(inner)
            | FormKind::Unquote(inner)
            | FormKind::UnquoteSplice(inner)
            | FormKind::Deref(inner)
            | FormKind::VarQuote(inner)
            | FormKind::Tagged(_, inner) => std::slice::from_ref(inner),
            FormKind::Atom(_)
            | FormKind::Keyword(_)
            | FormKind::Symbol(_)
            | FormKind::String(_)
            | FormKind::Regex(_) => &[],
        }
    }

    /// The forms directly inside that may be evaluated: none of a quoted form or a `comment`.
    pub fn evaluated(&self) -> &[Form] {
        let inert = match &self.kind {
            FormKind::Quote(_) | FormKind::SyntaxQuote(_) | FormKind::VarQuote(_) => true,
            FormKind::List(_) => self.is_call_of("quote") || self.is_call_of("comment"),
            _ => false,
        };
        if inert { &[] } else { self.children() }
    }

    /// The forms directly inside, to be changed in place.
    pub fn children_mut(&mut self) -> &mut [Form] {
        match &mut self.kind {
            FormKind::List(items)
            | FormKind::Vector(items)
            | FormKind::Map(items)
            | FormKind::Set(items)
            | FormKind::AnonymousFn(items) => items,
            FormKind::Quote(inner)
            | FormKind::SyntaxQuote(inner)
            | FormKind::Unquote(inner)
            | FormKind::UnquoteSplice(inner)
            | FormKind::Deref(inner)
            | FormKind::VarQuote(inner)
            | FormKind::Tagged(_, inner) => std::slice::from_mut(inner),
            FormKind::Atom(_)
            | FormKind::Keyword(_)
            | FormKind::Symbol(_)
            | FormKind::String(_)
            | FormKind::Regex(_) => &mut [],
        }
    }

    /// What kind of thing this is, for messages: `a vector`.
    pub fn describe(&self) -> &'static str {
        match &self.kind {
            FormKind::Atom(value) => value.type_name(),
            FormKind::Keyword(_) => "a keyword",
            FormKind::Symbol(_) => "a symbol",
            FormKind::String(_) => "a string",
            FormKind::Regex(_) => "a regex",
            FormKind::List(_) => "a list",
            FormKind::Vector(_) => "a vector",
            FormKind::Map(_) => "a map",
            FormKind::Set(_) => "a set",
            FormKind::AnonymousFn(_) => "a function literal",
            FormKind::Quote(_) => "a quoted form",
            FormKind::SyntaxQuote(_) => "a syntax-quoted form",
            FormKind::Unquote(_) | FormKind::UnquoteSplice(_) => "an unquoted form",
            FormKind::Deref(_) => "a deref",
            FormKind::VarQuote(_) => "a var",
            FormKind::Tagged(..) => "a tagged literal",
        }
    }
}
