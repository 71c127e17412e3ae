//! Function code wherever it stands: the entries of `:functions`, `:code` of steps and of packaged steps; as a quoted
//! form, a bare form or a string.
//!
//! Only what is one `(fn …)` form counts. Whether code is well-formed is not judged here.

use std::collections::BTreeSet;

use crate::flow::functions::is_function;
use crate::source::{Sources, Span};
use crate::syntax::{Form, FormKind, read_code_string};

/// All code of a definition.
pub(super) struct Collected<'f> {
    written: Vec<&'f Form>,
    /// Out of strings.
    read: Vec<Form>,
    /// Where these strings stand.
    strings: BTreeSet<Span>,
}

impl<'f> Collected<'f> {
    pub(super) fn from(sources: &Sources, definition: &'f Form) -> Self {
        let mut found = Self { written: Vec::new(), read: Vec::new(), strings: BTreeSet::new() };
        super::each(definition, &mut |form| {
            if let Some(value) = form.map_get("code") {
                found.add(sources, value);
            }
        });
        // The older `:functions {:id code}`.
        for (_, value) in definition.map_get("functions").and_then(Form::as_map).into_iter().flatten() {
            found.add(sources, value);
        }
        found
    }

    fn add(&mut self, sources: &Sources, value: &'f Form) {
        if let FormKind::String(string) = &value.kind {
            let reading = read_code_string(sources, string, value.span);
            if let Ok([code]) = <[Form; 1]>::try_from(reading.forms)
                && reading.problems.is_empty()
                && is_function(&code)
            {
                self.read.push(code);
                self.strings.insert(value.span);
            }
            return;
        }
        let code = super::quoted(value).unwrap_or(value);
        if is_function(code) {
            self.written.push(code);
        }
    }

    /// The `(fn …)` forms.
    pub(super) fn forms(&self) -> impl Iterator<Item = &Form> {
        self.written.iter().copied().chain(&self.read)
    }

    /// Those of them that stand in strings.
    pub(super) fn in_strings(&self) -> &[Form] {
        &self.read
    }

    /// Whether a string form holds code.
    pub(super) fn is_code(&self, string: &Form) -> bool {
        self.strings.contains(&string.span)
    }
}
