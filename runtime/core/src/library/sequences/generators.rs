//! Sequences that come from no collection: `range`, `repeat`, `iterate`, `cycle`, `repeatedly`, `lazy-seq`.

use std::mem::take;

use super::{lazily, lazily_as};
use crate::library::class::mismatch;
use crate::library::elements::{CHUNK, Walk, seq_of};
use crate::library::invoke::{call, invoke};
use crate::library::lookup::count_argument;
use crate::library::rows;
use crate::number::{self, is_number};
use crate::value::{LazySeq, SeqKind, Source, Step};
use crate::{Budget, Keyword, Thrown, Value, Vector};

rows! { sequences::generators:
    "clojure.core/range" range ( ; Number, Number, Number) -> List, "Numbers from start (or 0) up to end (or for ever), by step (or 1).";
    "clojure.core/repeat" repeat (Any; Any) -> List, "A value for ever, or n times.";
    "clojure.core/repeatedly" repeatedly (Any; Callable) -> List, "What calls of a function give, for ever or n times.";
    "clojure.core/iterate" iterate (Callable, Any) -> List, "A value, what the function makes of it, what it makes of that, and so on.";
    "clojure.core/cycle" cycle (Seqable) -> List, "The elements again and again.";
    "clojure.core/iteration" iteration (Callable => & Any) -> List,
        "What calls of a function with the key of the next page give, page after page.";
    "breyta.internal/lazy" lazy (Callable) -> List, "What a function gives, as a sequence that is made when asked for.";
}

/// Integers, 32 at a time.
struct Integers {
    at: i64,
    step: i64,
    left: u64,
}

impl Source for Integers {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        let count = self.left.min(CHUNK as u64);
        budget.spend(1)?;
        for _ in 0..count {
            out.push(Value::Int(self.at));
            // Behind the last it may leave the 64-bit integers, and is not looked at.
            self.at = self.at.wrapping_add(self.step);
        }
        self.left -= count;
        Ok(if self.left == 0 { Step::End } else { Step::More })
    }
}

/// Numbers of any kind, 32 at a time.
struct Numbers {
    at: Value,
    end: Value,
    step: Value,
    up: bool,
}

impl Source for Numbers {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        for _ in 0..CHUNK {
            let goes_on =
                if self.up { number::less(&self.at, &self.end) } else { number::less(&self.end, &self.at) }?;
            if !goes_on {
                return Ok(Step::End);
            }
            budget.spend(1)?;
            out.push(self.at.clone());
            self.at = number::add(budget, &self.at, &self.step)?;
        }
        Ok(Step::More)
    }
}

/// `0 1 2 …`, one at a time.
struct Naturals(i64);

impl Source for Naturals {
    fn next(&mut self, _: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        out.push(Value::Int(self.0));
        self.0 = self.0.wrapping_add(1);
        Ok(Step::More)
    }
}

pub fn range(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (start, end, step) = match args {
        [] => return lazily_as(budget, Naturals(0), SeqKind::Iterate),
        [end] => (Value::Int(0), take(end), Value::Int(1)),
        [start, end] => (take(start), take(end), Value::Int(1)),
        [start, end, step] => (take(start), take(end), take(step)),
        _ => return Err(Thrown::arity("clojure.core/range", args.len())),
    };
    for number in [&start, &end, &step] {
        if !is_number(number) {
            return Err(mismatch("range", "numbers", number));
        }
    }
    let zero = Value::Int(0);
    let up = number::less(&zero, &step)?;
    let starts = if up { number::less(&start, &end)? } else { number::less(&end, &start)? };
    if number::equivalent(&zero, &step)? {
        return if number::equivalent(&start, &end)? {
            Ok(Value::List(Vector::new()))
        } else {
            lazily_as(budget, Repeating { value: start, left: None }, SeqKind::Repeat)
        };
    }
    if !starts {
        return Ok(Value::List(Vector::new()));
    }
    if let (Value::Int(at), Value::Int(end), Value::Int(step)) = (&start, &end, &step) {
        let left = end.abs_diff(*at).div_ceil(step.unsigned_abs());
        return lazily_as(budget, Integers { at: *at, step: *step, left }, SeqKind::Range);
    }
    lazily_as(budget, Numbers { at: start, end, step, up }, SeqKind::Range)
}

struct Repeating {
    value: Value,
    left: Option<usize>,
}

impl Source for Repeating {
    fn next(&mut self, _: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        match &mut self.left {
            Some(0) => return Ok(Step::End),
            Some(left) => *left -= 1,
            None => {}
        }
        out.push(self.value.clone());
        Ok(if self.left == Some(0) { Step::End } else { Step::More })
    }
}

