//! `tests/lower/**/*.edn`: the MIR of one construct each, with live sets, beside its fixture.

use breyta_compiler::source::Sources;
use breyta_tests::{fixture, spec, tree};

#[test]
fn mir() {
    fixture::each("lower", ".edn", |path| {
        let sources = Sources::single(tree::shown(path), tree::read(path));
        let compilation = breyta_compiler::compile(&sources);
        fixture::assert_none(&spec::errors(&compilation));
        let program = compilation.program.expect("a flow without problems has a program");
        fixture::assert_beside(path, "mir", &breyta_compiler::mir::print(&program));
    });
}
