//! skeleton
use super::rows;
rows! { compare: }
