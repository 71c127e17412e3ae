//! The text form of MIR: what `breytac mir` shows and what lowering tests compare.

use std::fmt::Write as _;

use breyta_core::print::pr_str;

use super::live::Liveness;
use super::{
    BlockId, Body, Change, Kept, LocalId, Operand, Place, Program, Rvalue, StatementKind, Terminator,
};

/// The flow body, then every function.
pub fn print(program: &Program) -> String {
    let mut text = String::new();
    body("flow", &program.flow, 0, &mut text);
    for (_, function) in &program.functions {
        text.push('\n');
        body("function", function, 0, &mut text);
    }
    text
}

fn body(kind: &str, of: &Body, depth: usize, text: &mut String) {
    let names = Names::of(of);
    let pad = "  ".repeat(depth);
    let list = |ids: &mut dyn Iterator<Item = LocalId>| {
        ids.map(|id| names.of_local(id)).collect::<Vec<_>>().join(" ")
    };
    let given = |ids: &[LocalId]| {
        ids.iter().map(|id| format!("{}{}", names.of_local(*id), kept(of, *id))).collect::<Vec<_>>().join(" ")
    };
    let mut head = format!("{pad}{kind} {}({}", of.name, given(&of.parameters));
    if let Some(rest) = of.rest {
        let _ = write!(head, " & {}", names.of_local(rest));
    }
    head.push(')');
    if !of.captured.is_empty() {
        let _ = write!(head, " captures {}", given(&of.captured));
    }
    text.push_str(head.trim_end());
    text.push('\n');
    let liveness = Liveness::of(of);
    let resumed: Vec<BlockId> = of.suspensions().map(|it| it.resume).collect();
    let handlers = of.handlers();
    for id in of.block_ids() {
        let _ = write!(text, "{pad}b{}:", id.0);
        if resumed.contains(&id) {
            let live = list(&mut liveness.at_start(id).into_iter());
            let _ = write!(text, "  ; live {}", if live.is_empty() { "nothing" } else { &live });
        }
        if let Some(handler) = handlers.iter().find(|handler| handler.block == id) {
            let mut live = liveness.at_start(id);
            live.remove(&handler.error);
            let live = list(&mut live.into_iter());
            let live = if live.is_empty() { "nothing" } else { &live };
            let _ = write!(text, "  ; catches {}, live {live}", names.of_local(handler.error));
        }
        if let Some(handler) = of.thrown_to(id) {
            let _ = write!(text, "  ; errors to b{}", handler.block.0);
        }
        text.push('\n');
        block(of, id, &names, &pad, text);
    }
    for (index, closure) in of.closures.iter().enumerate() {
        body(&format!("closure {index}"), closure, depth + 1, text);
    }
}

fn block(of: &Body, id: BlockId, names: &Names, pad: &str, text: &mut String) {
    let block = of.block(id);
    for statement in &block.statements {
        let line = match &statement.kind {
            StatementKind::Assign(target, value) => {
                format!("{}{} = {}", names.of_local(*target), kept(of, *target), rvalue(value, names))
            }
            StatementKind::Spend => "spend".to_owned(),
            StatementKind::Note { label, choice } if choice.is_empty() => format!("note {label:?}"),
            StatementKind::Note { label, choice } => format!("note {label:?} {choice:?}"),
        };
        let _ = writeln!(text, "{pad}  {line}");
    }
    let line = match &block.terminator {
        Terminator::Goto(next) => format!("goto b{}", next.0),
        Terminator::If { condition, then, otherwise } => {
            format!("if {} then b{} else b{}", operand(condition, names), then.0, otherwise.0)
        }
        Terminator::Return(value) => format!("return {}", operand(value, names)),
        Terminator::Suspend(it) => {
            let caught = it.handler.map(|handler| format!(", errors to b{}", handler.block.0));
            format!(
                "suspend {} :{} {} -> {}, resume b{}{}",
                it.point,
                it.family,
                operand(&it.config, names),
                names.of_local(it.result),
                it.resume.0,
                caught.unwrap_or_default()
            )
        }
    };
    let _ = writeln!(text, "{pad}  {line}");
}

