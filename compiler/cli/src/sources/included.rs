//! The folder of a flow, and the files below it that the flow includes.
//!
//! A path is relative to the file that it stands in. Where it leads is decided after all links are followed: what does
//! not lie below the flow's folder then is refused, whatever the path looks like.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use breyta_compiler::source::{Found, IncludeError, Loader};
use breyta_compiler::syntax::include::BYTES_MAX;

use super::{line_of, shown};

/// The folder that a flow file really lies in.
#[derive(Debug)]
pub(crate) struct Folder {
    /// Links followed.
    path: PathBuf,
    /// As messages begin names with: empty, or with a `/` at its end.
    prefix: String,
    /// The flow file in it.
    root: String,
}

impl Folder {
    pub(crate) fn of(flow: &Path) -> io::Result<Self> {
        let file = fs::canonicalize(flow)?;
        let path = file.parent().map(Path::to_path_buf).unwrap_or_default();
        let root = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let prefix = match flow.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => {
                format!("{}/", shown(parent).trim_end_matches('/'))
            }
            _ => String::new(),
        };
        Ok(Self { path, prefix, root })
    }

    fn name(&self, identity: &str) -> String {
        format!("{}{identity}", self.prefix)
    }

    /// Where the file with this name in messages really lies, whatever links lead to it.
    pub(crate) fn place(&self, name: &str) -> PathBuf {
        self.path.join(name.strip_prefix(&self.prefix).unwrap_or(name))
    }

    /// Where the flow file really lies.
    pub(crate) fn flow(&self) -> PathBuf {
        self.path.join(&self.root)
    }
}

/// An identity is the path below the folder, with `/` separators and links followed.
impl Loader for Folder {
    fn root(&self) -> String {
        self.root.clone()
    }

    fn find(&self, from: &str, path: &str) -> Result<Found, IncludeError> {
        if path.trim().is_empty() {
            return Err(IncludeError::new("this path is empty").help("write the path of a file"));
        }
        if let Some(strange) = path.chars().find(|c| c.is_control()) {
            let message = format!("a path cannot hold the character U+{:04X}", strange as u32);
            return Err(IncludeError::new(message));
        }
        if Path::new(path).is_absolute() || path.starts_with('/') {
            return Err(IncludeError::new(format!("{path} is absolute"))
                .help("write the path relative to the file that it stands in"));
        }
        let beside = self.path.join(from);
        let wanted = beside.parent().unwrap_or(&self.path).join(path);
        let place = fs::canonicalize(&wanted).map_err(|error| self.unreachable(&wanted, path, &error))?;
        let Ok(below) = place.strip_prefix(&self.path) else {
            return Err(IncludeError::new(format!("{path} lies outside the folder of the flow")).help(
                "put the file into the flow's folder or below it, and not behind a link that leads out of it",
            ));
        };
        let Some(identity) = below.to_str().map(|below| below.replace(std::path::MAIN_SEPARATOR, "/")) else {
            return Err(IncludeError::new(format!("{path} has a name that is not UTF-8")));
        };
        let name = self.name(&identity);
        // Not only folders: reading a pipe would wait for ever.
        if !fs::metadata(&place).is_ok_and(|it| it.is_file()) {
            return Err(IncludeError::new(format!("{name} is no file that can be included"))
                .help("name a file that holds one form"));
        }
        Ok(Found { identity, name })
    }

    fn read(&self, found: &Found) -> Result<String, IncludeError> {
        let unreadable =
            |error: io::Error| IncludeError::new(format!("{} cannot be read: {error}", found.name));
        let file = File::open(self.path.join(&found.identity)).map_err(unreadable)?;
        let mut bytes = Vec::new();
        file.take(BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let cut = error.as_bytes().len() > BYTES_MAX;
            let line = line_of(error.as_bytes(), at);
            if cut && at + 4 > BYTES_MAX {
                return IncludeError::new(format!("{} has more than {BYTES_MAX} bytes", found.name));
            }
            IncludeError::new(format!("{}:{line}: byte {at} is not UTF-8", found.name))
                .help("flow source is UTF-8 text; save the file in that encoding")
        })
    }
}

impl Folder {
    fn unreachable(&self, wanted: &Path, path: &str, error: &io::Error) -> IncludeError {
        match error.kind() {
            io::ErrorKind::NotFound => {
                // Where it was looked for helps, unless that is outside of what a flow may name.
                let place = wanted.strip_prefix(&self.path).ok().map(|below| self.name(&shown(below)));
                IncludeError::new(format!("there is no file {}", place.as_deref().unwrap_or(path)))
                    .help("the path is relative to the file that it stands in")
            }
            _ => IncludeError::new(format!("{path} cannot be read: {error}")),
        }
    }
}
