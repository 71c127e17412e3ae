//! Where fixtures stand, and how they are found.

use std::path::{Path, PathBuf};

/// The folder of the workspace manifest.
pub fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// The folder of the tests crate.
pub fn tests() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The build folder that this test binary stands in: `target/debug`.
pub fn profile_folder() -> PathBuf {
    let binary = std::env::current_exe().expect("a test binary knows its own path");
    let folder = binary.parent().expect("a test binary stands in a folder");
    // Test binaries are in `deps`, the others one level up.
    let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    folder.to_path_buf()
}

/// The `target` folder in use.
pub fn target() -> PathBuf {
    let profile = profile_folder();
    profile.parent().map_or(profile.clone(), Path::to_path_buf)
}

/// Every file below `folder` whose name ends with `end`, sorted.
pub fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(folder, end, &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, end: &str, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, end, found);
        } else if path.to_string_lossy().ends_with(end) {
            found.push(path);
        }
    }
}

/// The path as shown to people: relative to the root, with `/`.
pub fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// The text of a fixture.
pub fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", shown(path)))
}
