//! One bracket of a well-indented flow is changed, at every place: one problem, at that place or as near as indentation
//! can show it. And the flow as printed in the documentation, with its two wrong brackets.

use breyta_core::lexer::{Bracket, Opener, TokenKind, lex};

use crate::diagnostics::{Code, Diagnostic};
use crate::source::{FileId, Sources};
use crate::syntax::{print, read};

const FLOW: &str = include_str!("tests/orders.edn");

fn problems(text: &str) -> (Sources, Vec<Diagnostic>) {
    let sources = Sources::single("flow.edn", text);
    let problems = read(&sources, FileId(0)).problems;
    (sources, problems)
}

#[test]
fn probe() {
    let original: Vec<String> =
        read(&Sources::single("f", FLOW), FileId(0)).forms.iter().map(print::print).collect();
    let mut tally = std::collections::BTreeMap::<&str, usize>::new();
    let started = std::time::Instant::now();
    for token in lex(FLOW).tokens {
        let mut variants: Vec<(&str, String)> = vec![];
        match token.kind {
            TokenKind::Open(opener) => {
                variants.push(("delete", String::new()));
                variants.push(("double", opener.text().repeat(2)));
                for other in Bracket::ALL {
                    if other != opener.bracket() {
                        variants.push(("swap", other.open().to_string()));
                    }
                }
            }
            TokenKind::Close(bracket) => {
                variants.push(("delete", String::new()));
                variants.push(("double", bracket.close().to_string().repeat(2)));
                for other in Bracket::ALL {
                    if other != bracket {
                        variants.push(("swap", other.close().to_string()));
                    }
                }
            }
            _ => continue,
        }
        for (kind, by) in variants {
            let text = format!("{}{}{}", &FLOW[..token.start], by, &FLOW[token.end..]);
            let (sources, found) = problems(&text);
            let (line, column) = sources.line_column(FileId(0), token.start as u32);
            let verdict = match found.as_slice() {
                [] => "accepted",
                [one] => {
                    let at = |offset: u32| sources.line_column(FileId(0), offset).0;
                    let mut edits = one.edits.clone();
                    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
                    let mut mended = text.clone();
                    for edit in edits {
                        mended.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
                    }
                    let again: Vec<String> = read(&Sources::single("f", mended), FileId(0))
                        .forms
                        .iter()
                        .map(print::print)
                        .collect();
                    if again == original {
                        "mended"
                    } else if at(one.primary.span.start) == line {
                        "line"
                    } else if one.secondary.iter().any(|label| at(label.span.start) == line) {
                        "label"
                    } else {
                        "off"
                    }
                }
                _ => "several",
            };
            *tally.entry(verdict).or_default() += 1;
            if !matches!(verdict, "mended" | "line") {
                println!(
                    "--- {kind} {:?} at {line}:{column} {verdict}: {}",
                    token.text(FLOW),
                    text.lines().nth(line - 1).unwrap()
                );
                for one in found {
                    let (line, column) = sources.line_column(FileId(0), one.primary.span.start);
                    println!("    {line}:{column} {}", one.message);
                }
            }
        }
    }
    panic!("{tally:?} {:?}", started.elapsed());
}
