//! Function values: entries of the library passed as values, and closures of compiled `fn` forms.

use std::fmt;
use std::sync::Arc;

use super::release::release;
use super::{Map, Value};
use crate::{Budget, Thrown};

/// A library function. Arguments may be moved out of the slice (`std::mem::take`), which is how a function gets hold
/// of a uniquely owned collection and may change it in place.
pub type Native = fn(&mut Budget, &mut [Value]) -> Result<Value, Thrown>;

/// The code of a compiled `fn`: captured values, then arguments.
pub type Closure = fn(&mut Budget, &[Value], &mut [Value]) -> Result<Value, Thrown>;

/// Something that can be called and passed around. Never data.
#[derive(Clone)]
pub enum Function {
    Native {
        name: &'static str,
        code: Native,
    },
    Closure {
        name: &'static str,
        code: Closure,
        captured: Box<[Value]>,
    },
    /// Code that is not compiled: how the test interpreter makes function values.
    Dynamic {
        name: Arc<str>,
        code: Arc<DynamicCode>,
    },
    /// A function with metadata.
    Annotated {
        meta: Map,
        of: Arc<Function>,
    },
}

/// The call of a [`Function::Dynamic`].
pub type DynamicCode = dyn Fn(&mut Budget, &mut [Value]) -> Result<Value, Thrown> + Send + Sync;

impl Function {
    pub fn name(&self) -> &str {
        match self {
            Self::Native { name, .. } | Self::Closure { name, .. } => name,
            Self::Dynamic { name, .. } => name,
            Self::Annotated { of, .. } => of.name(),
        }
    }

    pub fn call(&self, budget: &mut Budget, arguments: &mut [Value]) -> Result<Value, Thrown> {
        match self {
            Self::Native { code, .. } => code(budget, arguments),
            Self::Closure { code, captured, .. } => code(budget, captured, arguments),
            Self::Dynamic { code, .. } => code(budget, arguments),
            Self::Annotated { of, .. } => of.call(budget, arguments),
        }
    }
}

impl Drop for Function {
    /// Closures may hold each other without bound.
    fn drop(&mut self) {
        if let Self::Closure { captured, .. } = self
            && !captured.is_empty()
        {
            release(std::mem::take(captured));
        }
    }
}

/// A library function is equal to itself wherever it was mentioned; others by identity, which the owner compares.
impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Native { name, .. }, Self::Native { name: other, .. }) => name == other,
            _ => std::ptr::eq(self, other),
        }
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#function[{}]", self.name())
    }
}
