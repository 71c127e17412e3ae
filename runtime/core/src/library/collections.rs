//! skeleton
use super::rows;
rows! { collections: }
