//! `simulate SEEDS [FIRST [CASE]]`: lives seeds over the corpus of `breyta_tests::simulation`, and as many over the engine's own
//! simulation of many runs beside each other; with CASE only cases whose name holds that text. Prints the first seed that does not hold, and the command that repeats it.

use std::io::Write;
use std::process::ExitCode;

use breyta_engine::conformance::forgetful::Forgetful;
use breyta_tests::simulation::{self, SQLITE_EVERY, errands};

/// The planted bug must be noticed within so many seeds among many runs; over the corpus when each case had its turn.
const PLANTED_SEEDS: u64 = 40;

fn main() -> ExitCode {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let (seeds, first) = (numbers.first().copied().unwrap_or(200), numbers.get(1).copied().unwrap_or(0));
    let say = |line: &str| drop(writeln!(std::io::stdout(), "{line}"));
    let all = first..first + seeds;
    let mut corpus = simulation::corpus();
    if let Some(name) = std::env::args().nth(3) {
        corpus.retain(|lived| lived.case.name.contains(&name));
        return match simulation::live_all(&corpus, all, None) {
            Ok(()) => ExitCode::SUCCESS,
            Err((seed, what)) => {
                say(&format!("seed {seed} of {} cases: {what}", corpus.len()));
                ExitCode::FAILURE
            }
        };
    }
    let lived = simulation::live_all(&corpus, all.clone(), None).and_then(|()| errands::live_all(all, None));
    if let Err((seed, what)) = lived {
        say(&format!("seed {seed}: {what}\nagain: cargo xtask simulate --seeds 1 --first {seed}"));
        return ExitCode::FAILURE;
    }
    let planted = simulation::live_all(&corpus, 0..corpus.len() as u64, Some(Forgetful::over));
    let (Err((noticed, _)), Err(_)) = (planted, errands::live_all(0..PLANTED_SEEDS, Some(Forgetful::over)))
    else {
        say("a store that forgets slot writes went unnoticed");
        return ExitCode::FAILURE;
    };
    say(&format!(
        "{seeds} seeds held over {} scenarios and over many runs at once, every {SQLITE_EVERY}th in SQLite; \
         the planted bug was noticed at seed {noticed}",
        corpus.len()
    ));
    ExitCode::SUCCESS
}
