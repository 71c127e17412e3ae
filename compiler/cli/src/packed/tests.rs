//! The pack is a workspace, and its lock file takes one package more.

use super::{FILES, lock, lock_with};

fn names(lock: &str) -> Vec<String> {
    let table: toml::Table = lock.parse().unwrap();
    let packages = table["package"].as_array().unwrap();
    packages.iter().map(|package| package["name"].as_str().unwrap().to_owned()).collect()
}

#[track_caller]
fn check(package: &str) {
    let text = lock_with(package, "0.0.0");
    let mut expected = names(lock());
    expected.push(package.to_owned());
    expected.sort();
    assert_eq!(names(&text), expected);
    assert!(text.starts_with(lock().split("\n\n").next().unwrap()));
    assert!(text.ends_with('\n') && !text.ends_with("\n\n"));
}

#[test]
fn a_package_is_sorted_in() {
    for package in ["flow-hello", "aaa", "zzzz", "flow-zz_9"] {
        check(package);
    }
}

#[test]
fn the_pack_is_a_workspace_of_the_runtime_alone() {
    let find = |path: &str| FILES.iter().find(|(it, _)| *it == path).map(|(_, text)| *text);
    let root: toml::Table = find("Cargo.toml").unwrap().parse().unwrap();
    assert_eq!(root["package"]["name"].as_str(), Some("breyta-runtime"));
    for member in root["workspace"]["members"].as_array().unwrap() {
        let member = member.as_str().unwrap();
        let manifest: toml::Table = find(&format!("{member}/Cargo.toml")).unwrap().parse().unwrap();
        assert!(!manifest.contains_key("lints") && !manifest.contains_key("dev-dependencies"));
        assert!(find(&format!("{member}/src/lib.rs")).is_some());
    }
    assert!(FILES.iter().all(|(path, _)| !path.ends_with("tests.rs")));
}
