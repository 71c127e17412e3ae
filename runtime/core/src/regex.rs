//! Regular expressions with Java's syntax and meaning: one engine for literals, `re-pattern`, `clojure.string` and
//! schemas.
//!
//! A pattern is parsed into a [`tree`], the way `java.util.regex` of JDK 17 reads it. What can be matched in time linear
//! in the text is given to `regex-automata` ([`linear`]); anything else, and the few texts for which both would differ,
//! runs on the [`backtrack`]ing matcher, whose steps are paid from the budget of the call. Positions are byte offsets of
//! whole characters. What library functions do with matches is not here (`library/regexes.rs`).

use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::text::Needle;
use crate::thrown::Class;
use crate::{Budget, Text, Thrown};

mod backtrack;
mod linear;
mod matcher;
mod parse;
mod program;
mod replacement;
mod search;
mod set;
mod tree;
mod unicode;

pub use matcher::Matcher;
pub use replacement::{Part, Replacement, quote};
pub use search::{Conditions, Found, Search};

/// Whether a text is a pattern.
pub fn check(source: &str) -> Result<(), PatternError> {
    parse::parse(source).map(|_| ())
}

/// A pattern. Cheap to copy; equal to itself only, as in Java.
#[derive(Clone)]
pub struct Pattern(Arc<Inner>);

struct Inner {
    source: Text,
    /// Named by the constructors alone, so that the engine is linked only into programs that make patterns.
    build: fn(&str) -> Result<Box<dyn Engine>, PatternError>,
    engine: OnceLock<Result<Box<dyn Engine>, PatternError>>,
}

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// Java's words, without the place.
    pub message: String,
    /// Byte offset of the character at fault; the length of the text when it ends too early.
    pub offset: usize,
    /// What Java calls the index, in characters, where it has one.
    index: Option<usize>,
}

/// A compiled pattern: what [`Search`] drives.
trait Engine: Send + Sync {
    /// Groups without the whole match.
    fn group_count(&self) -> usize;

    fn group_names(&self) -> &[(Box<str>, usize)];

    /// Which texts the linear matcher would get wrong; see [`Conditions`].
    fn conditions(&self) -> Conditions;

    /// The text that the pattern is, when it says nothing else.
    fn needle(&self) -> Option<&Needle<'static>>;

    /// Looks for a match and leaves its groups in `found`.
    fn search(&self, budget: &mut Budget, at: Place<'_>, found: &mut Found) -> Result<bool, Thrown>;
}

/// Where and how to look.
#[derive(Clone, Copy)]
struct Place<'t> {
    text: &'t str,
    from: usize,
    /// Where the last match ended, for `\G`.
    last: usize,
    how: How,
    /// What is true of the text.
    conditions: Conditions,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// Anywhere from the start position on.
    Find,
    /// At the start position.
    Prefix,
    /// From the start position to the end of the text.
    Whole,
}

impl Pattern {
    pub fn compile(source: impl Into<Text>) -> Result<Self, PatternError> {
        let pattern = Self::literal(source);
        pattern.engine().map(|_| ()).map_err(Clone::clone)?;
        Ok(pattern)
    }

    /// A pattern of the program, which the compiler has checked; made ready when it is first used.
    pub fn literal(source: impl Into<Text>) -> Self {
        Self(Arc::new(Inner { source: source.into(), build, engine: OnceLock::new() }))
    }

    fn engine(&self) -> Result<&dyn Engine, &PatternError> {
        self.0.engine.get_or_init(|| (self.0.build)(&self.0.source)).as_deref()
    }

    /// The engine where a wrong pattern is the error of a call.
    fn ready(&self) -> Result<&dyn Engine, Thrown> {
        self.engine().map_err(|error| error.thrown(self.source()))
    }

    /// As written.
    pub fn source(&self) -> &Text {
        &self.0.source
    }

    /// Groups without the whole match.
    pub fn group_count(&self) -> Result<usize, Thrown> {
        Ok(self.ready()?.group_count())
    }

    /// The text that it is, when it says nothing else: any text is searched for it as for a string.
    pub(crate) fn needle(&self) -> Result<Option<&Needle<'static>>, Thrown> {
        Ok(self.ready()?.needle())
    }

    /// The number of a named group.
    pub fn group_index(&self, name: &str) -> Result<Option<usize>, Thrown> {
        let names = self.ready()?.group_names();
        Ok(names.iter().find(|(known, _)| **known == *name).map(|(_, index)| *index))
    }

    /// Gets ready to look for this pattern in one text.
    pub fn search<'t>(&self, text: &'t str) -> Result<Search<'_, 't>, Thrown> {
        Ok(Search::new(self.ready()?, text, None))
    }

    /// The same where the text was looked at before.
    pub fn search_again<'t>(&self, text: &'t str, conditions: Conditions) -> Result<Search<'_, 't>, Thrown> {
        Ok(Search::new(self.ready()?, text, Some(conditions)))
    }
}

fn build(source: &str) -> Result<Box<dyn Engine>, PatternError> {
    let parsed = parse::parse(source)?;
    Ok(Box::new(linear::Both::new(parsed)))
}

/// Two patterns are equal when they are the same object, whatever they say.
impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#\"{}\"", self.source())
    }
}

impl PatternError {
    /// What Java's exception says: the message, the place, the pattern and a mark below it.
    pub fn java_message(&self, source: &str) -> String {
        let mut text = self.message.clone();
        if let Some(index) = self.index {
            text.push_str(" near index ");
            text.push_str(&index.to_string());
        }
        text.push('\n');
        text.push_str(source);
        if let Some(index) = self.index.filter(|index| *index < source.encode_utf16().count()) {
            text.push('\n');
            text.push_str(&" ".repeat(index));
            text.push('^');
        }
        text
    }

    pub fn thrown(&self, source: &str) -> Thrown {
        Thrown::new(Class::IllegalArgument, self.java_message(source))
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

#[cfg(test)]
mod tests;
