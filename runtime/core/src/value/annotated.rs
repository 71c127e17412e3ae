//! Metadata: a map kept beside a value. No part of equality, not stored.

use std::sync::Arc;

use super::{Function, Map, Value};
use crate::Thrown;
use crate::thrown::Class;

/// Something with metadata. Only what has some pays for it.
#[derive(Clone, Debug)]
pub(crate) struct Annotated<T> {
    pub(crate) meta: Map,
    pub(crate) of: T,
}

impl Value {
    /// What `meta` answers.
    pub fn meta(&self) -> Option<&Map> {
        match self {
            Self::List(items) | Self::Vector(items) => items.meta(),
            Self::Map(map) => map.meta(),
            Self::Set(set) => set.meta(),
            Self::Symbol(symbol) => symbol.meta(),
            Self::Function(function) => match function.as_ref() {
                Function::Annotated { meta, .. } => Some(meta),
                _ => None,
            },
            _ => None,
        }
    }

    /// `(with-meta self meta)`; None takes the metadata away.
    ///
    /// # Errors
    /// A class cast for values that cannot have any.
    pub fn with_meta(self, meta: Option<Map>) -> Result<Self, Thrown> {
        Ok(match self {
            Self::List(items) => Self::List(items.with_meta(meta)),
            Self::Vector(items) => Self::Vector(items.with_meta(meta)),
            Self::Map(map) => Self::Map(map.with_meta(meta)),
            Self::Set(set) => Self::Set(set.with_meta(meta)),
            Self::Symbol(symbol) => Self::Symbol(symbol.with_meta(meta)),
            Self::Function(function) => {
                let of = match function.as_ref() {
                    Function::Annotated { of, .. } => of.clone(),
                    _ => function,
                };
                Self::Function(match meta {
                    Some(meta) => Arc::new(Function::Annotated { meta, of }),
                    None => of,
                })
            }
            Self::Nil => return Err(Thrown::new(Class::NullPointer, "nil has no metadata")),
            other => {
                return Err(Thrown::class_cast("with-meta", "a collection, symbol or function", &other));
            }
        })
    }
}
