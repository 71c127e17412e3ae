//! `tests/codegen/**/*.edn`: how one construct is spelled in Rust, beside its fixture.

use breyta_compiler::source::Sources;
use breyta_compiler::{codegen, compile};
use breyta_tests::{fixture, spec, tree};

#[test]
fn rust() {
    fixture::each("codegen", ".edn", |path| {
        let sources = Sources::single(tree::shown(path), tree::read(path));
        let compilation = compile(&sources);
        fixture::assert_none(&spec::errors(&compilation));
        let (definition, program) = (compilation.definition.unwrap(), compilation.program.unwrap());
        for (path, text) in
            &codegen::generate(&sources, &definition, &program, &codegen::Place::default()).files
        {
            syn::parse_file(text).unwrap_or_else(|error| panic!("{path} is no Rust: {error}\n{text}"));
        }
        fixture::assert_beside(path, "rs", &codegen::excerpt(&sources, &program));
    });
}
