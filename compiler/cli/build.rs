//! Puts the runtime's sources, their workspace manifest and their lock file into breytac, so that an installed
//! breytac needs no checkout.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use sha2::{Digest, Sha256};

/// The pack itself, shared with `cargo xtask lock`.
mod pack;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            println!("cargo::error={message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("cargo sets CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let root = here.join("../..");
    let lock = here.join("runtime.lock");
    for path in [&root.join("Cargo.toml"), &root.join("runtime"), &lock, &here.join("pack.rs")] {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    let mut files = pack::pack(&root)?;
    let lock = fs::read_to_string(&lock)
        .map_err(|error| format!("compiler/cli/runtime.lock: {error}; `cargo xtask lock` writes it"))?;
    files.insert("Cargo.lock".to_owned(), lock);
    write_list(&files, &out)
}

/// Copies the files to `OUT_DIR` and lists them in a Rust file that includes them.
fn write_list(files: &pack::Pack, out: &Path) -> Result<(), String> {
    let mut digest = Sha256::new();
    let mut list = String::from("pub(crate) const FILES: &[(&str, &str)] = &[\n");
    for (index, (path, text)) in files.iter().enumerate() {
        digest.update(format!("{path}\0{}\0", text.len()));
        digest.update(text);
        let copy = out.join(format!("packed-{index}"));
        fs::write(&copy, text).map_err(|error| format!("{}: {error}", copy.display()))?;
        writeln!(list, "    ({path:?}, include_str!(concat!(env!(\"OUT_DIR\"), \"/packed-{index}\"))),")
            .map_err(|error| error.to_string())?;
    }
    list.push_str("];\n");
    let hex = digest.finalize().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    writeln!(list, "pub(crate) const DIGEST: &str = {hex:?};").map_err(|error| error.to_string())?;
    let path = out.join("packed.rs");
    fs::write(&path, list).map_err(|error| format!("{}: {error}", path.display()))
}
