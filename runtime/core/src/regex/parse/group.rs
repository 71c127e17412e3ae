//! `(…)`: groups, look-around, flags.

use super::Parser;
use super::behind::is_obvious;
use crate::regex::PatternError;
use crate::regex::tree::{Greed, Node};

impl Parser {
    /// From `(` on, with the quantifier behind the group; none of `(?i)`, which only sets flags.
    pub(super) fn group(&mut self) -> Result<Option<Node>, PatternError> {
        let before = self.flags;
        let node = if self.next() == Some('?') {
            match self.skip() {
                Some(':') => self.body()?,
                Some('=') => self.look(true, false)?,
                Some('!') => self.look(true, true)?,
                Some('>') => Node::Atomic(Box::new(self.body()?)),
                Some('<') => self.angled()?,
                Some('$' | '@') => return Err(self.error("Unknown group type")),
                _ => {
                    self.unread();
                    match self.inline_flags()? {
                        Some(')') => return Ok(None),
                        Some(':') => self.body()?,
                        _ => return Err(self.error("Unknown inline modifier")),
                    }
                }
            }
        } else {
            self.groups += 1;
            let index = self.groups;
            let body = self.alternatives()?;
            Node::Group { index, body: Box::new(body) }
        };
        if self.read() != Some(')') {
            return Err(self.error("Unclosed group"));
        }
        self.flags = before;
        let repeated = self.repeated(node)?;
        Ok(Some(each_once(repeated)))
    }

    /// What stands in a group that is not counted.
    fn body(&mut self) -> Result<Node, PatternError> {
        self.alternatives()
    }

    fn look(&mut self, ahead: bool, negative: bool) -> Result<Node, PatternError> {
        let body = self.alternatives()?;
        if !ahead && !is_obvious(&body) {
            return Err(self.error("Look-behind group does not have an obvious maximum length"));
        }
        let lengths = (body.least(), body.most());
        Ok(Node::Look { ahead, negative, body: Box::new(body), lengths })
    }

    /// `(?<=…)`, `(?<!…)` and `(?<name>…)`.
    fn angled(&mut self) -> Result<Node, PatternError> {
        let letter = self.read();
        match letter {
            Some('=') => self.look(false, false),
            Some('!') => self.look(false, true),
            _ => {
                let name = self.group_name(letter)?;
                if self.names.iter().any(|(known, _)| **known == *name) {
                    return Err(self.error(format!("Named capturing group <{name}> is already defined")));
                }
                self.groups += 1;
                let index = self.groups;
                self.names.push((name.into(), index));
                let body = self.alternatives()?;
                Ok(Node::Group { index, body: Box::new(body) })
            }
        }
    }

    /// A name from its first letter to `>`.
    pub(super) fn group_name(&mut self, first: Option<char>) -> Result<String, PatternError> {
        let mut letter = first;
        if !letter.is_some_and(|it| it.is_ascii_alphabetic()) {
            return Err(self.error("capturing group name does not start with a Latin letter"));
        }
        let mut name = String::new();
        while let Some(part) = letter.filter(char::is_ascii_alphanumeric) {
            name.push(part);
            letter = self.read();
        }
        if letter != Some('>') {
            return Err(self.error("named capturing group is missing trailing '>'"));
        }
        Ok(name)
    }
}

/// A possessive group is matched round by round, none of which is tried again.
fn each_once(node: Node) -> Node {
    match node {
        Node::Repeat { body, least, most, greed: Greed::Possessive } => {
            Node::Repeat { body: Box::new(Node::Atomic(body)), least, most, greed: Greed::Possessive }
        }
        other => other,
    }
}