fn kept(of: &Body, id: LocalId) -> &'static str {
    match of.local(id).kept {
        Kept::Value => "",
        Kept::Integer => ":int",
        Kept::Boolean => ":bool",
        Kept::Borrowed(_) => ":ref",
    }
}

fn rvalue(value: &Rvalue, names: &Names) -> String {
    let all =
        |operands: &[Operand]| operands.iter().map(|it| operand(it, names)).collect::<Vec<_>>().join(" ");
    match value {
        Rvalue::Use(it) => operand(it, names),
        Rvalue::Itself => "itself".to_owned(),
        Rvalue::NowMs => "now-ms".to_owned(),
        Rvalue::Call(function, operands) => {
            format!("call {} {}", function.name, all(operands)).trim_end().to_owned()
        }
        Rvalue::Invoke(callee, operands) => {
            format!("invoke {} {}", operand(callee, names), all(operands)).trim_end().to_owned()
        }
        Rvalue::Vector(operands) => format!("vector [{}]", all(operands)),
        Rvalue::Set(operands) => format!("set #{{{}}}", all(operands)),
        Rvalue::Map(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{} {}", operand(key, names), operand(value, names)))
                .collect();
            format!("map {{{}}}", entries.join(", "))
        }
        Rvalue::CallWith { function, closure, captured, arguments, integers } => {
            let closure = format!("closure {closure} {}", all(captured));
            let closure =
                format!("({}{})", closure.trim_end(), if *integers { ", over integers" } else { "" });
            format!("call {} {closure} {}", function.name, all(arguments)).trim_end().to_owned()
        }
        Rvalue::Closure(index, captured) => {
            format!("closure {index} {}", all(captured)).trim_end().to_owned()
        }
        Rvalue::Update(update) => {
            let places: Vec<String> = update.places.iter().map(|it| place(it, names)).collect();
            format!("update {} {}", operand(&update.coll, names), places.join(", "))
        }
    }
}

fn place(of: &Place, names: &Names) -> String {
    let all =
        |operands: &[Operand]| operands.iter().map(|it| operand(it, names)).collect::<Vec<_>>().join(" ");
    let change = match &of.change {
        Change::Put => String::new(),
        Change::Call(entry) => format!("{} ", entry.name),
        Change::Closure(index, captured) => {
            format!("{} ", format!("(closure {index} {}", all(captured)).trim_end().to_owned() + ")")
        }
        Change::Invoke(callee) => format!("invoke {} ", operand(callee, names)),
    };
    let absent = of.absent.as_ref().map(|it| format!("(or {}) ", operand(it, names))).unwrap_or_default();
    let path = format!("{}{}", ".. ".repeat(of.shared), all(&of.path));
    format!("[{}] {absent}{change}{}", path.trim_end(), all(&of.arguments)).trim_end().to_owned()
}

fn operand(of: &Operand, names: &Names) -> String {
    match of {
        Operand::Local(id) => names.of_local(*id),
        Operand::Constant(value) => pr_str(value),
        Operand::Function(entry) => entry.name.to_owned(),
    }
}

/// Printed names: the local's own, with a number where several share it.
struct Names(Vec<String>);

impl Names {
    fn of(body: &Body) -> Self {
        let mut names = Vec::new();
        for local in &body.locals {
            let base = format!("%{}", local.name);
            let mut name = base.clone();
            let mut number = 1;
            while names.contains(&name) {
                number += 1;
                name = format!("{base}.{number}");
            }
            names.push(name);
        }
        Self(names)
    }

    fn of_local(&self, id: LocalId) -> String {
        self.0.get(id.0).cloned().unwrap_or_else(|| format!("%?{}", id.0))
    }
}
