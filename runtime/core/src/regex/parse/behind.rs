//! Whether Java lets a body stand in a look-behind: whether its greatest length is "obvious".
//!
//! JDK 17 adds lengths up in 32 bits and takes an endless repetition of one character as the greatest number, so that
//! `(?<=a+)` is allowed and `(?<=xa+?)` is not. The matcher itself does not need the bound.

use crate::regex::tree::{Greed, Node};

/// What JDK 17 knows about the length of a part.
#[derive(Clone, Copy)]
struct Study {
    most: i32,
    valid: bool,
    /// Whether it can match in one way only.
    fixed: bool,
}

pub(super) fn is_obvious(body: &Node) -> bool {
    let mut all = Study { most: 0, valid: true, fixed: true };
    all.add(body);
    all.valid
}

impl Study {
    fn of(node: &Node) -> Self {
        let mut study = Self { most: 0, valid: true, fixed: true };
        study.add(node);
        study
    }

    fn add(&mut self, node: &Node) {
        match node {
            Node::Empty | Node::Edge(_) | Node::Look { .. } => {}
            Node::Set(_) | Node::Cluster => self.most = self.most.wrapping_add(1),
            Node::LineBreak => self.most = self.most.wrapping_add(2),
            Node::Back { .. } => self.valid = false,
            Node::Sequence(parts) => parts.iter().for_each(|part| self.add(part)),
            Node::Group { body, .. } | Node::Atomic(body) => self.add(body),
            Node::Choice(choices) => {
                let mut most = -1;
                for choice in choices {
                    let choice = Self::of(choice);
                    most = most.max(choice.most);
                    self.valid &= choice.valid;
                }
                self.most = self.most.wrapping_add(most);
                self.fixed = false;
            }
            Node::Repeat { body, least, most, greed } => {
                self.repeat(body, *least, most.map(u32::cast_signed), *greed);
            }
        }
    }

    fn repeat(&mut self, body: &Node, least: u32, most: Option<i32>, greed: Greed) {
        let inner = Self::of(body);
        let is_one = matches!(body, Node::Set(_));
        match (least, most) {
            (0, Some(1)) => {
                self.most = self.most.wrapping_add(inner.most);
                self.valid &= inner.valid;
                self.fixed = false;
                return;
            }
            (0 | 1, None) if is_one && greed == Greed::Greedy => {
                self.most = self.most.wrapping_add(i32::MAX);
                self.fixed = false;
                return;
            }
            _ => {}
        }
        // A group that may match in several ways is a loop, whose length nobody adds up.
        let is_loop = !is_one && greed != Greed::Possessive && !inner.fixed;
        let sum = inner.most.wrapping_mul(most.unwrap_or(i32::MAX)).wrapping_add(self.most);
        self.valid &= inner.valid && !is_loop && sum >= self.most;
        self.most = sum;
        self.fixed &= inner.fixed && most == Some(least.cast_signed());
    }
}
