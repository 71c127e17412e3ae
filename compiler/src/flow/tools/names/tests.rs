//! Ids to tool names.

use super::tool_name;

#[track_caller]
fn check(id: &str, expected: &str) {
    assert_eq!(tool_name(id), expected, "{id}");
}

#[test]
fn names() {
    check("github/open-pr", "github_open_pr");
    check("files", "files");
    check("a.b/c!d", "a_b_c_d");
    check("-a--b_-c-", "a_b_c");
    check("crm/find?", "crm_find");
}

#[test]
fn long_names_are_cut_and_stay_apart() {
    let long = format!("ns/{}", "x".repeat(80));
    let name = tool_name(&long);
    assert_eq!(name.len(), 64);
    assert!(name.starts_with("ns_xxx") && name != tool_name(&format!("{long}y")), "{name}");
}
