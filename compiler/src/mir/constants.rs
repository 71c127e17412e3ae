//! Literals of constants: a vector, map or set whose parts are all known is itself a constant, made once.

use breyta_core::Value;

use super::pointless::are_distinct;
use super::{Body, Operand, Rvalue, StatementKind};

/// Turns such literals into constants.
pub(super) fn fold(body: &mut Body) {
    for statement in body.blocks.iter_mut().flat_map(|block| &mut block.statements) {
        if let StatementKind::Assign(_, value) = &mut statement.kind
            && let Some(constant) = constant(value)
        {
            *value = Rvalue::Use(Operand::Constant(constant));
        }
    }
}

fn constant(value: &Rvalue) -> Option<Value> {
    Some(match value {
        Rvalue::Vector(items) => Value::Vector(all(items)?.into()),
        Rvalue::Set(items) if are_distinct(items.iter()) => Value::Set(all(items)?.into_iter().collect()),
        Rvalue::Map(entries) if are_distinct(entries.iter().map(|(key, _)| key)) => {
            let entries = entries.iter().map(|(key, value)| Some((known(key)?, known(value)?)));
            Value::Map(entries.collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

fn all(items: &[Operand]) -> Option<Vec<Value>> {
    items.iter().map(known).collect()
}

fn known(operand: &Operand) -> Option<Value> {
    if let Operand::Constant(value) = operand { Some(value.clone()) } else { None }
}
