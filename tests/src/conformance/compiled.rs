//! Cases through generated Rust: the functions of many rows in one executable, which answers case after case.

use std::collections::BTreeMap;
use std::process::{Command, ExitCode};

use breyta_compiler::mir::simplify::Passes;
use breyta_compiler::source::Sources;
use breyta_runtime::rt;
use serde_json::{Value as Json, json};

use super::answer::Answer;
use super::rows::Row;
use super::{compile, serve, worker};
use crate::batch::{self, Package};

/// Rows of one executable. More of them cost rustc more memory, fewer more linking.
const ROWS: usize = 500;

/// The answers of all cases of the rows, in order. What the compiler refuses is left out of the executables.
pub(super) fn answers(rows: &[Row], passes: &Passes) -> Vec<Answer> {
    let mut refused: BTreeMap<usize, Answer> = BTreeMap::new();
    let mut built: Vec<usize> = Vec::new();
    for (index, row) in rows.iter().enumerate().filter(|(_, row)| !row.cases().is_empty()) {
        match compile::row(row, passes) {
            Ok(_) => built.push(index),
            Err(refusal) => {
                refused.insert(index, refusal);
            }
        }
    }
    let batches: Vec<&[usize]> = built.chunks(ROWS).collect();
    let names = (0..).map(|number| format!("conformance-{number}"));
    let packages: Vec<Package> =
        names.zip(&batches).map(|(name, batch)| package(name, rows, batch, passes)).collect();
    let executables = batch::build_packages("conformance", &packages);
    let mut answered: BTreeMap<usize, Vec<Answer>> = BTreeMap::new();
    for (batch, executable) in batches.iter().zip(executables) {
        let count = |index: &usize| rows.get(*index).map_or(0, |row| row.cases().len());
        let answers = worker::in_parallel(batch.iter().map(count).sum(), &|range| {
            let mut command = Command::new(&executable);
            command.arg(range.start.to_string()).arg(range.end.to_string());
            command
        });
        let mut answers = answers.into_iter();
        for index in *batch {
            answered.insert(*index, answers.by_ref().take(count(index)).collect());
        }
    }
    let of_row = |(index, row): (usize, &Row)| match refused.remove(&index) {
        Some(refusal) => vec![refusal; row.cases().len()],
        None => answered.remove(&index).unwrap_or_default(),
    };
    rows.iter().enumerate().flat_map(of_row).collect()
}

fn package(name: String, rows: &[Row], batch: &[usize], passes: &Passes) -> Package {
    let (mut functions, mut cases) = (String::new(), String::new());
    for row in batch.iter().filter_map(|index| rows.get(*index)) {
        let id = format!("row-{}", row.id);
        functions.push_str(&compile::function(&id, &compile::code(row)));
        functions.push('\n');
        for input in row.cases() {
            cases.push_str(&json!({ "function": id, "input": input }).to_string());
            cases.push('\n');
        }
    }
    let sources = Sources::single("rows.edn", compile::flow(&functions));
    let compilation = breyta_compiler::compile_plainly(&sources, passes);
    let (Some(definition), Some(program)) = (&compilation.definition, &compilation.program) else {
        panic!("rows that compile one by one do not compile together: {:#?}", compilation.problems);
    };
    let main = "breyta_tests::conformance::compiled::main(flow::FLOW, include_str!(\"../cases.jsonl\"))";
    // Without the passes there are values that nobody reads.
    let lints = if passes.runs_all() { "deny(warnings)" } else { "allow(unused_variables)" };
    let mut files = batch::with_main(&sources, definition, program, &[], lints, main);
    files.insert("cases.jsonl".to_owned(), cases);
    Package { name, files }
}

/// The `main` of every executable: answers the cases from one number to another.
pub fn main(flow: rt::Flow, cases: &str) -> ExitCode {
    let mut numbers = std::env::args().skip(1).filter_map(|word| word.parse::<usize>().ok());
    let (Some(start), Some(end)) = (numbers.next(), numbers.next()) else { return ExitCode::from(2) };
    serve::print(cases.lines().skip(start).take(end.saturating_sub(start)).map(|line| {
        let case: Json = serde_json::from_str(line).unwrap_or_default();
        let text = |key: &str| case.get(key).and_then(Json::as_str);
        serve::call(&flow, text("function").unwrap_or_default(), text("input"))
    }));
    ExitCode::SUCCESS
}
