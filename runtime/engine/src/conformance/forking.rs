//! Forks: another run begins in the state that one had just before a step, and what came before is not done again.

use std::sync::Arc;

use breyta_core::{Map, Value};

use super::errands::Errands;
use super::line::{Line, Link};
use super::sample::Script;
use super::{Make, wait};
use crate::driver::{Engine, RunEnd};
use crate::error::{EngineError, StepError};
use crate::limits::Limits;
use crate::machine::Program;
use crate::store::{Admission, Created, Policy, Store};

fn engine(program: Arc<dyn Program>, store: Arc<dyn Store>, script: &Arc<Script>) -> Engine {
    let engine = Engine::new(program, store, script.clone(), Limits::default());
    engine.expect("the flow is well formed").verifying()
}

fn link(point: &'static str) -> Link {
    Link { point, family: "http", config: Map::new() }
}

fn fork(engine: &Engine, id: &str, from: &str) -> Result<Created, EngineError> {
    let admission = Admission { slot: String::new(), policy: Policy::Coexist, delivery: None };
    wait(engine.fork(id, from, admission, None))
}

/// What was asked outside, without the first so many.
fn asked(script: &Script, before: usize) -> Vec<String> {
    script.executed().split_off(before)
}

pub(super) fn forks_begin_before_a_step(make: Make<'_>) {
    let mut harness = make();
    let script = Arc::new(Script::default());
    let line = || Arc::new(Line::new(vec![link("one"), link("two"), link("three")]));
    let first = engine(line(), harness.store(), &script);
    script.reply("three", Err(StepError::new("http-status", "the answer was 500")));
    let (_, end) = wait(first.run(Value::Int(4), "manual")).expect("it runs");
    assert!(matches!(end, RunEnd::Failed(_)), "{end:?}");
    drop(first);
    harness.crash();
    let second = engine(line(), harness.store(), &script);
    script.reply("two", Ok(Value::Int(22)));
    script.reply("three", Ok(Value::Int(33)));
    let before = script.executed().len();
    let created = fork(&second, "r1", "two").expect("it came to this step");
    let end = wait(second.drive(&created.workflow_id)).expect("it is verified");
    let id = &created.workflow_id;
    assert_eq!(asked(&script, before), [format!("{id}/two/1"), format!("{id}/three/1")]);
    let RunEnd::Completed(Value::Vector(given)) = end else { panic!("{end:?}") };
    assert_eq!(given.get(0).and_then(|one| one.field("did")), Some(&Value::Map(Map::new())), "as it was");
    assert_eq!((given.get(1), given.get(2)), (Some(&Value::Int(22)), Some(&Value::Int(33))));
    let journal = harness.store().journal(created.run).expect("the journal reads");
    let words: Vec<&str> = journal.iter().map(|entry| entry.event.word()).collect();
    let expected =
        ["run-started", "step-completed", "run-forked", "step-completed", "step-completed", "run-completed"];
    assert_eq!(words, expected);
    assert_eq!(journal[0].value, Some(Value::Int(4)), "the input of the first");
    let again = fork(&second, id, "three").expect("a fork can be forked");
    let before = script.executed().len();
    let end = wait(second.drive(&again.workflow_id)).expect("it is verified");
    assert!(matches!(end, RunEnd::Completed(_)), "{end:?}");
    assert_eq!(asked(&script, before), [format!("{}/three/1", again.workflow_id)]);
    let start = fork(&second, "r1", "one").expect("the first step is one too");
    let end = wait(second.drive(&start.workflow_id)).expect("it is verified");
    assert!(matches!(end, RunEnd::Completed(_)), "{end:?}");
    let never = fork(&second, "r1", "four").expect_err("it is refused");
    assert_eq!(never.code(), "unknown-step");
    assert!(never.to_string().ends_with("it came to one#1, two#1, three#1"), "{never}");
    assert_eq!(fork(&second, "r9", "one").expect_err("it is refused").code(), "unknown-run");
}

pub(super) fn forks_in_loops_say_which_round(make: Make<'_>) {
    let harness = make();
    let script = Arc::new(Script::default());
    let engine = engine(Arc::new(Errands), harness.store(), &script);
    let mut input = Map::new();
    input.insert_keyword("rounds", 2);
    script.reply("ask", Err(StepError::new("connect", "nobody is there")));
    let (_, end) = wait(engine.run(Value::Map(input), "manual")).expect("it runs");
    assert!(matches!(end, RunEnd::Completed(_)), "{end:?}");
    let ambiguous = fork(&engine, "r1", "ask").expect_err("it is refused");
    assert_eq!(ambiguous.code(), "ambiguous-step");
    assert!(ambiguous.to_string().ends_with("say which: ask#1, ask#2"), "{ambiguous}");
    assert_eq!(fork(&engine, "r1", "ask#3").expect_err("it is refused").code(), "unknown-step");
    let created = fork(&engine, "r1", "ask#2").expect("it came there twice");
    let before = script.executed().len();
    let end = wait(engine.drive(&created.workflow_id)).expect("it is verified");
    let RunEnd::Completed(Value::Vector(log)) = end else { panic!("{end:?}") };
    assert_eq!(log.len(), 2, "one of each run");
    assert_eq!(asked(&script, before), [format!("{}/ask/2", created.workflow_id)]);
}

pub(super) fn children_are_forked_by_their_parents(make: Make<'_>) {
    let harness = make();
    let script = Arc::new(Script::default());
    let child = Line::new(vec![link("ask")]).named("child");
    let mut config = Map::new();
    config.insert_keyword("flow", "child");
    let parent = Line::one("call", "call-flow", config).calling(child);
    let engine = engine(Arc::new(parent), harness.store(), &script);
    let (_, end) = wait(engine.run(Value::Nil, "manual")).expect("it runs");
    assert!(matches!(end, RunEnd::Completed(_)), "{end:?}");
    let inside = fork(&engine, "r1", "ask").expect_err("it is refused");
    assert_eq!(inside.code(), "unknown-step");
    assert!(inside.to_string().starts_with("`ask` is a step of flow-child-local-r2"), "{inside}");
    let admission = || Admission { slot: String::new(), policy: Policy::Coexist, delivery: None };
    assert_eq!(fork(&engine, "r2", "ask").expect_err("it is refused").code(), "run-of-parent");
    let whole = wait(engine.start_again("r2", admission(), None)).expect_err("it is refused");
    assert_eq!(whole.code(), "run-of-parent");
    let created = fork(&engine, "r1", "call").expect("it came to the call");
    let end = wait(engine.drive(&created.workflow_id)).expect("it is verified");
    assert!(matches!(end, RunEnd::Completed(_)), "the child is called again: {end:?}");
    assert_eq!(script.executed().len(), 2);
}
