//! The settings of a blob storage slot.

use breyta_catalog::fields::PREFIX;

use crate::diagnostics::{Code, Problems};
use crate::flow::entry::{Entry, Path, not_wanted};
use crate::syntax::Form;

/// `:prefix`: a map, or only the default.
pub(super) fn check_prefix(form: &Form, path: Path, problems: &mut Problems) {
    if form.as_string().is_some() {
        check_folder(form, "`:prefix` of a blob storage", &path, problems);
        return;
    }
    let Some(entry) = Entry::open(form, path, &PREFIX, Code::INVALID_FIELD, problems) else { return };
    if let Some(default) = entry.get("default").filter(|it| it.as_string().is_some()) {
        check_folder(default, "`:default` of a storage prefix", &entry.at("default"), problems);
    }
}

/// Folders are relative and stay below their root.
pub(in crate::flow) fn check_folder(form: &Form, what: &str, path: &Path, problems: &mut Problems) {
    let text = form.as_string().map(ToString::to_string).unwrap_or_default();
    if text.starts_with('/') || text.split('/').any(|part| part == "..") {
        problems.report(path.of(not_wanted(what, "a relative folder without `..`", form)));
    }
}
