//! Transducers: transformations of elements that do not say where elements come from or go to.
//!
//! A transducer is a function from a reducing function to a reducing function, and anybody can write one. Those of the
//! library are known here by their stages, so that a run over a chain of them goes from stage to stage without calling
//! values; anything else is called. Both ways give the same.

use std::mem::take;
use std::sync::{Arc, Mutex, PoisonError};

use super::invoke::{call, call_two, invoke};
use crate::value::{Closure, Function, Object};
use crate::{Budget, Thrown, Value};

/// What each transducer does with one element.
pub(in crate::library) mod stages;

/// Functions that run transducers, and the transducers that are no sequence functions.
pub mod runs;

use stages::{Emit, Flow, Recipe, Stage};

/// How `comp` names what it makes: a chain of transducers is taken apart by it.
pub(in crate::library) const COMPOSED: &str = "clojure.core/comp";

/// The transducer of a stage, from what its function was called with.
pub(in crate::library) fn transducer<R: Recipe>(
    budget: &mut Budget,
    given: &mut [Value],
) -> Result<Value, Thrown> {
    // Wrong arguments are found now.
    R::of(given)?;
    budget.charge(2 + given.len())?;
    let code: Closure = around::<R>;
    let captured = given.iter_mut().map(take).collect();
    Ok(Value::Function(Arc::new(Function::Closure { name: R::NAME, code, captured })))
}

/// The call of a transducer: a reducing function around another one.
fn around<R: Recipe>(budget: &mut Budget, captured: &[Value], args: &mut [Value]) -> Result<Value, Thrown> {
    let [reducing] = args else { return Err(Thrown::arity(R::NAME, args.len())) };
    budget.charge(6)?;
    let stage = Mutex::new(R::of(captured)?);
    let (reducing, captured) = (take(reducing), captured.to_vec());
    let code = move |budget: &mut Budget, args: &mut [Value]| match args {
        [] => invoke(budget, &reducing, &mut []),
        [result] => {
            let mut stage = stage.try_lock().map_err(|_| calls_itself())?;
            let mut sink = Sink { reducing: &reducing, result: take(result) };
            stage.finish(budget, &mut |budget, item| sink.put(budget, item))?;
            call(budget, &reducing, unreduced(sink.result))
        }
        [result, item] => {
            let mut sink = Sink { reducing: &reducing, result: take(result) };
            let mut emit = |budget: &mut Budget, item: Value| sink.put(budget, item);
            let flow = match stage.try_lock() {
                Ok(mut stage) => stage.step(budget, take(item), &mut emit)?,
                Err(_) if !R::KEEPS_STATE => R::of(&captured)?.step(budget, take(item), &mut emit)?,
                Err(_) => return Err(calls_itself()),
            };
            Ok(if flow == Flow::Stop { ensure_reduced(sink.result) } else { sink.result })
        }
        // Only `map` takes several elements at once.
        [result, items @ ..] if R::NAME == stages::Map::NAME => {
            let Some(function) = captured.first() else { return Ok(Value::Nil) };
            let item = invoke(budget, function, items)?;
            call_two(budget, &reducing, take(result), item)
        }
        _ => Err(Thrown::arity(R::NAME, args.len())),
    };
    Ok(Value::Function(Arc::new(Function::Dynamic { name: R::NAME.into(), code: Arc::new(code) })))
}

/// The state of a stage is in use: its reducing function called the very same one.
fn calls_itself() -> Thrown {
    Thrown::limit("sandbox-depth", "a reducing function of a transducer with state calls itself")
}

/// Where the stage of a called transducer puts its elements: the reducing function behind it.
struct Sink<'a> {
    reducing: &'a Value,
    result: Value,
}

impl Sink<'_> {
    fn put(&mut self, budget: &mut Budget, item: Value) -> Result<Flow, Thrown> {
        self.result = call_two(budget, self.reducing, take(&mut self.result), item)?;
        Ok(if is_reduced(&self.result) { Flow::Stop } else { Flow::On })
    }
}

