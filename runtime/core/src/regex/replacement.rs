//! Replacement texts: `$1`, `${name}` and backslashes, as `java.util.regex.Matcher` reads them.

use super::Search;
use crate::Thrown;
use crate::thrown::Class;

/// A replacement text taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Text(String),
    Group(usize),
}

impl Replacement {
    /// Reads a text against the groups of a pattern.
    pub fn new(text: &str, search: &Search<'_, '_>) -> Result<Self, Thrown> {
        let illegal = |message: &str| Thrown::new(Class::IllegalArgument, message);
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text.chars().peekable();
        while let Some(letter) = rest.next() {
            let group = match letter {
                '\\' => {
                    plain.push(rest.next().ok_or_else(|| illegal("character to be escaped is missing"))?);
                    continue;
                }
                '$' => match rest.peek() {
                    None => return Err(illegal("Illegal group reference: group index is missing")),
                    Some('{') => {
                        rest.next();
                        named(&mut rest, search)?
                    }
                    Some(_) => numbered(&mut rest, search.group_count())?,
                },
                letter => {
                    plain.push(letter);
                    continue;
                }
            };
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(Part::Group(group));
        }
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self { parts })
    }

    /// The texts that stand for the last match of a search; a group that took no part is nothing.
    pub fn texts<'a>(&'a self, search: &'a Search<'_, '_>) -> impl Iterator<Item = &'a str> {
        self.parts.iter().map(|part| match part {
            Part::Text(text) => text.as_str(),
            Part::Group(group) => search.group(*group).unwrap_or_default(),
        })
    }
}

type Letters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// Behind `${`.
fn named(rest: &mut Letters<'_>, search: &Search<'_, '_>) -> Result<usize, Thrown> {
    let illegal = |message: String| Thrown::new(Class::IllegalArgument, message);
    let mut name = String::new();
    while let Some(letter) = rest.next_if(char::is_ascii_alphanumeric) {
        name.push(letter);
    }
    if name.is_empty() {
        return Err(illegal("named capturing group has 0 length name".to_owned()));
    }
    if rest.next() != Some('}') {
        return Err(illegal("named capturing group is missing trailing '}'".to_owned()));
    }
    if name.starts_with(|letter: char| letter.is_ascii_digit()) {
        return Err(illegal(format!("capturing group name {{{name}}} starts with digit character")));
    }
    search.group_index(&name).ok_or_else(|| illegal(format!("No group with name {{{name}}}")))
}

/// Behind `$`: as many digits as there are groups for.
fn numbered(rest: &mut Letters<'_>, groups: usize) -> Result<usize, Thrown> {
    let digit = rest.next().and_then(|it| it.to_digit(10));
    let Some(first) = digit else {
        return Err(Thrown::new(Class::IllegalArgument, "Illegal group reference"));
    };
    let mut group = first as usize;
    if group > groups {
        return Err(Thrown::new(Class::IndexOutOfBounds, format!("No group {group}")));
    }
    while let Some(digit) = rest.peek().and_then(|it| it.to_digit(10)) {
        let longer = group.saturating_mul(10).saturating_add(digit as usize);
        if longer > groups {
            break;
        }
        group = longer;
        rest.next();
    }
    Ok(group)
}

/// A text in which nothing is special to a replacement.
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '$' | '\\') {
            quoted.push('\\');
        }
        quoted.push(letter);
    }
    quoted
}
