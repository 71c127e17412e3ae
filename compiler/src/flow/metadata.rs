//! Fields that are stored with the flow and change no run: icon, listing, sale, display data. Their shapes are checked as
//! far as they are known.

use breyta_catalog::fields::{DISCOVER, FieldType, MARKETPLACE, PUBLISH_MEDIA};

use super::definition::field;
use super::entry::{Entry, Path, check_type, later, name_of, not_wanted};
use crate::diagnostics::{Code, Problems};
use crate::source::Spanned;
use crate::syntax::{Form, FormKind};
use breyta_core::Value;

/// What is stored with the flow.
#[derive(Clone, Debug, Default)]
pub struct Metadata {
    pub icon: Option<Spanned<String>>,
    /// Whether releases need the deploy key.
    pub deploy_key_required: bool,
    /// `:discover {:public …}`.
    pub public: Option<bool>,
    /// `:marketplace {:visible …}`.
    pub visible: Option<bool>,
}

pub(super) fn define(map: &Form, problems: &mut Problems) -> Metadata {
    let root = Path::root();
    wanted(map, "deploy-key-required", &root, "true or false", |form| truth(form).is_some(), problems);
    let deploy_key_required = field(map, "deploy-key-required").and_then(truth);
    if let Some(form) = field(map, "deploy-key-required").filter(|_| deploy_key_required == Some(true)) {
        let what = "`:deploy-key-required true`";
        problems.refuse(root.key("deploy-key-required").of(later(what, form.span)));
    }
    let discover = field(map, "discover")
        .and_then(|form| Entry::open(form, root.key("discover"), &DISCOVER, Code::INVALID_FIELD, problems));
    for (section, shape) in [("marketplace", &MARKETPLACE), ("publish-media", &PUBLISH_MEDIA)] {
        if let Some(form) = field(map, section) {
            check_type(FieldType::Open(shape), form, &format!("`:{section}`"), &root.key(section), problems);
        }
    }
    wanted(map, "icon", &root, "a keyword", |form| name_of(form).is_some(), problems);
    let icon = field(map, "icon");
    Metadata {
        icon: icon.and_then(|form| Some(Spanned::new(name_of(form)?.to_owned(), form.span))),
        deploy_key_required: deploy_key_required == Some(true),
        public: discover.and_then(|it| it.get_boolean("public")),
        visible: field(map, "marketplace").and_then(|form| form.map_get("visible")).and_then(truth),
    }
}

/// Reports a value under a key that does not fit.
fn wanted(
    map: &Form,
    key: &str,
    path: &Path,
    wanted: &str,
    fits: fn(&Form) -> bool,
    problems: &mut Problems,
) {
    if let Some(form) = field(map, key).filter(|form| !fits(form)) {
        problems.report(path.key(key).of(not_wanted(&format!("`:{key}`"), wanted, form)));
    }
}

fn truth(form: &Form) -> Option<bool> {
    match form.kind {
        FormKind::Atom(Value::Bool(value)) => Some(value),
        _ => None,
    }
}
