//! Generated documents: `docs/library.md` and `docs/steps/<family>.md`. The text comes from the tests crate's
//! `docs` binary, which is linked to the tables; here it is only written or compared.

use anyhow::{Context, Result, bail};

use crate::{program, tree};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Write,
    Check,
}

pub(crate) fn run(mode: Mode) -> Result<()> {
    let root = tree::root();
    let documents = generate()?;
    let mut stale = Vec::new();
    for (path, text) in &documents {
        let old = std::fs::read_to_string(root.join(path)).unwrap_or_default();
        if old == *text {
            continue;
        }
        stale.push(path.clone());
        if mode == Mode::Write {
            let file = root.join(path);
            if let Some(folder) = file.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::write(&file, text).with_context(|| format!("writing {path}"))?;
            program::say(&format!("wrote {path}"));
        }
    }
    if mode == Mode::Check && !stale.is_empty() {
        bail!("stale: {}. Run `cargo xtask docs` and commit the result", stale.join(", "));
    }
    program::say(&format!("{} documents, {} changed", documents.len(), stale.len()));
    Ok(())
}

/// Path to text, in the order of the generator.
fn generate() -> Result<Vec<(String, String)>> {
    let arguments = ["run", "--quiet", "--package", "breyta-tests", "--bin", "docs"];
    let json = program::output(&mut program::cargo(&arguments))?;
    let value: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&json).context("output of the docs binary")?;
    value
        .into_iter()
        .map(|(path, text)| {
            let text = text.as_str().with_context(|| format!("{path} is no text"))?.to_owned();
            Ok((path, text))
        })
        .collect()
}
