//! skeleton
use super::rows;
rows! { predicates: }
