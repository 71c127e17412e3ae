//! The compiled runtime, built once per compiler, target and variant and kept for every later build.
//!
//! A finished entry is a folder with the libraries and `ready.json`; it appears by one rename, so an entry that is
//! there is whole. One process fills an entry at a time (an OS lock, which the kernel frees when the process dies); a
//! build that was killed is taken up again from what cargo had finished.

use std::env;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::packed;
use crate::report::{self, Failure};
use crate::sources::{create_folder, unwritable};
use crate::toolchain::Toolchain;

/// What a runtime has beyond the usual.
mod features;
/// Compiling the runtime with cargo.
mod fill;
/// How far the compilation is.
mod progress;
/// What is no longer used.
pub(crate) mod prune;

pub(crate) use features::Features;

/// When set, cargo's own folders are kept, so that after a change of the runtime's sources only these are compiled:
/// for people (and tests) who work on the runtime.
const KEEP: &str = "BREYTAC_KEEP_TARGET";

/// A log is synced without the times of its file where the system can, and memory is not counted. Parts of SQLite that the
/// store does not use are left out of every executable: about 0.3 MB.
const SQLITE_FLAGS: &str = "-DHAVE_FDATASYNC=__linux__ -DSQLITE_DEFAULT_MEMSTATUS=0 \
                            -USQLITE_ENABLE_FTS3 -USQLITE_ENABLE_FTS3_PARENTHESIS -USQLITE_ENABLE_FTS5 \
                            -USQLITE_ENABLE_RTREE -USQLITE_ENABLE_DBSTAT_VTAB -USQLITE_ENABLE_STAT4 \
                            -USQLITE_ENABLE_API_ARMOR -USQLITE_SOUNDEX -DSQLITE_OMIT_LOAD_EXTENSION \
                            -DSQLITE_OMIT_JSON -DSQLITE_OMIT_DATETIME_FUNCS -DSQLITE_OMIT_SHARED_CACHE \
                            -DSQLITE_OMIT_DEPRECATED -DSQLITE_UNTESTABLE";

/// What compiled functions spend their time in.
const HOT: [&str; 3] = ["breyta-core", "memchr", "regex-automata"];

/// What waits for networks and people.
const WAITING: [&str; 9] =
    ["breyta-runtime", "http", "hyper", "hyper-util", "idna", "reqwest", "rustls", "rustls-webpki", "url"];

/// How the runtime is optimised. Features and behaviour are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variant {
    /// Speed: what drafts are linked with.
    Fast,
    /// Size: what release executables are linked with.
    Small,
}

impl Variant {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Small => "small",
        }
    }

    /// Flags of the compiler that no profile has. A small executable carries no symbols, so tables for backtraces would
    /// be of no use in it.
    pub(crate) fn flags(self) -> &'static [&'static str] {
        match self {
            Self::Fast => &[],
            Self::Small => &["-Cforce-unwind-tables=no"],
        }
    }

    /// Flags of the C compiler, for the same reason. In place of the user's own.
    pub(crate) fn c_flags(self) -> &'static str {
        match self {
            Self::Fast => "",
            Self::Small => "-fno-asynchronous-unwind-tables -fno-unwind-tables",
        }
    }

    /// Every profile setting that matters, so that no configuration file of the user changes it.
    fn profile(self) -> Vec<String> {
        let (opt_level, codegen_units) = match self {
            Self::Fast => ("3", "16"),
            Self::Small => ("\"s\"", "1"),
        };
        let mut settings = vec![
            format!("opt-level={opt_level}"),
            format!("codegen-units={codegen_units}"),
            "lto=false".to_owned(),
            "panic=\"abort\"".to_owned(),
            "debug=false".to_owned(),
            "strip=\"none\"".to_owned(),
            "incremental=false".to_owned(),
            "overflow-checks=false".to_owned(),
            "debug-assertions=false".to_owned(),
            "rpath=false".to_owned(),
        ];
        settings.extend(HOT.iter().map(|package| format!("package.{package}.opt-level=2")));
        if self == Self::Small {
            settings.extend(WAITING.iter().map(|package| format!("package.{package}.opt-level=\"z\"")));
        }
        settings
    }
}

/// A finished entry.
#[derive(Debug)]
pub(crate) struct Runtime {
    /// Names the exact libraries: part of every key of what is linked with them.
    pub(crate) key: String,
    /// `libbreyta_runtime.rlib`.
    pub(crate) library: PathBuf,
    /// Folder with all libraries it needs.
    pub(crate) dependencies: PathBuf,
    /// How long it took when it was built by this call.
    pub(crate) built_in: Option<Duration>,
}

/// The cache's folder: `$BREYTAC_CACHE`, else `$XDG_CACHE_HOME/breytac`, else `~/.cache/breytac`.
pub(crate) fn folder() -> Result<PathBuf, Failure> {
    let set = |name: &str| env::var_os(name).filter(|it| !it.is_empty()).map(PathBuf::from);
    let folder = set("BREYTAC_CACHE")
        .or_else(|| set("XDG_CACHE_HOME").filter(|it| it.is_absolute()).map(|it| it.join("breytac")))
        .or_else(|| env::home_dir().map(|it| it.join(".cache").join("breytac")))
        .ok_or_else(|| {
            Failure::new("cache-folder-unknown", "there is no home folder to keep the compiled runtime in")
                .help("set BREYTAC_CACHE to a folder")
        })?;
    std::path::absolute(&folder).map_err(|error| unwritable(&folder, &error))
}

