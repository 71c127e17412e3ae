//! The command line of breytac: what it answers to bad input, and that nothing is left half-written.

use std::path::{Path, PathBuf};

use breyta_tests::executable::{breytac, breytac_run, finish};
use breyta_tests::{report, tree};
use serde_json::Value;

/// A folder with one file in it.
struct Place {
    folder: tempfile::TempDir,
    file: PathBuf,
}

impl Place {
    fn new(content: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("flow.edn");
        std::fs::write(&file, content).unwrap();
        Self { folder, file }
    }

    fn file(&self) -> &str {
        self.file.to_str().unwrap()
    }

    fn entries(&self) -> usize {
        std::fs::read_dir(self.folder.path()).unwrap().count()
    }
}

fn flow(sections: &str, body: &str) -> String {
    format!(
        "{{:slug :bad\n :name \"Bad\"\n :concurrency {{:type :singleton :on-new-version :supersede}}\n \
         :invocations {{:default {{:inputs []}}}} :interfaces {{:manual [{{:id :run :label \"Run\" :invocation :default :enabled true}}]}}\n{sections}\n :flow {body}}}\n"
    )
}

/// `check` of this text: exit status 1, exactly these codes, in all three forms; and `build` writes nothing.
#[track_caller]
fn check(text: impl AsRef<[u8]>, expected: &[&str]) -> Vec<report::Reported> {
    let place = Place::new(text);
    let json = report::check(place.file()).expect_status(1).json();
    assert_eq!(json["ok"], false, "{json:#}");
    let reported = report::diagnostics(&json);
    let codes: Vec<&str> = reported.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(codes, expected, "{json:#}");
    for format in ["human", "short"] {
        let finished = breytac_run(&["check", place.file(), "--format", format]).expect_status(1);
        let shown = format!("{}{}", finished.stdout, finished.stderr);
        for code in expected {
            assert!(shown.contains(code), "{format} does not show {code}:\n{shown}");
        }
    }
    let out = place.folder.path().join("out");
    finish(breytac().arg("build").arg(place.file()).arg("-o").arg(&out)).expect_status(1);
    assert_eq!(place.entries(), 1, "build of a bad flow left files behind");
    reported
}

/// A failure that is no diagnostic: exit status, and `error.code` in the JSON form.
#[track_caller]
fn refused(arguments: &[&str], status: i32, code: &str) -> Value {
    let mut with_format = arguments.to_vec();
    with_format.extend(["--format", "json"]);
    let json = breytac_run(&with_format).expect_status(status).json();
    assert_eq!(json["ok"], false, "{json:#}");
    assert_eq!(json.pointer("/error/code").and_then(Value::as_str), Some(code), "{json:#}");
    let plain = breytac_run(arguments).expect_status(status);
    assert!(!plain.stderr.is_empty(), "nothing said on stderr: {plain:#?}");
    json
}

#[test]
fn missing_file() {
    refused(&["check", "no/such/flow.edn"], 1, "file-not-found");
    refused(&["build", "no/such/flow.edn"], 1, "file-not-found");
}

#[test]
fn not_utf8() {
    let place = Place::new(b"{:slug :caf\xe9}");
    let json = refused(&["check", place.file()], 1, "not-utf8");
    let message = json.pointer("/error/message").and_then(Value::as_str).unwrap();
    assert!(message.contains("byte 11"), "{message}");
}

#[test]
fn empty_file() {
    check("", &["not-a-flow"]);
    check(" \n;; only a comment\n", &["not-a-flow"]);
}

#[test]
fn two_forms() {
    check(format!("{}{{:slug :second}}\n", flow("", "'(flow/input)")), &["clojure_reader_invalid"]);
}

#[test]
fn unquoted_body() {
    check(flow("", "(flow/input)"), &["flow-body-unquoted"]);
}

#[test]
fn unknown_step_family() {
    check(flow("", "'(flow/step :htp :get {:path \"/\"})"), &["unknown-step-family"]);
}

#[test]
fn unknown_function_ref() {
    check(flow("", "'(flow/step :function :shape {:ref :shape :input {}})"), &["unknown-function-ref"]);
}

#[test]
fn missing_connection_slot() {
    check(flow("", "'(flow/step :http :get {:connection :api :path \"/\"})"), &["unknown-connection-slot"]);
}

#[test]
fn unknown_core_function_names_its_neighbours() {
    let body = "'(cuont (:items (flow/input)))";
    check(flow("", body), &["unknown-symbol"]);
    let place = Place::new(flow("", body));
    let human = breytac_run(&["check", place.file()]).expect_status(1);
    let shown = format!("{}{}", human.stdout, human.stderr);
    assert!(shown.contains("count"), "{shown}");
}

