//! Executables as people use them: built by breytac, run against a real server, killed, resumed, emitted, rebuilt.

use std::time::Duration;

use breyta_tests::executable::{Executable, breytac, breytac_run, cargo, finish};
use breyta_tests::server::{Reply, Request, Server};
use breyta_tests::tree;
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(20);

/// A hundred users at `/users`.
fn users(_: &Request) -> Reply {
    let users: Vec<Value> = (1..=100)
        .map(|id| json!({ "id": id, "name": format!("User {id}"), "email": "u@example.com" }))
        .collect();
    Reply::json(&Value::Array(users))
}

#[test]
fn fetch_users_counts_a_hundred() {
    let server = Server::start(users);
    let flow = Executable::build("examples/fetch-users/flow.edn");
    let bindings = flow.bindings("api", &server.url());
    let json = flow.run(&["run", "--bindings", bindings.to_str().unwrap()]).expect_status(0).json();
    assert_eq!(json["ok"], true, "{json:#}");
    assert_eq!(json["data"]["status"], "completed", "{json:#}");
    assert_eq!(json["data"]["result"], json!({ "count": 100 }), "{json:#}");
    assert_eq!(json["data"]["workflowId"], "flow-fetch-users-local-r1", "{json:#}");
    assert_eq!(server.lines(), ["GET /users"]);
}

#[test]
fn hello_runs_without_network() {
    let finished = finish(breytac().args([
        "run",
        "examples/hello/flow.edn",
        "--input",
        r#"{"name":"Ada"}"#,
        "--data",
        tempfile::tempdir().unwrap().path().to_str().unwrap(),
    ]))
    .expect_status(0);
    let json = finished.json();
    assert_eq!(json["data"]["status"], "completed", "{json:#}");
    assert!(json["data"]["result"].to_string().contains("Ada"), "{json:#}");
}

