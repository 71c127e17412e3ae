//! skeleton
/// The lowered flow: body and functions.
#[derive(Debug)]
pub struct Program {
    /// The flow version in hex.
    pub version: String,
}
