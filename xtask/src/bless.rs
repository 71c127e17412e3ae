//! Rewrites every snapshot, then shows what changed: counts, and the three smallest differences in full.

use std::process::Command;

use anyhow::Result;

use crate::{program, tree};

pub(crate) fn run(filter: &[&str]) -> Result<()> {
    let mut arguments = vec!["test", "--package", "breyta-tests"];
    arguments.extend_from_slice(filter);
    let outcome = program::run(program::cargo(&arguments).env("INSTA_UPDATE", "always"));
    program::print(&digest()?)?;
    outcome
}

/// One changed file by `git diff --numstat`.
struct Change {
    lines: usize,
    path: String,
}

fn digest() -> Result<String> {
    let stat = git(&["diff", "--numstat", "--", "*.snap"])?;
    let mut changes: Vec<Change> = stat.lines().filter_map(parse).collect();
    let new = git(&["ls-files", "--others", "--exclude-standard", "--", "*.snap"])?;
    changes.sort_by(|a, b| (a.lines, &a.path).cmp(&(b.lines, &b.path)));
    let total: usize = changes.iter().map(|change| change.lines).sum();
    let mut text =
        format!("{} snapshots changed, {total} lines; {} new\n", changes.len(), new.lines().count());
    for change in changes.iter().take(3) {
        text.push('\n');
        text.push_str(&git(&["diff", "--", &change.path])?);
    }
    for path in new.lines() {
        text.push_str("new: ");
        text.push_str(path);
        text.push('\n');
    }
    Ok(text)
}

fn parse(line: &str) -> Option<Change> {
    let mut words = line.split('\t');
    let (added, removed, path) = (words.next()?, words.next()?, words.next()?);
    Some(Change {
        lines: added.parse::<usize>().ok()? + removed.parse::<usize>().ok()?,
        path: path.to_owned(),
    })
}

fn git(arguments: &[&str]) -> Result<String> {
    program::output(Command::new("git").args(arguments).current_dir(tree::root()))
}
