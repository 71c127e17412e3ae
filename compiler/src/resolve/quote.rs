//! Quoted data: `'(a b)`, `'sym`. What is quoted is a value, nothing in it is resolved.

use breyta_core::{Map, Set, Value, Vector};

use super::{Resolver, unknown};
use crate::hir::{Expr, ExprKind};
use crate::syntax::{Form, FormKind};

impl Resolver<'_> {
    pub(super) fn quoted(&mut self, form: &Form) -> Expr {
        match data(form) {
            Ok(value) => Expr { kind: ExprKind::Literal(value), span: form.span },
            Err(inner) => {
                let what = format!("{} inside quoted data", inner.describe());
                self.refuse(inner.span, &what);
                unknown(form.span)
            }
        }
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
        _ => return Err(form),
    })
}

fn all(forms: &[Form]) -> Result<Vec<Value>, &Form> {
    forms.iter().map(data).collect()
}
