//! A persistent sequence: changing one element of a shared sequence copies a path of the tree, not the whole.
//!
//! What sorted collections and large shared ones stand on. Inner nodes hold nodes of one height, leaves hold elements;
//! a node that nobody else holds is changed in place.

use std::cmp::Ordering;
use std::sync::Arc;

/// Elements of a leaf and children of an inner node: few, because a shared one is copied when it changes.
const WIDTH: usize = 16;

#[derive(Clone, Debug)]
pub(super) struct Tree<T>(Option<Arc<Node<T>>>);

#[derive(Clone, Debug)]
enum Node<T> {
    Leaf(Vec<T>),
    Inner { len: usize, children: Vec<Arc<Node<T>>> },
}

impl<T> Default for Tree<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Node<T> {
    fn len(&self) -> usize {
        match self {
            Self::Leaf(items) => items.len(),
            Self::Inner { len, .. } => *len,
        }
    }

    /// How many places of the node itself are taken.
    fn width(&self) -> usize {
        match self {
            Self::Leaf(items) => items.len(),
            Self::Inner { children, .. } => children.len(),
        }
    }

    fn inner(children: Vec<Arc<Node<T>>>) -> Self {
        Self::Inner { len: children.iter().map(|child| child.len()).sum(), children }
    }
}

/// The child that holds the place `index`, and the place within it. A place behind the last is in the last child.
fn descend<T>(children: &[Arc<Node<T>>], mut index: usize) -> (usize, usize) {
    for (at, child) in children.iter().enumerate() {
        if index < child.len() || at + 1 == children.len() {
            return (at, index);
        }
        index -= child.len();
    }
    (0, index)
}

impl<T> Tree<T> {
    pub(super) fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |root| root.len())
    }

    pub(super) fn get(&self, mut index: usize) -> Option<&T> {
        let mut node = self.0.as_ref()?;
        loop {
            match node.as_ref() {
                Node::Leaf(items) => return items.get(index),
                Node::Inner { children, .. } => {
                    let at;
                    (at, index) = descend(children, index);
                    node = children.get(at)?;
                }
            }
        }
    }

    pub(super) fn iter(&self) -> Iter<'_, T> {
        let mut iter = Iter { open: Vec::new(), leaf: [].iter(), left: self.len() };
        if let Some(root) = &self.0 {
            iter.open(root);
        }
        iter
    }

    /// Whether nobody else holds the root: below it nodes may still be shared, and are copied when they change.
    pub(super) fn is_unique(&self) -> bool {
        self.0.as_ref().is_none_or(|root| Arc::strong_count(root) == 1)
    }

    /// Where the element is that `order` calls equal, or where it would stand. `order` says how an element compares to
    /// what is sought.
    pub(super) fn search<E>(
        &self,
        mut order: impl FnMut(&T) -> Result<Ordering, E>,
    ) -> Result<Result<usize, usize>, E> {
        let (mut from, mut to) = (0, self.len());
        while from < to {
            let middle = from + (to - from) / 2;
            let Some(item) = self.get(middle) else { break };
            match order(item)? {
                Ordering::Equal => return Ok(Ok(middle)),
                Ordering::Less => from = middle + 1,
                Ordering::Greater => to = middle,
            }
        }
        Ok(Err(from))
    }
}

impl<T> Tree<T> {
    /// Whether this begins with everything that another holds. What both share is not looked at one by one, so that this
    /// takes a logarithmic time when one was made of the other by appending.
    pub(super) fn begins_with(&self, other: &Self, same: impl Fn(&T, &T) -> bool + Copy) -> bool {
        other.len() <= self.len() && other.0.as_ref().is_none_or(|root| self.has(root, 0, same))
    }

    /// Whether what a node of another tree holds stands at `offset` here.
    fn has(&self, other: &Arc<Node<T>>, offset: usize, same: impl Fn(&T, &T) -> bool + Copy) -> bool {
        if self.shares(other, offset) {
            return true;
        }
        match other.as_ref() {
            Node::Leaf(items) => {
                (offset..).zip(items).all(|(at, item)| self.get(at).is_some_and(|own| same(own, item)))
            }
            Node::Inner { children, .. } => {
                let mut at = offset;
                children.iter().all(|child| {
                    let has = self.has(child, at, same);
                    at += child.len();
                    has
                })
            }
        }
    }

    /// Whether the very node stands at `offset` here.
    fn shares(&self, other: &Arc<Node<T>>, offset: usize) -> bool {
        let (mut node, mut within) = (self.0.as_ref(), offset);
        while let Some(own) = node {
            if within == 0 && Arc::ptr_eq(own, other) {
                return true;
            }
            node = match own.as_ref() {
                Node::Leaf(_) => None,
                Node::Inner { children, .. } => {
                    let at;
                    (at, within) = descend(children, within);
                    children.get(at)
                }
            };
        }
        false
    }
}

impl<T: Clone> Tree<T> {
    pub(super) fn get_mut(&mut self, mut index: usize) -> Option<&mut T> {
        let mut node = self.0.as_mut()?;
        loop {
            match Arc::make_mut(node) {
                Node::Leaf(items) => return items.get_mut(index),
                Node::Inner { children, .. } => {
                    let at;
                    (at, index) = descend(children, index);
                    node = children.get_mut(at)?;
                }
            }
        }
    }

