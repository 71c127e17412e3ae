//! Cases through the MIR interpreter.

use std::ops::Range;

use breyta_compiler::mir::simplify::Passes;

use super::answer::Answer;
use super::rows::Row;
use super::{compile, serve};
use crate::interp::Interpreted;

/// Answers the cases of a range.
pub(super) fn answer_all(rows: &[Row], range: &Range<usize>, passes: &Passes) {
    let cases = rows.iter().flat_map(|row| row.cases().into_iter().map(move |input| (row, input)));
    // The cases of a row stand together: what was compiled last serves the next one too.
    let mut last: Option<(&str, Result<Interpreted, Answer>)> = None;
    serve::print(cases.skip(range.start).take(range.len()).map(|(row, input)| {
        let compiled = match last.take() {
            Some((id, compiled)) if id == row.id => compiled,
            _ => compile::row(row, passes).map(|program| Interpreted::new("row", program)),
        };
        let answer = match &compiled {
            Ok(program) => serve::call(program, compile::FUNCTION, input),
            Err(refusal) => refusal.clone(),
        };
        last = Some((&row.id, compiled));
        answer
    }));
}
