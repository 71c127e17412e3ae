//! What each transducer does with one element. Sequence functions that work element by element do the same.
//!
//! A stage is the state of one run: a new one is made for every run.

use std::mem::take;

use crate::library::elements::{Walk, settle};
use crate::library::invoke::{call, call_two, test};
use crate::library::lookup::{count_argument, lookup_entry};
use crate::thrown::Class;
use crate::{Budget, Set, Thrown, Value};

/// Whether a run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::library) enum Flow {
    On,
    Stop,
}

/// Where a stage puts what it makes.
pub(in crate::library) type Emit<'a> = dyn FnMut(&mut Budget, Value) -> Result<Flow, Thrown> + 'a;

/// One step of a transduction.
pub(in crate::library) trait Stage: Send {
    /// Takes an element and puts what becomes of it into `emit`.
    fn step(&mut self, budget: &mut Budget, item: Value, emit: &mut Emit<'_>) -> Result<Flow, Thrown>;

    /// Puts what it has kept back into `emit`: nothing more comes.
    fn finish(&mut self, _: &mut Budget, _: &mut Emit<'_>) -> Result<(), Thrown> {
        Ok(())
    }
}

/// A stage that a library function of one argument less gives as a transducer.
pub(in crate::library) trait Recipe: Stage + Sized + 'static {
    /// The function.
    const NAME: &'static str;

    /// Whether one element matters to how the next is treated.
    const KEEPS_STATE: bool = true;

    /// The stage from what the function was called with.
    fn of(given: &[Value]) -> Result<Self, Thrown>;
}

fn only(given: &[Value]) -> Value {
    given.first().cloned().unwrap_or_default()
}

/// Declares stages that keep what their function was called with.
macro_rules! called_with {
    ($($stage:ident = $name:literal, $doc:literal;)*) => {$(
        #[doc = $doc]
        pub(in crate::library) struct $stage(pub(in crate::library) Value);

        impl Recipe for $stage {
            const NAME: &'static str = $name;
            const KEEPS_STATE: bool = false;

            fn of(given: &[Value]) -> Result<Self, Thrown> {
                Ok(Self(only(given)))
            }
        }
    )*};
}

called_with! {
    Map = "clojure.core/map", "What the function makes of each element.";
    Filter = "clojure.core/filter", "The elements for which the function holds.";
    Remove = "clojure.core/remove", "The elements for which the function does not hold.";
    Keep = "clojure.core/keep", "What the function makes of each element, without nils.";
    TakeWhile = "clojure.core/take-while", "The elements before the first that fails.";
    Replace = "clojure.core/replace", "The elements, or what a map or vector has for them.";
    MapCat = "clojure.core/mapcat", "The elements of what the function makes of each element.";
}

impl Stage for Map {
    fn step(&mut self, budget: &mut Budget, item: Value, emit: &mut Emit<'_>) -> Result<Flow, Thrown> {
        let made = call(budget, &self.0, item)?;
        emit(budget, made)
    }
}

impl Stage for Filter {
    fn step(&mut self, budget: &mut Budget, item: Value, emit: &mut Emit<'_>) -> Result<Flow, Thrown> {
        if test(budget, &self.0, &item)? { emit(budget, item) } else { Ok(Flow::On) }
    }
}

impl Stage for Remove {
    fn step(&mut self, budget: &mut Budget, item: Value, emit: &mut Emit<'_>) -> Result<Flow, Thrown> {
        if test(budget, &self.0, &item)? { Ok(Flow::On) } else { emit(budget, item) }
    }
}

impl Stage for Keep {
    fn step(&mut self, budget: &mut Budget, item: Value, emit: &mut Emit<'_>) -> Result<Flow, Thrown> {
        let made = call(budget, &self.0, item)?;
        if made.is_nil() { Ok(Flow::On) } else { emit(budget, made) }
    }
}

impl Stage for TakeWhile {
    fn step(&mut self, budget: &mut Budget, item: Value, emit: &mut Emit<'_>) -> Result<Flow, Thrown> {
        if test(budget, &self.0, &item)? { emit(budget, item) } else { Ok(Flow::Stop) }
    }
}

impl Stage for Replace {
    fn step(&mut self, budget: &mut Budget, mut item: Value, emit: &mut Emit<'_>) -> Result<Flow, Thrown> {
        settle(budget, &mut item)?;
        let found = lookup_entry(budget, &self.0, &item)?;
        let item = match &found {
            Some(Value::Vector(entry)) => entry.get(1).cloned().unwrap_or_default(),
            _ => item,
        };
        emit(budget, item)
    }
}

