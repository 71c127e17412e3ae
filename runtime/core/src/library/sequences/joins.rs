//! Sequences made of sequences: one after the other, in turns, with something between, the inside turned out.

use std::collections::VecDeque;
use std::mem::take;

use super::lazily;
use crate::library::class::not_supported;
use crate::library::elements::{Walk, sequence};
use crate::library::invoke::{call, test};
use crate::library::rows;
use crate::library::transducers::runs::sequence as sequence_through;
use crate::library::transducers::stages::{Dedupe, Distinct, Interpose};
use crate::library::transducers::transducer;
use crate::value::{Source, Step};
use crate::{Budget, Thrown, Value, Vector};

rows! { sequences::joins:
    "clojure.core/concat" concat ( => & Seqable) -> List, "The elements of all arguments, one after the other.";
    "clojure.core/interleave" interleave ( => & Seqable) -> List, "First elements, second elements and so on, while all have one.";
    "clojure.core/interpose" interpose (Any; Seqable) -> List, "The elements with a separator between them.";
    "clojure.core/distinct" distinct ( ; Seqable) -> List, "The elements without repetitions.";
    "clojure.core/dedupe" dedupe ( ; Seqable) -> List, "The elements without those that are equal to the one before.";
    "clojure.core/flatten" flatten (Any) -> List, "The elements of nested vectors and lists, in one sequence.";
    "clojure.core/tree-seq" tree_seq (Callable, Callable, Any) -> List,
        "The nodes of a tree, each before its children: which nodes have some, what they are, the root.";
    "breyta.internal/for-outer" for_outer (Callable, Seqable) -> List, "The elements of what a round of `for` gives for each element.";
    "breyta.internal/for-inner" for_inner (Callable, Seqable) -> List, "What the innermost round of `for` gives for each element.";
    "breyta.internal/collected" collected (Vector) -> List, "What an eager `for` has collected, as a sequence.";
    "breyta.internal/skip" skip () -> Any, "What a round of `for` gives when `:when` fails.";
    "breyta.internal/stop" stop () -> Any, "What a round of `for` gives when `:while` fails.";
}

/// The elements of the sequences that a sequence has.
struct Joining {
    inner: Option<Walk>,
    outer: Walk,
}

impl Source for Joining {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        loop {
            if let Some(inner) = &mut self.inner
                && inner.next_chunk(budget, out)?
            {
                return Ok(Step::More);
            }
            budget.spend(1)?;
            match self.outer.next(budget)? {
                Some(next) => self.inner = Some(Walk::over(next)),
                None => return Ok(Step::End),
            }
        }
    }
}

/// A few sequences; the last goes on by itself.
struct Concat(VecDeque<Value>, Option<Walk>);

impl Source for Concat {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        loop {
            if let Some(walk) = &mut self.1
                && walk.next_chunk(budget, out)?
            {
                return Ok(Step::More);
            }
            match (self.0.pop_front(), self.0.is_empty()) {
                (None, _) => return Ok(Step::End),
                (Some(last), true) => return Ok(Step::Rest(last)),
                (Some(next), false) => self.1 = Some(Walk::over(next)),
            }
        }
    }
}

pub fn concat(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    budget.charge(args.len())?;
    lazily(budget, Concat(args.iter_mut().map(take).collect(), None))
}

/// `(apply concat first… rest)` with a lazy rest. The first four are made at once, as on the JVM.
pub(in crate::library) fn joined(
    budget: &mut Budget,
    first: Vec<Value>,
    rest: Value,
) -> Result<Value, Thrown> {
    let mut outer = Walk::over(rest);
    outer.make_ahead(budget, 4_usize.saturating_sub(first.len()))?;
    let inner =
        if first.is_empty() { None } else { Some(Walk::over(lazily(budget, Concat(first.into(), None))?)) };
    lazily(budget, Joining { inner, outer })
}

/// One element of each in turns.
struct Turns {
    from: Vec<Walk>,
    ready: VecDeque<Value>,
}

