//! skeleton
/// Generated Rust, file by file.
#[derive(Debug)]
pub struct Output {
    /// Path below the crate folder (`src/flow.rs`) to formatted text. `src/flow.rs` defines `pub static FLOW: rt::Flow`.
    pub files: crate::emit::Files,
    /// Module names for `main.rs`, in order: `flow`, `functions`.
    pub modules: Vec<&'static str>,
    /// Families used, sorted: `function`, `http`.
    pub families: Vec<String>,
}
/// Generates the Rust of a program.
pub fn generate(_sources: &crate::source::Sources, _definition: &crate::flow::Definition, _program: &crate::mir::Program) -> Output {
    Output { files: crate::emit::Files::new(), modules: Vec::new(), families: Vec::new() }
}
