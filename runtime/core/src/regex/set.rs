//! Sets of characters: what one class of a pattern accepts.
//!
//! Code points as numbers, so that ranges over the surrogates (which no text of ours holds) need no care.

/// The largest code point.
const LAST: u32 = 0x0010_ffff;

/// A set of code points: ascending ranges that do not touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Set {
    ranges: Vec<(u32, u32)>,
}

impl Set {
    pub(super) fn one(code: u32) -> Self {
        Self { ranges: vec![(code, code)] }
    }

    pub(super) fn range(low: u32, high: u32) -> Self {
        if low > high { Self::default() } else { Self { ranges: vec![(low, high)] } }
    }

    pub(super) fn all() -> Self {
        Self::range(0, LAST)
    }

    /// Of ranges in any order, which may overlap.
    pub(super) fn of(ranges: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let mut ranges: Vec<(u32, u32)> = ranges.into_iter().filter(|(low, high)| low <= high).collect();
        ranges.sort_unstable();
        let mut joined: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for (low, high) in ranges {
            match joined.last_mut() {
                Some((_, end)) if low <= end.saturating_add(1) => *end = high.max(*end),
                _ => joined.push((low, high)),
            }
        }
        Self { ranges: joined }
    }

    /// The only member, where there is only one.
    pub(super) fn single(&self) -> Option<char> {
        match self.ranges.as_slice() {
            [(low, high)] if low == high => char::from_u32(*low),
            _ => None,
        }
    }

    pub(super) fn contains(&self, code: u32) -> bool {
        let after = self.ranges.partition_point(|(low, _)| *low <= code);
        after.checked_sub(1).and_then(|at| self.ranges.get(at)).is_some_and(|(_, high)| code <= *high)
    }

    #[must_use]
    pub(super) fn union(&self, other: &Self) -> Self {
        Self::of(self.ranges.iter().chain(&other.ranges).copied())
    }

    #[must_use]
    pub(super) fn intersection(&self, other: &Self) -> Self {
        let (mut left, mut right) = (self.ranges.iter().peekable(), other.ranges.iter().peekable());
        let mut ranges = Vec::new();
        while let (Some((low, high)), Some((other_low, other_high))) = (left.peek(), right.peek()) {
            let (start, end) = (*low.max(other_low), *high.min(other_high));
            if start <= end {
                ranges.push((start, end));
            }
            if high < other_high {
                left.next();
            } else {
                right.next();
            }
        }
        Self { ranges }
    }

    #[must_use]
    pub(super) fn complement(&self) -> Self {
        let mut ranges = Vec::with_capacity(self.ranges.len() + 1);
        let mut from = 0;
        for (low, high) in &self.ranges {
            if from < *low {
                ranges.push((from, low - 1));
            }
            from = high + 1;
        }
        if from <= LAST {
            ranges.push((from, LAST));
        }
        Self { ranges }
    }

    #[must_use]
    pub(super) fn without(&self, other: &Self) -> Self {
        self.intersection(&other.complement())
    }

    /// The same set as ranges of characters, without surrogates.
    pub(super) fn char_ranges(&self) -> Vec<(char, char)> {
        let halves = Self::range(0xd800, 0xdfff).complement();
        let whole = self.intersection(&halves);
        whole
            .ranges
            .iter()
            .filter_map(|(low, high)| char::from_u32(*low).zip(char::from_u32(*high)))
            .collect()
    }
}
