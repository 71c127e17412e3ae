//! Every diagnostic code: its stable name, its severity and its page.
//!
//! A page is documentation, `breytac explain` output and a test at once: its example must yield exactly that code.

use super::Severity;

/// A row of the table below.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Code(&'static Row);

#[derive(PartialEq, Eq)]
struct Row {
    name: &'static str,
    severity: Severity,
    page: &'static str,
}

impl Code {
    /// The stable name, `unknown-function`.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    pub fn severity(self) -> Severity {
        self.0.severity
    }

    /// Markdown.
    pub fn page(self) -> &'static str {
        self.0.page
    }

    pub fn find(name: &str) -> Option<Code> {
        ALL.iter().copied().find(|code| code.name() == name)
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $constant:ident $name:literal $severity:ident;)*) => {
        impl Code {
            $($(#[doc = $doc])* pub const $constant: Code = Code(&Row {
                name: $name,
                severity: Severity::$severity,
                page: include_str!(concat!("pages/", $name, ".md")),
            });)*
        }

        /// All codes, in the order of the table.
        pub const ALL: &[Code] = &[$(Code::$constant),*];
    };
}

codes! {
    /// A bracket closes nothing, closes the wrong bracket, or is never closed.
    DELIMITERS_INVALID "clojure_delimiters_invalid" Error;
    /// A string without an end, or text that is no token.
    SYNTAX_INVALID "clojure_syntax_invalid" Error;
    /// Readable text that makes no form: odd map, trailing form, unknown tag.
    READER_INVALID "clojure_reader_invalid" Error;
    /// `#=` is never evaluated.
    READER_EVAL_DISABLED "clojure_reader_eval_disabled" Error;
    /// The same key twice in a map, the same member twice in a set.
    DUPLICATE_KEY "duplicate-key" Error;
    /// The file is empty or holds no map.
    NOT_A_FLOW "not-a-flow" Error;
    /// `:slug`, `:concurrency` or `:flow` is missing.
    MISSING_REQUIRED_FIELD "missing_required_field" Error;
    /// `:concurrency nil`.
    INVALID_REQUIRED_FIELD "invalid_required_field" Error;
    /// A field has a value of the wrong shape.
    INVALID_FIELD "invalid-field" Error;
    /// A key that no version of the format knows.
    UNKNOWN_KEY "unknown-key" Warning;
    /// A key, form or step that the format has and this compiler does not support yet.
    NOT_SUPPORTED_YET "not-supported-yet" Error;
    /// `:flow` without the quote.
    FLOW_BODY_UNQUOTED "flow-body-unquoted" Error;
    /// A step family that does not exist.
    UNKNOWN_STEP_FAMILY "unknown-step-family" Error;
    /// `:ref` names no entry of `:functions`.
    UNKNOWN_FUNCTION_REF "unknown-function-ref" Error;
    /// `:connection` names no slot of `:requires`.
    UNKNOWN_CONNECTION_SLOT "unknown-connection-slot" Error;
    /// `:template` names no entry of `:templates`.
    UNKNOWN_TEMPLATE_REF "unknown-template-ref" Error;
    /// A symbol that is neither bound nor a library function.
    UNKNOWN_SYMBOL "unknown-symbol" Error;
    /// A call with a number of arguments that the callee does not take.
    WRONG_ARITY "wrong-arity" Error;
    /// A value that can never be what is needed here.
    TYPE_MISMATCH "type-mismatch" Error;
    /// A key that a value of known shape does not have.
    UNKNOWN_FIELD "unknown-field" Error;
    /// A special form or macro is not written as it must be.
    MALFORMED_FORM "malformed-form" Error;
    /// A step where it cannot be carried out: in a function, in a closure.
    MISPLACED_STEP "misplaced-step" Error;
    /// Two steps with the same id at one place.
    DUPLICATE_STEP_ID "duplicate-step-id" Error;
    /// A value that is not data would have to be stored.
    NOT_STORABLE "not-storable" Error;
    /// A config key that the family does not have.
    UNKNOWN_CONFIG_KEY "unknown-config-key" Error;
    /// A config key that must be there.
    MISSING_CONFIG_KEY "missing-config-key" Error;
}
