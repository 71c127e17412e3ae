//! Bindings: the file's spellings, what is refused, merging, and what a step gets.

use std::path::Path;

use breyta_core::print;
use breyta_steps::connection::{Auth, Connections};

use super::{Bindings, file, redacted, template};
use crate::contract::Contract;

const CONTRACT: &str = r#"{:slug "f" :requires [
  {:slot :api :type :http-api :label "The API" :base-url "https://a.example" :auth {:type :api-key}}
  {:slot :open :type :http-api :auth {:type :none} :optional true}
  {:slot :q :type :http-api :base-url "https://q.example" :auth {:type :api-key :query "token"} :optional true}]}"#;

fn bound(texts: &[(&str, &str)]) -> Result<Bindings, String> {
    let contract = Contract::read(CONTRACT).unwrap();
    let mut bindings = Bindings { requires: contract.requires.clone(), ..Bindings::default() };
    for (name, text) in texts {
        bindings
            .merge(file::parse(Path::new(name), text, Some(&contract)).map_err(|failure| failure.message)?);
    }
    Ok(bindings)
}

/// Parses one file and compares what is applied, or the end of the message.
fn check(name: &str, text: &str, expected: &str) {
    let shown = match bound(&[(name, text)]) {
        Ok(bindings) => print::pr_str(&bindings.to_value()),
        Err(message) => message,
    };
    assert!(shown.ends_with(expected), "{text}\n{shown}\n{expected}");
}

#[test]
fn files() {
    check(
        "b.edn",
        "{:bindings {:api {:base-url \"http://x\" :apiKey \"k\"}}}",
        "{:bindings {:api {:url \"http://x\", :apikey \"k\"}}}",
    );
    check(
        "b.json",
        r#"{"profile":{"type":"prod","autoUpgrade":false},"bindings":{"api":{"api-key":"k","headers":{"X-T":"1"}}},"activation":{"region":"EU"}}"#,
        r#"{:bindings {:api {:apikey "k", :headers {"X-T" "1"}}}, :activation {:region "EU"}}"#,
    );
    check(
        "b.edn",
        "{:bindings {:api {:apikey :redacted :url nil :name \":GENERATE\"}}}",
        "{:bindings {:api {}}}",
    );
    check(
        "b.edn",
        "{:other {}}",
        "have the key :other; only :profile, :bindings and :activation may stand there",
    );
    check(
        "b.edn",
        "{:profile {:kind 1}}",
        "have :kind in :profile; only :type and :autoUpgrade may stand there",
    );
    check(
        "b.edn",
        "{:bindings {:ap {}}}",
        "bind :ap, which is no slot of this flow; its slots are :api :open :q",
    );
    check(
        "b.edn",
        "{:bindings {:api {:ulr \"x\"}}}",
        "have the unknown field :ulr under :api; a connection takes :name :url :apikey :headers :header :location :param-name :query-param",
    );
    check(
        "b.edn",
        "{:bindings {:api {:conn \"c1\"}}}",
        "have :conn under :api, which is not supported yet; bind an HTTP connection with :url and :apikey",
    );
    check(
        "b.edn",
        "{:bindings {:api {:url \"x\"}}}",
        "have :url \"x\" under :api; write it like https://host or http://host:port",
    );
    check(
        "b.edn",
        "{:bindings {:api {:url \"http://u:p@x\"}}}",
        "have a user in the :url of :api; bind what proves the right to use it as :apikey or in :headers",
    );
    check(
        "b.edn",
        "{:bindings {:api {:apikey \"k\\n\"}}}",
        "have a line break or another control character in :apikey of :api",
    );
    check("b.edn", "[]", "are not a map; write {:bindings {:slot {:url \"…\"}}}");
    assert!(bound(&[("b.edn", "{:bindings ")]).unwrap_err().contains("are no EDN"));
}

