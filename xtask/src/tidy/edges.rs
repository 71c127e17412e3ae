//! The allowed edges between our crates, and what some crates may not use from outside. One line per crate.

use anyhow::{Context, Result};
use serde_json::Value;

use super::Tree;
use crate::program;

/// A crate and the crates of ours it may use, in any section of its manifest.
const ALLOWED: &[(&str, &[&str])] = &[
    ("breyta-core", &[]),
    ("breyta-catalog", &[]),
    ("breyta-engine", &["breyta-core", "breyta-catalog"]),
    ("breyta-store", &["breyta-core", "breyta-catalog", "breyta-engine"]),
    ("breyta-steps", &["breyta-core", "breyta-catalog", "breyta-engine"]),
    ("breyta-runtime", &["breyta-core", "breyta-catalog", "breyta-engine", "breyta-store", "breyta-steps"]),
    ("breyta-codegen-templates", &[]),
    ("breyta-compiler", &["breyta-core", "breyta-catalog", "breyta-codegen-templates"]),
    ("breytac", &["breyta-core", "breyta-compiler", "breyta-codegen-templates"]),
    (
        "breyta-tests",
        &[
            "breyta-core",
            "breyta-catalog",
            "breyta-engine",
            "breyta-store",
            "breyta-steps",
            "breyta-runtime",
            "breyta-codegen-templates",
            "breyta-compiler",
        ],
    ),
    ("xtask", &[]),
];

const NETWORK: &[&str] = &["reqwest", "hyper", "axum", "rustls"];
const SQL: &[&str] = &["rusqlite", "sqlx", "tokio-postgres"];
const ASYNC: &[&str] = &["tokio", "futures", "async-trait"];

/// A crate and the kinds of outside crates it may not use.
const BANNED: &[(&str, &[&[&str]])] = &[
    ("breyta-core", &[NETWORK, SQL, ASYNC]),
    ("breyta-catalog", &[NETWORK, SQL, ASYNC]),
    ("breyta-codegen-templates", &[NETWORK, SQL, ASYNC]),
    ("breyta-compiler", &[NETWORK, SQL, ASYNC]),
    ("breyta-engine", &[NETWORK, SQL]),
    ("breyta-store", &[NETWORK]),
    ("breyta-steps", &[SQL]),
    ("breytac", &[NETWORK, SQL, ASYNC]),
];

pub(super) fn check(_tree: &Tree) -> Result<Vec<String>> {
    let arguments = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let metadata: Value = serde_json::from_str(&program::output(&mut program::cargo(&arguments))?)?;
    let packages = metadata["packages"].as_array().context("cargo metadata lists no packages")?;
    let mut found = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let uses: Vec<&str> = package["dependencies"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|dependency| dependency["name"].as_str())
            .collect();
        found.extend(judge(name, &uses));
    }
    Ok(found)
}

/// Complaints about one crate.
pub(super) fn judge(name: &str, uses: &[&str]) -> Vec<String> {
    let Some((_, allowed)) = ALLOWED.iter().find(|(crate_name, _)| *crate_name == name) else {
        return vec![format!("{name}: a new crate; say in xtask/src/tidy/edges.rs what it may use")];
    };
    let ours = |other: &str| ALLOWED.iter().any(|(crate_name, _)| *crate_name == other);
    let banned =
        BANNED.iter().find(|(crate_name, _)| *crate_name == name).map_or(&[][..], |(_, kinds)| *kinds);
    let mut found = Vec::new();
    for other in uses {
        if ours(other) && !allowed.contains(other) {
            found.push(format!("{name}: may not depend on {other}"));
        }
        if banned.iter().any(|kind| kind.contains(other)) {
            found.push(format!("{name}: may not use {other}; ARCHITECTURE.md says why"));
        }
    }
    found
}
