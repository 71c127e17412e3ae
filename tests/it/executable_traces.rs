//! Traces of executables, as a collector gets them: OTLP over HTTP, read here by the letter of its protobuf.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use breyta_tests::executable::{Executable, breytac, finish};
use breyta_tests::server::{Reply, Request, Server};
use breyta_tests::tree;

const PATIENCE: Duration = Duration::from_secs(20);
const SECRET: &str = "hunter2-token";
const PAYLOAD: &str = "what-the-server-said";

/// A field of a protobuf message: its number, and its bytes (or those of its number).
type Field<'a> = (u64, &'a [u8], u64);

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..).step_by(7) {
        let (byte, rest) = bytes.split_first().expect("a whole number");
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    value
}

fn fields(mut bytes: &[u8]) -> Vec<Field<'_>> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        let (length, number) = match key & 7 {
            0 => (0, varint(&mut bytes)),
            1 => (8, 0),
            2 => (usize::try_from(varint(&mut bytes)).unwrap(), 0),
            5 => (4, 0),
            other => panic!("a field of kind {other}"),
        };
        let (value, rest) = bytes.split_at(length);
        bytes = rest;
        fields.push((key >> 3, value, number));
    }
    fields
}

/// The values of one field.
fn all(bytes: &[u8], wanted: u64) -> Vec<&[u8]> {
    fields(bytes).into_iter().filter(|(number, ..)| *number == wanted).map(|(_, value, _)| value).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// `key` and `value` of each attribute; numbers as text.
fn attributes(of: Vec<&[u8]>) -> BTreeMap<String, String> {
    let value = |bytes: &[u8]| match fields(bytes).first() {
        Some((1, value, _)) => text(value),
        Some((_, _, number)) => number.to_string(),
        None => String::new(),
    };
    let pair = |bytes: &[u8]| (text(all(bytes, 1)[0]), value(all(bytes, 2)[0]));
    of.into_iter().map(pair).collect()
}

#[derive(Debug)]
struct Span {
    trace: String,
    id: String,
    parent: String,
    name: String,
    nanos: u64,
    attributes: BTreeMap<String, String>,
    /// 2: an error.
    status: u64,
    service: String,
}

impl Span {
    fn of(bytes: &[u8], service: &str) -> Self {
        let one = |number| all(bytes, number).first().copied().unwrap_or_default();
        let fixed = |number| u64::from_le_bytes(one(number).try_into().unwrap());
        let status = fields(one(15)).into_iter().find(|(number, ..)| *number == 3);
        Self {
            trace: hex(one(1)),
            id: hex(one(2)),
            parent: hex(one(4)),
            name: text(one(5)),
            nanos: fixed(8) - fixed(7),
            attributes: attributes(all(bytes, 9)),
            status: status.map_or(0, |(_, _, number)| number),
            service: service.to_owned(),
        }
    }

    fn is(&self, attribute: &str) -> &str {
        self.attributes.get(attribute).map_or("", String::as_str)
    }
}

/// Every span that came, in order.
fn spans(collector: &Server) -> Vec<Span> {
    let mut spans = Vec::new();
    for request in collector.requests() {
        assert_eq!(request.line(), "POST /v1/traces");
        assert_eq!(request.header("content-type"), Some("application/x-protobuf"));
        assert!(!request.body.contains(SECRET), "a secret: {}", request.body);
        assert!(!request.body.contains(PAYLOAD), "a payload: {}", request.body);
        for resource in all(&request.bytes, 1) {
            let of = attributes(all(all(resource, 1)[0], 1));
            let service = of.get("service.name").cloned().unwrap_or_default();
            for scope in all(resource, 2) {
                spans.extend(all(scope, 2).into_iter().map(|span| Span::of(span, &service)));
            }
        }
    }
    spans
}

fn traced() -> Executable {
    Executable::build("tests/fixtures/traced/flow.edn")
}

fn bindings(flow: &Executable, server: &Server) -> String {
    let text = format!("{{:bindings {{:api {{:url \"{}\" :apikey \"{SECRET}\"}}}}}}\n", server.url());
    flow.file("bindings.edn", &text).to_str().unwrap().to_owned()
}

fn accepting() -> Server {
    Server::start(|_: &Request| Reply::text("").content_type("application/x-protobuf"))
}

/// Answers everything, and fails `/second` as often as given.
fn failing(times: usize) -> Server {
    let left = std::sync::atomic::AtomicUsize::new(times);
    Server::start(move |request: &Request| {
        use std::sync::atomic::Ordering::SeqCst;
        let fails = request.path == "/second"
            && left.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok();
        Reply::text(PAYLOAD).status(if fails { 503 } else { 200 })
    })
}

#[test]
fn a_run_is_a_trace_of_its_attempts() {
    let (flow, server, collector) = (traced(), failing(1), accepting());
    let bindings = bindings(&flow, &server);
    let mut command = flow.command(&["run", "--bindings", &bindings]);
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url()).env("OTEL_SERVICE_NAME", "orders");
    let finished = finish(&mut command).expect_status(0);
    assert!(!finished.stderr.contains("warning"), "{}", finished.stderr);
    let spans = spans(&collector);
    let line = |span: &Span| {
        let at = ["breyta.step.family", "breyta.step.attempt", "breyta.step.status", "error.type"];
        format!("{} {} {}", span.name, at.map(|name| span.is(name)).join(" "), span.status)
    };
    let lines: Vec<String> = spans.iter().map(line).collect();
    let expected = [
        "first http 1 completed  0",
        "shape function 1 completed  0",
        "second http 1 retried http-status 2",
        "second http 2 completed  0",
        "traced     0",
    ];
    assert_eq!(lines, expected);
    let run = spans.last().unwrap();
    assert_eq!((run.is("breyta.run.status"), run.parent.as_str()), ("completed", ""));
    for span in &spans {
        assert_eq!(span.is("breyta.run.id"), "flow-traced-local-r1");
        assert_eq!((&span.trace, span.service.as_str()), (&run.trace, "orders"));
        assert!(span.nanos <= run.nanos, "{span:?} takes longer than the run");
        assert!(span.id == run.id || span.parent == run.id, "{span:?}");
    }
}

