//! The one test command. Builds what the tests start as programs first, so that no test waits for a build.

use anyhow::Result;

use crate::program;

pub(crate) fn run(filter: &[&str]) -> Result<()> {
    program::run(&mut program::cargo(&["build", "--package", "breytac"]))?;
    let mut arguments = vec!["test", "--workspace"];
    arguments.extend_from_slice(filter);
    let mut command = program::cargo(&arguments);
    // A snapshot that differs fails here; `cargo xtask bless` is the way to change one.
    if std::env::var_os("INSTA_UPDATE").is_none() {
        command.env("INSTA_UPDATE", "no");
    }
    program::run(&mut command)?;
    program::print("all tests passed")
}
