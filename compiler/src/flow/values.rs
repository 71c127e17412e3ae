//! Literal forms against the types of the catalog: only what can never be right is said to be wrong.

use breyta_catalog::families::KeyType;
use breyta_core::Value;

use super::entry::{is_http_url, name_of};
use crate::syntax::{Form, FormKind};

/// Whether a literal can be what a key takes. `holes`: a text with `{{…}}` may become anything that is written as text.
pub(super) fn fits(ty: KeyType, value: &Form, holes: bool) -> bool {
    if value.is_nil() || !is_data(value) {
        return true;
    }
    match ty {
        KeyType::String => value.as_string().is_some(),
        KeyType::Keyword => value.as_keyword().is_some(),
        KeyType::Name => name_of(value).is_some(),
        KeyType::Integer => integer(value).is_some(),
        KeyType::Boolean => matches!(value.kind, FormKind::Atom(Value::Bool(_))),
        KeyType::Map => value.as_map().is_some(),
        KeyType::Vector => value.as_vector().is_some(),
        KeyType::OneOf(names) => name_of(value).is_some_and(|name| {
            names.iter().any(|known| name.eq_ignore_ascii_case(known)) || (holes && name.contains("{{"))
        }),
        _ => true,
    }
}

/// Whether a form is plain data through and through: nothing in it is computed.
pub(super) fn is_data(form: &Form) -> bool {
    match &form.kind {
        FormKind::Atom(_) | FormKind::Keyword(_) | FormKind::String(_) | FormKind::Regex(_) => true,
        FormKind::Vector(items) | FormKind::Set(items) | FormKind::Map(items) => items.iter().all(is_data),
        _ => false,
    }
}

pub(super) fn integer(form: &Form) -> Option<i64> {
    match form.kind {
        FormKind::Atom(Value::Int(integer)) => Some(integer),
        _ => None,
    }
}

pub(super) fn number(form: &Form) -> Option<f64> {
    match form.kind {
        FormKind::Atom(Value::Int(integer)) => Some(integer as f64),
        FormKind::Atom(Value::Double(double)) => Some(double),
        _ => None,
    }
}

pub(super) fn is_url(form: &Form) -> bool {
    form.as_string().is_some_and(|text| is_http_url(text))
}
