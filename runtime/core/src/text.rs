//! Immutable text that costs nothing to copy: a literal of the program, or shared on the heap, also as a part of another.
//! One that is put together piece by piece has room to grow while nobody else holds it.
//!
//! Not a string builder: a text is built in a [`scratch`] string and made a [`Text`] once.

use memchr::{memchr, memmem};
use std::cell::RefCell;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, Range};
use std::sync::Arc;

/// Immutable UTF-8 text.
#[derive(Clone)]
pub struct Text(Repr);

#[derive(Clone)]
enum Repr {
    Static(&'static str),
    Shared(Arc<str>),
    Part { start: u16, end: u16, of: Arc<str> },
    Growing(Arc<String>),
}

/// Parts of texts up to so many bytes share them: what a part keeps alive besides itself is no more.
const SHARED_MAX: usize = 128;

impl Text {
    /// Text that is part of the program; no allocation.
    pub const fn literal(text: &'static str) -> Self {
        Self(Repr::Static(text))
    }

    /// Whether this is part of the program.
    pub fn is_literal(&self) -> bool {
        matches!(self.0, Repr::Static(_))
    }

    /// Whether both are the same place in memory.
    pub fn is_same(&self, other: &Self) -> bool {
        std::ptr::eq(self.as_str(), other.as_str())
    }

    #[inline]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Static(text) => text,
            Repr::Shared(text) => text,
            Repr::Growing(text) => text,
            Repr::Part { start, end, of } => {
                of.get(usize::from(*start)..usize::from(*end)).unwrap_or_default()
            }
        }
    }

    /// The text between two byte offsets; empty where there is none.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Self {
        let text = self.as_str().get(range.clone()).unwrap_or_default();
        let (of, offset) = match &self.0 {
            Repr::Shared(of) if of.len() <= SHARED_MAX => (of, 0),
            Repr::Part { of, start, .. } => (of, usize::from(*start)),
            Repr::Shared(_) | Repr::Static(_) | Repr::Growing(_) => return text.into(),
        };
        let place = (u16::try_from(offset + range.start), u16::try_from(offset + range.start + text.len()));
        match place {
            (Ok(start), Ok(end)) if !text.is_empty() => Self(Repr::Part { start, end, of: of.clone() }),
            _ => text.into(),
        }
    }
}

/// From so many bytes a text that something is added to gets room for more.
const GROWING_MIN: usize = 256;

impl Text {
    /// Whether what is added to it is better put behind it than both into a new one.
    pub(crate) fn is_long(&self) -> bool {
        self.len() >= GROWING_MIN
    }

    /// Whether something can be added where it stands.
    pub(crate) fn has_room(&self) -> bool {
        matches!(&self.0, Repr::Growing(text) if Arc::strong_count(text) == 1)
    }

    /// Its characters to add to: a copy when it has no room.
    pub(crate) fn into_growing(self) -> String {
        match self.0 {
            Repr::Growing(text) => Arc::unwrap_or_clone(text),
            _ => self.as_str().to_owned(),
        }
    }

    /// A text to which more may be added.
    pub(crate) fn growing(text: String) -> Self {
        Self(Repr::Growing(Arc::new(text)))
    }
}

/// A text that is looked for in others. Not empty.
pub(crate) enum Needle<'n> {
    /// So short that the next of its first bytes is as good a hint as any.
    Short([u8; SHORT_BYTES], usize),
    Long(Box<memmem::Finder<'n>>),
}

/// Up to so many bytes are compared at every place where the first one stands.
const SHORT_BYTES: usize = 8;

impl<'n> Needle<'n> {
    pub(crate) fn new(text: &'n str) -> Self {
        let bytes = text.as_bytes();
        let mut short = [0; SHORT_BYTES];
        match short.get_mut(..bytes.len()) {
            Some(head) => {
                head.copy_from_slice(bytes);
                Self::Short(short, bytes.len())
            }
            None => Self::Long(Box::new(memmem::Finder::new(bytes))),
        }
    }

