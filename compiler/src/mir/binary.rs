//! Sums, differences and products of several numbers as steps of two, for which there are direct ways into the library.

use super::{Body, Kept, Local, LocalId, Operand, Rvalue, Statement, StatementKind};
use crate::types::Type;

/// Rows that take their arguments two by two from the left.
const LEFT_TO_RIGHT: [&str; 3] = ["clojure.core/+", "clojure.core/-", "clojure.core/*"];

/// `%x = call + %a %b %c` becomes `%t = call + %a %b` and `%x = call + %t %c`.
pub(super) fn split(body: &mut Body) {
    for block in 0..body.blocks.len() {
        let Some(statements) = body.blocks.get_mut(block).map(|block| std::mem::take(&mut block.statements))
        else {
            return;
        };
        let mut split = Vec::with_capacity(statements.len());
        for statement in statements {
            in_steps(&mut body.locals, statement, &mut split);
        }
        if let Some(block) = body.blocks.get_mut(block) {
            block.statements = split;
        }
    }
}

fn in_steps(locals: &mut Vec<Local>, statement: Statement, out: &mut Vec<Statement>) {
    let StatementKind::Assign(target, Rvalue::Call(row, operands)) = &statement.kind else {
        return out.push(statement);
    };
    let ([first, between @ .., last], true) = (operands.as_slice(), LEFT_TO_RIGHT.contains(&row.name)) else {
        return out.push(statement);
    };
    let mut sum = first.clone();
    for operand in between {
        let step = LocalId(locals.len());
        let name = locals.get(target.0).map(|it| it.name.clone()).unwrap_or_default();
        locals.push(Local { name, span: statement.span, of: Type::Any, kept: Kept::Value });
        let value =
            Rvalue::Call(row, vec![std::mem::replace(&mut sum, Operand::Local(step)), operand.clone()]);
        out.push(Statement { kind: StatementKind::Assign(step, value), span: statement.span });
    }
    let value = Rvalue::Call(row, vec![sum, last.clone()]);
    out.push(Statement { kind: StatementKind::Assign(*target, value), span: statement.span });
}
