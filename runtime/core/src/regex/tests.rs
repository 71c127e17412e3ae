//! The engine against answers of Java: one list for both matchers.
//!
//! `tests/java.jsonl` was recorded from `java.util.regex` of OpenJDK 17. A row is a pattern, a text, all matches, the
//! match of the whole text and the match at its start, each as start, end (in UTF-16 units) and groups; or a pattern, a
//! text and the message of the exception.

use serde_json::Value as Json;

use super::linear::Both;
use super::{Found, Pattern, Search, parse};
use crate::Budget;

fn units(text: &str, offset: usize) -> usize {
    text.get(..offset).unwrap_or_default().encode_utf16().count()
}

fn shown(text: &str, found: &Found, groups: usize) -> Json {
    let whole = found.range(0).unwrap_or_default();
    let mut row = vec![Json::from(units(text, whole.start)), Json::from(units(text, whole.end))];
    for group in 1..=groups {
        row.push(found.range(group).and_then(|range| text.get(range)).map_or(Json::Null, Json::from));
    }
    Json::Array(row)
}

fn answers(engine: &Both, text: &str, groups: usize) -> Result<Vec<Json>, String> {
    let mut budget = Budget::new(5_000_000, 100, 1 << 26);
    let failed = |thrown: crate::Thrown| thrown.code().to_owned();
    let mut all = Vec::new();
    let mut search = Search::new(engine, text, None);
    while all.len() < 50 && search.find(&mut budget).map_err(failed)? {
        all.push(shown(text, search.found(), groups));
    }
    let mut whole = Search::new(engine, text, None);
    let is_whole = whole.whole(&mut budget).map_err(failed)?;
    let mut prefix = Search::new(engine, text, None);
    let is_prefix = prefix.prefix(&mut budget).map_err(failed)?;
    let or_null = |holds: bool, search: &Search<'_, '_>| {
        if holds { shown(text, search.found(), groups) } else { Json::Null }
    };
    Ok(vec![Json::Array(all), or_null(is_whole, &whole), or_null(is_prefix, &prefix)])
}

/// What is wrong with a row, if anything.
fn differs(row: &[Json]) -> Option<String> {
    let (pattern, text) = (row.first()?.as_str()?, row.get(1)?.as_str()?);
    if let Some(message) = row.get(2)?.as_str() {
        return match parse::parse(pattern) {
            Ok(_) => Some(format!("{pattern:?} is accepted, Java says {message:?}")),
            Err(error) if error.java_message(pattern) == message => None,
            Err(error) => Some(format!("{:?}\n  Java says {message:?}", error.java_message(pattern))),
        };
    }
    let wanted = row.get(2..)?;
    let groups = match parse::parse(pattern) {
        Ok(tree) => tree.groups,
        Err(error) => return Some(format!("{pattern:?} is refused: {error:?}")),
    };
    for linear in [false, true] {
        let Ok(tree) = parse::parse(pattern) else { continue };
        let engine = if linear { Both::new(tree) } else { Both::backtracking(tree) };
        let got = answers(&engine, text, groups);
        if got.as_deref() != Ok(wanted) {
            return Some(format!(
                "{pattern:?} on {text:?} ({})\n  got    {got:?}\n  wanted {wanted:?}",
                if linear && engine.is_linear() { "linear" } else { "backtracking" }
            ));
        }
    }
    None
}

fn check(rows: &str) {
    let wrong: Vec<String> = rows
        .lines()
        .filter_map(|line| serde_json::from_str::<Vec<Json>>(line).ok())
        .filter_map(|row| differs(&row))
        .collect();
    assert!(wrong.is_empty(), "{} rows differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn answers_are_javas() {
    check(include_str!("tests/java.jsonl"));
}

/// What we say otherwise than Java.
#[test]
fn differences() {
    let message = |pattern: &str| match parse::parse(pattern) {
        Ok(_) => "accepted".to_owned(),
        Err(error) => format!("{} at {}", error.message, error.offset),
    };
    assert_eq!(message("(?c)a"), "The flag c is not supported at 2");
    assert_eq!(message("a\\N{DIGIT ONE}"), "Characters by name are not supported at 2");
    assert_eq!(message("a\\"), "The pattern ends in a backslash that escapes nothing at 2");
    assert_eq!(message(&"(".repeat(300)), "The groups of the pattern nest too deeply at 199");
    assert_eq!(message("é["), "Unclosed character class at 2");
}

#[test]
fn where_matches_begin_alike_both_matchers_agree() {
    let patterns = ["ab(\\d)", "é(\\w)?x", "ab", "a(b|bc)d", "aa(a*)b", "ab$", "ab(?=c)", "日本(.)"];
    let starts = "ab abx ab ab ab ab ab ab ab ab ab ab ab7 ab8 ééx éyx aaaab abcd abc 日本語 日本 ab";
    for (pattern, text) in
        patterns.iter().flat_map(|pattern| [(pattern, starts), (pattern, ""), (pattern, "ab")])
    {
        let tree = || parse::parse(pattern).unwrap();
        let groups = tree().groups;
        let linear = answers(&Both::new(tree()), text, groups);
        assert_eq!(linear, answers(&Both::backtracking(tree()), text, groups), "{pattern} in {text}");
    }
}

#[test]
fn catastrophic_patterns_run_out_of_fuel() {
    for pattern in ["(a*)*b", "(?=(a|aa)+$)(a|aa)+b", "^(\\w+\\s?)*\\1$"] {
        let text = format!("{}!", "a".repeat(5000));
        let found = Pattern::compile(pattern).unwrap();
        let mut budget = Budget::new(1_000_000, 100, 1 << 28);
        let thrown = found.search(&text).unwrap().find(&mut budget).unwrap_err();
        assert_eq!(thrown.code(), "sandbox-fuel", "{pattern}");
    }
}

#[test]
fn what_can_be_linear_is() {
    let text = format!("{}!", "a".repeat(50_000));
    for pattern in ["(a+)+b", "(?:a|aa)*b", "(?:a*)*b", "^(\\w+\\s?)*$"] {
        let found = Pattern::compile(pattern).unwrap();
        let mut budget = Budget::new(1_000_000, 100, 1 << 28);
        assert_eq!(found.search(&text).unwrap().find(&mut budget), Ok(false), "{pattern}");
    }
}

#[test]
fn long_texts_do_not_overflow_the_stack() {
    let text = "ab".repeat(200_000);
    for pattern in ["(?:(a)|b)*+$", "(?:a(?=b)b)*$", "(a|b)*?(?!.)"] {
        let found = Pattern::compile(pattern).unwrap();
        let mut budget = Budget::new(100_000_000, 100, 1 << 30);
        assert_eq!(found.search(&text).unwrap().find(&mut budget), Ok(true), "{pattern}");
    }
}

#[test]
fn the_stack_of_a_search_is_bounded_by_memory() {
    let text = "ab".repeat(500_000);
    let found = Pattern::compile("(?:a(?=b)b)*$").unwrap();
    let mut budget = Budget::new(100_000_000, 100, 1 << 20);
    let thrown = found.search(&text).unwrap().find(&mut budget).unwrap_err();
    assert_eq!(thrown.code(), "sandbox-memory");
}
