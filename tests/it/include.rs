//! Flows of several files, from the disk: where includes may lead, and that every command follows them.

use std::path::{Path, PathBuf};

use breyta_tests::executable::breytac_run;
use breyta_tests::report::{self, Reported};

/// Files in a folder of their own; the first one is the flow.
struct Place {
    folder: tempfile::TempDir,
    flow: PathBuf,
}

impl Place {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let flow = folder.path().join(files[0].0);
        Self { folder, flow }
    }

    fn flow(&self) -> &str {
        self.flow.to_str().unwrap()
    }

    fn check(&self) -> Vec<Reported> {
        report::diagnostics(&report::check(self.flow()).json())
    }
}

const FLOW: &str = "{:slug :parts
 :name \"Parts\"
 :concurrency {:type :singleton :on-new-version :supersede}
 :invocations {:default {:inputs []}}
 :interfaces {:manual [{:id :run :label \"Run\" :invocation :default :enabled true}]}
 :functions [#flow/include \"parts/functions/double.edn\"]
 :flow '(let [x (flow/step :function :double {:ref :double :input #flow/include \"parts/input.edn\"})]
          {:result x})}
";
const DOUBLE: &str =
    ";; Doubles a number.\n{:id :double\n :language :clojure\n :code #flow/include \"double.clj\"}\n";
const CODE: &str = "'(fn [input]\n   (* 2 (:n input)))\n";

fn parts() -> Place {
    Place::new(&[
        ("flow.edn", FLOW),
        ("parts/functions/double.edn", DOUBLE),
        ("parts/functions/double.clj", CODE),
        ("parts/input.edn", "{:n 21}"),
    ])
}

/// The flow with this in place of a form.
fn with(include: &str) -> String {
    FLOW.replace("{:result x}", &format!("{{:result #flow/include {include}}}"))
}

#[test]
fn every_command_follows_includes() {
    let place = parts();
    assert!(place.check().is_empty(), "{:?}", place.check().iter().map(|it| &it.message).collect::<Vec<_>>());
    let mir = breytac_run(&["mir", place.flow()]).expect_status(0);
    assert!(mir.stdout.contains("21"), "{}", mir.stdout);
    let out = place.folder.path().join("crate");
    breytac_run(&["emit", place.flow(), "-o", out.to_str().unwrap()]).expect_status(0);
    // What is embedded needs no other file, and is the same flow.
    let expanded = std::fs::read_to_string(out.join("flow.edn")).unwrap();
    assert!(!expanded.contains("#flow/include"), "{expanded}");
    assert!(expanded.contains(";; Doubles a number."), "{expanded}");
    let alone = Place::new(&[("flow.edn", &expanded)]);
    let version = |flow: &str| {
        let json = breytac_run(&["mir", flow, "--format", "json"]).expect_status(0).json();
        json["data"]["version"].as_str().unwrap().to_owned()
    };
    assert_eq!(version(place.flow()), version(alone.flow()));
    // The sources stay as they were written.
    assert_eq!(std::fs::read_to_string(&place.flow).unwrap(), FLOW);
}

#[test]
fn problems_name_the_included_file() {
    let place = parts();
    let code = place.folder.path().join("parts/functions/double.clj");
    std::fs::write(&code, "'(fn [input]\n   (doubel (:n input)))\n").unwrap();
    let json = report::check(place.flow()).expect_status(1).json();
    let problem = &json["data"]["diagnostics"][0];
    assert_eq!(problem["code"], "unknown-symbol", "{json:#}");
    assert!(problem["file"].as_str().unwrap().ends_with("parts/functions/double.clj"), "{problem:#}");
    assert_eq!(problem["span"]["line"], 2);
    let short = breytac_run(&["check", place.flow(), "--format", "short"]).expect_status(1);
    assert!(short.stdout.contains("double.clj:2:5: error[unknown-symbol]"), "{}", short.stdout);
}

#[track_caller]
fn refused(place: &Place, part: &str) {
    let reported = place.check();
    let all: Vec<String> = reported.iter().map(|it| format!("{}: {}", it.code, it.message)).collect();
    assert!(
        all.iter().any(|it| it.starts_with("flow_include_invalid: ") && it.contains(part)),
        "{part}: {all:?}"
    );
}

#[test]
fn what_cannot_be_included() {
    let file = |include: &str| Place::new(&[("flow.edn", &with(include)), ("a folder/x.edn", "1")]);
    refused(&file("\"gone.edn\""), "there is no file");
    refused(&file("\"/etc/hostname\""), "is absolute");
    refused(&file("\"\""), "empty");
    refused(&file("\"a folder\""), "is no file");
    refused(&file("gone"), "takes the path of a file as a string");
    refused(&file("\"flow.edn\""), "circle");
    let outside = Place::new(&[("flows/flow.edn", &with("\"../secret.edn\"")), ("secret.edn", "1")]);
    refused(&outside, "outside the folder");
    let round = Place::new(&[
        ("flow.edn", &with("\"a.edn\"")),
        ("a.edn", "[#flow/include \"b.edn\"]"),
        ("b.edn", "[#flow/include \"a.edn\"]"),
    ]);
    refused(&round, "a.edn → ");
    let bytes = parts();
    std::fs::write(bytes.folder.path().join("parts/input.edn"), b"{:n \"\xff\"}").unwrap();
    refused(&bytes, "not UTF-8");
}

#[cfg(unix)]
#[test]
fn links_are_followed_before_the_folder_is_checked() {
    use std::os::unix::fs::symlink;
    let place = Place::new(&[
        ("flows/flow.edn", &with("\"link.edn\"").replace("parts/", "../parts/")),
        ("secret.edn", "1"),
        ("flows/inner.edn", "5"),
    ]);
    let link = place.folder.path().join("flows/link.edn");
    symlink(place.folder.path().join("secret.edn"), &link).unwrap();
    refused(&place, "link.edn lies outside the folder");
    std::fs::remove_file(&link).unwrap();
    symlink("inner.edn", &link).unwrap();
    assert!(place.check().iter().all(|it| !it.message.contains("link.edn")), "a link inside is fine");
    symlink(Path::new("loop.edn"), place.folder.path().join("flows/loop.edn")).unwrap();
    std::fs::write(&place.flow, with("\"loop.edn\"")).unwrap();
    refused(&place, "cannot be read");
}
