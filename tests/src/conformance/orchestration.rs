//! Flow bodies with scripted steps: what they give and which calls they make, in order.

use breyta_compiler::mir::simplify::Passes;

use super::rows::{Row, Script};

/// Nothing when the body does what Clojure does; else why not.
pub fn play(_row: &Row, _script: &Script, _passes: &Passes) -> Result<(), String> {
    Err("not played yet".to_owned())
}