pub(in crate::library) fn is_reduced(value: &Value) -> bool {
    matches!(value, Value::Object(object) if matches!(object.as_ref(), Object::Reduced(_)))
}

pub(in crate::library) fn reduced(value: Value) -> Value {
    Value::Object(Arc::new(Object::Reduced(value)))
}

pub(in crate::library) fn ensure_reduced(value: Value) -> Value {
    if is_reduced(&value) { value } else { reduced(value) }
}

/// What a reduced value holds; any other value itself.
pub(in crate::library) fn unreduced(value: Value) -> Value {
    match &value {
        Value::Object(object) => match object.as_ref() {
            Object::Reduced(inner) => inner.clone(),
            _ => value,
        },
        _ => value,
    }
}

type Make = fn(&[Value]) -> Result<Box<dyn Stage>, Thrown>;

fn make<R: Recipe>(given: &[Value]) -> Result<Box<dyn Stage>, Thrown> {
    Ok(Box::new(R::of(given)?))
}

/// The transducers of the library.
const RECIPES: &[(&str, Make)] = &[
    (stages::Map::NAME, make::<stages::Map>),
    (stages::Filter::NAME, make::<stages::Filter>),
    (stages::Remove::NAME, make::<stages::Remove>),
    (stages::Keep::NAME, make::<stages::Keep>),
    (stages::TakeWhile::NAME, make::<stages::TakeWhile>),
    (stages::Replace::NAME, make::<stages::Replace>),
    (stages::MapCat::NAME, make::<stages::MapCat>),
    (stages::MapIndexed::NAME, make::<stages::MapIndexed>),
    (stages::KeepIndexed::NAME, make::<stages::KeepIndexed>),
    (stages::Take::NAME, make::<stages::Take>),
    (stages::Drop::NAME, make::<stages::Drop>),
    (stages::DropWhile::NAME, make::<stages::DropWhile>),
    (stages::TakeNth::NAME, make::<stages::TakeNth>),
    (stages::Distinct::NAME, make::<stages::Distinct>),
    (stages::Dedupe::NAME, make::<stages::Dedupe>),
    (stages::Interpose::NAME, make::<stages::Interpose>),
    (stages::PartitionAll::NAME, make::<stages::PartitionAll>),
    (stages::PartitionBy::NAME, make::<stages::PartitionBy>),
];

/// The stages of a transducer of the library, or of a chain of them. None for any other function.
fn known_stages(transducer: &Value) -> Result<Option<Vec<Box<dyn Stage>>>, Thrown> {
    let Value::Function(function) = transducer else { return Ok(None) };
    match function.as_ref() {
        Function::Closure { name, captured, .. } if *name == COMPOSED => {
            let mut all = Vec::new();
            for part in captured {
                match known_stages(part)? {
                    Some(stages) => all.extend(stages),
                    None => return Ok(None),
                }
            }
            Ok(Some(all))
        }
        Function::Closure { name, captured, .. } => {
            let recipe = RECIPES.iter().find(|(known, _)| known == name);
            recipe.map(|(_, make)| Ok(vec![make(captured)?])).transpose()
        }
        Function::Native { name, .. } if *name == stages::Cat::NAME => Ok(Some(vec![Box::new(stages::Cat)])),
        Function::Native { name: "clojure.core/identity", .. } => Ok(Some(Vec::new())),
        _ => Ok(None),
    }
}

/// One run of a transducer: elements go in, and what becomes of them goes where the caller says.
pub(in crate::library) enum Run {
    Stages(Vec<Box<dyn Stage>>),
    /// A transducer that has to be called: its reducing function puts elements aside.
    Called {
        reducing: Value,
        aside: Arc<Mutex<Vec<Value>>>,
    },
}

impl Run {
    /// A run of a transducer that is known by its stages.
    pub(in crate::library) fn of_known(transducer: &Value) -> Result<Option<Self>, Thrown> {
        Ok(known_stages(transducer)?.map(Self::Stages))
    }

