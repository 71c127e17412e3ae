//! Keeps the cache from growing for ever: runtimes that newer ones took the place of, working folders of flows that
//! are gone. Nothing here can fail a build; what cannot be removed stays.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Finished runtimes that are kept of each variant, by last use: several toolchains or versions side by side.
const RUNTIMES: usize = 4;

/// The file of an entry whose time says when it was used last.
const READY: &str = "ready.json";
/// The file of a working folder that names the flow.
const SOURCE: &str = "source";

/// Notes that an entry is in use.
pub(super) fn mark_used(entry: &Path) {
    if let Ok(file) = File::options().write(true).open(entry.join(READY)) {
        // Only pruning looks at it.
        let _ = file.set_modified(SystemTime::now());
    }
}

/// Removes all but the last used runtimes of a variant.
pub(super) fn runtimes(parent: &Path, variant: &str) {
    // Names with features begin with those without: what follows must be the key.
    let is_one = |name: &str| {
        let key = name.strip_prefix(variant).and_then(|rest| rest.strip_prefix('-'));
        key.is_some_and(|key| !key.contains('-'))
    };
    let mut entries: Vec<(SystemTime, PathBuf)> = folders(parent)
        .filter(|path| path.file_name().is_some_and(|it| is_one(&it.to_string_lossy())))
        .filter_map(|path| Some((fs::metadata(path.join(READY)).ok()?.modified().ok()?, path)))
        .collect();
    entries.sort();
    let surplus = entries.len().saturating_sub(RUNTIMES);
    for (_, path) in entries.into_iter().take(surplus) {
        let _ = fs::remove_dir_all(&path);
    }
}

/// Notes which flow a working folder belongs to.
pub(crate) fn note_source(work: &Path, source: &Path) {
    let _ = fs::write(work.join(SOURCE), source.as_os_str().as_encoded_bytes());
}

/// Removes working folders beside `work` whose flow is no longer there and that nobody is building in.
pub(crate) fn flows(work: &Path) {
    for folder in work.parent().into_iter().flat_map(folders).filter(|it| it != work) {
        let gone = fs::read_to_string(folder.join(SOURCE)).is_ok_and(|source| !Path::new(&source).exists());
        let idle = || File::open(folder.join("lock")).is_ok_and(|lock| lock.try_lock().is_ok());
        if gone && idle() {
            let _ = fs::remove_dir_all(&folder);
        }
    }
}

fn folders(parent: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir())
}
