//! The change of a collection at one place after the other: what `update`, `update-in` and `assoc-in` are when the keys
//! of their paths are known one by one.
//!
//! Not the passes that find them ([`super::updates`], [`super::shared`]).

use breyta_core::library::{Entry, direct};

use super::{Operand, Use};

/// A collection with the values at some places changed, in order.
#[derive(Debug)]
pub struct Update {
    pub coll: Operand,
    /// At least one.
    pub places: Vec<Place>,
}

/// One place, and what becomes of the value there.
#[derive(Debug)]
pub struct Place {
    /// The row of the library whose call this is.
    pub row: &'static Entry,
    /// How many keys the path begins with that the path of the place before begins with too.
    pub shared: usize,
    /// The keys behind those. With them there is at least one.
    pub path: Vec<Operand>,
    /// Taken in place of nil, as `fnil` says.
    pub absent: Option<Operand>,
    pub change: Change,
    /// Stand behind the old value in the call of what changes it; the new value itself for [`Change::Put`].
    pub arguments: Vec<Operand>,
}

/// What makes the new value of a [`Place`].
#[derive(Debug)]
pub enum Change {
    /// Nothing: it is there.
    Put,
    Call(&'static Entry),
    /// A closure that nothing else sees, with the values that it captures.
    Closure(usize, Vec<Operand>),
    Invoke(Operand),
}

impl Update {
    pub(super) fn operands(&self) -> Vec<&Operand> {
        std::iter::once(&self.coll).chain(self.places.iter().flat_map(Place::operands)).collect()
    }

    /// What it does with the operands, in their order.
    pub fn uses(&self) -> Vec<(Use, &Operand)> {
        std::iter::once((Use::Taken, &self.coll)).chain(self.places.iter().flat_map(Place::uses)).collect()
    }

    pub(super) fn operands_mut(&mut self) -> Vec<&mut Operand> {
        std::iter::once(&mut self.coll).chain(self.places.iter_mut().flat_map(Place::operands_mut)).collect()
    }

    /// The whole path of every place.
    pub fn paths(&self) -> Vec<Vec<&Operand>> {
        let mut paths: Vec<Vec<&Operand>> = Vec::new();
        for place in &self.places {
            let shared = paths.last().into_iter().flatten().copied().take(place.shared);
            paths.push(shared.chain(&place.path).collect());
        }
        paths
    }
}

impl Place {
    fn operands(&self) -> impl Iterator<Item = &Operand> {
        let change: &[Operand] = match &self.change {
            Change::Put | Change::Call(_) => &[],
            Change::Closure(_, captured) => captured,
            Change::Invoke(callee) => std::slice::from_ref(callee),
        };
        self.path.iter().chain(&self.absent).chain(change).chain(&self.arguments)
    }

    /// What it does with the operands, in their order.
    pub fn uses(&self) -> impl Iterator<Item = (Use, &Operand)> {
        let (change, arguments) = match &self.change {
            Change::Put => (0, Use::Kept),
            Change::Call(entry) => match direct::by_reference(entry, 1 + self.arguments.len()) {
                Some(_) => (0, Use::Looked),
                None => (0, Use::Taken),
            },
            Change::Closure(_, captured) => (captured.len(), Use::Taken),
            Change::Invoke(_) => (1, Use::Taken),
        };
        std::iter::repeat_n(Use::Kept, self.path.len())
            .chain(self.absent.iter().map(|_| Use::Taken))
            .chain(std::iter::repeat_n(Use::Looked, change))
            .chain(std::iter::repeat_n(arguments, self.arguments.len()))
            .zip(self.operands())
    }

    fn operands_mut(&mut self) -> impl Iterator<Item = &mut Operand> {
        let change: &mut [Operand] = match &mut self.change {
            Change::Put | Change::Call(_) => &mut [],
            Change::Closure(_, captured) => captured,
            Change::Invoke(callee) => std::slice::from_mut(callee),
        };
        self.path.iter_mut().chain(&mut self.absent).chain(change).chain(&mut self.arguments)
    }
}
