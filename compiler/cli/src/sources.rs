//! Files in, files out: flow sources with one clear error each, and outputs that appear whole or not at all.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use breyta_compiler::source::Sources;

use crate::report::Failure;

/// Bytes of a flow file that are read at all.
const SOURCE_BYTES_MAX: u64 = 20_000_000;

/// The files that flows include.
mod included;

pub(crate) use included::Folder;

/// Reads a flow file, and says where its includes are looked for. The name in messages is the path as given, with `/`
/// separators.
pub(crate) fn open(path: &Path) -> Result<(Sources, Folder), Failure> {
    let sources = read(path)?;
    let folder = Folder::of(path).map_err(|error| unreadable(path, &error))?;
    Ok((sources, folder))
}

/// Reads a flow file only.
pub(crate) fn read(path: &Path) -> Result<Sources, Failure> {
    let name = shown(path);
    let mut bytes = Vec::new();
    fs::File::open(path)
        .and_then(|file| file.take(SOURCE_BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(|error| unreadable(path, &error))?;
    if bytes.len() as u64 > SOURCE_BYTES_MAX {
        return Err(Failure::new("file-too-large", format!("{name} has more than {SOURCE_BYTES_MAX} bytes"))
            .help("a definition has at most 150000 bytes, templates and functions aside"));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = line_of(error.as_bytes(), at);
        let byte = error.as_bytes().get(at).copied().unwrap_or_default();
        let mut failure =
            Failure::new("not-utf8", format!("{name}:{line}: byte {at} (0x{byte:02x}) is not UTF-8"))
                .help("flow source is UTF-8 text; save the file in that encoding");
        failure.data = Some(Box::new(serde_json::json!({ "file": name, "byteOffset": at, "line": line })));
        failure
    })?;
    Ok(Sources::single(name, text))
}

fn line_of(bytes: &[u8], at: usize) -> usize {
    bytes.get(..at).unwrap_or_default().split(|byte| *byte == b'\n').count()
}

/// A path as messages show it.
pub(crate) fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let name = shown(path);
    match error.kind() {
        io::ErrorKind::NotFound => Failure::new("file-not-found", format!("there is no file {name}")),
        io::ErrorKind::IsADirectory => {
            Failure::new("file-is-a-folder", format!("{name} is a folder")).help("name the flow file in it")
        }
        _ => Failure::new("file-unreadable", format!("{name} cannot be read: {error}")),
    }
}

/// Something could not be written.
pub(crate) fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::new("cannot-write", format!("{} cannot be written: {error}", shown(path)))
}

/// Replaces a file by new content in one step; on failure the old file stays as it was.
pub(crate) fn replace(path: &Path, content: &[u8], executable: bool) -> Result<(), Failure> {
    replace_with(path, executable, |file| file.write_all(content))
}

/// Like [`replace`], copying from another file.
pub(crate) fn replace_by_copy(path: &Path, from: &Path) -> Result<(), Failure> {
    replace_with(path, true, |to| io::copy(&mut fs::File::open(from)?, to).map(|_| ()))
}

fn replace_with(
    path: &Path,
    executable: bool,
    write: impl FnOnce(&mut fs::File) -> io::Result<()>,
) -> Result<(), Failure> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    };
    let go = || -> io::Result<()> {
        let mut temporary = tempfile::Builder::new().prefix(".breytac-").tempfile_in(folder)?;
        write(temporary.as_file_mut())?;
        grant(temporary.as_file(), path, executable)?;
        temporary.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    go().map_err(|error| unwritable(path, &error))
}

/// The permissions that a plainly created file would have: those of the file it replaces, else the usual ones.
#[cfg(unix)]
fn grant(file: &fs::File, replaced: &Path, executable: bool) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let usual = if executable { 0o755 } else { 0o644 };
    let mode = fs::metadata(replaced).map_or(usual, |it| it.permissions().mode() & 0o777);
    file.set_permissions(fs::Permissions::from_mode(if executable { mode | 0o111 } else { mode }))
}

#[cfg(not(unix))]
fn grant(_file: &fs::File, _replaced: &Path, _executable: bool) -> io::Result<()> {
    Ok(())
}

/// Writes a file below a folder of ours unless it already has this content, so that build tools see no change.
pub(crate) fn write_if_changed(path: &Path, text: &str) -> Result<(), Failure> {
    if fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        create_folder(parent)?;
    }
    replace(path, text.as_bytes(), false)
}

pub(crate) fn create_folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(|error| unwritable(path, &error))
}
