//! Quoted data: `'(a b)`, `'sym`. What is quoted is a value, nothing in it is resolved.

use breyta_core::{Keyword, Map, Set, Symbol, Value, Vector};

use super::{Resolver, unknown};
use crate::hir::{Expr, ExprKind};
use crate::syntax::{Form, FormKind};

impl Resolver<'_> {
    pub(super) fn quoted(&mut self, form: &Form) -> Expr {
        match data(form) {
            Ok(value) => self.annotated(form, Expr { kind: ExprKind::Literal(value), span: form.span }),
            Err(inner) => {
                let what = format!("{} inside quoted data", inner.describe());
                self.refuse(inner.span, &what);
                unknown(form.span)
            }
        }
    }
}

impl Resolver<'_> {
    /// A collection or function with the metadata that stands in front of it. In flow bodies metadata is for labels.
    pub(super) fn annotated(&mut self, form: &Form, value: Expr) -> Expr {
        if form.meta.is_empty() || !self.in_function() {
            return value;
        }
        // The outermost is written first and wins.
        let mut entries: Vec<(Form, Form)> = Vec::new();
        for meta in form.meta.iter().rev() {
            let yes = || Form::new(FormKind::Atom(Value::Bool(true)), meta.span);
            match &meta.kind {
                FormKind::Keyword(_) => entries.push((meta.clone(), yes())),
                FormKind::String(_) => {
                    let tag = FormKind::Keyword(Keyword::literal("tag"));
                    entries.push((Form::new(tag, meta.span), meta.clone()));
                }
                FormKind::Map(_) => {
                    entries.extend(
                        meta.as_map().into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())),
                    );
                }
                // Hints for the JVM.
                _ => {}
            }
        }
        if entries.is_empty() {
            return value;
        }
        let key = |(key, value): (Form, Form)| (self.expr(&key), self.expr(&value));
        let entries: Vec<(Expr, Expr)> = entries.into_iter().map(key).collect();
        let mut meta = Expr { kind: ExprKind::Literal(Value::Map(Map::new())), span: form.span };
        for (key, value) in entries {
            meta = self.core("assoc", vec![meta, key, value], form.span);
        }
        self.core("with-meta", vec![value, meta], form.span)
    }
}

/// The form as data, or the form inside that is none.
pub(super) fn data(form: &Form) -> Result<Value, &Form> {
    Ok(match &form.kind {
        FormKind::Atom(value) => value.clone(),
        FormKind::Keyword(keyword) => Value::Keyword(keyword.clone()),
        FormKind::Symbol(symbol) => Value::Symbol(symbol.clone()),
        FormKind::String(string) => Value::Str(string.value.clone()),
        FormKind::Regex(pattern) => Value::regex(pattern.clone()),
        FormKind::List(forms) => Value::List(Vector::from(all(forms)?).into_list()),
        FormKind::Vector(forms) => Value::Vector(Vector::from(all(forms)?)),
        FormKind::Set(forms) => Value::Set(all(forms)?.into_iter().collect::<Set>()),
        FormKind::Map(forms) => {
            let mut values = all(forms)?.into_iter();
            let mut map = Map::new();
            while let (Some(key), Some(value)) = (values.next(), values.next()) {
                map.insert(key, value);
            }
            Value::Map(map)
        }
        // `''a` is data too: what stands for it when it is read.
        FormKind::Quote(inner) => read_as("quote", inner)?,
        FormKind::Deref(inner) => read_as("clojure.core/deref", inner)?,
        FormKind::VarQuote(inner) => read_as("var", inner)?,
        _ => return Err(form),
    })
}

/// `(head inner)`
fn read_as<'f>(head: &str, inner: &'f Form) -> Result<Value, &'f Form> {
    Ok(Value::List(Vector::from(vec![Value::Symbol(Symbol::new(head)), data(inner)?]).into_list()))
}

fn all(forms: &[Form]) -> Result<Vec<Value>, &Form> {
    forms.iter().map(data).collect()
}