impl Source for Turns {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        if self.ready.is_empty() {
            for walk in &mut self.from {
                let Some(item) = walk.next(budget)? else { return Ok(Step::End) };
                self.ready.push_back(item);
            }
        }
        out.extend(self.ready.pop_front());
        Ok(if out.is_empty() { Step::End } else { Step::More })
    }
}

pub fn interleave(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    budget.charge(args.len() * 4)?;
    let from = args.iter_mut().map(|coll| Walk::over(take(coll))).collect();
    lazily(budget, Turns { from, ready: VecDeque::new() })
}

/// Elements with a separator between them, one at a time.
struct Between {
    separator: Value,
    from: Walk,
    started: bool,
    ready: Option<Value>,
}

impl Source for Between {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        if let Some(ready) = self.ready.take() {
            out.push(ready);
            return Ok(Step::More);
        }
        let Some(item) = self.from.next(budget)? else { return Ok(Step::End) };
        if self.started {
            out.push(self.separator.clone());
            self.ready = Some(item);
        } else {
            self.started = true;
            out.push(item);
        }
        Ok(Step::More)
    }
}

pub fn interpose(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [_] => transducer::<Interpose>(budget, args),
        [separator, coll] => {
            let from = Walk::over(take(coll));
            lazily(budget, Between { separator: take(separator), from, started: false, ready: None })
        }
        _ => Err(Thrown::arity("clojure.core/interpose", args.len())),
    }
}

/// Elements that come for the first time.
struct New {
    seen: Distinct,
    coll: Option<Value>,
    from: Walk,
}

impl Source for New {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        if let Some(coll) = self.coll.take() {
            // It takes its argument apart by position, which sets and maps do not allow.
            self.from = match coll {
                Value::Nil | Value::List(_) | Value::Vector(_) | Value::Str(_) | Value::Lazy(_) => {
                    Walk::over(coll)
                }
                other => return Err(not_supported("nth", &other)),
            };
        }
        while let Some(mut item) = self.from.next(budget)? {
            budget.spend(1)?;
            if self.seen.is_new(budget, &mut item)? {
                out.push(item);
                return Ok(Step::More);
            }
        }
        Ok(Step::End)
    }
}

pub fn distinct(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [] => transducer::<Distinct>(budget, args),
        [coll] => {
            let source =
                New { seen: Distinct::default(), coll: Some(take(coll)), from: Walk::over(Value::Nil) };
            lazily(budget, source)
        }
        _ => Err(Thrown::arity("clojure.core/distinct", args.len())),
    }
}

pub fn dedupe(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [] => transducer::<Dedupe>(budget, args),
        [coll] => {
            let through = transducer::<Dedupe>(budget, &mut [])?;
            sequence_through(budget, &mut [through, take(coll)])
        }
        _ => Err(Thrown::arity("clojure.core/dedupe", args.len())),
    }
}

fn is_sequential(value: &Value) -> bool {
    matches!(value, Value::List(_) | Value::Vector(_) | Value::Lazy(_))
}

/// The children of a node. The first four are made at once, as by `mapcat` on the JVM.
fn opened(budget: &mut Budget, children: Value) -> Result<Walk, Thrown> {
    budget.charge(4)?;
    let mut walk = Walk::over(children);
    walk.make_ahead(budget, 4)?;
    Ok(walk)
}

/// What is no sequence, as deep as it stands.
struct Flat(Vec<Walk>);

impl Source for Flat {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        while let Some(open) = self.0.last_mut() {
            budget.spend(1)?;
            match open.next(budget)? {
                None => {
                    self.0.pop();
                }
                Some(inner) if is_sequential(&inner) => {
                    let inner = opened(budget, inner)?;
                    self.0.push(inner);
                }
                Some(item) => {
                    out.push(item);
                    return Ok(Step::More);
                }
            }
        }
        Ok(Step::End)
    }
}

pub fn flatten(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/flatten", args.len())) };
    let open = if is_sequential(coll) { vec![opened(budget, take(coll))?] } else { Vec::new() };
    lazily(budget, Flat(open))
}

