//! The emitted crate: generated Rust, filled templates and assets as a map from path to text.

use std::collections::BTreeMap;

/// Files of a crate: path with `/` separators, relative to the crate's folder, to content.
pub type Files = BTreeMap<String, String>;
