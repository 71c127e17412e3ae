//! The `:function` family over a program with a few native functions.

use std::sync::Mutex;

use breyta_catalog::limits::Limits;
use breyta_core::{Budget, Thrown, Value, edn, library, print};
use breyta_engine::error::StepError;
use breyta_engine::frame::Frame;
use breyta_engine::machine::{Action, Machine, Outcome, Program, StateIndex};
use breyta_engine::world::StepRequest;

use super::call;
use crate::connection::{Connection, Connections};
use crate::family::StepContext;
use crate::templates::Templates;

struct Functions;

impl Program for Functions {
    fn slug(&self) -> &'static str {
        "test"
    }
    fn version(&self) -> &'static str {
        "v"
    }
    fn machine(&self) -> &Machine {
        &Machine { states: &[], slots: &[] }
    }
    fn enter(&self, _: StateIndex, _: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
        Ok(Action::Done(Value::Nil))
    }
    fn call(
        &self,
        function: &str,
        budget: &mut Budget,
        arguments: &mut [Value],
    ) -> Option<Result<Value, Thrown>> {
        let input = arguments.first().cloned().unwrap_or_default();
        Some(match function {
            "identity" => Ok(input),
            "keys" => {
                Ok(Value::List(input.as_map().into_iter().flatten().map(|(key, _)| key.clone()).collect()))
            }
            "loop" => loop {
                if let Err(thrown) = budget.spend(1_000_000) {
                    break Err(thrown);
                }
            },
            "throw" => Err(Thrown::info("no such order", [(Value::keyword("id"), Value::Int(7))].into())),
            "print" => library::printing::println(budget, arguments),
            "regex" => Ok(Value::Vector(vec![Value::regex("a+")].into())),
            _ => return None,
        })
    }
}

impl Connections for Functions {
    fn resolve(&self, slot: &str) -> Result<Connection, StepError> {
        Err(StepError::new("missing-binding", slot))
    }
}

fn check(config: &str, expected: &str) {
    assert_eq!(said(config, expected), Vec::<String>::new());
}

/// What the call says while it gives `expected`.
fn said(config: &str, expected: &str) -> Vec<String> {
    let config = edn::read(config).unwrap();
    let request = StepRequest {
        program: &Functions,
        workflow_id: "flow-test-local-r1",
        family: "function",
        step: "work",
        point: "work",
        config: &config,
        idempotency_key: "k",
        attempt: 1,
    };
    let (templates, limits) = (Templates::default(), Limits::default());
    let said = Mutex::new(Vec::new());
    let context = StepContext {
        request,
        connections: &Functions,
        templates: &templates,
        limits: &limits,
        say: &|line| said.lock().unwrap().push(line.to_owned()),
    };
    let shown = match call(&context) {
        Ok(value) => print::pr_str(&value),
        Err(error) => format!("{}: {} {}", error.kind, error.message, print::pr_str(&error.data)),
    };
    assert_eq!(shown, expected);
    said.into_inner().unwrap()
}

#[test]
fn what_code_prints_is_said() {
    let lines = said("{:ref :print :input {:a 1}}", "nil");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines.iter().all(|line| line.starts_with("  work: {:a 1")), "{lines:?}");
}

#[test]
fn calls() {
    check("{:ref :identity :input {:a 1}}", "{:a 1}");
    check("{:ref \"identity\"}", "{}");
    check("{:ref :identity :input [1 2]}", "[1 2]");
    check("{:ref :identity :type :code :input {:flow/ctx 1 :a 2}}", "{:flow/ctx 1, :a 2}");
    check("{:ref :keys :input {:a 1}}", "(:a :step/ctx :flow/ctx)");
}

#[test]
fn errors() {
    check("{:ref :throw}", "thrown: no such order {:id 7}");
    check("{:ref :loop}", "sandbox-fuel: the call ran out of fuel: it loops too long for the sandbox nil");
    check("{:ref :none}", "invalid-config: step :work: there is no function :none in this flow nil");
    check("{}", "invalid-config: step :work: :ref must be the id of an entry of :functions nil");
    check(
        "{:ref :keys :inputs {}}",
        "invalid-config: step :work: :function steps have no config key :inputs nil",
    );
    check(
        "{:ref :keys :load [:a]}",
        "not-supported-yet: step :work: :load is not supported on :function steps yet nil",
    );
    check(
        "{:ref :keys :type :http}",
        "invalid-config: step :work: :type repeats the family of the call and must be :function nil",
    );
    check(
        "{:ref :regex}",
        "not-storable: the function :regex returned a function or a regex inside its result; a step result must be data nil",
    );
}
