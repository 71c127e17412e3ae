//! Error codes at run time: what stands under `:type` of an error map and in `error.code` of the envelope.
//!
//! A code says what kind of thing went wrong; the message says what. Diagnostics of the compiler are not here.

/// One code.
#[derive(Debug)]
pub struct ErrorCode {
    /// A kebab-case word.
    pub name: &'static str,
    /// What it means, in one line.
    pub meaning: &'static str,
    /// Whether trying the same again may succeed.
    pub retryable: bool,
}

const fn code(name: &'static str, meaning: &'static str) -> ErrorCode {
    ErrorCode { name, meaning, retryable: false }
}

const fn transient(name: &'static str, meaning: &'static str) -> ErrorCode {
    ErrorCode { name, meaning, retryable: true }
}

pub const CODES: &[ErrorCode] = &[
    // Steps that act outside.
    transient("connect", "no connection to the other side"),
    code("tls", "the TLS handshake failed"),
    transient("timeout", "the attempt took longer than its timeout"),
    code("http-status", "the response has status 400 or above (408, 425, 429 and 5xx may be tried again)"),
    code("too-large", "the response is larger than http-response-bytes"),
    code("binary-inline", "the response is binary and cannot be an inline result"),
    code("parse", "the response body is not what :response-as says"),
    code("auth", "the credentials cannot be used"),
    code("blocked", "the request goes where requests may not go"),
    code("invalid-config", "a config value has the wrong shape"),
    code("template", "a template cannot be rendered"),
    code("not-supported-yet", "a config asks for something that this version does not carry out"),
    code("not-storable", "what a function step returns is not data"),
    code("result-not-data", "the result of a step holds a function or a regex, or is nested too deeply"),
    code(
        "value-not-data",
        "a value that must be stored, or the result of a run, holds a function or a regex",
    ),
    code("result-not-json", "the result of a run cannot be shown as JSON"),
    code("missing-binding", "a connection slot has no binding, or the binding lacks a field"),
    // Compiled code.
    code("thrown", "the flow threw with ex-info"),
    code("assertion", "an assertion does not hold"),
    code("illegal-state", "an operation is not allowed at this point"),
    code("runtime", "the flow threw an error of no other kind"),
    code("sandbox-limit", "a call used up a bound of the sandbox"),
    code("arithmetic", "division by zero or integer overflow"),
    code("arity", "a function was called with a number of arguments that it does not take"),
    code("class-cast", "a value has the wrong type for an operation"),
    code("illegal-argument", "a value is not allowed for an operation"),
    code("date-time", "a text is no date, or a date does not exist"),
    code("index-out-of-bounds", "an index lies outside of its collection"),
    code("null-pointer", "nil where a value is needed"),
    code("number-format", "a text is no number"),
    code("unsupported-operation", "an operation does not exist for a value"),
    code("sandbox-fuel", "a call used up its fuel"),
    code("sandbox-depth", "a call recursed too deeply"),
    code("sandbox-memory", "a call built values that are too large"),
    code("loop-limit", "a loop with steps went through more rounds than its bound allows"),
    // Runs.
    code(
        "effect-in-doubt",
        "the process ended in the middle of a step that must not be repeated blindly; a person decides",
    ),
    code("rejected", "a person rejected a step, or its result"),
    code("wait-timeout", "nobody answered a wait or a question in time"),
    code("invalid-answer", "a warning in the timeline: what came for a wait is no answer"),
    code("expectation-failed", "the result of a step is not what :expect says"),
    code("mocked", "a warning in the timeline: a step gave its :mock and was not carried out"),
    code("child-failed", "a child flow failed or was cancelled"),
    code("unknown-flow", "a called flow is not linked into the executable"),
    code("poll-timeout", "flow/poll used up its time or its attempts"),
    code("poll-aborted", "flow/poll met what it must not go on with"),
    code("step-failed", "a step failed and nothing caught it"),
    code("result-too-large", "a step result is larger than result-bytes-max"),
    code("large-result", "a warning in the timeline: a step result is large and should be persisted"),
    code("limit-exceeded", "a run used up one of its limits"),
    code("run-timeout", "the run took longer than run-duration-ms"),
    code("run_inputs_missing", "a required input is missing"),
    code("invalid-input", "an input is not what its type says, or the text is no JSON"),
    code("unknown-invocation", "the flow has no such invocation"),
    code("run-cancelled", "somebody cancelled the run"),
    code("unknown-position", "the run stands at a state that the flow does not have; it is parked"),
    code("unreadable-state", "the stored state of the run cannot be read; it is parked"),
    code(
        "crash-loop",
        "the process died again and again over the run, and nothing was committed in between; it is parked",
    ),
    code("no-progress", "carrying the run on was refused again and again for the same reason; it is parked"),
    code(
        "state-mismatch",
        "--verify: the stored state is not the one that follows from the journal; the run is parked",
    ),
    code("unknown-run", "the store has no such run"),
    code("invalid-payload", "the answer to a wait is not what the wait asks for"),
    code("unknown-command", "another process's command is not open any more"),
    code("unknown-wait", "the run has no such open wait"),
    code("wait-answered", "somebody answered the wait already"),
    code("duplicate-wait-key", "another open wait has the same key"),
    code("mocks-in-release", "a run with mocks, which are for drafts, and an executable that is a release"),
    code("version-mismatch", "the run belongs to another version of the flow"),
    code("already-driven", "another driver of this process carries the run on"),
    code("run-still-open", "the run has not ended, so that it cannot be tried again"),
    code("run-of-parent", "the run was called by another one, which alone can begin it again"),
    code("unknown-step", "the run never came to such a step"),
    code("ambiguous-step", "the run came to the step more than once, and it was not said which is meant"),
    code("already_completed", "the run has ended already"),
    code("run-ended", "the run has ended, so that nothing can be done with it"),
    code("run_slot_taken", "an active run holds the concurrency slot"),
    code("runs-not-completed", "some of the resumed runs did not complete"),
    code("concurrency_key_missing", "the input has no value under the key field of a keyed flow"),
    code("bad-program", "the program and the stored run do not fit together"),
    code("runtime-unavailable", "the process could not start its runtime"),
    code("damaged-executable", "the executable's own contract cannot be read"),
    // The command line and its files.
    code("usage", "the command line makes no sense (exit status 2)"),
    code("input-unreadable", "the input file cannot be read"),
    code("bindings-unreadable", "the bindings file cannot be read"),
    code("bindings-unwritable", "the bindings cannot be saved"),
    code("bindings-invalid", "the bindings file has the wrong shape"),
    code("profile_bindings_incomplete", "a slot that the flow needs has no binding"),
    // The store.
    transient("store-locked", "another process owns the data directory"),
    code("store-older-format", "an older version has written the store, and uses it"),
    code("store-newer-format", "a newer version has written the store"),
    code("store-corrupt", "the store is damaged"),
    transient("store-full", "the disk is full"),
    code("store-read-only", "the data directory cannot be opened or written"),
    code("store-epoch-lost", "another process has taken the store over"),
    code("store-conflict", "the stored run changed in between"),
    code("store-other-flow", "the data directory belongs to another flow"),
    code("store-missing", "the data directory holds no store"),
    transient("store-io", "the store could not be read or written"),
];

/// The row of a code.
pub fn find(name: &str) -> Option<&'static ErrorCode> {
    CODES.iter().find(|code| code.name == name)
}
