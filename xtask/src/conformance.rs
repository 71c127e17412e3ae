//! `conformance`: the rows of `tests/conformance` against real Clojure's answers. The work is done by a binary of the
//! tests crate, which is linked to the compiler and the runtime.

use anyhow::Result;

use crate::program;

pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let mut words = vec!["run", "--quiet", "--package", "breyta-tests", "--bin", "conformance", "--"];
    words.extend_from_slice(arguments);
    program::run(&mut program::cargo(&words))
}