/// The nodes of a tree, each before its children.
struct Nodes {
    has_children: Value,
    children: Value,
    open: Vec<Walk>,
}

impl Source for Nodes {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        while let Some(open) = self.open.last_mut() {
            budget.spend(1)?;
            match open.next(budget)? {
                None => {
                    self.open.pop();
                }
                Some(node) => {
                    if test(budget, &self.has_children, &node)? {
                        let children = call(budget, &self.children, node.clone())?;
                        let children = opened(budget, children)?;
                        self.open.push(children);
                    }
                    out.push(node);
                    return Ok(Step::More);
                }
            }
        }
        Ok(Step::End)
    }
}

pub fn tree_seq(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [has_children, children, root] = args else {
        return Err(Thrown::arity("clojure.core/tree-seq", args.len()));
    };
    let open = vec![Walk::over(sequence(Vector::from([take(root)])))];
    lazily(budget, Nodes { has_children: take(has_children), children: take(children), open })
}

pub fn collected(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [Value::Vector(items)] => Ok(sequence(take(items))),
        _ => Err(Thrown::arity("clojure.core/for", args.len())),
    }
}

/// How a round of `for` says that it gives nothing: no author can make these values.
const SKIP: &str = "breyta.internal/skip";
const STOP: &str = "breyta.internal/stop";

fn signal(name: &'static str, code: crate::value::Native) -> Value {
    Value::Function(std::sync::Arc::new(crate::value::Function::Native { name, code }))
}

pub fn skip(_: &mut Budget, _: &mut [Value]) -> Result<Value, Thrown> {
    Ok(signal(SKIP, skip))
}

pub fn stop(_: &mut Budget, _: &mut [Value]) -> Result<Value, Thrown> {
    Ok(signal(STOP, stop))
}

enum Round {
    Gives(Value),
    Skips,
    Stops,
}

fn round(budget: &mut Budget, function: &Value, item: Value) -> Result<Round, Thrown> {
    let value = call(budget, function, item)?;
    Ok(match &value {
        Value::Function(function) if function.name() == SKIP => Round::Skips,
        Value::Function(function) if function.name() == STOP => Round::Stops,
        _ => Round::Gives(value),
    })
}

/// The outer bindings of `for`: element by element, the inner sequence of each.
struct Outer {
    function: Value,
    from: Walk,
    inner: Option<Walk>,
}

impl Source for Outer {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        loop {
            if let Some(inner) = &mut self.inner
                && inner.next_chunk(budget, out)?
            {
                return Ok(Step::More);
            }
            self.inner = None;
            let Some(item) = self.from.next(budget)? else { return Ok(Step::End) };
            match round(budget, &self.function, item)? {
                Round::Gives(inner) => self.inner = Some(Walk::over(inner)),
                Round::Skips => {}
                Round::Stops => return Ok(Step::End),
            }
        }
    }
}

pub fn for_outer(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [function, coll] = args else { return Err(Thrown::arity("clojure.core/for", args.len())) };
    lazily(budget, Outer { function: take(function), from: Walk::over(take(coll)), inner: None })
}

/// The innermost binding of `for`: in chunks, as `map`.
struct Inner {
    function: Value,
    from: Walk,
    chunk: Vec<Value>,
}

impl Source for Inner {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        self.chunk.clear();
        if !self.from.next_chunk(budget, &mut self.chunk)? {
            return Ok(Step::End);
        }
        for item in self.chunk.drain(..) {
            match round(budget, &self.function, item)? {
                Round::Gives(value) => out.push(value),
                Round::Skips => {}
                Round::Stops => return Ok(Step::End),
            }
        }
        Ok(Step::More)
    }
}

pub fn for_inner(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [function, coll] = args else { return Err(Thrown::arity("clojure.core/for", args.len())) };
    lazily(budget, Inner { function: take(function), from: Walk::over(take(coll)), chunk: Vec::new() })
}