pub fn repeat(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (left, value) = match args {
        [value] => (None, take(value)),
        [count, value] => (Some(count_argument("repeat", count)?), take(value)),
        _ => return Err(Thrown::arity("clojure.core/repeat", args.len())),
    };
    if left == Some(0) {
        return Ok(Value::List(Vector::new()));
    }
    lazily_as(budget, Repeating { value, left }, SeqKind::Repeat)
}

struct Calling {
    function: Value,
    left: Option<usize>,
}

impl Source for Calling {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        match &mut self.left {
            Some(0) => return Ok(Step::End),
            Some(left) => *left -= 1,
            None => {}
        }
        out.push(invoke(budget, &self.function, &mut [])?);
        Ok(Step::More)
    }
}

pub fn repeatedly(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (left, function) = match args {
        [function] => (None, take(function)),
        [count, function] => (Some(count_argument("repeatedly", count)?), take(function)),
        _ => return Err(Thrown::arity("clojure.core/repeatedly", args.len())),
    };
    lazily(budget, Calling { function, left })
}

/// The function is called when the element is asked for, not before.
struct Iterating {
    function: Value,
    value: Value,
}

impl Source for Iterating {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        self.value = call(budget, &self.function, take(&mut self.value))?;
        out.push(self.value.clone());
        Ok(Step::More)
    }
}

pub fn iterate(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [function, value] = args else { return Err(Thrown::arity("clojure.core/iterate", args.len())) };
    let first = Vector::from([value.clone()]);
    let rest =
        lazily_as(budget, Iterating { function: take(function), value: take(value) }, SeqKind::Iterate)?;
    Ok(Value::Lazy(LazySeq::with_front_as(first, rest, SeqKind::Iterate)))
}

struct Cycling {
    whole: Value,
    round: Walk,
}

impl Source for Cycling {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        let item = match self.round.next(budget)? {
            Some(item) => Some(item),
            None => {
                self.round = Walk::over(self.whole.clone());
                self.round.next(budget)?
            }
        };
        out.extend(item);
        Ok(if out.is_empty() { Step::End } else { Step::More })
    }
}

pub fn cycle(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/cycle", args.len())) };
    let whole = seq_of(budget, take(coll))?;
    if whole.is_nil() {
        return Ok(Value::List(Vector::new()));
    }
    let round = Walk::over(whole.clone());
    lazily_as(budget, Cycling { whole, round }, SeqKind::Cycle)
}

pub fn lazy(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [function] = args else { return Err(Thrown::arity("clojure.core/lazy-seq", args.len())) };
    lazily(budget, Delayed(take(function)))
}

/// The body of a `lazy-seq`.
struct Delayed(Value);

impl Source for Delayed {
    fn next(&mut self, budget: &mut Budget, _: &mut Vec<Value>) -> Result<Step, Thrown> {
        Ok(Step::Rest(invoke(budget, &self.0, &mut [])?))
    }
}

/// `(iteration step :somef … :vf … :kf … :initk …)`
struct Paging {
    step: Value,
    some: Option<Value>,
    value: Option<Value>,
    key: Option<Value>,
    next: Option<Value>,
}

impl Source for Paging {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        let Some(key) = self.next.take() else { return Ok(Step::End) };
        let page = call(budget, &self.step, key)?;
        let found = match &self.some {
            Some(some) => call(budget, some, page.clone())?.is_truthy(),
            None => !page.is_nil(),
        };
        if !found {
            return Ok(Step::End);
        }
        let of = |budget: &mut Budget, function: &Option<Value>| match function {
            Some(function) => call(budget, function, page.clone()),
            None => Ok(page.clone()),
        };
        out.push(of(budget, &self.value)?);
        self.next = Some(of(budget, &self.key)?).filter(|key| !key.is_nil());
        Ok(if self.next.is_some() { Step::More } else { Step::End })
    }
}

pub fn iteration(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let Some((step, options)) = args.split_first_mut() else {
        return Err(Thrown::arity("clojure.core/iteration", 0));
    };
    let mut source = Paging { step: take(step), some: None, value: None, key: None, next: Some(Value::Nil) };
    for option in options.chunks_exact_mut(2) {
        let [name, value] = option else { continue };
        match name.as_keyword().map(Keyword::full) {
            Some("somef") => source.some = Some(take(value)),
            Some("vf") => source.value = Some(take(value)),
            Some("kf") => source.key = Some(take(value)),
            Some("initk") => source.next = Some(take(value)),
            _ => {}
        }
    }
    lazily(budget, source)
}
