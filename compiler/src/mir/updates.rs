//! `update`, `update-in` and `assoc-in` of a path whose keys are written down: the place is found once and what stands
//! there is changed in it. No vector is made of the path, and no function value of what changes.

use breyta_core::Value;
use breyta_core::library::Entry;

use super::uses::{made_for, value_at};
use super::{Body, Change, Operand, Place, Rvalue, StatementKind, Update};

/// Turns such calls into updates, and takes the vectors and functions into them that they alone use.
pub(super) fn in_place(body: &mut Body) {
    for block in 0..body.blocks.len() {
        let mut at = 0;
        while body.blocks.get(block).is_some_and(|block| at < block.statements.len()) {
            if let Some((update, absorbed)) = update(body, block, at)
                && let Some(block) = body.blocks.get_mut(block)
            {
                if let Some(StatementKind::Assign(_, value)) =
                    block.statements.get_mut(at).map(|it| &mut it.kind)
                {
                    *value = Rvalue::Update(Box::new(update));
                }
                let mut place = 0;
                block.statements.retain(|_| {
                    place += 1;
                    !absorbed.contains(&(place - 1))
                });
                at -= absorbed.len();
            }
            at += 1;
        }
    }
}

/// The update that a call is, with the places of the statements that it makes superfluous.
fn update(body: &Body, block: usize, at: usize) -> Option<(Update, Vec<usize>)> {
    let Rvalue::Call(row, given) = value_at(body, block, at)? else { return None };
    let mut absorbed = Vec::new();
    let (coll, path, change, arguments) = match (row.name, given.as_slice()) {
        ("clojure.core/update", [coll, key, function, arguments @ ..]) => {
            (coll, vec![key.clone()], Some(function), arguments)
        }
        ("clojure.core/update-in", [coll, path, function, arguments @ ..]) => {
            (coll, keys(body, block, at, path, &mut absorbed)?, Some(function), arguments)
        }
        ("clojure.core/assoc-in", [coll, path, value]) => {
            (coll, keys(body, block, at, path, &mut absorbed)?, None, std::slice::from_ref(value))
        }
        _ => return None,
    };
    let (change, absent) = match change {
        None => (Change::Put, None),
        Some(function) => change_by(body, block, at, (function, 1 + arguments.len()), &mut absorbed),
    };
    let place = Place { row, shared: 0, path, absent, change, arguments: arguments.to_vec() };
    Some((Update { coll: coll.clone(), places: vec![place] }, absorbed))
}

/// The keys of a path that is a vector of at least one.
fn keys(
    body: &Body,
    block: usize,
    at: usize,
    path: &Operand,
    absorbed: &mut Vec<usize>,
) -> Option<Vec<Operand>> {
    let keys: Vec<Operand> = match path {
        Operand::Constant(Value::Vector(keys)) => keys.iter().cloned().map(Operand::Constant).collect(),
        Operand::Local(name) => {
            let made = made_for(body, block, at, *name)?;
            let Rvalue::Vector(keys) = value_at(body, block, made)? else { return None };
            absorbed.push(made);
            keys.clone()
        }
        Operand::Constant(_) | Operand::Function(_) => return None,
    };
    (!keys.is_empty()).then_some(keys)
}

/// What changes the value, called with so many, and the value that is taken in place of nil.
fn change_by(
    body: &Body,
    block: usize,
    at: usize,
    (function, arity): (&Operand, usize),
    absorbed: &mut Vec<usize>,
) -> (Change, Option<Operand>) {
    let made = match function {
        Operand::Function(entry) => return (Change::Call(entry), None),
        Operand::Local(name) => made_for(body, block, at, *name),
        Operand::Constant(_) => None,
    };
    match made.and_then(|made| Some((made, value_at(body, block, made)?))) {
        Some((made, Rvalue::Closure(index, captured)))
            if body.closures.get(*index).is_some_and(|it| it.can_be_handed(arity)) =>
        {
            absorbed.push(made);
            (Change::Closure(*index, captured.clone()), None)
        }
        Some((made, Rvalue::Call(Entry { name: "clojure.core/fnil", .. }, parts)))
            if let [function, absent] = parts.as_slice() =>
        {
            absorbed.push(made);
            let change = match function {
                Operand::Function(entry) => Change::Call(entry),
                other => Change::Invoke(other.clone()),
            };
            (change, Some(absent.clone()))
        }
        _ => (Change::Invoke(function.clone()), None),
    }
}
