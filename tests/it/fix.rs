//! `breytac check --fix`: what it mends, what it leaves alone, and what it says about it; and levels of diagnostics.

use std::path::PathBuf;

use breyta_tests::executable::breytac_run;
use breyta_tests::{documents, tree};
use serde_json::Value;

const HEAD: &str = "{:slug :mend\n :name \"Mend\"\n :concurrency {:type :singleton :on-new-version :supersede}\n \
    :requires [{:slot :api :type :http-api :label \"API\" :base-url \"https://api.example.com\" :auth {:type :none}}]\n";

const STARTS: &str = " :invocations {:default {:inputs []}}\n \
    :interfaces {:manual [{:id :run :label \"Run\" :invocation :default}]}\n";

/// A folder with files in it; the first one is the flow.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    fn run(&self, options: &[&str]) -> (Value, i32) {
        let file = self.path("flow.edn");
        let mut arguments = vec!["check", file.to_str().unwrap(), "--format", "json"];
        arguments.extend(options);
        let finished = breytac_run(&arguments);
        let status = i32::from(finished.json()["ok"] != true);
        (finished.expect_status(status).json(), status)
    }

    fn fix(&self) -> Value {
        self.run(&["--fix"]).0
    }
}

/// Mends a flow; it is clean afterwards, and mending it again changes nothing.
#[track_caller]
fn check(before: &str, after: &str, codes: &[&str]) {
    let place = Place::new(&[("flow.edn", before)]);
    let json = place.fix();
    assert_eq!(place.text("flow.edn"), after, "{json:#}");
    assert_eq!(json["ok"], true, "{json:#}");
    let made: Vec<&str> = json["data"]["fixes"]["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["code"].as_str().unwrap())
        .collect();
    assert_eq!(made, codes, "{json:#}");
    assert_eq!(place.fix()["data"]["fixes"]["changes"], serde_json::json!([]));
    assert_eq!(place.text("flow.edn"), after);
}

fn flow(sections: &str) -> String {
    format!("{HEAD}{STARTS}{sections}}}\n")
}

#[test]
fn a_misspelt_key() {
    check(
        &flow(" :flow '(flow/step :http :get {:connection :api :pth \"/\"})"),
        &flow(" :flow '(flow/step :http :get {:connection :api :path \"/\"})"),
        &["unknown-config-key"],
    );
}

#[test]
fn a_misspelt_field() {
    check(
        &flow(" :flwo '(flow/step :http :get {:connection :api :path \"/\"})"),
        &flow(" :flow '(flow/step :http :get {:connection :api :path \"/\"})"),
        &["unknown-key"],
    );
}

/// With the nearest key, the map would have it twice.
#[test]
fn a_key_that_is_there_already() {
    let text =
        flow(" :tags [\"a\"] :tagz [\"b\"]\n :flow '(flow/step :http :get {:connection :api :path \"/\"})");
    let place = Place::new(&[("flow.edn", &text)]);
    let json = place.fix();
    assert_eq!(place.text("flow.edn"), text, "{json:#}");
}

#[test]
fn an_unquoted_body() {
    check(&flow(" :flow (flow/input)"), &flow(" :flow '(flow/input)"), &["flow-body-unquoted"]);
}

#[test]
fn a_legacy_trigger() {
    let place = Place::new(&[(
        "flow.edn",
        &format!(
            "{HEAD} :triggers [{{:type :manual :label \"Run\" :enabled true}}]\n :flow '(flow/input)}}\n"
        ),
    )]);
    let json = place.fix();
    let text = place.text("flow.edn");
    assert!(!text.contains(":triggers"), "{text}");
    assert!(text.contains(":interfaces") && text.contains(":manual"), "{text}");
    assert_eq!(json["ok"], true, "{json:#}");
    assert_eq!(json["data"]["fixes"]["changes"][0]["code"], "deprecated_manual_trigger", "{json:#}");
    let again = place.fix();
    assert_eq!(again["data"]["fixes"]["changes"], serde_json::json!([]));
    let codes: Vec<&str> = again["data"]["diagnostics"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|it| it["code"].as_str())
        .collect();
    assert!(!codes.contains(&"deprecated_manual_trigger"), "{again:#}");
}

/// The quote uncovers the misspelt family, and that the misspelt key.
#[test]
fn what_a_change_uncovers_is_mended_too() {
    check(
        &flow(" :flow (flow/step :htp :get {:connection :api :pth \"/\"})"),
        &flow(" :flow '(flow/step :http :get {:connection :api :path \"/\"})"),
        &["flow-body-unquoted", "unknown-step-family", "unknown-config-key"],
    );
}

/// The nearest family is a guess: with it, the step would have more errors than without.
#[test]
fn a_change_that_makes_errors_is_left_out() {
    let before = flow(
        " :descripton \"d\"\n :flow '(flow/step :htp :get {:connection :nowhere-at-all :body-of-it 1 :zzzzzzzzz 2})",
    );
    let place = Place::new(&[("flow.edn", &before)]);
    let json = place.fix();
    assert_eq!(place.text("flow.edn"), before.replace(":descripton", ":description"), "{json:#}");
    assert_eq!(json["data"]["fixes"]["withheld"], 1, "{json:#}");
    assert_eq!(json["ok"], false);
}

#[test]
fn included_files() {
    let flow_text = flow(" :descripton \"d\"\n :flow '#flow/include \"body.edn\"");
    let place = Place::new(&[
        ("flow.edn", &flow_text),
        ("body.edn", "(flow/step :http :get {:connection :api :pth \"/\"})\n"),
    ]);
    let json = place.fix();
    assert_eq!(json["ok"], true, "{json:#}");
    assert!(place.text("flow.edn").contains(":description"));
    assert!(place.text("body.edn").contains(":path"));
}

/// The files are mended where they lie, and the link to the flow stays a link.
#[cfg(unix)]
#[test]
fn a_flow_behind_a_link() {
    let flow_text = flow(" :descripton \"d\"\n :flow '#flow/include \"body.edn\"");
    let real = Place::new(&[
        ("flow.edn", &flow_text),
        ("body.edn", "(flow/step :http :get {:connection :api :pth \"/\"})\n"),
    ]);
    // A file of the same name beside the link is no part of the flow.
    let linked = Place::new(&[("body.edn", "(flow/input)\n")]);
    std::os::unix::fs::symlink(real.path("flow.edn"), linked.path("flow.edn")).unwrap();
    let json = linked.fix();
    assert_eq!(json["ok"], true, "{json:#}");
    assert!(std::fs::symlink_metadata(linked.path("flow.edn")).unwrap().is_symlink());
    assert!(real.text("flow.edn").contains(":description"));
    assert!(real.text("body.edn").contains(":path"));
    assert_eq!(linked.text("body.edn"), "(flow/input)\n");
}

#[test]
fn nothing_to_mend_is_not_written() {
    let place = Place::new(&[("flow.edn", &flow(" :flow '(flow/input)"))]);
    let before = std::fs::metadata(place.path("flow.edn")).unwrap().modified().unwrap();
    place.fix();
    assert_eq!(std::fs::metadata(place.path("flow.edn")).unwrap().modified().unwrap(), before);
}

#[test]
fn people_are_told_what_was_changed() {
    let place = Place::new(&[("flow.edn", &flow(" :flow (flow/input)"))]);
    let finished =
        breytac_run(&["check", place.path("flow.edn").to_str().unwrap(), "--fix"]).expect_status(0);
    for part in ["put in `'`", "flow-body-unquoted", "1 change made"] {
        assert!(finished.stderr.contains(part), "{finished:#?}");
    }
}

#[track_caller]
fn level(options: &[&str], settings: &str, status: i32, severities: &[&str]) {
    let text = flow(" :flow '(flow/step :http :get {:connection :api :path \"/w/ws-acme\"})");
    let mut files = vec![("flow.edn", text.as_str())];
    if !settings.is_empty() {
        files.push(("breytac.toml", settings));
    }
    let (json, found) = Place::new(&files).run(options);
    let list = json["data"]["diagnostics"].as_array().cloned().unwrap_or_default();
    let listed: Vec<&str> = list.iter().map(|it| it["severity"].as_str().unwrap()).collect();
    assert_eq!((found, listed.as_slice()), (status, severities), "{json:#}");
}

#[test]
fn levels() {
    level(&[], "", 0, &["warning"]);
    level(&["--deny", "hardcoded_workspace_id"], "", 1, &["error"]);
    level(&["--deny", "warnings"], "", 1, &["error"]);
    level(&["--allow", "hardcoded_workspace_id"], "", 0, &[]);
    level(&["--allow", "warnings"], "", 0, &[]);
    level(&[], "[lints]\nhardcoded_workspace_id = \"deny\"\n", 1, &["error"]);
    level(&[], "[lints]\nwarnings = \"allow\"\n", 0, &[]);
    // A code's own level is stronger than that of all warnings, and the command line stronger than the file.
    level(&[], "[lints]\nwarnings = \"allow\"\nhardcoded_workspace_id = \"warn\"\n", 0, &["warning"]);
    level(
        &["--warn", "hardcoded_workspace_id"],
        "[lints]\nhardcoded_workspace_id = \"deny\"\n",
        0,
        &["warning"],
    );
}

/// Of a code with both severities, only warnings can be allowed.
#[test]
fn levels_of_a_code_with_two_severities() {
    let warning = flow(" :flow '(flow/step :http \"get\" {:connection :api :path \"/\"})");
    let place = Place::new(&[("flow.edn", &warning)]);
    assert_eq!(place.run(&["--allow", "flow_step_missing_step_id"]).1, 0);
    let error = flow(" :flow '(flow/step :http {:connection :api :path \"/\"})");
    let place = Place::new(&[("flow.edn", &error)]);
    assert_eq!(place.run(&["--allow", "flow_step_missing_step_id"]).1, 1);
}

#[test]
fn levels_that_do_not_exist() {
    let place = Place::new(&[("flow.edn", &flow(" :flow '(flow/input)"))]);
    let file = place.path("flow.edn");
    let refuse = |code: &str, part: &str| {
        let finished = breytac_run(&["check", file.to_str().unwrap(), "--allow", code]).expect_status(2);
        assert!(finished.stderr.contains(part), "{finished:#?}");
    };
    refuse("hardcoded_workspace_ids", "did you mean hardcoded_workspace_id?");
    refuse("unknown-symbol", "always an error");
    std::fs::write(place.path("breytac.toml"), "[lints]\nunknown-keys = \"allow\"\n").unwrap();
    let finished = breytac_run(&["check", file.to_str().unwrap()]).expect_status(1);
    assert!(finished.stderr.contains("did you mean unknown-key?"), "{finished:#?}");
}

#[test]
fn the_documented_json_is_what_is_printed() {
    let flow = tree::read(&tree::root().join(documents::check_json::EXAMPLE));
    let printed =
        breytac_run(&["check", documents::check_json::EXAMPLE, "--format", "json"]).expect_status(1).json();
    assert_eq!(printed, documents::check_json::example(&flow));
}
