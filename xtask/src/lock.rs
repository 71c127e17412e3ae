//! `compiler/cli/runtime.lock`: the lock file of the runtime that breytac carries.
//!
//! The versions are those of the checkout's own Cargo.lock; packages that only the compiler or the tests use are
//! pruned by cargo itself.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};

/// The runtime's sources as breytac packs them.
#[path = "../../compiler/cli/pack.rs"]
mod pack;

/// Below the checkout.
const LOCK: &str = "compiler/cli/runtime.lock";

/// Writes the lock file of the packed runtime, or with `check` only compares it.
pub(crate) fn run(check: bool) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask lies in the checkout")?;
    let wanted = resolve(root)?;
    let path = root.join(LOCK);
    let current = fs::read_to_string(&path).unwrap_or_default();
    if current == wanted {
        return Ok(());
    }
    if check {
        bail!("{LOCK} is stale: run `cargo xtask lock`");
    }
    fs::write(&path, wanted).with_context(|| path.display().to_string())
}

/// Lets cargo prune the checkout's lock file to what the packed workspace needs.
fn resolve(root: &Path) -> Result<String> {
    let folder = tempfile::tempdir()?;
    for (path, text) in pack::pack(root).map_err(|message| anyhow!(message))? {
        let path = folder.path().join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, text)?;
    }
    let lock = folder.path().join("Cargo.lock");
    fs::copy(root.join("Cargo.lock"), &lock)?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["update", "--workspace", "--offline", "--quiet"])
        .current_dir(folder.path())
        .output()
        .context("cargo update")?;
    if !output.status.success() {
        bail!("cargo update of the packed runtime:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(fs::read_to_string(lock)?)
}
