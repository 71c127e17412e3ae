//! Names of tools, as language models accept them.

use std::fmt::Write as _;

use breyta_catalog::tools::TOOL_NAME_MAX;
use sha2::{Digest, Sha256};

/// An id or a written name as the name of a tool: letters, digits and single underscores, at most 64 characters. A longer
/// one is cut and ends with eight hex digits of its hash.
pub fn tool_name(id: &str) -> String {
    let mut name = String::with_capacity(id.len());
    for c in id.chars() {
        let c = if c.is_ascii_alphanumeric() { c } else { '_' };
        if c != '_' || !name.ends_with('_') {
            name.push(c);
        }
    }
    let name = name.trim_matches('_');
    if name.len() <= TOOL_NAME_MAX {
        return name.to_owned();
    }
    let mut hash = String::new();
    for byte in Sha256::digest(id).iter().take(4) {
        let _ = write!(hash, "{byte:02x}");
    }
    let kept = name.get(..TOOL_NAME_MAX - hash.len() - 1).unwrap_or(name);
    format!("{}_{hash}", kept.trim_end_matches('_'))
}

#[cfg(test)]
mod tests;
