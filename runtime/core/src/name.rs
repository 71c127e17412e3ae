//! Keywords (`:customer/id`) and symbols (`str/join`): an optional namespace and a name, kept as one text.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::value::Annotated;
use crate::{Map, Text};

/// A keyword without its leading colon.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Keyword(Text);

/// A symbol. In compiled code symbols occur only as quoted data.
#[derive(Clone, Debug)]
pub struct Symbol(Repr);

#[derive(Clone, Debug)]
enum Repr {
    Plain(Text),
    Annotated(Arc<Annotated<Text>>),
}

impl Keyword {
    /// A name that is part of the program; no allocation.
    pub const fn literal(full: &'static str) -> Self {
        Self(Text::literal(full))
    }

    pub fn new(full: impl Into<Text>) -> Self {
        Self(full.into())
    }

    #[inline]
    pub fn text(&self) -> &Text {
        &self.0
    }
}

impl Symbol {
    /// A name that is part of the program; no allocation.
    pub const fn literal(full: &'static str) -> Self {
        Self(Repr::Plain(Text::literal(full)))
    }

    pub fn new(full: impl Into<Text>) -> Self {
        Self(Repr::Plain(full.into()))
    }

    pub fn text(&self) -> &Text {
        match &self.0 {
            Repr::Plain(text) => text,
            Repr::Annotated(annotated) => &annotated.of,
        }
    }

    pub(crate) fn meta(&self) -> Option<&Map> {
        if let Repr::Annotated(annotated) = &self.0 { Some(&annotated.meta) } else { None }
    }

    pub(crate) fn with_meta(self, meta: Option<Map>) -> Self {
        let of = self.text().clone();
        Self(match meta {
            Some(meta) => Repr::Annotated(Arc::new(Annotated { meta, of })),
            None => Repr::Plain(of),
        })
    }
}

/// Metadata is no part of equality.
impl PartialEq for Symbol {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Symbol {}

impl Hash for Symbol {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text().hash(state);
    }
}

macro_rules! qualified_name {
    ($type:ident) => {
        impl $type {
            /// Namespace and name as written, `ns/name` or `name`.
            #[inline]
            pub fn full(&self) -> &str {
                self.text().as_str()
            }

            /// The part before the first `/`; the symbol `/` has none.
            pub fn namespace(&self) -> Option<&str> {
                split(self.text()).0
            }

            pub fn name(&self) -> &str {
                split(self.text()).1
            }
        }
    };
}

qualified_name!(Keyword);
qualified_name!(Symbol);

fn split(full: &str) -> (Option<&str>, &str) {
    match full.split_once('/') {
        Some((namespace, name)) if !namespace.is_empty() && !name.is_empty() => (Some(namespace), name),
        _ => (None, full),
    }
}
