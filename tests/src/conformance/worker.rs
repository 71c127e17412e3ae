//! Processes that answer cases, a line each. One that dies or hangs loses the case it was at, and another goes on
//! behind it.

use std::io::{BufRead as _, BufReader};
use std::ops::Range;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::Arguments;
use super::answer::Answer;
use super::rows::Row;

/// Fuel ends what loops; this ends what the fuel does not.
const PATIENCE: Duration = Duration::from_secs(20);

/// The answers of all cases of the rows through the interpreter, in order.
pub(super) fn interpreted(rows: &[Row], arguments: &Arguments) -> Vec<Answer> {
    let cases = rows.iter().map(|row| row.cases().len()).sum();
    let own = || std::env::current_exe().unwrap_or_else(|_| "conformance".into());
    let program = arguments.program.clone().unwrap_or_else(own);
    let start = |range: &Range<usize>| {
        let mut command = Command::new(&program);
        command.args(arguments.for_worker(range));
        command
    };
    in_parallel(cases, &start)
}

/// Answers of `cases` cases; `start` makes the command for a range of them.
pub(super) fn in_parallel(cases: usize, start: &(impl Fn(&Range<usize>) -> Command + Sync)) -> Vec<Answer> {
    let jobs = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(cases.max(1));
    let share = cases.div_ceil(jobs);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs)
            .map(|job| (job * share).min(cases)..((job + 1) * share).min(cases))
            .map(|range| scope.spawn(|| all(range, start)))
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    })
}

fn all(range: Range<usize>, start: &impl Fn(&Range<usize>) -> Command) -> Vec<Answer> {
    let mut answers = Vec::new();
    while answers.len() < range.len() {
        let rest = range.start + answers.len()..range.end;
        let why = part(start(&rest), rest.len(), &mut answers);
        if answers.len() < range.len() {
            answers.push(Answer::Lost(why));
        }
    }
    answers
}

/// Takes answers of one process until it has given `count`, ends or hangs; why there are no more.
fn part(mut command: Command, count: usize, answers: &mut Vec<Answer>) -> String {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => return format!("the process does not start: {error}"),
    };
    let (sender, receiver) = mpsc::channel();
    let output = child.stdout.take();
    std::thread::spawn(move || {
        for line in output.into_iter().flat_map(|output| BufReader::new(output).lines()) {
            if line.is_err() || sender.send(line.unwrap_or_default()).is_err() {
                return;
            }
        }
    });
    for _ in 0..count {
        match receiver.recv_timeout(PATIENCE) {
            Ok(line) => {
                let json = serde_json::from_str(&line).ok();
                let answer = json.as_ref().and_then(Answer::from_json);
                answers.push(answer.unwrap_or_else(|| Answer::Lost(format!("not an answer: {line}"))));
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {
                end(&mut child);
                return format!("it takes more than {} s", PATIENCE.as_secs());
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                let status = child.wait().map_or_else(|error| error.to_string(), |status| status.to_string());
                return format!("the process ended: {status}");
            }
        }
    }
    end(&mut child);
    String::new()
}

fn end(child: &mut Child) {
    // It may have ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}
