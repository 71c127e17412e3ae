//! `breytac build`: a flow's executable.

use std::fs;
use std::path::{Path, PathBuf};

use breyta_compiler::emit::Package;
use serde_json::json;

use super::executable;
use crate::args::Build;
use crate::flow_build::Profile;
use crate::frontend;
use crate::report::{self, Failure, Format};
use crate::sources::{replace_by_copy, shown, unwritable};

pub(super) fn run(arguments: &Build) -> Result<u8, Failure> {
    let flow = frontend::flow(&arguments.file, &arguments.with, arguments.format)?;
    let output = arguments.output.clone().unwrap_or_else(|| PathBuf::from(Package::of(flow.slug()).binary));
    admit(&output)?;
    let profile = if arguments.release { Profile::Release } else { Profile::Draft };
    let (built, seconds) = executable(&arguments.file, &flow, profile)?;
    replace_by_copy(&output, &built.executable)?;
    let size = fs::metadata(&output).map_err(|error| unwritable(&output, &error))?.len();
    match arguments.format {
        Format::Json => report::success(
            json!({
                "path": shown(&output),
                "size": size,
                "seconds": (seconds * 1000.0).round() / 1000.0,
                "version": flow.program.version,
                "profile": profile.name(),
                "cached": built.cached,
            }),
            "build",
        ),
        Format::Human => {
            let unchanged = if built.cached { ", unchanged" } else { "" };
            report::out(&format!(
                "{}  {:.1} MB  {seconds:.2} s  {}{unchanged}\n",
                shown(&output),
                size as f64 / 1e6,
                profile.name()
            ));
        }
    }
    Ok(0)
}

/// Refuses an output that could not be written, before anything is compiled.
fn admit(output: &Path) -> Result<(), Failure> {
    if output.is_dir() {
        return Err(Failure::new("output-is-a-folder", format!("{} is a folder", shown(output)))
            .help("name the executable with -o"));
    }
    let parent = output.parent().filter(|it| !it.as_os_str().is_empty());
    match parent {
        Some(parent) if !parent.is_dir() => {
            Err(Failure::new("cannot-write", format!("there is no folder {}", shown(parent))))
        }
        _ => Ok(()),
    }
}
