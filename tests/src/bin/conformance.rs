//! The conformance suite; `cargo xtask conformance` starts it.

use std::io::Write as _;
use std::process::ExitCode;

use breyta_tests::conformance::{self, Arguments};

fn main() -> ExitCode {
    match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => conformance::run(&arguments),
        Err(error) => {
            // A closed standard error leaves nobody to tell.
            let _ = writeln!(std::io::stderr(), "conformance: {error}");
            ExitCode::from(2)
        }
    }
}
