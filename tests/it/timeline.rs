//! What the timeline says about the way that a run took: labelled branches, and the rounds of labelled loops, also when
//! the run is loaded again after every commit and when it begins in the middle of a loop.

use std::sync::Arc;

use breyta_compiler::source::Sources;
use breyta_core::{Map, Value};
use breyta_engine::conformance::sample::Script;
use breyta_engine::driver::{Advance, Engine};
use breyta_engine::journal::Event;
use breyta_engine::limits::Limits;
use breyta_engine::store::{Admission, Policy, RunNumber, Store};
use breyta_tests::interp::Interpreted;
use breyta_tests::stores;

fn flow(body: &str) -> Interpreted {
    let text = format!(
        "{{:slug :rounds :name \"Rounds\" :concurrency {{:type :singleton :on-new-version :supersede}}
          :interfaces {{:manual [{{:id :run :label \"Run\" :invocation :default}}]}}
          :invocations {{:default {{:inputs []}}}}
          :requires [{{:slot :api :type :http-api :base-url \"https://api.example.com\" :auth {{:type :none}}}}]
          :flow '{body}}}"
    );
    let compilation = breyta_compiler::compile(&Sources::single("flow.edn", text));
    Interpreted::new("rounds", compilation.program.unwrap_or_else(|| panic!("{:?}", compilation.problems)))
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

fn engine(body: &str, store: &Arc<dyn Store>) -> Engine {
    let limits = Limits::default();
    let engine = Engine::new(Arc::new(flow(body)), Arc::clone(store), Arc::new(Script::default()), limits);
    engine.unwrap().always_suspending().verifying()
}

/// Carries a run on to its end; its notes and steps, in order.
fn told(engine: &Engine, run: RunNumber) -> Vec<String> {
    while !matches!(wait(engine.advance(&run.to_string())).unwrap(), Advance::Ended { end: _, .. }) {}
    let journal = engine.store().journal(run).unwrap();
    let lines = journal.into_iter().filter_map(|entry| match entry.event {
        Event::Note { label, choice } if choice.is_empty() => Some(label),
        Event::Note { label, choice } => Some(format!("{label}: {choice}")),
        Event::StepCompleted { execution } => Some(format!("{}#{}", execution.point, execution.count)),
        Event::RunForked { step, .. } => Some(format!("from {step}")),
        _ => None,
    });
    lines.collect()
}

fn check(body: &str, expected: &[&str]) {
    let store = stores::memory("rounds");
    let engine = engine(body, &store);
    let run = wait(engine.start(Value::Map(Map::new()), "manual")).unwrap().run;
    assert_eq!(told(&engine, run), expected, "{body}");
}

const STEP: &str = "(flow/step :http :ask {:connection :api :path \"/a\"})";

#[test]
fn rounds_of_labelled_loops() {
    check(
        &format!(
            "^{{:label \"Try\" :max-iterations 5}} (loop [n 0] (if (< n 2) (do {STEP} (recur (inc n))) n))"
        ),
        &["Try", "Try: round 1", "ask#1", "Try: round 2", "ask#2", "Try: round 3"],
    );
    check(
        &format!("^\"Each\" (for [n [1 2 3] :when (odd? n)] {STEP})"),
        &["Each", "Each: round 1", "ask#1", "Each: round 2", "Each: round 3", "ask#2"],
    );
    check(
        &format!("(doseq [a [1 2]] ^\"In\" (doseq [b [1]] {STEP}))"),
        &["In", "In: round 1", "ask#1", "In", "In: round 1", "ask#2"],
    );
    check(
        &format!("^\"Twice\" (dotimes [_ 2] {STEP})"),
        &["Twice", "Twice: round 1", "ask#1", "Twice: round 2", "ask#2"],
    );
    check("^\"Pure\" (loop [n 0] (if (< n 3) (recur (inc n)) n))", &["Pure"]);
    check(&format!("(loop [n 0] (if (< n 1) (do {STEP} (recur (inc n))) n))"), &["ask#1"]);
}

#[test]
fn branches_that_were_taken() {
    check(
        &format!(
            "(let [a {STEP}] ^{{:label \"Gate\" :yes \"In\" :no \"Out\"}} (if (nil? a) 1 {}))",
            STEP.replace(":ask", ":then")
        ),
        &["ask#1", "Gate: Out", "then#1"],
    );
}

#[test]
fn forks_count_rounds_on() {
    let store = stores::memory("rounds");
    let body = format!("^\"Each\" (doseq [n [1 2 3]] {STEP})");
    let engine = engine(&body, &store);
    let run = wait(engine.start(Value::Map(Map::new()), "manual")).unwrap().run;
    told(&engine, run);
    let admission = Admission { slot: String::new(), policy: Policy::Coexist, delivery: None };
    let fork = wait(engine.fork(&run.to_string(), "ask#3", admission, None)).unwrap().run;
    let told = told(&engine, fork);
    assert_eq!(told[told.len() - 3..], ["from ask#3", "Each: round 3", "ask#3"], "{told:?}");
}
