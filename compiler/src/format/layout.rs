//! Nodes to text, by the rules that the parent module states.

use breyta_core::lexer::{Bracket, Opener, TokenKind};

use super::rules::{self, Rule};
use super::tree::{Node, NodeKind};

/// The file.
pub(super) fn print(nodes: &[Node<'_>], line_end: &'static str) -> String {
    let mut printer = Printer { out: String::new(), column: 0, line_end };
    for (index, node) in nodes.iter().enumerate() {
        if let Some(before) = index.checked_sub(1).and_then(|index| nodes.get(index)) {
            printer.separate(before, node, 0, 0);
        }
        printer.node(node);
    }
    if !nodes.is_empty() {
        printer.out.push_str(line_end);
    }
    printer.out
}

struct Printer {
    out: String,
    /// Characters on the current line.
    column: usize,
    line_end: &'static str,
}

impl Printer {
    /// Writes text that may have several lines (strings have).
    fn text(&mut self, text: &str) {
        self.out.push_str(text);
        match text.rsplit_once('\n') {
            Some((_, last_line)) => self.column = last_line.chars().count(),
            None => self.column += text.chars().count(),
        }
    }

    fn spaces(&mut self, count: usize) {
        self.out.extend(std::iter::repeat_n(' ', count));
        self.column += count;
    }

    fn new_line(&mut self, indent: usize) {
        self.out.push_str(self.line_end);
        self.column = 0;
        self.spaces(indent);
    }

    /// What stands between two neighbours; `padding` is what a column of values wants in place of one space.
    fn separate(&mut self, before: &Node<'_>, node: &Node<'_>, indent: usize, padding: usize) {
        if before.is_comment() || node.breaks > 0 {
            if node.breaks > 1 {
                self.out.push_str(self.line_end);
            }
            self.new_line(indent);
        } else if node.is_comment() {
            self.spaces(node.spaces.max(1));
        } else {
            if node.comma {
                self.text(",");
            }
            self.spaces(padding.max(1));
        }
    }

    fn node(&mut self, node: &Node<'_>) {
        match &node.kind {
            NodeKind::Atom(_, text) | NodeKind::Comment(text) => self.text(text),
            NodeKind::Prefix(kind, text, operands) => self.prefix(*kind, text, operands),
            NodeKind::Collection(opener, items) => self.collection(*opener, items, call_rule(*opener, items)),
        }
    }

    fn prefix(&mut self, kind: TokenKind, text: &str, operands: &[Node<'_>]) {
        let indent = self.column;
        self.text(text);
        let mut before: Option<&Node<'_>> = None;
        for node in operands {
            match before {
                Some(before) => self.separate(before, node, indent, 0),
                None if stands_apart(kind, node) => self.spaces(1),
                None => {}
            }
            match &node.kind {
                // Its branches are no call, whatever they begin with.
                NodeKind::Collection(opener, items) if is_conditional(kind) => {
                    self.collection(*opener, items, None);
                }
                _ => self.node(node),
            }
            before = Some(node);
        }
    }

    fn collection(&mut self, opener: Opener, items: &[Node<'_>], rule: Option<Rule>) {
        let start = self.column;
        self.text(opener.text());
        let inner = self.column;
        let body = inner + 1;
        let body_begins_line =
            matches!(rule, Some(Rule::Block(arguments)) if form_begins_line(items, arguments + 1));
        let values = if opener == Opener::Map { value_column(items) } else { None };
        let (mut forms, mut first_argument) = (0, None);
        let mut before: Option<&Node<'_>> = None;
        for node in items {
            let indent = match rule {
                Some(Rule::Inner) => body,
                Some(Rule::Block(arguments)) if forms > arguments && body_begins_line => body,
                Some(_) if forms > 1 => first_argument.unwrap_or(inner),
                _ => inner,
            };
            let is_value = forms % 2 == 1 && node.is_form();
            let padding = values
                .filter(|_| is_value)
                .map_or(0, |width| (inner + width + 1).saturating_sub(self.column));
            if let Some(before) = before {
                self.separate(before, node, indent, padding);
            }
            if node.is_form() {
                if forms == 1 {
                    first_argument = Some(self.column);
                }
                forms += 1;
            }
            self.node(node);
            before = Some(node);
        }
        if before.is_some_and(Node::is_comment) {
            self.new_line(inner);
        }
        debug_assert!(start < inner, "an opening bracket has a width");
        let mut close = [0; 4];
        self.text(opener.bracket().close().encode_utf8(&mut close));
    }
}

/// Whether a prefix and what follows it keep a space between them. It is needed where the two would make another
/// token, and habit after tags; after `#_` the author decides.
fn stands_apart(kind: TokenKind, first: &Node<'_>) -> bool {
    match kind {
        TokenKind::Discard => first.breaks + first.spaces > 0,
        TokenKind::Tag => true,
        TokenKind::Unquote => {
            matches!(first.kind, NodeKind::Prefix(TokenKind::Deref, ..)) || first.is_comment()
        }
        _ => first.is_comment(),
    }
}

fn is_conditional(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Conditional | TokenKind::ConditionalSplice)
}

/// None for what is no call: data, and a list that begins with no name.
fn call_rule(opener: Opener, items: &[Node<'_>]) -> Option<Rule> {
    if opener.bracket() != Bracket::Round {
        return None;
    }
    let head = items.iter().find(|node| node.is_form())?;
    match head.kind {
        NodeKind::Atom(TokenKind::Symbol, text) => Some(rules::rule(text)),
        NodeKind::Atom(TokenKind::Keyword | TokenKind::AutoKeyword, _) => Some(Rule::Call),
        _ => None,
    }
}

/// Whether the form of this number, from 0, begins a line. One that does not exist does.
fn form_begins_line(items: &[Node<'_>], number: usize) -> bool {
    let mut forms = 0;
    let mut after_comment = false;
    for node in items {
        if node.is_form() {
            if forms == number {
                return node.breaks > 0 || after_comment;
            }
            forms += 1;
        }
        after_comment = node.is_comment();
    }
    true
}

/// The width of the keys of a map whose values the author put into one column: every key begins a line and is one
/// token, and the values beside their keys stand in one column, for at least one of them more than a space away.
fn value_column(items: &[Node<'_>]) -> Option<usize> {
    if !items.iter().all(Node::is_form) {
        return None;
    }
    let (mut width, mut column, mut values, mut apart) = (0, None, 0, false);
    for (index, pair) in items.chunks(2).enumerate() {
        let [key, value] = pair else { return None };
        let NodeKind::Atom(_, text) = key.kind else { return None };
        if text.contains('\n') || (index > 0 && key.breaks == 0) || value.comma {
            return None;
        }
        width = width.max(text.chars().count());
        if value.breaks == 0 {
            if column.is_some_and(|column| column != value.column) {
                return None;
            }
            column = Some(value.column);
            values += 1;
            apart |= value.spaces > 1;
        }
    }
    (values > 1 && apart).then_some(width)
}
