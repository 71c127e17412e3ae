//! Parts of sequences: so many elements, those before or after one that fails, every nth.

use std::collections::VecDeque;
use std::mem::take;

use super::access::after;
use super::lazily;
use crate::library::elements::Walk;
use crate::library::invoke::test;
use crate::library::lookup::count_argument;
use crate::library::rows;
use crate::library::transducers::stages;
use crate::library::transducers::transducer;
use crate::value::{Source, Step};
use crate::{Budget, Thrown, Value, Vector};

rows! { sequences::slices:
    "clojure.core/take" take_first (Number; Seqable) -> List, "The first n elements.";
    "clojure.core/drop" drop_first (Number; Seqable) -> List, "Everything after the first n elements.";
    "clojure.core/drop-last" drop_last (Any; Seqable) -> List, "Everything before the last n elements; n is 1 when not given.";
    "clojure.core/take-while" take_while (Callable; Seqable) -> List, "The elements before the first that fails.";
    "clojure.core/drop-while" drop_while (Callable; Seqable) -> List, "The elements from the first that fails.";
    "clojure.core/take-nth" take_nth (Number; Seqable) -> List, "Every nth element, beginning with the first.";
    "clojure.core/split-at" split_at (Number, Seqable) -> Vector, "The first n elements, and those after them.";
    "clojure.core/split-with" split_with (Callable, Seqable) -> Vector, "The elements before the first that fails, and those from it.";
}

/// At most so many elements, one at a time: no more are made than wanted.
struct Taking {
    left: usize,
    from: Walk,
}

impl Source for Taking {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        if self.left == 0 {
            return Ok(Step::End);
        }
        self.left -= 1;
        out.extend(self.from.next(budget)?);
        Ok(if out.is_empty() { Step::End } else { Step::More })
    }
}

fn taken(budget: &mut Budget, count: usize, coll: Value) -> Result<Value, Thrown> {
    lazily(budget, Taking { left: count, from: Walk::over(coll) })
}

pub fn take_first(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [_] => transducer::<stages::Take>(budget, args),
        [count, coll] => {
            let count = count_argument("take", count)?;
            taken(budget, count, take(coll))
        }
        _ => Err(Thrown::arity("clojure.core/take", args.len())),
    }
}

struct Dropping {
    count: usize,
    coll: Option<Value>,
}

impl Source for Dropping {
    fn next(&mut self, budget: &mut Budget, _: &mut Vec<Value>) -> Result<Step, Thrown> {
        let Some(coll) = self.coll.take() else { return Ok(Step::End) };
        Ok(Step::Rest(after(budget, coll, self.count)?))
    }
}

fn dropped(budget: &mut Budget, count: usize, coll: Value) -> Result<Value, Thrown> {
    lazily(budget, Dropping { count, coll: Some(coll) })
}

pub fn drop_first(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [_] => transducer::<stages::Drop>(budget, args),
        [count, coll] => {
            let count = count_argument("drop", count)?;
            dropped(budget, count, take(coll))
        }
        _ => Err(Thrown::arity("clojure.core/drop", args.len())),
    }
}

/// Elements as long as there are `kept` more behind them.
struct DroppingLast {
    kept: usize,
    window: VecDeque<Value>,
    from: Walk,
}

impl Source for DroppingLast {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        while self.window.len() <= self.kept {
            let Some(item) = self.from.next(budget)? else { return Ok(Step::End) };
            budget.spend(1)?;
            budget.charge(1)?;
            self.window.push_back(item);
        }
        out.extend(self.window.pop_front());
        Ok(Step::More)
    }
}

pub fn drop_last(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (kept, coll) = match args {
        [coll] => (1, coll),
        [count, coll] => (count_argument("drop-last", count)?, coll),
        _ => return Err(Thrown::arity("clojure.core/drop-last", args.len())),
    };
    lazily(budget, DroppingLast { kept, window: VecDeque::new(), from: Walk::over(take(coll)) })
}

struct TakingWhile {
    holds: Value,
    from: Walk,
}

impl Source for TakingWhile {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        match self.from.next(budget)? {
            Some(item) if test(budget, &self.holds, &item)? => out.push(item),
            _ => return Ok(Step::End),
        }
        Ok(Step::More)
    }
}

pub fn take_while(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [_] => transducer::<stages::TakeWhile>(budget, args),
        [holds, coll] => lazily(budget, TakingWhile { holds: take(holds), from: Walk::over(take(coll)) }),
        _ => Err(Thrown::arity("clojure.core/take-while", args.len())),
    }
}

struct DroppingWhile {
    holds: Value,
    from: Option<Walk>,
}

impl Source for DroppingWhile {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        let Some(mut from) = self.from.take() else { return Ok(Step::End) };
        let mut chunk = Vec::new();
        while from.next_chunk(budget, &mut chunk)? {
            let mut items = chunk.drain(..);
            while let Some(item) = items.next() {
                budget.spend(1)?;
                if !test(budget, &self.holds, &item)? {
                    out.push(item);
                    out.extend(items);
                    return Ok(Step::Rest(from.into_rest()));
                }
            }
        }
        Ok(Step::End)
    }
}

pub fn drop_while(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [_] => transducer::<stages::DropWhile>(budget, args),
        [holds, coll] => {
            lazily(budget, DroppingWhile { holds: take(holds), from: Some(Walk::over(take(coll))) })
        }
        _ => Err(Thrown::arity("clojure.core/drop-while", args.len())),
    }
}

/// Every nth element; with n below 1 the first for ever.
struct TakingNth {
    skipped: usize,
    repeated: bool,
    from: Walk,
    before: Option<Value>,
}

impl Source for TakingNth {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        if self.repeated && self.before.is_some() {
            out.extend(self.before.clone());
            return Ok(Step::More);
        }
        if self.before.is_some() {
            self.from.skip(budget, self.skipped)?;
        }
        let Some(item) = self.from.next(budget)? else { return Ok(Step::End) };
        self.before = Some(if self.repeated { item.clone() } else { Value::Nil });
        out.push(item);
        Ok(Step::More)
    }
}

pub fn take_nth(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [_] => transducer::<stages::TakeNth>(budget, args),
        [count, coll] => {
            let count = count_argument("take-nth", count)?;
            let from = Walk::over(take(coll));
            let source =
                TakingNth { skipped: count.saturating_sub(1), repeated: count == 0, from, before: None };
            lazily(budget, source)
        }
        _ => Err(Thrown::arity("clojure.core/take-nth", args.len())),
    }
}

pub fn split_at(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [count, coll] = args else { return Err(Thrown::arity("clojure.core/split-at", args.len())) };
    let count = count_argument("split-at", count)?;
    let coll = take(coll);
    budget.charge(3)?;
    let first = taken(budget, count, coll.clone())?;
    Ok(Value::Vector(Vector::from([first, dropped(budget, count, coll)?])))
}

pub fn split_with(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [holds, coll] = args else { return Err(Thrown::arity("clojure.core/split-with", args.len())) };
    let (holds, coll) = (take(holds), take(coll));
    budget.charge(3)?;
    let first = take_while(budget, &mut [holds.clone(), coll.clone()])?;
    Ok(Value::Vector(Vector::from([first, drop_while(budget, &mut [holds, coll])?])))
}
