//! Flows as people wrote them, right and wrong: fixtures, examples, and every case of the literate specs; and what may
//! happen to them.

use breyta_core::lexer::{self, TokenKind};
use breyta_tests::{spec, tree};
use proptest::prelude::*;

/// Longer ones make every case slow and tell nothing more.
const BYTES_MAX: usize = 6_000;

/// All of them, in the same order everywhere.
pub(super) fn texts() -> Vec<String> {
    let root = tree::root();
    let folders = ["examples", "tests/fixtures", "tests/scenarios", "tests/lower", "tests/codegen"];
    let files = folders.iter().flat_map(|folder| tree::files(&root.join(folder), ".edn"));
    let whole = files.map(|file| tree::read(&file));
    let pages = ["tests/spec", "compiler/src/diagnostics/pages"];
    let pages = pages.iter().flat_map(|folder| tree::files(&root.join(folder), ".md"));
    let cases = pages.flat_map(|page| spec::fences(&tree::read(&page), "edn"));
    whole
        .chain(cases.map(|case| spec::flow_text(&case.fence)))
        .filter(|text| text.len() <= BYTES_MAX)
        .collect()
}

/// The text with other whitespace wherever lines and code allow it, strings and comments left alone.
pub(super) fn disturbed(text: &str, gaps: &[String]) -> String {
    let mut gaps = gaps.iter().cycle();
    let mut out = String::new();
    for token in lexer::lex(text).tokens {
        let piece = token.text(text);
        if token.kind == TokenKind::Whitespace {
            // A comment still needs the end of its line.
            out.push_str(if piece.contains('\n') { "\n" } else { " " });
            // What a gap adds may not add comments.
            out.push_str(gaps.next().filter(|gap| !gap.contains(';')).map_or("", String::as_str));
        } else {
            out.push_str(piece);
        }
    }
    out
}

/// Something that happens to a text. Places are thousandths of its length.
#[derive(Clone, Debug)]
pub(super) enum Change {
    Remove {
        from: usize,
        chars: usize,
    },
    Insert {
        at: usize,
        word: &'static str,
    },
    Replace {
        from: usize,
        chars: usize,
        word: &'static str,
    },
    /// A piece of another text.
    Splice {
        at: usize,
        other: usize,
        from: usize,
        chars: usize,
    },
}

const WORDS: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "#{",
    "#(",
    "\"",
    "\\",
    ";",
    "'",
    "`",
    "~@",
    "@",
    "^",
    "#_",
    "#?(",
    "#?@(:clj ",
    "#=",
    "#:a{",
    "::",
    ":",
    "/",
    "%&",
    "\n",
    "\r\n",
    "\0",
    "\u{feff}",
    "é",
    "😀",
    "1/0",
    "-1",
    "36rZZ",
    "1e999",
    "##NaN",
    "\\u00e9",
    "#\"(\"",
    "nil",
    "{{x}}",
    "{{#each x}}",
    "(fn [& more] more)",
    "(recur)",
    "(flow/input)",
    "(flow/step :http :a {})",
    "(flow/poll {:interval 1} 1)",
    "(loop [i 0] (recur (inc i)))",
    "(try 1 (catch :default e e))",
    "{:keys [a] :or {a 1} :as b}",
    ":flow '",
    ":steps [",
    "#flow/include \"x\"",
];

impl Change {
    pub(super) fn any(corpus: usize) -> impl Strategy<Value = Change> {
        let place = || 0..1_000_usize;
        let chars = || prop_oneof![4 => 0..12_usize, 1 => 0..400_usize];
        let word = || proptest::sample::select(WORDS);
        prop_oneof![
            (place(), chars()).prop_map(|(from, chars)| Change::Remove { from, chars }),
            (place(), word()).prop_map(|(at, word)| Change::Insert { at, word }),
            (place(), chars(), word()).prop_map(|(from, chars, word)| Change::Replace { from, chars, word }),
            (place(), 0..corpus, place(), chars()).prop_map(|(at, other, from, chars)| Change::Splice {
                at,
                other,
                from,
                chars
            }),
        ]
    }
}

/// A text of the corpus after all changes.
pub(super) fn mutated(corpus: &[String], index: usize, changes: &[Change]) -> String {
    let mut text: Vec<char> = corpus.get(index).into_iter().flat_map(|text| text.chars()).collect();
    for change in changes {
        let at = |place: usize| place * text.len() / 1_000;
        let span = |from: usize, chars: usize| at(from)..(at(from) + chars).min(text.len());
        let (range, with): (_, Vec<char>) = match change {
            Change::Remove { from, chars } => (span(*from, *chars), Vec::new()),
            Change::Insert { at: place, word } => (span(*place, 0), word.chars().collect()),
            Change::Replace { from, chars, word } => (span(*from, *chars), word.chars().collect()),
            Change::Splice { at: place, other, from, chars } => {
                let other: Vec<char> = corpus.get(*other).into_iter().flat_map(|text| text.chars()).collect();
                let start = from * other.len() / 1_000;
                (span(*place, 0), other.into_iter().skip(start).take(*chars).collect())
            }
        };
        text.splice(range, with);
    }
    text.into_iter().collect()
}
