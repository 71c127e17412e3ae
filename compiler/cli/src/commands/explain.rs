//! `breytac explain`: the page of a diagnostic, or what a code of this command itself means.

use breyta_compiler::diagnostics::{Code, codes, nearest};
use serde_json::json;

use crate::args::Explain;
use crate::report::{self, Failure, Format};

/// Codes of what goes wrong around compiling, not in a flow.
const OWN: &[(&str, &str)] = &[
    (
        "cache-entry-broken",
        "The compiled runtime was not whole right after it was written. Is the disk full?",
    ),
    (
        "cache-folder-unknown",
        "There is no home folder to keep the compiled runtime in. Set `BREYTAC_CACHE` to a folder.",
    ),
    ("cannot-start", "The built executable could not be started."),
    ("cannot-write", "A file or folder could not be written. What was there before is unchanged."),
    (
        "file-changed",
        "A file got another content while its suggested changes were being worked out. Nothing was written; run `check --fix` again.",
    ),
    ("file-is-a-folder", "A flow is one file. Name the file in the folder."),
    ("file-not-found", "There is no file under the name that was given."),
    ("file-unreadable", "The file is there but cannot be read."),
    ("flow-invalid", "The flow has errors; each is shown with its own code."),
    (
        "child-flow-invalid",
        "A flow given with --with has errors of its own. Mend it first: `breytac check CHILD` shows them.",
    ),
    (
        "internal-codegen-error",
        "rustc rejects the Rust that breytac generated. This is a fault of breytac. The generated crate is kept in the folder that the message names; please report it with that crate.",
    ),
    ("link-failed", "The linker could not put the executable together. Its output is in the message."),
    (
        "linker-missing",
        "rustc links with the system's C compiler, and there is none. Install gcc or clang (Debian: `apt install build-essential`).",
    ),
    (
        "lint-invalid",
        "A level was asked for a diagnostic that does not exist, or that cannot have it: what is always an error cannot be allowed.",
    ),
    ("not-utf8", "Flow source is UTF-8 text. The message names the first byte that is not."),
    ("output-is-a-file", "`emit -o` wants a folder."),
    ("output-is-a-folder", "`build -o` wants the name of the executable."),
    ("output-not-empty", "`emit` writes only into a new folder, an empty one, or one that it wrote before."),
    (
        "runtime-build-failed",
        "The runtime could not be compiled. The first build needs the crate registry (run `breytac setup` while online) and a C compiler. All of cargo's output is in the log file that the message names.",
    ),
    (
        "settings-invalid",
        "`breytac.toml` beside the flow is not as it should be. It may hold `[lints]`, which maps codes to \"allow\", \"warn\" or \"deny\", and `[observability]` with `otlp = true`.",
    ),
    (
        "toolchain-missing",
        "Executables are built with the Rust compiler. Install it from https://rustup.rs, or set `BREYTAC_RUSTC` to a rustc.",
    ),
    (
        "toolchain-too-old",
        "The Rust compiler that was found is too old. `rustup update stable`, or set `BREYTAC_RUSTC` to a newer one.",
    ),
    ("usage", "The command line is not one that breytac knows. `breytac help` shows all commands."),
];

pub(super) fn run(arguments: &Explain) -> Result<u8, Failure> {
    let name = arguments.code.trim_matches(['[', ']']);
    let (severity, page) = match (Code::find(name), OWN.iter().find(|(own, _)| *own == name)) {
        (Some(code), _) => (
            match code.severity() {
                breyta_compiler::diagnostics::Severity::Error => "error",
                breyta_compiler::diagnostics::Severity::Warning => "warning",
            },
            code.page().to_owned(),
        ),
        (None, Some((_, text))) => ("error", format!("# {name}\n\n{text}\n")),
        (None, None) => return Err(unknown(name)),
    };
    match arguments.format {
        Format::Json => {
            report::success(json!({ "code": name, "severity": severity, "page": page }), "explain");
        }
        Format::Human => report::out(&page),
    }
    Ok(0)
}

fn unknown(name: &str) -> Failure {
    let known = codes::ALL.iter().map(|code| code.name()).chain(OWN.iter().map(|(own, _)| *own));
    let near = nearest(name, known);
    let failure = Failure::usage("unknown-code", format!("there is no diagnostic `{name}`"));
    match near.as_slice() {
        [] => failure.help("the code stands in brackets behind `error` or `warning`"),
        near => failure.help(format!("did you mean {}?", near.join(" or "))),
    }
}