/// The name of a runtime: `fast`, `small-otel`.
pub(crate) fn name(variant: Variant, features: Features) -> String {
    features.names().into_iter().fold(variant.name().to_owned(), |name, feature| name + "-" + &feature)
}

/// The runtime in this variant and with these features, compiled now if it is not in the cache.
pub(crate) fn runtime(
    toolchain: &Toolchain,
    variant: Variant,
    features: Features,
) -> Result<Runtime, Failure> {
    let parent = folder()?.join("runtime");
    let (name, key) = (name(variant, features), key(toolchain, variant, features));
    let entry = parent.join(format!("{name}-{key}"));
    if let Some(runtime) = open(&entry, &key) {
        prune::mark_used(&entry);
        return Ok(runtime);
    }
    create_folder(&parent)?;
    let dependencies = dependencies_key(toolchain, variant, features);
    let _lock = lock(&parent.join(format!("{name}-{dependencies}.lock")), "compiling the runtime")?;
    if let Some(runtime) = open(&entry, &key) {
        return Ok(runtime);
    }
    let start = Instant::now();
    let work = parent.join(format!("{name}-{dependencies}.building"));
    let libraries = fill::compile(toolchain, variant, features, &work)?;
    finish(&entry, &work, &libraries)?;
    if env::var_os(KEEP).is_none() {
        // Cargo's own folders are of no further use; when they cannot be removed they only take up room.
        let _ = fs::remove_dir_all(&work);
    }
    prune::runtimes(&parent, &name);
    let runtime = open(&entry, &key).ok_or_else(|| {
        Failure::new(
            "cache-entry-broken",
            format!("{} is not whole right after it was written", entry.display()),
        )
    })?;
    Ok(Runtime { built_in: Some(start.elapsed()), ..runtime })
}

/// Everything that the compiled libraries depend on.
fn key(toolchain: &Toolchain, variant: Variant, features: Features) -> String {
    key_over(packed::DIGEST, toolchain, variant, features)
}

/// Everything that the libraries other than ours depend on: what a build that is carried on has in common.
fn dependencies_key(toolchain: &Toolchain, variant: Variant, features: Features) -> String {
    key_over(packed::lock(), toolchain, variant, features)
}

fn key_over(content: &str, toolchain: &Toolchain, variant: Variant, features: Features) -> String {
    let features = features.names();
    let mut parts = vec![
        content,
        toolchain.identity.as_str(),
        toolchain.host.as_str(),
        variant.name(),
        SQLITE_FLAGS,
        variant.c_flags(),
    ];
    let profile = variant.profile();
    parts.extend(profile.iter().map(String::as_str).chain(variant.flags().iter().copied()));
    parts.extend(features.iter().map(String::as_str));
    digest(parts)
}

/// 16 hex digits for a list of texts.
pub(crate) fn digest<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let first = hash.finalize().iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    format!("{first:016x}")
}

/// Takes an OS lock for as long as the file is held; says so when it has to wait.
pub(crate) fn lock(path: &Path, what: &str) -> Result<File, Failure> {
    let error = |error: &std::io::Error| unwritable(path, error);
    let file = File::options().create(true).append(true).open(path).map_err(|it| error(&it))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            report::prose(&format!("another breytac is {what}; waiting for it"));
            file.lock().map_err(|it| error(&it))?;
        }
        Err(TryLockError::Error(it)) => return Err(error(&it)),
    }
    Ok(file)
}

/// The entry when it is there and whole.
fn open(entry: &Path, key: &str) -> Option<Runtime> {
    let text = fs::read_to_string(entry.join("ready.json")).ok()?;
    let ready: serde_json::Value = serde_json::from_str(&text).ok()?;
    let dependencies = entry.join("lib");
    let library = dependencies.join(ready.get("library")?.as_str()?);
    library.is_file().then(|| Runtime { key: key.to_owned(), library, dependencies, built_in: None })
}

/// Copies the libraries to a folder that becomes the entry by one rename.
fn finish(entry: &Path, work: &Path, libraries: &fill::Libraries) -> Result<(), Failure> {
    let fresh = work.join("entry");
    let go = || -> std::io::Result<()> {
        // Left by a process that was killed here, or an entry that somebody damaged.
        for stale in [fresh.as_path(), entry] {
            if stale.exists() {
                fs::remove_dir_all(stale)?;
            }
        }
        let folder = fresh.join("lib");
        fs::create_dir_all(&folder)?;
        for library in &libraries.all {
            if let Some(name) = library.file_name() {
                fs::copy(library, folder.join(name))?;
            }
        }
        let library = libraries.runtime.file_name().unwrap_or_default().to_string_lossy().into_owned();
        fs::write(fresh.join("ready.json"), json!({ "library": library }).to_string())?;
        fs::rename(&fresh, entry)
    };
    go().map_err(|error| unwritable(entry, &error))
}

#[cfg(test)]
mod tests;
