//! Tokens to nodes: brackets and prefixes with what belongs to them, comments included.
//!
//! Only for texts that were read without an error: brackets balance and nesting is bounded.

use breyta_core::lexer::{self, Opener, Token, TokenKind};

/// A piece of the text, with what stood in front of it.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) kind: NodeKind<'a>,
    /// Line ends in front of it.
    pub(super) breaks: usize,
    /// Characters of whitespace in front of it, on its own line.
    pub(super) spaces: usize,
    /// Whether the whitespace in front of it holds a comma.
    pub(super) comma: bool,
    /// Where it was written: characters before it on its line.
    pub(super) column: usize,
}

#[derive(Debug)]
pub(super) enum NodeKind<'a> {
    /// One token.
    Atom(TokenKind, &'a str),
    Comment(&'a str),
    /// A prefix and everything up to the forms that belong to it.
    Prefix(TokenKind, &'a str, Vec<Node<'a>>),
    Collection(Opener, Vec<Node<'a>>),
}

impl Node<'_> {
    pub(super) fn is_comment(&self) -> bool {
        matches!(self.kind, NodeKind::Comment(_))
    }

    /// Whether a reader sees something here.
    pub(super) fn is_form(&self) -> bool {
        !matches!(self.kind, NodeKind::Comment(_) | NodeKind::Prefix(TokenKind::Discard, ..))
    }
}

/// All top-level nodes, and the first line end that is no part of a string; `\n` when there is none.
pub(super) fn nodes(text: &str) -> (Vec<Node<'_>>, &'static str) {
    let tokens = lexer::lex(text).tokens;
    let mut blanks = tokens.iter().filter(|token| token.kind == TokenKind::Whitespace);
    let first = blanks.find_map(|token| Some(token.start + token.text(text).find('\n')?));
    let is_crlf = first.and_then(|at| text.get(..at)).is_some_and(|before| before.ends_with('\r'));
    let nodes = Builder { text, tokens, at: 0, counted: 0, column: 0 }.until_close();
    (nodes, if is_crlf { "\r\n" } else { "\n" })
}

struct Builder<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    /// Bytes of the text gone through, and how many characters of them stand on the current line.
    counted: usize,
    column: usize,
}

/// What stands between two nodes.
struct Gap {
    breaks: usize,
    spaces: usize,
    comma: bool,
    column: usize,
}

impl<'a> Builder<'a> {
    fn until_close(&mut self) -> Vec<Node<'a>> {
        let mut nodes = Vec::new();
        while let Some(node) = self.node() {
            nodes.push(node);
        }
        nodes
    }

    /// Takes the whitespace that stands here.
    fn gap(&mut self) -> Gap {
        let (mut breaks, mut spaces, mut comma) = (0, 0, false);
        while let Some(token) =
            self.tokens.get(self.at).copied().filter(|it| it.kind == TokenKind::Whitespace)
        {
            let text = token.text(self.text);
            breaks += text.matches('\n').count();
            comma |= text.contains(',');
            spaces = text.rsplit('\n').next().unwrap_or_default().chars().count();
            self.count(token.end);
            self.at += 1;
        }
        Gap { breaks, spaces, comma, column: self.column }
    }

    /// Goes through the text up to there.
    fn count(&mut self, end: usize) {
        let passed = self.text.get(self.counted..end).unwrap_or_default();
        self.column = match passed.rsplit_once('\n') {
            Some((_, last_line)) => last_line.chars().count(),
            None => self.column + passed.chars().count(),
        };
        self.counted = end;
    }

    /// The next node; None before a closing bracket (which stays) and at the end.
    fn node(&mut self) -> Option<Node<'a>> {
        let Gap { breaks, spaces, comma, column } = self.gap();
        let token = *self.tokens.get(self.at).filter(|it| !matches!(it.kind, TokenKind::Close(_)))?;
        self.at += 1;
        self.count(token.end);
        let text = token.text(self.text);
        let kind = match token.kind {
            TokenKind::Comment => NodeKind::Comment(text.trim_end()),
            TokenKind::Open(opener) => {
                let items = self.until_close();
                self.gap();
                // Brackets balance: the closing one stands here.
                self.count(self.tokens.get(self.at).map_or(self.counted, |token| token.end));
                self.at += 1;
                NodeKind::Collection(opener, items)
            }
            kind if kind.is_prefix() => {
                let forms = if kind == TokenKind::Meta { 2 } else { 1 };
                NodeKind::Prefix(kind, text, self.operands(forms))
            }
            kind => NodeKind::Atom(kind, text),
        };
        Some(Node { kind, breaks, spaces, comma, column })
    }

    /// As many forms as a prefix takes, with the comments and discards between them.
    fn operands(&mut self, forms: usize) -> Vec<Node<'a>> {
        let mut nodes = Vec::new();
        let mut found = 0;
        while found < forms {
            let Some(node) = self.node() else { break };
            found += usize::from(node.is_form());
            nodes.push(node);
        }
        nodes
    }
}
