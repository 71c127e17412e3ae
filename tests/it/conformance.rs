//! Real Clojure's answers through the interpreter: no worse than before. `cargo xtask conformance` says what is left.

use breyta_tests::conformance::{self, Arguments, thresholds};
use breyta_tests::fixture;

#[test]
fn no_row_is_lost() {
    let program = Some(env!("CARGO_BIN_EXE_conformance").into());
    let arguments = Arguments { interp: true, program, ..Arguments::default() };
    let rows = conformance::selected(&arguments).unwrap();
    assert!(rows.len() > 5_000, "the rows are gone");
    let score = conformance::score(&rows, &arguments);
    fixture::assert_none(&thresholds::read().fallen(&score));
}
