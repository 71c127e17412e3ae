//! skeleton
use super::rows;
rows! { math: }
