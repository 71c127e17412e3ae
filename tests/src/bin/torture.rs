//! `torture SECONDS [SEED]`: kills a real executable again and again (`breyta_tests::torture`) and says what was seen.

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use breyta_tests::torture::{Length, torture};

fn main() -> ExitCode {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let (seconds, seed) =
        (numbers.first().copied().unwrap_or(120), numbers.get(1).copied().unwrap_or_default());
    let say = |line: &str| drop(writeln!(std::io::stdout(), "{line}"));
    match torture(Length::Time(Duration::from_secs(seconds)), seed) {
        Err(message) => {
            say(&message);
            ExitCode::FAILURE
        }
        Ok(report) => {
            say(&format!(
                "{} kills of the process and {} of command lines; {} acknowledged starts, {} acknowledged answers, {} runs \
                 with their children, {} effects ({} in flight at a kill and asked for again with the same key): {} violations",
                report.kills,
                report.clients_killed,
                report.starts,
                report.answers,
                report.runs,
                report.effects,
                report.again,
                report.violations.len()
            ));
            for violation in report.violations.iter().take(20) {
                say(violation);
            }
            if report.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
    }
}
