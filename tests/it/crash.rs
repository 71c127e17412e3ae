//! A process that dies at every commit point of a five-step flow, over SQLite: no completed effect runs twice, no
//! effect is lost, and the result is always the same.

use std::collections::BTreeMap;
use std::process::Command;

use breyta_tests::executable::{Finished, finish};
use breyta_tests::server::{Reply, Request, Server};

const STEPS: [&str; 5] = ["/one", "/two", "/three", "/four", "/five"];

/// 1, 10, 100 … so that the sum shows which answers arrived, and how often.
fn powers_of_ten(request: &Request) -> Reply {
    let index = STEPS.iter().position(|step| *step == request.path).unwrap_or(9);
    Reply::text(10_u64.pow(index as u32).to_string())
}

fn live(data: &std::path::Path, server: &Server, death: &[&str]) -> Finished {
    let address = server.url().trim_start_matches("http://").to_owned();
    finish(Command::new(env!("CARGO_BIN_EXE_crash_child")).arg(data).arg(address).args(death))
}

/// The start, five steps (the last one ends the run too, or the end is a commit of its own).
fn commits_of_an_undisturbed_run() -> u64 {
    let mut commit = 0;
    loop {
        commit += 1;
        let (server, folder) = (Server::start(powers_of_ten), tempfile::tempdir().unwrap());
        let finished = live(folder.path(), &server, &[&commit.to_string(), "before"]);
        if finished.status == Some(0) {
            assert_eq!(finished.stdout, "completed 11111\n");
            return commit - 1;
        }
        assert!(commit < 20, "{finished:#?}");
    }
}

#[test]
fn at_every_commit_point() {
    let commits = commits_of_an_undisturbed_run();
    assert!(commits >= 6, "{commits} commits");
    for commit in 1..=commits {
        for moment in ["before", "after"] {
            let (server, folder) = (Server::start(powers_of_ten), tempfile::tempdir().unwrap());
            let first = live(folder.path(), &server, &[&commit.to_string(), moment]);
            assert_eq!(first.status, None, "it was to die {moment} commit {commit}: {first:#?}");
            let before = server.requests().len();
            let second = live(folder.path(), &server, &[]).expect_status(0);
            assert_eq!(second.stdout, "completed 11111\n", "died {moment} commit {commit}");
            check_requests(&server.requests(), before, moment);
        }
    }
}

/// Each step was asked for once; only the effect whose commit was lost is asked for again, with the same key.
fn check_requests(requests: &[Request], before: usize, moment: &str) {
    let mut keys: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for request in requests {
        keys.entry(&request.path).or_default().push(&request.query);
    }
    assert_eq!(keys.len(), 5, "{keys:#?}");
    let repeated: Vec<_> = keys.iter().filter(|(_, queries)| queries.len() > 1).collect();
    match moment {
        "after" => assert!(repeated.is_empty(), "{repeated:#?}"),
        // Died before the very first commit: nothing was asked yet, and nothing is repeated.
        _ if before == 0 => assert!(repeated.is_empty(), "{repeated:#?}"),
        _ => assert!(
            repeated.len() <= 1 && repeated.iter().all(|(_, queries)| queries.len() == 2),
            "{repeated:#?}"
        ),
    }
    for (path, queries) in keys {
        assert!(queries.windows(2).all(|pair| pair.first() == pair.last()), "{path}: {queries:?}");
    }
}