/// Passes on the elements of a collection.
fn each_of(budget: &mut Budget, coll: Value, emit: &mut Emit<'_>) -> Result<Flow, Thrown> {
    let mut walk = Walk::over(coll);
    while let Some(item) = walk.next(budget)? {
        budget.spend(1)?;
        if emit(budget, item)? == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(Flow::On)
}

impl Stage for MapCat {
    fn step(&mut self, budget: &mut Budget, item: Value, emit: &mut Emit<'_>) -> Result<Flow, Thrown> {
        let made = call(budget, &self.0, item)?;
        each_of(budget, made, emit)
    }
}

/// The elements of each element.
pub(in crate::library) struct Cat;

impl Recipe for Cat {
    const NAME: &'static str = "clojure.core/cat";
    const KEEPS_STATE: bool = false;

    fn of(_: &[Value]) -> Result<Self, Thrown> {
        Ok(Self)
    }
}

impl Stage for Cat {
    fn step(&mut self, budget: &mut Budget, item: Value, emit: &mut Emit<'_>) -> Result<Flow, Thrown> {
        each_of(budget, item, emit)
    }
}

/// What the function makes of each index and element.
pub(in crate::library) struct MapIndexed(pub(in crate::library) Value, i64);

impl Recipe for MapIndexed {
    const NAME: &'static str = "clojure.core/map-indexed";

    fn of(given: &[Value]) -> Result<Self, Thrown> {
        Ok(Self(only(given), 0))
    }
}

impl Stage for MapIndexed {
    fn step(&mut self, budget: &mut Budget, item: Value, emit: &mut Emit<'_>) -> Result<Flow, Thrown> {
        let made = call_two(budget, &self.0, Value::Int(self.1), item)?;
        self.1 += 1;
        emit(budget, made)
    }
}

/// What the function makes of each index and element, without nils.
pub(in crate::library) struct KeepIndexed(pub(in crate::library) Value, i64);

impl Recipe for KeepIndexed {
    const NAME: &'static str = "clojure.core/keep-indexed";

    fn of(given: &[Value]) -> Result<Self, Thrown> {
        Ok(Self(only(given), 0))
    }
}

impl Stage for KeepIndexed {
    fn step(&mut self, budget: &mut Budget, item: Value, emit: &mut Emit<'_>) -> Result<Flow, Thrown> {
        let made = call_two(budget, &self.0, Value::Int(self.1), item)?;
        self.1 += 1;
        if made.is_nil() { Ok(Flow::On) } else { emit(budget, made) }
    }
}

/// The first n elements.
pub(in crate::library) struct Take(usize);

impl Recipe for Take {
    const NAME: &'static str = "clojure.core/take";

    fn of(given: &[Value]) -> Result<Self, Thrown> {
        Ok(Self(count_argument("take", &only(given))?))
    }
}

impl Stage for Take {
    fn step(&mut self, budget: &mut Budget, item: Value, emit: &mut Emit<'_>) -> Result<Flow, Thrown> {
        // With none wanted one is still looked at, as on the JVM.
        if self.0 == 0 {
            return Ok(Flow::Stop);
        }
        self.0 -= 1;
        let flow = emit(budget, item)?;
        Ok(if self.0 == 0 { Flow::Stop } else { flow })
    }
}

/// Everything after the first n elements.
pub(in crate::library) struct Drop(usize);

impl Recipe for Drop {
    const NAME: &'static str = "clojure.core/drop";

    fn of(given: &[Value]) -> Result<Self, Thrown> {
        Ok(Self(count_argument("drop", &only(given))?))
    }
}

impl Stage for Drop {
    fn step(&mut self, budget: &mut Budget, item: Value, emit: &mut Emit<'_>) -> Result<Flow, Thrown> {
        if self.0 == 0 {
            return emit(budget, item);
        }
        self.0 -= 1;
        Ok(Flow::On)
    }
}

/// The elements from the first that fails.
pub(in crate::library) struct DropWhile(Option<Value>);

impl Recipe for DropWhile {
    const NAME: &'static str = "clojure.core/drop-while";

    fn of(given: &[Value]) -> Result<Self, Thrown> {
        Ok(Self(Some(only(given))))
    }
}

impl Stage for DropWhile {
    fn step(&mut self, budget: &mut Budget, item: Value, emit: &mut Emit<'_>) -> Result<Flow, Thrown> {
        if let Some(holds) = &self.0 {
            if test(budget, holds, &item)? {
                return Ok(Flow::On);
            }
            self.0 = None;
        }
        emit(budget, item)
    }
}

/// Every nth element, beginning with the first.
pub(in crate::library) struct TakeNth {
    every: i64,
    at: i64,
}

impl Recipe for TakeNth {
    const NAME: &'static str = "clojure.core/take-nth";

    fn of(given: &[Value]) -> Result<Self, Thrown> {
        Ok(Self { every: crate::library::lookup::index_argument("take-nth", &only(given))?, at: 0 })
    }
}

impl Stage for TakeNth {
    fn step(&mut self, budget: &mut Budget, item: Value, emit: &mut Emit<'_>) -> Result<Flow, Thrown> {
        let place = self.at.checked_rem(self.every).ok_or_else(divided_by_zero)?;
        self.at += 1;
        if place == 0 { emit(budget, item) } else { Ok(Flow::On) }
    }
}

fn divided_by_zero() -> Thrown {
    Thrown::new(Class::Arithmetic, "Divide by zero")
}

/// The elements without repetitions.
#[derive(Default)]
pub(in crate::library) struct Distinct(Set);

impl Recipe for Distinct {
    const NAME: &'static str = "clojure.core/distinct";

    fn of(_: &[Value]) -> Result<Self, Thrown> {
        Ok(Self::default())
    }
}

impl Distinct {
    /// Whether the element comes for the first time.
    pub(in crate::library) fn is_new(
        &mut self,
        budget: &mut Budget,
        item: &mut Value,
    ) -> Result<bool, Thrown> {
        settle(budget, item)?;
        if self.0.contains(item) {
            return Ok(false);
        }
        budget.charge(3)?;
        self.0.insert(item.clone());
        Ok(true)
    }
}

impl Stage for Distinct {
    fn step(&mut self, budget: &mut Budget, mut item: Value, emit: &mut Emit<'_>) -> Result<Flow, Thrown> {
        if self.is_new(budget, &mut item)? { emit(budget, item) } else { Ok(Flow::On) }
    }
}

/// The elements without those that are equal to the one before.
#[derive(Default)]
pub(in crate::library) struct Dedupe(Option<Value>);

impl Recipe for Dedupe {
    const NAME: &'static str = "clojure.core/dedupe";

    fn of(_: &[Value]) -> Result<Self, Thrown> {
        Ok(Self::default())
    }
}

impl Stage for Dedupe {
    fn step(&mut self, budget: &mut Budget, mut item: Value, emit: &mut Emit<'_>) -> Result<Flow, Thrown> {
        settle(budget, &mut item)?;
        if self.0.as_ref() == Some(&item) {
            return Ok(Flow::On);
        }
        self.0 = Some(item.clone());
        emit(budget, item)
    }
}

/// The elements with a separator between them.
pub(in crate::library) struct Interpose {
    separator: Value,
    started: bool,
}

impl Recipe for Interpose {
    const NAME: &'static str = "clojure.core/interpose";

    fn of(given: &[Value]) -> Result<Self, Thrown> {
        Ok(Self { separator: only(given), started: false })
    }
}

impl Stage for Interpose {
    fn step(&mut self, budget: &mut Budget, item: Value, emit: &mut Emit<'_>) -> Result<Flow, Thrown> {
        if self.started && emit(budget, self.separator.clone())? == Flow::Stop {
            return Ok(Flow::Stop);
        }
        self.started = true;
        emit(budget, item)
    }
}

/// Groups of n elements; the last may be shorter.
pub(in crate::library) struct PartitionAll {
    size: usize,
    group: Vec<Value>,
}

impl Recipe for PartitionAll {
    const NAME: &'static str = "clojure.core/partition-all";

    fn of(given: &[Value]) -> Result<Self, Thrown> {
        Ok(Self { size: count_argument("partition-all", &only(given))?, group: Vec::new() })
    }
}

impl Stage for PartitionAll {
    fn step(&mut self, budget: &mut Budget, item: Value, emit: &mut Emit<'_>) -> Result<Flow, Thrown> {
        budget.charge(1)?;
        self.group.push(item);
        if self.group.len() != self.size {
            return Ok(Flow::On);
        }
        emit(budget, Value::Vector(take(&mut self.group).into()))
    }

    fn finish(&mut self, budget: &mut Budget, emit: &mut Emit<'_>) -> Result<(), Thrown> {
        if !self.group.is_empty() {
            emit(budget, Value::Vector(take(&mut self.group).into()))?;
        }
        Ok(())
    }
}

/// Runs of elements of which the function says the same.
pub(in crate::library) struct PartitionBy {
    function: Value,
    said: Value,
    run: Vec<Value>,
}

impl Recipe for PartitionBy {
    const NAME: &'static str = "clojure.core/partition-by";

    fn of(given: &[Value]) -> Result<Self, Thrown> {
        Ok(Self { function: only(given), said: Value::Nil, run: Vec::new() })
    }
}

impl Stage for PartitionBy {
    fn step(&mut self, budget: &mut Budget, item: Value, emit: &mut Emit<'_>) -> Result<Flow, Thrown> {
        let mut says = call(budget, &self.function, item.clone())?;
        settle(budget, &mut says)?;
        budget.charge(1)?;
        if self.run.is_empty() || says == self.said {
            self.said = says;
            self.run.push(item);
            return Ok(Flow::On);
        }
        self.said = says;
        let run = std::mem::replace(&mut self.run, vec![item]);
        let flow = emit(budget, Value::Vector(run.into()))?;
        if flow == Flow::Stop {
            self.run.clear();
        }
        Ok(flow)
    }

    fn finish(&mut self, budget: &mut Budget, emit: &mut Emit<'_>) -> Result<(), Thrown> {
        if !self.run.is_empty() {
            emit(budget, Value::Vector(take(&mut self.run).into()))?;
        }
        Ok(())
    }
}
