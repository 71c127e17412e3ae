//! Names of the emitted package, its executable and its crate, each valid where it is used.

/// The three names of one flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// `flow-<slug>`: the prefix keeps it apart from every crate that the runtime depends on.
    pub name: String,
    /// The executable: the slug where cargo allows that.
    pub binary: String,
    /// What rustc is called with.
    pub krate: String,
}

/// Names of folders that cargo puts executables beside.
const RESERVED: &[&str] = &["build", "deps", "examples", "incremental"];

impl Package {
    /// Names for a slug. Any text is accepted: what may not stand in a name becomes `-`.
    pub fn of(slug: &str) -> Self {
        let keep = |char: char| if char.is_ascii_alphanumeric() || "-_".contains(char) { char } else { '-' };
        let clean: String = slug.chars().map(keep).collect();
        let clean = if clean.is_empty() { "flow".to_owned() } else { clean };
        let name = format!("flow-{clean}");
        let krate = name.replace('-', "_");
        let plain = !RESERVED.contains(&clean.as_str()) && !clean.starts_with('-');
        Self { binary: if plain { clean } else { name.clone() }, name, krate }
    }
}
