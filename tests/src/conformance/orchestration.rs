//! Flow bodies with scripted steps: what they give and which calls they make, in order.

use breyta_catalog::families;
use breyta_compiler::mir::simplify::Passes;
use breyta_core::value::realize;
use breyta_core::{Map, Thrown, Value, edn};
use breyta_engine::frame::Frame;
use breyta_engine::machine::{Action, Outcome, Program as _, StepCall};

use super::answer::{self, Answer};
use super::rows::{Row, Script};
use super::{compile, judge};
use crate::interp::Interpreted;
use crate::spec::PREFIX;

/// Nothing when the body does what Clojure does; else why not.
pub fn play(row: &Row, script: &Script, passes: &Passes) -> Result<(), String> {
    let text = format!("{PREFIX}:flow '\n{}\n}}\n", row.text);
    let program = compile::body(text, passes).map_err(|refusal| refusal.to_string())?;
    let env = edn::read(&script.env).map_err(|error| format!("the script cannot be read: {error:?}"))?;
    let mut trace = Vec::new();
    let outcome = run(&Interpreted::new("row", program), &env, &mut trace);
    if let Some(why) = judge::mismatch(&script.expected, &Answer::of(outcome)) {
        return Err(why);
    }
    if trace == script.trace { Ok(()) } else { Err(format!("other calls: {}", trace.join("; "))) }
}

/// Enters states until the body ends; every call is noted and answered from the script.
fn run(program: &Interpreted, env: &Value, trace: &mut Vec<String>) -> Result<Value, Thrown> {
    let machine = program.machine();
    let mut frame = Frame::new(machine.slots.len(), 0, answer::budget());
    let mut answered: Map = Map::new();
    let mut given = env.field("input").cloned().unwrap_or_default();
    let (mut state, mut outcome) = (0, Outcome::Start);
    loop {
        let result = machine.states.get(state).and_then(|state| state.result);
        if let Some(slot) = result {
            frame.restore(slot, given);
        }
        match program.enter(state, &mut frame, outcome)? {
            Action::Goto(next) => {
                state = next;
                given = result.map(|slot| frame.get(slot)).unwrap_or_default();
            }
            Action::Done(value) => return realize(&mut answer::budget(), value),
            Action::Step(call) => {
                trace.push(spoken(&call)?);
                given = scripted(env, &call, &mut answered)?;
                (state, outcome) = (call.next, Outcome::Value);
            }
        }
    }
}

/// A call as the traces have it.
fn spoken(call: &StepCall) -> Result<String, Thrown> {
    if call.family == families::CALL_FLOW {
        let input = call.config.field("input").cloned().unwrap_or_default();
        return Ok(format!("call-flow :{} {}", call.step, answer::sorted_text(&input)?));
    }
    Ok(format!("step :{} :{} {}", call.family, call.step, answer::sorted_text(&call.config)?))
}

/// The next result of a step or a child flow in the script.
fn scripted(env: &Value, call: &StepCall, answered: &mut Map) -> Result<Value, Thrown> {
    let count = answered.get_keyword(call.step).and_then(Value::as_int).unwrap_or_default();
    answered.insert_keyword(call.step, Value::Int(count + 1));
    let of = if call.family == families::CALL_FLOW { "flows" } else { "steps" };
    let results = env.field(of).and_then(|steps| steps.field(call.step)).and_then(Value::as_sequential);
    let result = results.and_then(|results| results.iter().nth(usize::try_from(count).unwrap_or_default()));
    let result = result.cloned().unwrap_or_default();
    match result.field("throw") {
        Some(message) => {
            let data = result.field("data").and_then(Value::as_map).cloned().unwrap_or_default();
            Err(Thrown::info(message.as_str().unwrap_or_default(), data))
        }
        None => Ok(result),
    }
}