    /// Puts an element at `index`, at most the length, before what stands there.
    pub(super) fn insert(&mut self, index: usize, item: T) {
        let Some(root) = &mut self.0 else {
            self.0 = Some(Arc::new(Node::Leaf(vec![item])));
            return;
        };
        if let Some(split) = insert(Arc::make_mut(root), index, item) {
            let left = root.clone();
            self.0 = Some(Arc::new(Node::inner(vec![left, Arc::new(split)])));
        }
    }

    pub(super) fn push(&mut self, item: T) {
        self.insert(self.len(), item);
    }

    pub(super) fn remove(&mut self, index: usize) -> Option<T> {
        let root = self.0.as_mut()?;
        let removed = remove(Arc::make_mut(root), index);
        // A root with one child, or with nothing, is none.
        while let Some(root) = &self.0 {
            match root.as_ref() {
                Node::Leaf(items) if items.is_empty() => self.0 = None,
                Node::Inner { children, .. } if children.len() < 2 => self.0 = children.first().cloned(),
                _ => break,
            }
        }
        removed
    }
}

/// Returns the right half when the node had to be split.
fn insert<T: Clone>(node: &mut Node<T>, index: usize, item: T) -> Option<Node<T>> {
    match node {
        Node::Leaf(items) => {
            items.insert(index.min(items.len()), item);
            (items.len() > WIDTH).then(|| Node::Leaf(items.split_off(split_place(index, items.len()))))
        }
        Node::Inner { len, children } => {
            *len += 1;
            let (at, index) = descend(children, index);
            let split = insert(Arc::make_mut(children.get_mut(at)?), index, item)?;
            children.insert(at + 1, Arc::new(split));
            if children.len() <= WIDTH {
                return None;
            }
            let right = Node::inner(children.split_off(split_place(at + 1, children.len())));
            *len -= right.len();
            Some(right)
        }
    }
}

/// In the middle; at the end when elements are appended, so that nodes of a sequence built in order are full.
fn split_place(index: usize, len: usize) -> usize {
    if index + 1 >= len { len - 1 } else { len / 2 }
}

fn remove<T: Clone>(node: &mut Node<T>, index: usize) -> Option<T> {
    match node {
        Node::Leaf(items) => (index < items.len()).then(|| items.remove(index)),
        Node::Inner { len, children } => {
            if index >= *len {
                return None;
            }
            *len -= 1;
            let (at, index) = descend(children, index);
            let child = children.get_mut(at)?;
            let removed = remove(Arc::make_mut(child), index);
            let width = child.width();
            if width == 0 {
                children.remove(at);
            } else if width < WIDTH / 4 {
                join_neighbours(children, at);
            }
            removed
        }
    }
}

/// Puts a thin child together with the one before or behind it when both fit one node.
fn join_neighbours<T: Clone>(children: &mut Vec<Arc<Node<T>>>, at: usize) {
    let left = if at > 0 { at - 1 } else { at };
    let widths = children.get(left).zip(children.get(left + 1)).map(|(a, b)| a.width() + b.width());
    if widths.is_none_or(|width| width > WIDTH) {
        return;
    }
    let right = children.remove(left + 1);
    let Some(left) = children.get_mut(left) else { return };
    match (Arc::make_mut(left), Arc::unwrap_or_clone(right)) {
        (Node::Leaf(items), Node::Leaf(more)) => items.extend(more),
        (Node::Inner { len, children }, Node::Inner { len: more_len, children: more }) => {
            *len += more_len;
            children.extend(more);
        }
        // All children of a node have one height.
        (Node::Leaf(_) | Node::Inner { .. }, _) => debug_assert!(false, "neighbours of two heights"),
    }
}

impl<T> FromIterator<T> for Tree<T> {
    /// Full leaves, then levels of full inner nodes.
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut nodes = Vec::new();
        let mut items = items.into_iter().peekable();
        while items.peek().is_some() {
            nodes.push(Arc::new(Node::Leaf(items.by_ref().take(WIDTH).collect())));
        }
        while nodes.len() > 1 {
            let mut level = nodes.into_iter().peekable();
            nodes = Vec::new();
            while level.peek().is_some() {
                nodes.push(Arc::new(Node::inner(level.by_ref().take(WIDTH).collect())));
            }
        }
        Self(nodes.pop())
    }
}

/// The elements in order.
#[derive(Debug)]
pub struct Iter<'a, T> {
    /// What is left of the nodes above the current leaf.
    open: Vec<std::slice::Iter<'a, Arc<Node<T>>>>,
    leaf: std::slice::Iter<'a, T>,
    left: usize,
}

impl<'a, T> Iter<'a, T> {
    /// Goes down to the first leaf of a node.
    fn open(&mut self, mut node: &'a Arc<Node<T>>) {
        loop {
            match node.as_ref() {
                Node::Leaf(items) => {
                    self.leaf = items.iter();
                    return;
                }
                Node::Inner { children, .. } => {
                    let mut children = children.iter();
                    let Some(first) = children.next() else { return };
                    self.open.push(children);
                    node = first;
                }
            }
        }
    }
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;

    fn next(&mut self) -> Option<&'a T> {
        loop {
            if let Some(item) = self.leaf.next() {
                self.left -= 1;
                return Some(item);
            }
            let next = loop {
                match self.open.last_mut()?.next() {
                    Some(node) => break node,
                    None => self.open.pop(),
                };
            };
            self.open(next);
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T> ExactSizeIterator for Iter<'_, T> {}
