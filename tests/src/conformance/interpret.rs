//! Cases through the MIR interpreter, in a process of their own ([`super::worker`]).

use std::io::Write as _;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use breyta_compiler::mir::simplify::Passes;
use breyta_core::{Value, edn};
use breyta_engine::machine::Program as _;

use super::answer::{Answer, budget};
use super::compile;
use super::rows::Row;
use crate::interp::Interpreted;

/// Frames of the interpreter are large where nothing is optimised.
const STACK_BYTES: usize = 1 << 30;

/// Answers the cases of a range, a line each.
pub(super) fn answer_all(rows: &[Row], range: Range<usize>, passes: &Passes) {
    std::panic::set_hook(Box::new(|_| {}));
    std::thread::scope(|scope| {
        let work = || {
            let cases = rows.iter().flat_map(|row| row.cases().into_iter().map(move |input| (row, input)));
            let mut last: Option<(&str, Result<Interpreted, Answer>)> = None;
            for (row, input) in cases.skip(range.start).take(range.len()) {
                let compiled = match last.take() {
                    Some((id, compiled)) if id == row.id => compiled,
                    _ => prepare(row, passes),
                };
                let answer = match &compiled {
                    Ok(program) => quietly(|| call(program, input)),
                    Err(refusal) => refusal.clone(),
                };
                last = Some((&row.id, compiled));
                // Nobody listens any more.
                if writeln!(std::io::stdout(), "{}", answer.to_json()).is_err() {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work);
        // What panics outside of a case ends the answers, and the one who waits for them sees it.
        let _ = thread.map(std::thread::ScopedJoinHandle::join);
    });
}

fn prepare(row: &Row, passes: &Passes) -> Result<Interpreted, Answer> {
    let compiled = catch_unwind(AssertUnwindSafe(|| compile::row(row, passes)));
    let program = compiled.map_err(|_| Answer::Lost("the compiler panicked".to_owned()))??;
    Ok(Interpreted::new("row", program))
}

fn call(program: &Interpreted, input: Option<&str>) -> Answer {
    let mut arguments = match input.map(edn::read).transpose() {
        Ok(input) => input.into_iter().collect::<Vec<Value>>(),
        Err(error) => return Answer::Lost(format!("the input cannot be read: {error:?}")),
    };
    match program.call(compile::FUNCTION, &mut budget(), &mut arguments) {
        Some(outcome) => Answer::of(outcome),
        None => Answer::Lost("the program has no such function".to_owned()),
    }
}

fn quietly(work: impl FnOnce() -> Answer) -> Answer {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Answer::Lost("it panicked".to_owned()))
}
