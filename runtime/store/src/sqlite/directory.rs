//! The data directory: created when missing, owned by one process through a lock that the kernel frees at its death.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use breyta_engine::store::StoreError;

use super::failure;

/// Takes the directory over. The lock holds as long as the file is open.
pub(super) fn own(directory: &Path) -> Result<File, StoreError> {
    create(directory).map_err(|error| failure::io(directory, &error))?;
    let path = directory.join("lock");
    let mut options = OpenOptions::new();
    let mut lock = options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(|error| failure::io(&path, &error))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let (pid, serves) = owner(&mut lock);
            return Err(StoreError::Locked { directory: directory.display().to_string(), pid, serves });
        }
        Err(TryLockError::Error(error)) => return Err(failure::io(&path, &error)),
    }
    sign(&mut lock).map_err(|error| failure::io(&path, &error))?;
    Ok(lock)
}

/// What is in the directory is for its owner's eyes.
fn create(directory: &Path) -> std::io::Result<()> {
    if directory.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)?;
    // A directory that is not synced may be gone after a power loss, with everything in it. Not every system lets
    // directories be opened; there nothing can be done.
    let parent = directory.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Ok(parent) = File::open(parent.unwrap_or_else(|| Path::new("."))) {
        let _ = parent.sync_all();
    }
    Ok(())
}

/// What the owner wrote: its process id, and whether it takes commands. Nothing where a locked file cannot be read.
fn owner(lock: &mut File) -> (Option<u32>, bool) {
    let mut text = String::new();
    if lock.read_to_string(&mut text).is_err() {
        return (None, false);
    }
    let mut words = text.split_whitespace();
    (words.next().and_then(|pid| pid.parse().ok()), words.next() == Some(SERVING))
}

/// The word after the process id of an owner that takes commands.
const SERVING: &str = "serving";

fn sign(lock: &mut File) -> std::io::Result<()> {
    lock.set_len(0)?;
    lock.seek(SeekFrom::Start(0))?;
    writeln!(lock, "{}", std::process::id())
}

/// Tells other processes that the owner takes their commands.
pub(super) fn announce(mut lock: &File) -> std::io::Result<()> {
    writeln!(lock, "{SERVING}")
}