    pub(in crate::library) fn of(budget: &mut Budget, transducer: &Value) -> Result<Self, Thrown> {
        if let Some(run) = Self::of_known(transducer)? {
            return Ok(run);
        }
        let aside = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&aside);
        let code = move |budget: &mut Budget, args: &mut [Value]| match args {
            [] => Ok(Value::Nil),
            [result] => Ok(take(result)),
            [result, item] => {
                budget.charge(1)?;
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(take(item));
                Ok(take(result))
            }
            _ => Err(Thrown::arity("a reducing function", args.len())),
        };
        let sink = Value::Function(Arc::new(Function::Dynamic { name: "sink".into(), code: Arc::new(code) }));
        Ok(Self::Called { reducing: call(budget, transducer, sink)?, aside })
    }

    /// Passes an element through.
    pub(in crate::library) fn step(
        &mut self,
        budget: &mut Budget,
        item: Value,
        emit: &mut Emit<'_>,
    ) -> Result<Flow, Thrown> {
        match self {
            Self::Stages(stages) => feed(stages, budget, item, emit),
            Self::Called { .. } => self.step_of_many(budget, &mut [item], emit),
        }
    }

    /// Passes one element of each of several collections through: only a transducer that is called takes them.
    pub(in crate::library) fn step_of_many(
        &mut self,
        budget: &mut Budget,
        items: &mut [Value],
        emit: &mut Emit<'_>,
    ) -> Result<Flow, Thrown> {
        let Self::Called { reducing, aside } = self else {
            return Err(Thrown::arity("a transducer", items.len() + 1));
        };
        let mut args = vec![Value::Nil];
        args.extend(items.iter_mut().map(take));
        let answer = invoke(budget, reducing, &mut args)?;
        let flow = hand_over(budget, aside, emit)?;
        Ok(if is_reduced(&answer) { Flow::Stop } else { flow })
    }

    /// Passes on what stages have kept back.
    pub(in crate::library) fn finish(
        &mut self,
        budget: &mut Budget,
        emit: &mut Emit<'_>,
    ) -> Result<(), Thrown> {
        match self {
            Self::Stages(stages) => {
                let mut rest = stages.as_mut_slice();
                while let Some((first, behind)) = rest.split_first_mut() {
                    first.finish(budget, &mut |budget, item| feed(behind, budget, item, emit))?;
                    rest = behind;
                }
            }
            Self::Called { reducing, aside } => {
                call(budget, reducing, Value::Nil)?;
                hand_over(budget, aside, emit)?;
            }
        }
        Ok(())
    }

    /// A run that calls the transducer, whatever it is.
    pub(in crate::library) fn called(budget: &mut Budget, transducer: &Value) -> Result<Self, Thrown> {
        let opaque = transducer.clone();
        let code = move |budget: &mut Budget, args: &mut [Value]| invoke(budget, &opaque, args);
        let opaque =
            Value::Function(Arc::new(Function::Dynamic { name: "transducer".into(), code: Arc::new(code) }));
        Self::of(budget, &opaque)
    }
}

fn hand_over(budget: &mut Budget, aside: &Mutex<Vec<Value>>, emit: &mut Emit<'_>) -> Result<Flow, Thrown> {
    let made = take(&mut *aside.lock().unwrap_or_else(PoisonError::into_inner));
    for item in made {
        if emit(budget, item)? == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(Flow::On)
}

/// Passes an element through a chain of stages.
fn feed(
    stages: &mut [Box<dyn Stage>],
    budget: &mut Budget,
    item: Value,
    emit: &mut Emit<'_>,
) -> Result<Flow, Thrown> {
    match stages.split_first_mut() {
        None => emit(budget, item),
        Some((first, behind)) => {
            first.step(budget, item, &mut |budget, item| feed(behind, budget, item, emit))
        }
    }
}