#[test]
fn later_files_change_what_they_name() {
    let first = ("a.edn", "{:bindings {:api {:url \"http://x\" :apikey \"k1\"}} :activation {:a 1}}");
    let second = ("b.edn", "{:bindings {:api {:url \"http://y\" :apikey :redacted}} :activation {:b 2}}");
    let bindings = bound(&[first, second]).unwrap();
    assert_eq!(
        print::pr_str(&bindings.to_value()),
        "{:bindings {:api {:url \"http://y\", :apikey \"k1\"}}, :activation {:a 1, :b 2}}"
    );
}

#[test]
fn incomplete_bindings_name_slot_and_field() {
    let failure = bound(&[]).unwrap().check_complete().unwrap_err();
    assert_eq!(failure.code, "profile_bindings_incomplete");
    assert!(failure.message.starts_with("the bindings lack :apikey of :api;"), "{}", failure.message);
    assert_eq!(print::pr_str(&failure.details), "{:missing [{:slot \"api\", :field \"apikey\"}]}");
    assert!(bound(&[("b.edn", "{:bindings {:api {:apikey \"k\"}}}")]).unwrap().check_complete().is_ok());
}

#[test]
fn connections() {
    let bindings =
        bound(&[("b.edn", "{:bindings {:api {:apikey \"k\" :header \"X-Mine\"} :q {:apikey \"k2\"}}}")])
            .unwrap();
    let api = bindings.resolve("api").unwrap();
    assert_eq!(api.base_url, "https://a.example");
    assert!(matches!(&api.auth, Auth::ApiKeyHeader { name, key } if name == "X-Mine" && key.reveal() == "k"));
    assert!(
        matches!(&bindings.resolve("q").unwrap().auth, Auth::ApiKeyQuery { name, .. } if name == "token")
    );
    let error = bindings.resolve("open").unwrap_err();
    assert_eq!(
        (error.kind, error.message.as_str()),
        ("missing-binding", "the connection :open has no :url; apply bindings that hold it")
    );
    assert_eq!(bindings.resolve("none").unwrap_err().kind, "missing-binding");
}

#[test]
fn shown_without_secrets() {
    let bindings =
        bound(&[("b.edn", "{:bindings {:api {:apikey \"s3cret\" :headers {\"X-T\" \"s3cret\"}}}}")]).unwrap();
    let shown = print::pr_str(&redacted(&bindings));
    assert!(!shown.contains("s3cret") && shown.contains("[redacted]"), "{shown}");
    assert!(!format!("{:?}", bindings.resolve("api")).contains("s3cret"));
}

#[test]
fn the_template_can_be_applied() {
    let contract = Contract::read(CONTRACT).unwrap();
    let text = template("f", &contract);
    assert!(text.contains(":apikey :redacted") && text.contains("https://a.example"), "{text}");
    let filled = text.replace(":url nil", ":url \"https://open.example\"");
    assert_ne!(text, filled);
    assert!(bound(&[("b.edn", &filled), ("c.edn", &text)]).unwrap().resolve("open").is_ok(), "{filled}");
}

#[cfg(unix)]
#[test]
fn saved_for_the_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let contract = Contract::read(CONTRACT).unwrap();
    let directory = std::env::temp_dir().join(format!("breyta-bindings-{}", std::process::id()));
    let bindings = bound(&[("b.edn", "{:bindings {:api {:apikey \"k\"}}}")]).unwrap();
    bindings.save(&directory).unwrap();
    bindings.save(&directory).unwrap();
    // What a killed process left is removed, what another one is writing is not.
    let (dead, alive) = (directory.join("bindings.edn.new.1"), directory.join("bindings.edn.new.2"));
    std::fs::write(&dead, "k").unwrap();
    let writing = std::fs::File::create(&alive).unwrap();
    writing.lock().unwrap();
    Bindings::load(&directory, &contract).unwrap();
    assert!(!dead.exists() && alive.exists());
    drop(writing);
    let path = directory.join(super::FILE_NAME);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let loaded = Bindings::load(&directory, &contract).unwrap();
    assert_eq!(loaded.to_value(), bindings.to_value());
    assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 1);
    std::fs::remove_dir_all(&directory).unwrap();
}
