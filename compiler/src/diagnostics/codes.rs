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

    /// Errors that say "do not write it so", not "this cannot work": they can be allowed.
    pub fn is_allowable(self) -> bool {
        [Self::PROHIBITED_ORCHESTRATION_TRANSFORM, Self::UNSUPPORTED_VISUAL_FLOW_FORM].contains(&self)
    }

    /// About the shape of a call, and decided by `lint`: one place has at most one of these.
    pub fn is_call_shape(self) -> bool {
        [
            Self::FLOW_STEP_ARITY_INVALID,
            Self::FLOW_STEP_MISSING_CONFIG,
            Self::FLOW_STEP_MISSING_STEP_ID,
            Self::FLOW_STEP_INVALID_TYPE,
            Self::FLOW_STEP_PACKAGED_EXTRA_ARGUMENT,
            Self::FUNCTION_STEP_ARITY_INVALID,
            Self::FUNCTION_STEP_CONFIG_INVALID,
            Self::FUNCTION_STEP_CODE_REF_CONFLICT,
            Self::FUNCTION_STEP_MISSING_CODE_OR_REF,
            Self::MISSING_PACKAGED_STEP_REFERENCE,
            Self::SANDBOX_UNBOUNDED_RANGE,
        ]
        .contains(&self)
    }

    /// Errors of which some are no more than warnings: these can be allowed, the others not.
    pub fn is_sometimes_warning(self) -> bool {
        [
            Self::FLOW_STEP_MISSING_STEP_ID,
            Self::FLOW_STEP_PACKAGED_EXTRA_ARGUMENT,
            Self::FUNCTION_STEP_INPUT_SHAPE_INVALID,
        ]
        .contains(&self)
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
    /// A regex literal, or the literal text given to `re-pattern`, that is no pattern.
    INVALID_REGEX "invalid-regex" Error;
    /// `#flow/include` of a file that cannot be put in.
    FLOW_INCLUDE_INVALID "flow_include_invalid" Error;
    /// The same key twice in a map, the same member twice in a set.
    DUPLICATE_KEY "duplicate-key" Error;
    /// More bytes than a definition may have.
    DEFINITION_TOO_LARGE "definition-too-large" Error;
    /// More bytes than all templates together may have.
    TEMPLATES_TOO_LARGE "templates-too-large" Error;
    /// More bytes than the code of all functions together may have.
    FUNCTIONS_TOO_LARGE "functions-too-large" Error;
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
    /// A key that entries of a section do not have.
    UNKNOWN_SECTION_KEY "unknown-section-key" Error;
    /// An entry of a section lacks a key that it needs.
    MISSING_KEY "missing-key" Error;
    /// Two slots, templates or functions with one name.
    DUPLICATE_ID "duplicate-id" Error;
    /// `:functions` in its older form, a map.
    FUNCTIONS_AS_MAP "functions-as-map" Warning;
    /// A manual entry of `:triggers`.
    DEPRECATED_MANUAL_TRIGGER "deprecated_manual_trigger" Warning;
    /// The flow has no `:interfaces`.
    MISSING_INTERFACES "missing_interfaces" Warning;
    /// The flow has no `:invocations`.
    MISSING_INVOCATIONS "missing_invocations" Warning;
    /// `:invocations` is no map.
    INVALID_INVOCATIONS_SHAPE "invalid_invocations_shape" Error;
    /// The name of an invocation is no plain keyword.
    INVALID_INVOCATION_ID "invalid_invocation_id" Error;
    /// An invocation is no map.
    INVALID_INVOCATION_SHAPE "invalid_invocation_shape" Error;
    /// `:inputs` is no vector.
    INVALID_INVOCATION_INPUTS_SHAPE "invalid_invocation_inputs_shape" Error;
    /// An input is no map.
    INVALID_INVOCATION_INPUT_SHAPE "invalid_invocation_input_shape" Error;
    /// An input without a name.
    MISSING_INVOCATION_INPUT_NAME "missing_invocation_input_name" Error;
    /// The name of an input is no safe identifier.
    INVALID_INVOCATION_INPUT_NAME "invalid_invocation_input_name" Error;
    /// Two inputs of an invocation with one name.
    DUPLICATE_INVOCATION_INPUT_NAME "duplicate_invocation_input_name" Error;
    /// An input type that does not exist.
    INVALID_INVOCATION_INPUT_TYPE "invalid_invocation_input_type" Error;
    /// `:interfaces` is no map.
    INVALID_INTERFACES_SHAPE "invalid_interfaces_shape" Error;
    /// A kind of interfaces is no vector.
    INVALID_INTERFACE_CATEGORY_SHAPE "invalid_interface_category_shape" Error;
    /// More than one interface of a kind.
    TOO_MANY_INTERFACES "too_many_interfaces" Error;
    /// An interface is no map.
    INVALID_INTERFACE_SHAPE "invalid_interface_shape" Error;
    /// An interface without `:id`.
    MISSING_INTERFACE_ID "missing_interface_id" Error;
    /// `:id` of an interface is no safe identifier.
    INVALID_INTERFACE_ID "invalid_interface_id" Error;
    /// Two interfaces with one `:id`.
    DUPLICATE_INTERFACE_ID "duplicate_interface_id" Error;
    /// An interface without `:invocation`.
    MISSING_INTERFACE_INVOCATION "missing_interface_invocation" Error;
    /// `:invocation` of an interface is no name.
    INVALID_INTERFACE_INVOCATION "invalid_interface_invocation" Error;
    /// `:invocation` of an interface names no invocation.
    UNKNOWN_INTERFACE_INVOCATION "unknown_interface_invocation" Error;
    /// A step family that does not exist.
    UNKNOWN_STEP_FAMILY "unknown-step-family" Error;
    /// `flow/call-flow` names a flow that is not linked.
    UNKNOWN_FLOW "unknown-flow" Error;
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
    /// `recur` where it is not the last thing that its loop does.
    MISPLACED_RECUR "misplaced-recur" Error;
    /// Two steps with the same id at one place.
    DUPLICATE_STEP_ID "duplicate-step-id" Error;
    /// A value that is not data would have to be stored.
    NOT_STORABLE "not-storable" Error;
    /// A config key that the family does not have.
    UNKNOWN_CONFIG_KEY "unknown-config-key" Error;
    /// A config key that must be there.
    MISSING_CONFIG_KEY "missing-config-key" Error;
    /// The same step id in several branches: allowed, told apart by path.
    REPEATED_STEP_ID "repeated-step-id" Warning;
    /// More steps in a flow body than the platform takes.
    TOO_MANY_STEPS "too-many-steps" Warning;
    /// `flow/step` with more than three arguments.
    FLOW_STEP_ARITY_INVALID "flow_step_arity_invalid" Error;
    /// `flow/step` without a config map.
    FLOW_STEP_MISSING_CONFIG "flow_step_missing_config" Error;
    /// `flow/step` without a literal step id.
    FLOW_STEP_MISSING_STEP_ID "flow_step_missing_step_id" Error;
    /// `flow/step` whose family is no literal keyword.
    FLOW_STEP_INVALID_TYPE "flow_step_invalid_type" Error;
    /// A function step with other arguments than an id and one config map.
    FUNCTION_STEP_ARITY_INVALID "function_step_arity_invalid" Error;
    /// The input of a function step can never be a map.
    FUNCTION_STEP_INPUT_SHAPE_INVALID "function_step_input_shape_invalid" Error;
    /// A step names a packaged step or agent that is not declared.
    MISSING_PACKAGED_STEP_REFERENCE "missing_packaged_step_reference" Error;
    /// A function step whose config is no map literal.
    FUNCTION_STEP_CONFIG_INVALID "function_step_config_invalid" Error;
    /// A function step with both `:code` and `:ref`.
    FUNCTION_STEP_CODE_REF_CONFLICT "function_step_code_ref_conflict" Error;
    /// A function step with neither `:code` nor `:ref`.
    FUNCTION_STEP_MISSING_CODE_OR_REF "function_step_missing_code_or_ref" Error;
    /// Function code that is not exactly one `(fn …)` form.
    FUNCTION_CODE_STRING_INVALID "function_code_string_invalid" Error;
    /// A sequence transform in the flow body.
    PROHIBITED_ORCHESTRATION_TRANSFORM "prohibited_orchestration_transform" Error;
    /// A threading macro that flow bodies do not have.
    UNSUPPORTED_VISUAL_FLOW_FORM "unsupported_visual_flow_form" Error;
    // Reusable parts: templates, packaged steps, agents, providers, tools.
    /// A text with `{{…}}` that is no Handlebars.
    TEMPLATE_SYNTAX "template-syntax" Error;
    /// A template calls a helper that does not exist.
    UNKNOWN_TEMPLATE_HELPER "unknown-template-helper" Error;
    /// A template calls a helper with arguments that it does not take.
    WRONG_HELPER_CALL "wrong-helper-call" Error;
    /// An n8n expression in a template.
    N8N_EXPRESSION "n8n-expression" Error;
    /// A template of type `:sql`.
    DEPRECATED_SQL_TEMPLATE "deprecated_sql_template" Warning;
    /// A packaged step around a family that cannot be wrapped.
    NOT_WRAPPABLE "not-wrappable" Error;
    /// The LLM provider family `:openai-compatible`.
    DEPRECATED_PROVIDER_FAMILY "deprecated_provider_family" Warning;
    /// A provider has the name of a built-in one.
    SHADOWED_PROVIDER "shadowed-provider" Warning;
    /// `:tools` names something that is not declared.
    UNKNOWN_TOOL "unknown-tool" Error;
    /// Two tools of one set with the same published name.
    TOOL_NAME_COLLISION "tool-name-collision" Error;
    /// `:provider` is close to a declared one, and is none.
    UNKNOWN_PROVIDER "unknown-provider" Error;
    /// A step family is given to a model without a packaged step around it.
    TOOL_NEEDS_PACKAGING "tool-needs-packaging" Error;
    /// An operation that changes something, without the permission to.
    MUTATION_NOT_ALLOWED "mutation-not-allowed" Error;
    /// Tools are given to a provider that runs none.
    PROVIDER_WITHOUT_TOOLS "provider-without-tools" Error;
    // Lint.
    /// The id of a workspace stands in a string.
    HARDCODED_WORKSPACE_ID "hardcoded_workspace_id" Warning;
    /// A very long string on one line.
    LARGE_INLINE_STRING "large_inline_string" Warning;
    /// `(range)` without an end.
    SANDBOX_UNBOUNDED_RANGE "sandbox_unbounded_range" Warning;
    /// A packaged step that nothing uses.
    UNREFERENCED_PACKAGED_STEP "unreferenced_packaged_step" Warning;
    /// Something that is no step id between a packaged step and its config.
    FLOW_STEP_PACKAGED_EXTRA_ARGUMENT "flow_step_packaged_extra_argument" Error;
    // Step configs.
    /// A config key with an older name or form.
    DEPRECATED_CONFIG_KEY "deprecated-config-key" Warning;
    /// A config key that has no effect.
    IGNORED_CONFIG_KEY "ignored-config-key" Warning;
    /// A config value that is not on the list, out of bounds or misspelt.
    INVALID_CONFIG_VALUE "invalid-config-value" Error;
    /// Two config keys that exclude each other.
    EXCLUSIVE_CONFIG_KEYS "exclusive-config-keys" Error;
    /// A text that is no duration.
    INVALID_DURATION "invalid-duration" Error;
    /// A secret in the source.
    INLINE_SECRET "inline-secret" Error;
    /// A text that looks like a key of a well-known service.
    TOKEN_IN_TEXT "token-in-text" Warning;
    /// A connection slot of another type than the step needs.
    WRONG_CONNECTION_TYPE "wrong-connection-type" Error;
    /// A template of another type than the step reads.
    WRONG_TEMPLATE_TYPE "wrong-template-type" Error;
    /// A `:breyta` step whose operation is not in its own `:allow`.
    OPERATION_NOT_ALLOWED "operation-not-allowed" Error;
    // Types.
    /// A packaged step is called with a key that its schema does not have.
    UNKNOWN_INPUT_KEY "unknown-input-key" Error;
    /// A packaged step is called without a key that its schema needs.
    MISSING_INPUT_KEY "missing-input-key" Error;
    /// `(get input "n")` where the input has `:n`.
    STRING_KEY_OF_INPUT "string-key-of-input" Warning;
    /// The data of a step lacks what its template reads.
    TEMPLATE_VARIABLE_MISSING "template-variable-missing" Warning;
    /// A schema that is none.
    INVALID_SCHEMA "invalid-schema" Error;
    /// A branch that is never taken.
    UNREACHABLE_BRANCH "unreachable-branch" Warning;
    /// A binding that nobody reads.
    UNUSED_BINDING "unused-binding" Warning;
    /// A slot, template or function that nothing names.
    UNUSED_DECLARATION "unused-declaration" Warning;
    // Requirements, interfaces, schedules.
    /// A schedule entry of `:triggers`.
    DEPRECATED_SCHEDULE_TRIGGER "deprecated_schedule_trigger" Warning;
    /// An event or webhook entry of `:triggers`.
    DEPRECATED_WEBHOOK_TRIGGER "deprecated_webhook_trigger" Warning;
    /// A form of `:requires` that is asked for at every run.
    DEPRECATED_RUN_COLLECTED_FORM "deprecated_run_collected_form" Warning;
    /// A connection slot of type `:llm-provider`.
    DEPRECATED_LLM_PROVIDER "deprecated_llm_provider" Warning;
    /// `(step …)` for `(flow/step …)`.
    DEPRECATED_STEP_CALL "deprecated_step_call" Warning;
    /// A step family under its older name.
    DEPRECATED_STEP_FAMILY "deprecated_step_family" Warning;
    /// A key in its older spelling.
    DEPRECATED_KEY "deprecated_key" Warning;
    /// More than one MCP interface.
    SEVERAL_MCP_INTERFACES "several-mcp-interfaces" Warning;
    /// A webhook that anybody could call.
    WEBHOOK_WITHOUT_AUTH "webhook-without-auth" Error;
    /// `:secret-ref` or `:public-key-ref` names no secret slot.
    UNKNOWN_SECRET_REF "unknown-secret-ref" Error;
    /// Text under `:cron` that is no schedule.
    INVALID_CRON "invalid-cron" Error;
    /// `:timezone` names no zone.
    UNKNOWN_TIME_ZONE "unknown-time-zone" Error;
    /// `:invocation` of a schedule names no invocation.
    UNKNOWN_SCHEDULE_INVOCATION "unknown-schedule-invocation" Error;
    /// `:key-field` names no input.
    CONCURRENCY_KEY_NOT_DECLARED "concurrency-key-not-declared" Warning;
    /// A schedule that starts keyed runs without their key.
    SCHEDULE_WITHOUT_KEY "schedule-without-key" Warning;
}
