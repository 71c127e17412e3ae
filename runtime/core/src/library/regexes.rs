//! Functions over regexes: `re-find` and its kin, and what `clojure.string` does with patterns.
//!
//! The engine is [`crate::regex`]. Strings are charged when they are made, the search pays for itself.

use std::mem::take;
use std::ops::Range;
use std::sync::Arc;

use super::class::{illegal_argument, mismatch, null_pointer};
use super::elements::seq;
use super::invoke::call;
use super::lookup::index_argument;
use super::rows;
use crate::print::str_text;
use crate::regex::{Matcher, Pattern, Replacement, Search, quote};
use crate::thrown::Class;
use crate::value::Object;
use crate::{Budget, Text, Thrown, Value, Vector};

rows! { regexes:
    "clojure.core/re-pattern" re_pattern (Any) -> Regex, "The pattern that a string writes; a pattern itself.";
    "clojure.core/re-find" re_find (Any; String) -> Any, "The first match in the string, or the next one of a matcher: a string, a vector with the groups, or nil.";
    "clojure.core/re-matches" re_matches (Regex, String) -> Any, "The match of the whole string: a string, a vector with the groups, or nil.";
    "clojure.core/re-seq" re_seq (Regex, String) -> Nilable(&List), "All matches one after the other, or nil.";
    "clojure.core/re-matcher" re_matcher (Regex, String) -> Any, "A search for the pattern that `re-find` steps from match to match.";
    "clojure.core/re-groups" re_groups (Any) -> Any, "The last match of a matcher.";
    "clojure.string/split" split (String, Regex; Number) -> Vector, "The parts of the string between matches, at most as many as the limit.";
    "clojure.string/re-quote-replacement" re_quote_replacement (Any) -> String, "The text written so that a replacement takes it literally.";
}

fn pattern_of<'v>(what: &str, value: &'v Value) -> Result<&'v Pattern, Thrown> {
    match value {
        Value::Regex(pattern) => Ok(pattern),
        other => Err(mismatch(what, "a regex", other)),
    }
}

fn text_of<'v>(what: &str, value: &'v Value) -> Result<&'v Text, Thrown> {
    match value {
        Value::Str(text) => Ok(text),
        other => Err(mismatch(what, "a string", other)),
    }
}

fn matcher_of<'v>(what: &str, value: &'v Value) -> Result<&'v Matcher, Thrown> {
    match value {
        Value::Object(object) => match object.as_ref() {
            Object::Matcher(matcher) => Ok(matcher),
            _ => Err(mismatch(what, "a matcher", value)),
        },
        other => Err(mismatch(what, "a matcher", other)),
    }
}

/// A part of a text as a string, charged.
fn part(budget: &mut Budget, text: &Text, range: Range<usize>) -> Result<Value, Thrown> {
    budget.charge_bytes(range.len() as u64)?;
    Ok(Value::Str(text.part(range)))
}

/// A match as Clojure gives it: the text, or with groups a vector of texts.
fn groups(
    budget: &mut Budget,
    text: &Text,
    count: usize,
    range: impl Fn(usize) -> Option<Range<usize>>,
) -> Result<Value, Thrown> {
    let mut group = |index: usize| match range(index) {
        Some(range) => part(budget, text, range),
        None => Ok(Value::Nil),
    };
    if count == 0 {
        return group(0);
    }
    let mut all = Vec::with_capacity(count + 1);
    for index in 0..=count {
        all.push(group(index)?);
    }
    budget.charge(all.len())?;
    Ok(Value::Vector(all.into()))
}

fn groups_of(budget: &mut Budget, text: &Text, search: &Search<'_, '_>) -> Result<Value, Thrown> {
    groups(budget, text, search.group_count(), |group| search.found().range(group))
}

