//! skeleton
use super::rows;
rows! { maps: }
