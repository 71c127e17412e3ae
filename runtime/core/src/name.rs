//! Keywords (`:customer/id`) and symbols (`str/join`): an optional namespace and a name, kept as one text.

use crate::Text;

/// A keyword without its leading colon.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Keyword(Text);

/// A symbol. In compiled code symbols occur only as quoted data.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Symbol(Text);

macro_rules! qualified_name {
    ($type:ident) => {
        impl $type {
            /// A name that is part of the program; no allocation.
            pub const fn literal(full: &'static str) -> Self {
                Self(Text::literal(full))
            }

            pub fn new(full: impl Into<Text>) -> Self {
                Self(full.into())
            }

            /// Namespace and name as written, `ns/name` or `name`.
            pub fn full(&self) -> &str {
                self.0.as_str()
            }

            /// The part before the first `/`; the symbol `/` has none.
            pub fn namespace(&self) -> Option<&str> {
                split(&self.0).0
            }

            pub fn name(&self) -> &str {
                split(&self.0).1
            }

            pub fn text(&self) -> &Text {
                &self.0
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
