//! `breytac mir`: the intermediate form as text.

use serde_json::json;

use crate::args::Mir;
use crate::frontend;
use crate::report::{self, Failure, Format};

pub(super) fn run(arguments: &Mir) -> Result<u8, Failure> {
    let flow = frontend::flow(&arguments.file, &arguments.with, arguments.format)?;
    let text = breyta_compiler::mir::print(&flow.program);
    match arguments.format {
        Format::Json => report::success(json!({ "mir": text, "version": flow.program.version }), "mir"),
        Format::Human => report::out(&text),
    }
    Ok(0)
}