pub fn re_pattern(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    const NAME: &str = "re-pattern";
    match args {
        [pattern @ Value::Regex(_)] => Ok(take(pattern)),
        [source] => {
            let source = text_of(NAME, source)?;
            budget.spend(10 + source.len() as u64)?;
            budget.charge_bytes(source.len() as u64 * 32)?;
            let pattern = Pattern::compile(source.clone());
            pattern.map(Value::Regex).map_err(|error| error.thrown(source))
        }
        _ => Err(Thrown::arity(NAME, args.len())),
    }
}

const RE_FIND: &str = "re-find";

pub fn re_find(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [matcher] => {
            let matcher = matcher_of(RE_FIND, matcher)?;
            if matcher.find(budget)? { last_match(budget, matcher) } else { Ok(Value::Nil) }
        }
        [pattern, text] => find_in(budget, pattern, text),
        _ => Err(Thrown::arity(RE_FIND, args.len())),
    }
}

pub(super) fn find_in(budget: &mut Budget, pattern: &Value, text: &Value) -> Result<Value, Thrown> {
    let text = text_of(RE_FIND, text)?;
    let mut search = pattern_of(RE_FIND, pattern)?.search(text)?;
    if search.find(budget)? { groups_of(budget, text, &search) } else { Ok(Value::Nil) }
}

const RE_MATCHES: &str = "re-matches";

pub fn re_matches(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [pattern, text] = args else { return Err(Thrown::arity(RE_MATCHES, args.len())) };
    match_whole(budget, pattern, text)
}

pub(super) fn match_whole(budget: &mut Budget, pattern: &Value, text: &Value) -> Result<Value, Thrown> {
    let text = text_of(RE_MATCHES, text)?;
    let mut search = pattern_of(RE_MATCHES, pattern)?.search(text)?;
    if search.whole(budget)? { groups_of(budget, text, &search) } else { Ok(Value::Nil) }
}

pub fn re_seq(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    const NAME: &str = "re-seq";
    let [pattern, text] = args else { return Err(Thrown::arity(NAME, args.len())) };
    let text = text_of(NAME, text)?;
    let mut search = pattern_of(NAME, pattern)?.search(text)?;
    let mut all = Vec::new();
    while search.find(budget)? {
        budget.charge(1)?;
        all.push(groups_of(budget, text, &search)?);
    }
    Ok(seq(all.into()))
}

pub fn re_matcher(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    const NAME: &str = "re-matcher";
    let [pattern, text] = args else { return Err(Thrown::arity(NAME, args.len())) };
    let matcher = Matcher::new(pattern_of(NAME, pattern)?.clone(), text_of(NAME, text)?.clone());
    budget.spend(1 + matcher.text().len() as u64 / 16)?;
    budget.charge(4)?;
    Ok(Value::Object(Arc::new(Object::Matcher(matcher))))
}

pub fn re_groups(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    const NAME: &str = "re-groups";
    let [matcher] = args else { return Err(Thrown::arity(NAME, args.len())) };
    last_match(budget, matcher_of(NAME, matcher)?)
}

fn last_match(budget: &mut Budget, matcher: &Matcher) -> Result<Value, Thrown> {
    let found = matcher.groups()?;
    let found = found.ok_or_else(|| Thrown::new(Class::IllegalState, "No match found"))?;
    let range = |group: usize| found.get(group).cloned().flatten();
    groups(budget, matcher.text(), found.len().saturating_sub(1), range)
}

pub fn split(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (text, pattern, limit) = match args {
        [text, pattern] => (&*text, &*pattern, 0),
        [text, pattern, limit] => (&*text, &*pattern, index_argument(SPLIT, limit)?),
        _ => return Err(Thrown::arity(SPLIT, args.len())),
    };
    split_at(budget, text, pattern, limit)
}

const SPLIT: &str = "clojure.string/split";

