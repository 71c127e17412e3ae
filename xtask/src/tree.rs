//! The files of the checkout: what a fresh clone would hold, found without git.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The folder of the workspace manifest.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// Every file below the root, as `/`-separated paths relative to it, sorted. Build output and data directories are
/// left out, hidden folders too except the project's own.
pub(crate) fn files(root: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    collect(root, "", &mut found)?;
    found.sort();
    Ok(found)
}

fn collect(folder: &Path, prefix: &str, found: &mut Vec<String>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        if entry.file_type()?.is_dir() {
            if !is_left_out(&name) {
                collect(&entry.path(), &path, found)?;
            }
        } else {
            found.push(path);
        }
    }
    Ok(())
}

fn is_left_out(folder: &str) -> bool {
    folder == "target" || (folder.starts_with('.') && ![".ci", ".cargo", ".config"].contains(&folder))
}

pub(crate) fn read(root: &Path, path: &str) -> Result<String> {
    std::fs::read_to_string(root.join(path)).with_context(|| format!("reading {path}"))
}