    /// The same with a text of its own.
    pub(crate) fn into_owned(self) -> Needle<'static> {
        match self {
            Self::Short(bytes, length) => Needle::Short(bytes, length),
            Self::Long(finder) => Needle::Long(Box::new(finder.into_owned())),
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Short(_, length) => *length,
            Self::Long(finder) => finder.needle().len(),
        }
    }

    /// Where it stands next in a text, from a place on.
    fn next(&self, text: &str, from: usize) -> Option<usize> {
        let bytes = text.as_bytes();
        match self {
            Self::Long(finder) => finder.find(bytes.get(from..)?).map(|at| from + at),
            Self::Short(needle, length) => {
                let needle = needle.get(..*length)?;
                let first = *needle.first()?;
                let mut at = from;
                loop {
                    at += memchr(first, bytes.get(at..)?)?;
                    // So short that a call which compares would cost more.
                    if bytes.get(at..at + length)?.iter().zip(needle).all(|(own, byte)| own == byte) {
                        return Some(at);
                    }
                    at += 1;
                }
            }
        }
    }

    /// Where it stands in a text, from left to right, without overlaps.
    pub(crate) fn hits<'t>(&'t self, text: &'t str) -> impl Iterator<Item = usize> + 't {
        let mut from = 0;
        std::iter::from_fn(move || {
            let hit = self.next(text, from)?;
            from = hit + self.len();
            Some(hit)
        })
    }
}

/// Up to how much of a scratch string is kept for the next text.
const SCRATCH_BYTES: usize = 1 << 14;

thread_local! {
    static SCRATCH: RefCell<String> = const { RefCell::new(String::new()) };
}

/// An empty string to build a text in; [`Text::from_scratch`] takes it back. Saves an allocation for every short text.
pub(crate) fn scratch() -> String {
    SCRATCH.try_with(|scratch| std::mem::take(&mut *scratch.borrow_mut())).unwrap_or_default()
}

impl Text {
    /// A text that was built in a [`scratch`] string.
    pub(crate) fn from_scratch(mut built: String) -> Self {
        if built.capacity() > SCRATCH_BYTES {
            return Self::from(built);
        }
        let text = Self::from(built.as_str());
        built.clear();
        // At the end of the thread there is nowhere to put it.
        let _ = SCRATCH.try_with(|scratch| *scratch.borrow_mut() = built);
        text
    }

    /// The same in lower case.
    pub(crate) fn to_lower_case(&self) -> Self {
        self.in_case(str::make_ascii_lowercase, str::to_lowercase)
    }

    /// The same in upper case.
    pub(crate) fn to_upper_case(&self) -> Self {
        self.in_case(str::make_ascii_uppercase, str::to_uppercase)
    }

    fn in_case(&self, ascii: fn(&mut str), any: fn(&str) -> String) -> Self {
        if !self.is_ascii() {
            return any(self).into();
        }
        let mut copy: Arc<str> = self.as_str().into();
        if let Some(own) = Arc::get_mut(&mut copy) {
            ascii(own);
        }
        Self(Repr::Shared(copy))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(Repr::Shared(text.into()))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(Repr::Shared(text.into()))
    }
}

impl Deref for Text {
    type Target = str;
    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl Text {
    /// Whether it says this. Literals of one program are often the same text in memory.
    #[inline]
    pub fn says(&self, other: &str) -> bool {
        match &self.0 {
            Repr::Static(own) => {
                own.len() == other.len() && (std::ptr::eq(own.as_ptr(), other.as_ptr()) || **own == *other)
            }
            _ => self.made_says(other),
        }
    }

    fn made_says(&self, other: &str) -> bool {
        let own = self.as_str();
        own.len() == other.len() && (std::ptr::eq(own.as_ptr(), other.as_ptr()) || own == other)
    }
}

impl PartialEq for Text {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match &other.0 {
            Repr::Static(other) => self.says(other),
            _ => other.made_says(self.as_str()),
        }
    }
}

impl Eq for Text {}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests;
