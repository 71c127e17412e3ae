//! The runtime's sources that this executable carries, with their workspace manifest and lock file.

#[cfg(test)]
mod tests;

mod generated {
    include!(concat!(env!("OUT_DIR"), "/packed.rs"));
}

/// Path with `/` separators to text, sorted by path. `Cargo.toml` is the workspace, `Cargo.lock` its lock file.
pub(crate) const FILES: &[(&str, &str)] = generated::FILES;

/// SHA-256 of the files in hex.
pub(crate) const DIGEST: &str = generated::DIGEST;

/// The lock file of the packed workspace.
pub(crate) fn lock() -> &'static str {
    FILES.iter().find(|(path, _)| *path == "Cargo.lock").map_or("", |(_, text)| *text)
}

/// The lock file of a package that depends on the runtime only: the runtime's own with one entry more.
pub(crate) fn lock_with(package: &str, version: &str) -> String {
    let entry = format!(
        "[[package]]\nname = \"{package}\"\nversion = \"{version}\"\ndependencies = [\n \"breyta-runtime\",\n]\n"
    );
    let mut parts: Vec<&str> = lock().trim_end().split("\n\n").collect();
    let name = |part: &&str| -> Option<String> {
        let rest = part.strip_prefix("[[package]]\nname = \"")?;
        rest.split('"').next().map(str::to_owned)
    };
    // Cargo sorts by name; what stands in front of the first package stays there.
    let at = parts
        .iter()
        .position(|part| name(part).is_some_and(|it| it.as_str() > package))
        .unwrap_or(parts.len());
    parts.insert(at, entry.trim_end());
    parts.join("\n\n") + "\n"
}
