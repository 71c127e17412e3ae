//! Sequences cut into groups.

use std::collections::VecDeque;
use std::mem::take;

use super::access::after;
use super::lazily;
use crate::library::elements::{Walk, first_of, rest_of, seq_of, sequence, settle};
use crate::library::invoke::call;
use crate::library::lookup::count_argument;
use crate::library::rows;
use crate::library::transducers::{stages, transducer};
use crate::value::{LazySeq, Source, Step};
use crate::{Budget, Thrown, Value, Vector};

rows! { sequences::groups:
    "clojure.core/partition" partition (Number, Any; Any, Seqable) -> List,
        "Groups of n elements, starting every `step` elements; a short last group only with padding.";
    "clojure.core/partition-all" partition_all (Number; Any, Seqable) -> List,
        "Groups of n elements, starting every `step` elements; the last may be shorter.";
    "clojure.core/partition-by" partition_by (Callable; Seqable) -> List, "Runs of elements of which the function says the same.";
}

/// What becomes of a group that is too short.
enum Short {
    Left,
    Kept,
    Padded(Value),
}

struct Grouping {
    size: usize,
    step: usize,
    short: Short,
    /// Elements that have been looked at and belong to the next group.
    window: VecDeque<Value>,
    /// Elements between the groups, to be left out first.
    between: usize,
    from: Walk,
    /// Nothing more comes into the window.
    exhausted: bool,
    /// No more groups.
    over: bool,
}

impl Grouping {
    /// Whether no element belongs to two groups.
    fn moves_out(&self) -> bool {
        self.step >= self.size && self.size > 0
    }

    fn fill(&mut self, budget: &mut Budget) -> Result<(), Thrown> {
        if self.exhausted {
            return Ok(());
        }
        self.from.skip(budget, take(&mut self.between))?;
        // With groups of nothing there must be an element behind all the same.
        while self.window.len() < self.size.max(1) {
            let Some(item) = self.from.next(budget)? else {
                self.exhausted = true;
                break;
            };
            budget.spend(1)?;
            self.window.push_back(item);
        }
        Ok(())
    }
}

impl Source for Grouping {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        if self.over {
            return Ok(Step::End);
        }
        self.fill(budget)?;
        if self.window.is_empty() {
            return Ok(Step::End);
        }
        let in_window = self.step.min(self.window.len());
        let mut group: Vec<Value> = if self.moves_out() {
            self.window.drain(..self.size.min(self.window.len())).collect()
        } else {
            self.window.iter().take(self.size).cloned().collect()
        };
        budget.charge(group.len() + 2)?;
        if group.len() < self.size {
            match &self.short {
                Short::Left => return Ok(Step::End),
                Short::Kept => {}
                Short::Padded(pad) => {
                    self.over = true;
                    let mut pad = Walk::over(pad.clone());
                    while group.len() < self.size
                        && let Some(item) = pad.next(budget)?
                    {
                        budget.charge(1)?;
                        group.push(item);
                    }
                }
            }
        }
        if !self.moves_out() {
            self.window.drain(..in_window);
        }
        self.between = self.step - in_window;
        out.push(sequence(group));
        Ok(Step::More)
    }
}

fn grouped(
    budget: &mut Budget,
    size: usize,
    step: usize,
    short: Short,
    coll: Value,
) -> Result<Value, Thrown> {
    let source = Grouping {
        size,
        step,
        short,
        window: VecDeque::new(),
        between: 0,
        from: Walk::over(coll),
        exhausted: false,
        over: false,
    };
    lazily(budget, source)
}

pub fn partition(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (size, step, short, coll) = match args {
        [size, coll] => (&*size, &*size, Short::Left, take(coll)),
        [size, step, coll] => (&*size, &*step, Short::Left, take(coll)),
        [size, step, pad, coll] => (&*size, &*step, Short::Padded(take(pad)), take(coll)),
        _ => return Err(Thrown::arity("clojure.core/partition", args.len())),
    };
    let (size, step) = (count_argument("partition", size)?, count_argument("partition", step)?);
    grouped(budget, size, step, short, coll)
}

pub fn partition_all(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (size, step, coll) = match args {
        [_] => return transducer::<stages::PartitionAll>(budget, args),
        [size, coll] => (&*size, &*size, take(coll)),
        [size, step, coll] => (&*size, &*step, take(coll)),
        _ => return Err(Thrown::arity("clojure.core/partition-all", args.len())),
    };
    let (size, step) = (count_argument("partition-all", size)?, count_argument("partition-all", step)?);
    grouped(budget, size, step, Short::Kept, coll)
}

/// Runs of elements of which the function says the same. A run is made as far as it is looked at, and whole when the
/// next one is asked for.
struct Runs {
    function: Value,
    left: Value,
    /// The run before, and the elements from its first on.
    before: Option<(Value, Value)>,
}

impl Source for Runs {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        if let Some((run, from)) = self.before.take() {
            let mut run = Walk::over(run);
            let mut count = 0;
            while run.next(budget)?.is_some() {
                budget.spend(1)?;
                count += 1;
            }
            self.left = after(budget, from, count)?;
        }
        let left = seq_of(budget, take(&mut self.left))?;
        let Some(first) = first_of(budget, &left)? else { return Ok(Step::End) };
        let mut said = call(budget, &self.function, first.clone())?;
        settle(budget, &mut said)?;
        let behind = rest_of(budget, left.clone())?;
        let behind = seq_of(budget, behind)?;
        let same = Same { function: self.function.clone(), said, from: Walk::over(behind) };
        budget.charge(10)?;
        let run = Value::Lazy(LazySeq::with_front(Vector::from([first]), lazily(budget, same)?));
        self.before = Some((run.clone(), left));
        out.push(run);
        Ok(Step::More)
    }
}

/// The elements before the first of which the function says something else.
struct Same {
    function: Value,
    said: Value,
    from: Walk,
}

impl Source for Same {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        let Some(item) = self.from.next(budget)? else { return Ok(Step::End) };
        let mut says = call(budget, &self.function, item.clone())?;
        settle(budget, &mut says)?;
        if says != self.said {
            return Ok(Step::End);
        }
        out.push(item);
        Ok(Step::More)
    }
}

pub fn partition_by(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [_] => transducer::<stages::PartitionBy>(budget, args),
        [function, coll] => lazily(budget, Runs { function: take(function), left: take(coll), before: None }),
        _ => Err(Thrown::arity("clojure.core/partition-by", args.len())),
    }
}