pub(super) fn split_at(
    budget: &mut Budget,
    text: &Value,
    pattern: &Value,
    limit: i64,
) -> Result<Value, Thrown> {
    let pattern = pattern_of(SPLIT, pattern)?;
    let text = text_of(SPLIT, text)?;
    if let Some(needle) = pattern.needle()? {
        budget.spend(1 + text.len() as u64 / 16)?;
        let mut hits = needle.hits(text).map(|hit| hit..hit + needle.len());
        return parts(budget, text, limit, |_| Ok(hits.next()));
    }
    let mut search = pattern.search(text)?;
    parts(budget, text, limit, |budget| Ok(if search.find(budget)? { search.last() } else { None }))
}

/// The parts of a text between matches: at most as many as a positive limit; empty ones at the end only with another.
fn parts(
    budget: &mut Budget,
    text: &Text,
    limit: i64,
    mut next: impl FnMut(&mut Budget) -> Result<Option<Range<usize>>, Thrown>,
) -> Result<Value, Thrown> {
    let most = usize::try_from(limit).ok().filter(|most| *most > 0);
    let mut parts: Vec<Value> = Vec::new();
    let mut from = 0;
    while most.is_none_or(|most| parts.len() + 1 < most) {
        let Some(found) = next(budget)? else { break };
        // Nothing stands in front of an empty match at the start.
        if found.end == 0 {
            continue;
        }
        budget.charge(1)?;
        parts.push(part(budget, text, from..found.start)?);
        from = found.end;
    }
    if from == 0 {
        return Ok(Value::Vector(Vector::from([Value::Str(text.clone())])));
    }
    budget.charge(1)?;
    parts.push(part(budget, text, from..text.len())?);
    while limit == 0 && parts.last().is_some_and(|part| part.as_str() == Some("")) {
        parts.pop();
    }
    Ok(Value::Vector(parts.into()))
}

pub fn re_quote_replacement(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    const NAME: &str = "clojure.string/re-quote-replacement";
    let [text] = args else { return Err(Thrown::arity(NAME, args.len())) };
    let text = super::strings::text_of(budget, NAME, text)?;
    budget.charge_bytes(text.len() as u64 * 2)?;
    Ok(quote(&text).into())
}

/// `clojure.string/replace` and `replace-first` of a pattern: with a text that may name groups, or with a function of
/// each match.
pub(super) fn replace(
    budget: &mut Budget,
    what: &str,
    (text, pattern): (&Text, &Pattern),
    replacement: &Value,
    is_first_only: bool,
) -> Result<Value, Thrown> {
    let mut search = pattern.search(text)?;
    let mut template: Option<Replacement> = None;
    let mut out = String::new();
    let mut from = 0;
    while search.find(budget)? {
        let Some(found) = search.last() else { break };
        push(budget, &mut out, text.get(from..found.start).unwrap_or_default())?;
        from = found.end;
        match replacement {
            Value::Str(written) => {
                if template.is_none() {
                    template = Some(Replacement::new(written, &search)?);
                }
                for part in template.iter().flat_map(|template| template.texts(&search)) {
                    push(budget, &mut out, part)?;
                }
            }
            Value::Nil => return Err(null_pointer(what, "a string or a function as replacement")),
            function => {
                let this = groups_of(budget, text, &search)?;
                let made = call(budget, function, this)?;
                push(budget, &mut out, text_of(what, &made)?)?;
            }
        }
        if is_first_only {
            break;
        }
    }
    if search.last().is_none() && from == 0 && out.is_empty() {
        return Ok(Value::Str(text.clone()));
    }
    push(budget, &mut out, text.get(from..).unwrap_or_default())?;
    Ok(Value::string(out))
}

fn push(budget: &mut Budget, out: &mut String, part: &str) -> Result<(), Thrown> {
    budget.charge_bytes(part.len() as u64)?;
    out.push_str(part);
    Ok(())
}

/// What is neither a string, a character nor a pattern.
pub(super) fn invalid_match(value: &Value) -> Thrown {
    illegal_argument(format!("Invalid match arg: {}", str_text(value)))
}