#[test]
fn a_failed_run_says_its_code() {
    let (flow, server, collector) = (traced(), failing(usize::MAX), accepting());
    let bindings = bindings(&flow, &server);
    let mut command = flow.command(&["run", "--bindings", &bindings]);
    command.env("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", format!("{}/v1/traces", collector.url()));
    finish(&mut command).expect_status(1);
    let spans = spans(&collector);
    let run = spans.last().unwrap();
    assert_eq!((run.is("breyta.run.status"), run.is("error.type")), ("failed", "http-status"));
    assert_eq!((run.status, run.service.as_str()), (2, "traced"), "the flow names the service");
}

/// Killed in the middle: what the next process adds belongs to the same trace.
#[test]
fn a_resumed_run_goes_on_in_its_trace() {
    let server = Server::start(|request: &Request| {
        let reply = Reply::text(PAYLOAD);
        if request.path == "/second" { reply.delay(Duration::from_secs(3)) } else { reply }
    });
    let (flow, collector) = (traced(), accepting());
    let bindings = bindings(&flow, &server);
    let with = |arguments: &[&str]| {
        let mut command = flow.command(arguments);
        command.env("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url());
        command
    };
    let mut first = with(&["run", "--bindings", &bindings]).spawn().unwrap();
    collector.wait_for(1, PATIENCE);
    first.kill().unwrap();
    first.wait().unwrap();
    let before = spans(&collector);
    finish(&mut with(&["runs", "resume"])).expect_status(0);
    let after = spans(&collector);
    let names: Vec<&str> = after.iter().map(|span| span.name.as_str()).collect();
    assert!(before.len() < after.len(), "{names:?}");
    assert_eq!(names, ["first", "shape", "second", "traced"]);
    let run = after.last().unwrap();
    assert!(after.iter().all(|span| span.trace == run.trace), "{after:?}");
    assert!(run.nanos > Duration::from_secs(3).as_nanos() as u64, "from its first beginning: {run:?}");
}

#[test]
fn a_collector_that_is_not_there_costs_one_warning() {
    let (flow, server) = (traced(), failing(0));
    let bindings = bindings(&flow, &server);
    // Bound and dropped: nobody listens there.
    let nowhere = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = flow.command(&["run", "--bindings", &bindings]);
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://user:{SECRET}@{nowhere}"));
    let finished = finish(&mut command).expect_status(0);
    assert_eq!(finished.json()["data"]["status"], "completed");
    assert_eq!(finished.stderr.matches("warning").count(), 1, "{}", finished.stderr);
    assert!(finished.stderr.contains(&format!("http://{nowhere}")), "{}", finished.stderr);
    assert!(!finished.stderr.contains(SECRET), "{}", finished.stderr);
}

#[test]
fn a_collector_that_never_answers_holds_nobody_up() {
    let (flow, server) = (traced(), failing(0));
    let bindings = bindings(&flow, &server);
    // The kernel takes the connection, and nobody reads from it.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = flow.command(&["run", "--bindings", &bindings]);
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{}", silent.local_addr().unwrap()));
    let begun = Instant::now();
    let finished = finish(&mut command).expect_status(0);
    assert_eq!(finished.json()["data"]["status"], "completed");
    assert!(begun.elapsed() < Duration::from_secs(9), "it waited for the collector's ten seconds");
}

#[test]
fn nothing_is_sent_that_nobody_asked_for() {
    let collector = accepting();
    let server = failing(0);
    // Built without it.
    let plain = Executable::build("tests/fixtures/two-calls/flow.edn");
    let open = plain.bindings("api", &server.url());
    let mut command = plain.command(&["run", "--bindings", open.to_str().unwrap()]);
    finish(command.env("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url())).expect_status(0);
    // Built with it, and switched off; and without a collector.
    let flow = traced();
    let bindings = bindings(&flow, &server);
    for (name, value) in [("OTEL_SDK_DISABLED", "true"), ("OTEL_TRACES_EXPORTER", "none")] {
        let mut command = flow.command(&["run", "--bindings", &bindings]);
        command.env("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url()).env(name, value);
        finish(&mut command).expect_status(0);
    }
    let finished = flow.run(&["run", "--bindings", &bindings]).expect_status(0);
    assert!(!finished.stderr.contains("warning"), "{}", finished.stderr);
    assert_eq!(collector.lines(), [""; 0]);
}

#[test]
fn the_emitted_crate_asks_for_the_feature() {
    let folder = tempfile::tempdir().unwrap();
    let emitted = |flow: &str, name: &str| {
        let path = folder.path().join(name);
        finish(breytac().arg("emit").arg(tree::root().join(flow)).arg("-o").arg(&path)).expect_status(0);
        std::fs::read_to_string(path.join("Cargo.toml")).unwrap()
    };
    let with = emitted("tests/fixtures/traced/flow.edn", "with");
    assert!(with.contains("features = [\"otel\"]"), "{with}");
    let without = emitted("tests/fixtures/two-calls/flow.edn", "without");
    assert!(!without.contains("otel"), "{without}");
}

#[test]
fn the_section_is_read_to_the_letter() {
    let folder = tempfile::tempdir().unwrap();
    let flow = folder.path().join("flow.edn");
    std::fs::copy(tree::root().join("tests/fixtures/two-calls/flow.edn"), &flow).unwrap();
    for (settings, said) in [
        ("[observability]\notel = true\n", "has no `otel`; write `otlp = true`"),
        ("[observability]\notlp = \"yes\"\n", "otlp: write true or false"),
        ("observability = true\n", "write [observability]"),
    ] {
        std::fs::write(folder.path().join("breytac.toml"), settings).unwrap();
        let finished = finish(breytac().arg("check").arg(&flow));
        assert_ne!(finished.status, Some(0), "{settings}");
        assert!(finished.stderr.contains("settings-invalid"), "{finished:#?}");
        assert!(finished.stderr.contains(said), "{settings}: {}", finished.stderr);
    }
}
