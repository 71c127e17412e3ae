//! A disk on which nothing can be written any more, in the middle of a run: one clear error, nothing lost, and the run goes
//! on when there is room again.

use std::collections::BTreeMap;
use std::process::Command;

use breyta_tests::executable::{Executable, finish};
use breyta_tests::server::{Reply, Request, Server};
use serde_json::json;

/// A process whose files may not grow beyond a bound: writes fail as on a full disk, for everybody and not only for those
/// who may mount one.
#[cfg(unix)]
#[test]
fn compiled_without_room() {
    let filler = "x".repeat(150_000);
    let server = Server::start(move |request: &Request| {
        Reply::json(&json!({ "path": request.path, "filler": filler }))
    });
    let flow = Executable::build("tests/fixtures/five-calls/flow.edn");
    let bindings = flow.bindings("api", &server.url());
    flow.run(&["bindings", "apply", bindings.to_str().unwrap()]).expect_status(0);

    let inner = flow.command(&["run"]);
    let mut bounded = Command::new("sh");
    // Blocks of 512 bytes or of 1,024, as the shell has it.
    bounded.args(["-c", "trap '' XFSZ; ulimit -f 700; exec \"$0\" run"]).arg(inner.get_program());
    for (name, value) in inner.get_envs() {
        match value {
            Some(value) => bounded.env(name, value),
            None => bounded.env_remove(name),
        };
    }
    let refused = finish(&mut bounded).expect_status(1);
    let code = refused.error_code();
    assert!(code == "store-full" || code == "store-io", "{refused:#?}");
    let asked = server.count();
    assert!((2..5).contains(&asked), "it was to run out of room in its middle: {:?}", server.lines());

    flow.run(&["doctor"]).expect_status(0);
    let resumed = flow.run(&["runs", "resume", "r1"]).expect_status(0).json();
    assert_eq!(resumed["data"]["status"], "completed", "{resumed:#}");
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for line in server.lines() {
        *times.entry(line).or_default() += 1;
    }
    let again = times.values().filter(|times| **times > 1).count();
    assert!(
        times.len() == 5 && again <= 1,
        "only what could not be committed is asked for again: {times:#?}"
    );
}
