//! Source texts out of a seed: forms of every kind, written as nobody would write them.

use std::fmt::Write as _;

/// A small random sequence, the same for the same seed everywhere.
pub(super) struct Generator {
    state: u64,
    text: String,
}

const ATOMS: [&str; 30] = [
    "nil",
    "true",
    "0",
    "-7",
    "0x1F",
    "1.50M",
    "22/7",
    "9N",
    "6.02e23",
    "##Inf",
    "\\a",
    "\\newline",
    "\\(",
    "\\,",
    "\"\"",
    "\"a b\"",
    "\"two\nlines\"",
    "\"\\n\\u00e9\\\"\"",
    "#\"\\s+\\\"\"",
    "x",
    "a/b",
    "+",
    "->",
    ":k",
    ":a/b",
    "::c",
    "#inst \"2024-05-01\"",
    "sym#",
    "é",
    "#uuid\"f81d4fae-7dec-11d0-a765-00a0c91e6bf6\"",
];

const HEADS: [&str; 14] = [
    "let",
    "if",
    "fn",
    "cond",
    "->",
    "flow/step",
    "when",
    "f",
    ":k",
    "do",
    "case",
    "for",
    "try",
    "clojure.core/let",
];

const PREFIXES: [&str; 12] =
    ["'", "`", "~", "~@", "@", "#'", "^:m ", "^\"L\" ", "^{:a 1}", "#_", "#my/tag ", "#_ #_ a "];

impl Generator {
    pub(super) fn new(seed: u64) -> Self {
        Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d, text: String::new() }
    }

    /// A number below `bound`.
    fn below(&mut self, bound: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 33) as usize % bound
    }

    fn one_of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        let index = self.below(words.len());
        words.get(index).copied().unwrap_or_default()
    }

    /// A file of a few forms.
    pub(super) fn text(mut self) -> String {
        for _ in 0..=self.below(3) {
            self.gap();
            self.form(0);
        }
        self.gap();
        self.text
    }

    /// The text with other whitespace wherever lines and code allow it, strings and comments left alone.
    pub(super) fn disturbed(mut self, text: &str) -> String {
        for token in breyta_core::lexer::lex(text).tokens {
            let piece = token.text(text);
            if token.kind == breyta_core::lexer::TokenKind::Whitespace {
                // A comment still needs the end of its line.
                let line_end = if piece.contains('\n') { "\n" } else { " " };
                self.text.push_str(line_end);
                let more = self.one_of(&["", " ", "\t", ", ", "   ", "\n", "\n\n\n"]);
                self.text.push_str(more);
            } else {
                self.text.push_str(piece);
            }
        }
        self.text
    }

    fn gap(&mut self) {
        let gap = self.one_of(&[
            " ",
            " ",
            " ",
            "  ",
            "\n",
            "\n\n",
            "\n   ",
            ", ",
            " ; note\n",
            "\n;; line  \n",
            "\t",
            "\r\n",
        ]);
        self.text.push_str(gap);
    }

    fn maybe_gap(&mut self) {
        if self.below(4) == 0 {
            self.gap();
        }
    }

    fn form(&mut self, depth: usize) {
        match self.below(if depth > 4 { 5 } else { 12 }) {
            0..=4 => {
                let atom = self.one_of(&ATOMS);
                self.text.push_str(atom);
            }
            5 => self.items("[", "]", depth),
            6 => self.map(depth),
            7 => self.items("#(", ")", depth),
            8 => {
                let prefix = self.one_of(&PREFIXES);
                self.text.push_str(prefix);
                self.maybe_gap();
                // Metadata and quotes want something that may have them.
                self.items("[", "]", depth + 1);
                if prefix.ends_with(['_', ' ']) {
                    self.text.push(' ');
                    self.items("(", ")", depth + 1);
                }
            }
            9 => {
                self.text.push_str("#?(:clj ");
                self.form(depth + 1);
                self.gap();
                self.text.push_str(":cljs 2)");
            }
            _ => {
                self.text.push('(');
                self.maybe_gap();
                let head = self.one_of(&HEADS);
                self.text.push_str(head);
                self.gap();
                self.items("[", "]", depth + 1);
                self.elements(depth);
                self.text.push(')');
            }
        }
    }

    fn items(&mut self, open: &str, close: &str, depth: usize) {
        self.text.push_str(open);
        self.elements(depth);
        self.text.push_str(close);
    }

    fn elements(&mut self, depth: usize) {
        self.maybe_gap();
        for _ in 0..self.below(4) {
            self.gap();
            self.form(depth + 1);
        }
        self.maybe_gap();
    }

    fn map(&mut self, depth: usize) {
        self.text.push('{');
        for index in 0..self.below(4) {
            self.maybe_gap();
            let _ = write!(self.text, " :key{}{index}", "y".repeat(index));
            self.gap();
            // One that surely makes a form.
            if self.below(2) == 0 {
                self.text.push('1');
            } else {
                self.items("[", "]", depth + 1);
            }
        }
        self.maybe_gap();
        self.text.push('}');
    }
}