#[test]
fn usage_errors_exit_with_2() {
    for (arguments, part) in [
        (&["check"][..], "required arguments were not provided: <FILE>"),
        (&["frobnicate"], "unrecognized subcommand 'frobnicate'"),
        (&["build", "a.edn", "--no-such-option"], "unexpected argument '--no-such-option'"),
        (&["check", "a.edn", "--deny"], "a value is required for '--deny <CODE>'"),
    ] {
        let json = refused(arguments, 2, "usage");
        let message = json.pointer("/error/message").and_then(Value::as_str).unwrap();
        assert!(message.contains(part), "{json:#}");
        assert!(breytac_run(arguments).stderr.starts_with("error[usage]: "));
    }
    assert!(breytac_run(&[]).expect_status(2).stderr.contains("Usage: breytac"));
    assert!(breytac_run(&["explain", "usage"]).expect_status(0).stdout.starts_with("# usage"));
    breytac_run(&["explain", "no-such-code"]).expect_status(2);
}

#[test]
fn explain_prints_the_page() {
    let finished = breytac_run(&["explain", "unknown-symbol"]).expect_status(0);
    assert!(finished.stdout.contains("# unknown-symbol"), "{finished:#?}");
}

/// The flow of the documentation, as printed there: its `let` vector is closed too early, and a `)` is left over.
#[test]
fn as_printed_blames_two_brackets() {
    let file = "tests/fixtures/as-printed/fetch-users.edn";
    let text = tree::read(&tree::root().join(file));
    let place = |offset: usize| {
        let before = &text[..offset];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
        (line as u64, column as u64)
    };
    let early = place(text.find("(flow/input)]").unwrap() + "(flow/input)".len());
    let left_over: Vec<(u64, u64)> =
        text.rmatch_indices(')').take(2).map(|(offset, _)| place(offset)).collect();
    let json = report::check(file).expect_status(1).json();
    let reported = report::diagnostics(&json);
    let codes: Vec<&str> = reported.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(codes, ["clojure_delimiters_invalid"; 2], "{json:#}");
    assert_eq!((reported[0].line, reported[0].column), early, "{json:#}");
    assert!(left_over.contains(&(reported[1].line, reported[1].column)), "{json:#}");
}

#[test]
fn good_flows_pass() {
    for example in examples() {
        let json = report::check(example.to_str().unwrap()).expect_status(0).json();
        assert_eq!(json["ok"], true, "{json:#}");
    }
}

#[test]
fn mir_prints_the_body_and_the_functions() {
    let finished = breytac_run(&["mir", "examples/fetch-users/flow.edn"]).expect_status(0);
    for part in ["fetch-users", "summarize", "get-users"] {
        assert!(finished.stdout.contains(part), "no {part} in\n{}", finished.stdout);
    }
}

fn examples() -> Vec<PathBuf> {
    let found = tree::files(Path::new(&tree::root().join("examples")), "flow.edn");
    assert!(found.len() >= 3, "{found:?}");
    found
}

#[test]
fn calls_of_child_flows_are_checked_against_them() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, invocations: &str, flow: &str| {
        let path = folder.path().join(name);
        let text = format!(
            "{{:slug :{name} :name \"F\" :concurrency {{:type :singleton :on-new-version :supersede}}\n \
             :interfaces {{:manual [{{:id :run :label \"Run\" :invocation :default}}]}}\n \
             :invocations {{:default {{:inputs {invocations}}}}}\n :flow '{flow}}}\n"
        );
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let child = write("child", "[{:name :order-id :type :text :required true}]", "(:order-id (flow/input))");
    let parent = write("parent", "[]", "(flow/call-flow :child {:order 5})");
    let alone = breytac_run(&["check", &parent, "--format", "json"]).expect_status(0);
    assert!(report::diagnostics(&alone.json()).is_empty());
    let with = breytac_run(&["check", &parent, "--with", &child, "--format", "json"]);
    let with = with.expect_status(1);
    let found: Vec<String> = report::diagnostics(&with.json()).into_iter().map(|it| it.code).collect();
    assert_eq!(found, ["missing-input-key"]);
    let needy = folder.path().join("needy");
    let text = std::fs::read_to_string(&child).unwrap().replace(":slug :child", ":slug :needy").replace(
        ":interfaces",
        ":requires [{:slot :api :type :http-api :base-url \"https://a.example\"}\n            \
         {:slot :more :type :http-api :base-url \"https://b.example\" :optional true}]\n :interfaces",
    );
    std::fs::write(&needy, text).unwrap();
    let caller = write(
        "caller",
        "[]",
        "(do (flow/call-flow :needy {:order-id \"1\"})\n (flow/step :fanout :all {:items [{:type :call-flow :flow-slug \
         :needy :input {:order-id \"2\"}}]}))",
    );
    let with = breytac_run(&["check", &caller, "--with", &needy.to_string_lossy(), "--format", "json"]);
    let found = report::diagnostics(&with.expect_status(1).json());
    let shown: Vec<(&str, &str)> = found.iter().map(|it| (it.code.as_str(), it.message.as_str())).collect();
    let message = "the flow `:needy` needs the connection slot `:api`, which this flow does not declare";
    assert_eq!(shown, [("unknown-connection-slot", message)]);
    let broken = write("broken", "[", "1");
    let refused = breytac_run(&["check", &parent, "--with", &broken, "--format", "json"]);
    assert_eq!(refused.expect_status(1).error_code(), "child-flow-invalid");
}
