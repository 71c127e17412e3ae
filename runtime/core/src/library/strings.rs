//! skeleton
use super::rows;
rows! { strings: }
