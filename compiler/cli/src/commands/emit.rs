//! `breytac emit`: the generated crate with the runtime's sources beside it, for plain `cargo build`.
//!
//! A list of what was written lies in the folder: a later `emit` replaces these files and removes those that are no
//! longer made, and a folder without the list is somebody else's.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use breyta_compiler::emit::Package;
use serde_json::json;

use crate::args::Emit;
use crate::frontend;
use crate::packed;
use crate::report::{self, Failure, Format};
use crate::sources::{create_folder, shown, unwritable, write_if_changed};

/// Names of all files that `emit` wrote, one per line.
const LIST: &str = ".breytac-emitted";
/// Where the runtime goes.
const RUNTIME: &str = "runtime";

pub(super) fn run(arguments: &Emit) -> Result<u8, Failure> {
    let flow = frontend::flow(&arguments.file, &arguments.with, arguments.format)?;
    let folder = &arguments.output;
    let before = admit(folder)?;
    let mut files: BTreeMap<String, String> = flow.emit(RUNTIME, arguments.ci);
    for (path, text) in packed::FILES {
        if *path != "Cargo.lock" {
            files.insert(format!("{RUNTIME}/{path}"), (*text).to_owned());
        }
    }
    files.insert("Cargo.lock".to_owned(), packed::lock_with(&Package::of(flow.slug()).name, "0.0.0"));
    write(folder, &before, &files)?;
    match arguments.format {
        Format::Json => report::success(
            json!({ "path": shown(folder), "files": files.len(), "version": flow.program.version }),
            "emit",
        ),
        Format::Human => report::out(&format!("{}  {} files\n", shown(folder), files.len())),
    }
    Ok(0)
}

/// What an earlier `emit` wrote there; nothing for a new or empty folder. Refuses folders of other people.
fn admit(folder: &Path) -> Result<Vec<String>, Failure> {
    if folder.exists() && !folder.is_dir() {
        return Err(Failure::new("output-is-a-file", format!("{} is not a folder", shown(folder))));
    }
    if let Ok(list) = fs::read_to_string(folder.join(LIST)) {
        return Ok(list.lines().map(str::to_owned).collect());
    }
    match fs::read_dir(folder).map(|mut entries| entries.next().is_some()) {
        Ok(true) => Err(Failure::new(
            "output-not-empty",
            format!("{} holds files that `breytac emit` did not write", shown(folder)),
        )
        .help("name a new folder, an empty one, or one that was emitted before")),
        _ => Ok(Vec::new()),
    }
}

/// A new folder appears whole, by a rename; in an existing one every file is replaced in one step.
fn write(folder: &Path, before: &[String], files: &BTreeMap<String, String>) -> Result<(), Failure> {
    if folder.exists() {
        // The list first, with old and new names: whatever stops us, the next `emit` knows the folder as ours.
        let known = before.iter().map(String::as_str).chain(files.keys().map(String::as_str));
        write_if_changed(&folder.join(LIST), &list(known))?;
        fill(folder, files)?;
        for stale in before.iter().filter(|path| !files.contains_key(*path) && is_inner(path)) {
            // A file that is gone already is what we want.
            let _ = fs::remove_file(folder.join(stale));
            // Folders that are empty now go, too; removing one that is not fails, as it should.
            for parent in Path::new(stale).ancestors().skip(1).filter(|it| !it.as_os_str().is_empty()) {
                let _ = fs::remove_dir(folder.join(parent));
            }
        }
        return write_if_changed(&folder.join(LIST), &list(files.keys().map(String::as_str)));
    }
    let parent =
        folder.parent().filter(|it| !it.as_os_str().is_empty()).map_or(PathBuf::from("."), Path::to_path_buf);
    create_folder(&parent)?;
    let error = |error: &std::io::Error| unwritable(folder, error);
    let fresh = tempfile::Builder::new().prefix(".breytac-").tempdir_in(parent).map_err(|it| error(&it))?;
    // One level below, because the temporary folder itself is readable by its owner only.
    let inner = fresh.path().join("crate");
    fill(&inner, files)?;
    write_if_changed(&inner.join(LIST), &list(files.keys().map(String::as_str)))?;
    fs::rename(&inner, folder).map_err(|it| error(&it))
}

fn fill(folder: &Path, files: &BTreeMap<String, String>) -> Result<(), Failure> {
    for (path, text) in files {
        write_if_changed(&folder.join(path), text)?;
    }
    Ok(())
}

fn list<'a>(paths: impl Iterator<Item = &'a str>) -> String {
    let sorted: std::collections::BTreeSet<&str> = paths.collect();
    sorted.into_iter().fold(String::new(), |list, path| list + path + "\n")
}

/// Whether a name of the list stays inside the folder: the list is a file that anybody can edit.
fn is_inner(path: &str) -> bool {
    Path::new(path).components().all(|part| matches!(part, std::path::Component::Normal(_)))
}
