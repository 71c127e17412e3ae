//! The limits that the platform documents, and what becomes of each here. Not where a limit is enforced: it says where.

/// A limit of the platform.
#[derive(Debug)]
pub struct PlatformLimit {
    /// What it bounds.
    pub what: &'static str,
    pub value: &'static str,
    pub kept: Kept,
}

/// How a limit is kept.
#[derive(Clone, Copy, Debug)]
pub enum Kept {
    /// By a row of [`super::LIMITS`].
    By(&'static str),
    /// By checks of its own.
    Checked(&'static str),
    /// Not at all before steps of this family are carried out.
    With(&'static str),
    /// Not at all, because what it bounds is refused when building.
    Refused(&'static str),
}

use Kept::{By, Checked, Refused, With};

const fn limit(what: &'static str, value: &'static str, kept: Kept) -> PlatformLimit {
    PlatformLimit { what, value, kept }
}

/// A value of a step's config.
const CONFIG: Kept =
    Checked("when compiling what is written down: `invalid-config-value`; when running: `invalid-config`");

/// All of them.
pub const PLATFORM: &[PlatformLimit] = &[
    limit("Definition, without what its templates and functions hold", "150 KB", By("definition-bytes")),
    limit("Templates together", "1 MB", By("templates-bytes")),
    limit("Functions together", "1 MB", By("functions-bytes")),
    limit("Whole package", "2.1 MB", Checked("by the three above")),
    limit("Steps written in a flow", "50", By("steps-per-flow")),
    limit("Identifiers", "128 characters", Checked("when compiling: `invalid-field`, `malformed-form`")),
    limit(
        "Description of a packaged step or agent",
        "4,000 characters",
        Checked("when compiling: `invalid-field`"),
    ),
    limit("Depth of called flows", "5", By("call-flow-depth")),
    limit("Step executions of a run", "10,000", By("steps-per-run")),
    limit("HTTP requests of a run", "50", By("http-requests-per-run")),
    limit("Duration of a run", "30 days", By("run-duration-ms")),
    limit("Child flows of a run", "25", By("child-flows-per-run")),
    limit("Fan-outs of a run", "5", By("fanouts-per-run")),
    limit("Items of all fan-outs of a run", "100", By("fanout-items-per-run")),
    limit("Items of a fan-out, and how many at once", "25, 5", CONFIG),
    limit("Timeout of a wait or a sleep", "24 h when nothing is said, 30 days at most", CONFIG),
    limit("Timeout of a question to people", "24 h when nothing is said, 30 days at most", CONFIG),
    limit(
        "Timeout and attempts of a poll",
        "1 h, 100",
        Checked(
            "when compiling what is written down: `invalid-config-value`; when running: `illegal-argument`",
        ),
    ),
    limit(
        "Inline result that is warned about",
        "512 KB",
        Checked("when running: the warning `large-result`"),
    ),
    limit("Inline result", "1 MB", By("result-bytes-max")),
    limit("Buffered HTTP response", "10 MB", By("http-response-bytes")),
    limit("Run of one step", "15 min", By("attempt-timeout-ms")),
    limit("LLM tokens of a run, and of one call", "100,000, 10,000", With("llm")),
    limit(
        "Iterations, tool calls and repeated tool calls of an agent",
        "20 to 100, 100 to 1,000, 100",
        With("llm"),
    ),
    limit("Rows and result of a query", "5,000, 1 MB", With("db")),
    limit("Documents of a query", "100 when nothing is said, 1,000 at most", With("db")),
    limit("Payload of a notification", "1 MB", With("notify")),
    limit(
        "Key, value, time to live, list and append of `:kv`",
        "256 characters, 1 MB, 1 year, 1,000, 1,000",
        With("kv"),
    ),
    limit("Hits, hydrated hits and characters of a search", "20, 10, 100,000", With("search")),
    limit("Page and recomputed rows of a table", "1,000, 1,000", With("table")),
    limit("Timeout of an SSH command", "60 s when nothing is said", With("ssh")),
    limit("Stored blob, kept and for a while", "50 MB, 4 GB", Refused("`:persist`")),
    limit(
        "Request body out of a stored blob",
        "10 MB, 20 MB",
        Refused("`:persist`, which makes the reference,"),
    ),
    limit("Payload of a webhook", "50 MB", Refused("a webhook interface")),
    limit("Wait for an MCP tool", "180 s", Refused("an MCP interface or adapter")),
];