/// The process dies while its second request is under way. The first step is complete and is not repeated; the second
/// is attempted again under the same idempotency key.
#[test]
fn kill_and_resume() {
    let server = Server::start(|request: &Request| {
        let reply = Reply::json(&json!({ "path": request.path }));
        // Long enough to be killed in.
        if request.path == "/second" { reply.delay(Duration::from_millis(400)) } else { reply }
    });
    let flow = Executable::build("tests/fixtures/two-calls/flow.edn");
    let bindings = flow.bindings("api", &server.url());
    let bindings = bindings.to_str().unwrap();
    let running = flow.start(&["run", "--bindings", bindings]);
    server.wait_for(2, PATIENCE);
    running.kill();
    let listed = flow.run(&["runs", "list"]).expect_status(0).json();
    assert!(listed.to_string().contains("running"), "{listed:#}");
    let resumed = flow.run(&["runs", "resume"]).expect_status(0).json();
    assert_eq!(resumed["ok"], true, "{resumed:#}");
    assert_eq!(server.lines(), ["GET /first", "GET /second", "GET /second"]);
    let shown = flow.run(&["runs", "show", "r1"]).expect_status(0).json();
    let text = shown.to_string();
    assert!(text.contains("completed"), "{shown:#}");
    assert!(text.contains(r#"{"first":"/first","second":"/second"}"#), "{shown:#}");
}

/// Killed at every request of a longer flow: no completed step is repeated, and the result is the same.
#[test]
fn kill_at_every_step() {
    let flow = Executable::build("tests/fixtures/five-calls/flow.edn");
    for victim in 1..=5 {
        let server = Server::start(|request: &Request| {
            Reply::json(&json!({ "path": request.path })).delay(Duration::from_millis(150))
        });
        let bindings = flow.bindings("api", &server.url());
        let bindings = bindings.to_str().unwrap();
        let data = flow.folder().join(format!("data-{victim}"));
        let data = data.to_str().unwrap();
        let running = flow.start(&["run", "--bindings", bindings, "--data", data]);
        server.wait_for(victim, PATIENCE);
        running.kill();
        flow.run(&["runs", "resume", "--data", data]).expect_status(0);
        let mut expected: Vec<String> = (1..=5).map(|number| format!("GET /call-{number}")).collect();
        expected.insert(victim, format!("GET /call-{victim}"));
        assert_eq!(server.lines(), expected);
        let shown = flow.run(&["runs", "show", "r1", "--data", data]).expect_status(0).json().to_string();
        assert!(shown.contains(r#"["/call-1","/call-2","/call-3","/call-4","/call-5"]"#), "{shown}");
    }
}

#[test]
fn emitted_crate_builds_and_behaves_the_same() {
    // One place, so that a second run of the tests compiles only what changed.
    let crate_folder = tree::target().join("emitted/order-triage");
    finish(breytac().arg("emit").arg("examples/order-triage/flow.edn").arg("-o").arg(&crate_folder))
        .expect_status(0);
    let mut build = cargo();
    build.arg("build").current_dir(&crate_folder);
    // The tests' own build has most dependencies already; with its debug level they fit here too.
    build.env("CARGO_TARGET_DIR", tree::target()).env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only");
    finish(&mut build).expect_status(0);
    let name = tree::target().join("debug/order-triage");
    let triage = |executable: &Executable| {
        let server = Server::start(orders);
        let url = server.url();
        let bindings = format!("{{:bindings {{:shop {{:url \"{url}/api\" :apikey \"k-1\"}}}}}}\n");
        let bindings = executable.file("bindings.edn", &bindings);
        let input = executable.file("input.json", r#"{"order-id":"1007"}"#);
        let input = format!("@{}", input.display());
        let arguments = ["run", "--input", &input, "--bindings", bindings.to_str().unwrap()];
        (executable.run(&arguments).expect_status(0).json(), server.lines())
    };
    let built = triage(&Executable::build("examples/order-triage/flow.edn"));
    let emitted = triage(&Executable::at(name));
    assert_eq!(built.0["data"]["result"]["outcome"], "queued, waiting for stock", "{:#}", built.0);
    assert_eq!(built.0["data"]["result"], emitted.0["data"]["result"]);
    assert_eq!(built.1, emitted.1);
    assert_eq!(built.1, ["GET /api/orders/1007?expand=lines", "POST /api/queues/north/tickets"]);
}

/// The shop of `order-triage`.
fn orders(request: &Request) -> Reply {
    assert_eq!(request.header("x-shop-key"), Some("k-1"));
    if request.method == "POST" {
        return Reply::json(&json!({ "ticket": "Q-31" })).status(201);
    }
    Reply::json(&json!({
        "id": 1007,
        "region": "north",
        "customer": { "name": "Ada", "tier": "gold" },
        "note": null,
        "lines": [
            { "sku": "B-1", "category": "books", "quantity": 2, "unit_price": 1250, "in_stock": true },
            { "sku": "T-9", "category": "toys", "quantity": 1, "unit_price": 4905, "in_stock": false }
        ]
    }))
}

#[test]
fn builds_are_reproducible() {
    for flags in [&["--release"][..], &[]] {
        let build = || {
            let folder = tempfile::tempdir().unwrap();
            let source = folder.path().join("flow.edn");
            std::fs::copy(tree::root().join("examples/hello/flow.edn"), &source).unwrap();
            let out = folder.path().join("out");
            let mut build = breytac();
            // Far from the checkout, as an installed breytac works.
            build.current_dir(folder.path()).args(["build", "flow.edn", "-o", "out"]).args(flags);
            finish(&mut build).expect_status(0);
            std::fs::read(out).unwrap()
        };
        assert!(build() == build(), "two builds differ with {flags:?}");
    }
}

#[test]
fn version_and_description() {
    let flow = Executable::build("examples/hello/flow.edn");
    let version = flow.run(&["--version"]).expect_status(0).stdout;
    assert!(version.contains("hello"), "{version}");
    let described = flow.run(&["describe"]).expect_status(0).json();
    assert!(described.to_string().contains("hello"), "{described:#}");
}

/// Every failure of the run's surroundings is one clear error with a code and exit status 1.
#[test]
fn bad_surroundings() {
    let flow = Executable::build("tests/fixtures/two-calls/flow.edn");
    let code = |arguments: &[&str]| flow.run(arguments).expect_status(1).error_code();

    assert_eq!(code(&["run", "--input", "{nope"]), "invalid-input");
    // Without auth the declared base URL would do; a secret is never declared.
    let bearer = Executable::build("tests/fixtures/bearer/flow.edn");
    let refused = bearer.run(&["run"]).expect_status(1);
    assert_eq!(refused.error_code(), "profile_bindings_incomplete");
    let listed = bearer.run(&["runs", "list"]).expect_status(0).json();
    assert_eq!(listed["data"]["runs"], json!([]), "a run that cannot start leaves nothing behind");

    // A port that nobody listens on: bound, noted, freed.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let bindings = flow.bindings("api", &format!("http://{free}"));
    assert_eq!(code(&["run", "--bindings", bindings.to_str().unwrap()]), "connect");

    let slow = Server::start(|_| Reply::text("late").delay(Duration::from_millis(2_500)));
    let bindings = flow.bindings("api", &slow.url());
    assert_eq!(code(&["run", "--bindings", bindings.to_str().unwrap()]), "timeout");

    let page = Server::start(|_| Reply::text("<html>no JSON</html>").content_type("application/json"));
    let bindings = flow.bindings("api", &page.url());
    assert_eq!(code(&["run", "--bindings", bindings.to_str().unwrap()]), "parse");

    let failing = Server::start(|_| Reply::json(&json!({ "problem": "down" })).status(503));
    let bindings = flow.bindings("api", &failing.url());
    assert_eq!(code(&["run", "--bindings", bindings.to_str().unwrap()]), "http-status");
}

#[test]
fn secrets_stay_out_of_everything() {
    const SECRET: &str = "s3cr3t-t0ken-91f2";
    let server = Server::start(|request: &Request| {
        let echo = request.header("authorization").unwrap_or_default().to_owned();
        Reply::json(&json!({ "echo": echo })).status(if request.path == "/second" { 500 } else { 200 })
    });
    let flow = Executable::build("tests/fixtures/bearer/flow.edn");
    let url = server.url();
    let bindings = format!("{{:bindings {{:api {{:url \"{url}\" :apikey \"{SECRET}\"}}}}}}\n");
    let bindings = flow.file("bindings.edn", &bindings);
    let finished = flow.run(&["run", "--bindings", bindings.to_str().unwrap()]).expect_status(1);
    assert_eq!(server.requests()[0].header("authorization"), Some(format!("Bearer {SECRET}").as_str()));
    let shown = flow.run(&["runs", "show", "r1"]).expect_status(0);
    for text in [&finished.stdout, &finished.stderr, &shown.stdout, &shown.stderr] {
        assert!(!text.contains(SECRET), "{text}");
    }
    // The bindings are where the secret belongs; the store is where it must not be.
    for file in
        tree::files(&flow.data(), "").into_iter().filter(|file| file.to_string_lossy().contains("store"))
    {
        let bytes = std::fs::read(&file).unwrap();
        let found = bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
        assert!(!found, "{} holds the secret", file.display());
    }
}

#[test]
fn a_run_of_the_wrong_kind_is_a_usage_error() {
    let flow = Executable::build("examples/hello/flow.edn");
    flow.run(&["frobnicate"]).expect_status(2);
    flow.run(&["run", "--no-such-option"]).expect_status(2);
    assert_eq!(breytac_run(&["run"]).status, Some(2));
}
