//! skeleton
use super::rows;
rows! { sequences: }
