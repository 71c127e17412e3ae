//! Mocks are the run's: whoever carries it on, and whatever it calls or begins again as, nothing outside is touched.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use breyta_compiler::source::Sources;
use breyta_core::{Map, Value};
use breyta_engine::conformance::sample::{Sample, Script};
use breyta_engine::driver::{Advance, Engine, RunEnd, Start};
use breyta_engine::error::StepError;
use breyta_engine::limits::Limits;
use breyta_engine::machine::Program;
use breyta_engine::store::{Admission, Policy, RunNumber, Store};
use breyta_engine::world::{BoxFuture, StepRequest, World};
use breyta_tests::interp::Interpreted;
use breyta_tests::stores;

/// Nothing outside may be asked for.
struct Nothing(AtomicI64);

impl World for Nothing {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    fn random(&self) -> u64 {
        1
    }

    fn execute<'a>(&'a self, request: StepRequest<'a>) -> BoxFuture<'a, Result<Value, StepError>> {
        let message = format!("{} was carried out", request.point);
        Box::pin(std::future::ready(Err(StepError::new("carried-out", message))))
    }
}

fn compile(slug: &str, body: &str) -> Interpreted {
    let text = format!(
        "{{:slug :{slug} :name \"Mocks\" :concurrency {{:type :singleton :on-new-version :supersede}}
          :interfaces {{:manual [{{:id :run :label \"Run\" :invocation :default}}]}}
          :invocations {{:default {{:inputs []}}}}
          :requires [{{:slot :api :type :http-api :base-url \"https://api.example.com\" :auth {{:type :none}}}}]
          :flow '{body}}}"
    );
    let compilation = breyta_compiler::compile(&Sources::single("flow.edn", text));
    Interpreted::new(slug, compilation.program.unwrap_or_else(|| panic!("{:?}", compilation.problems)))
}

fn program() -> Arc<dyn Program> {
    let child = "(flow/step :http :inside {:connection :api :path \"/c\" :mock 3})";
    let parent = "(let [a (flow/step :http :before {:connection :api :path \"/a\" :mock 1})
                        nap (flow/step :sleep :nap {:seconds 60})
                        b (flow/step :http :behind {:connection :api :path \"/b\" :mock 2})]
                    [a b (flow/call-flow :child {})])";
    let child: Arc<dyn Program> = Arc::new(compile("child", child));
    Arc::new(compile("mocks", parent).with_children(vec![child]))
}

fn engine(program: Arc<dyn Program>, store: &Arc<dyn Store>, world: &Arc<Nothing>) -> Engine {
    let world = Arc::clone(world) as Arc<dyn World>;
    Engine::new(program, Arc::clone(store), world, Limits::default()).unwrap().verifying()
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

fn coexist() -> Admission {
    Admission { slot: String::new(), policy: Policy::Coexist, delivery: None }
}

fn start(mocks: bool) -> Start {
    let (input, context) = (Map::new(), Map::new());
    Start { input, context, trigger: "manual".to_owned(), admission: coexist(), mocks, command: None }
}

/// Carries a run and those that it calls on, by a new engine each time, as if the process had died.
fn end(store: &Arc<dyn Store>, world: &Arc<Nothing>, run: RunNumber) -> RunEnd {
    for _ in 0..20 {
        let engine = engine(program(), store, world);
        match wait(engine.advance(&run.to_string())).unwrap() {
            Advance::Ended { end, .. } => return end,
            Advance::Parked { wake_at_ms, children } => {
                for child in &children {
                    wait(engine.advance(&child.to_string())).unwrap();
                }
                if children.is_empty() {
                    world.0.fetch_max(wake_at_ms.unwrap(), Ordering::Relaxed);
                }
            }
        }
    }
    panic!("it does not end");
}

#[test]
fn whoever_carries_a_mocked_run_on_mocks() {
    let (store, world) = (stores::memory("mocks"), Arc::new(Nothing(AtomicI64::new(1))));
    let first = engine(program(), &store, &world);
    let mocked = wait(first.admit(start(true))).unwrap().run;
    let plain = wait(first.admit(start(false))).unwrap().run;
    drop(first);
    let given: Value = breyta_core::edn::read("[1 2 3]").unwrap();
    assert_eq!(end(&store, &world, mocked), RunEnd::Completed(given.clone()));
    let RunEnd::Failed(error) = end(&store, &world, plain) else { panic!("it was carried out") };
    assert_eq!(error.field("type").and_then(Value::as_str), Some("carried-out"));

    let again = engine(program(), &store, &world);
    let from = wait(again.fork(&mocked.to_string(), "behind", coexist(), None)).unwrap().run;
    let anew = wait(again.start_again(&mocked.to_string(), coexist(), None)).unwrap().run;
    let plainly = wait(again.start_again(&plain.to_string(), coexist(), None)).unwrap().run;
    drop(again);
    assert_eq!(end(&store, &world, from), RunEnd::Completed(given.clone()));
    assert_eq!(end(&store, &world, anew), RunEnd::Completed(given));
    assert!(matches!(end(&store, &world, plainly), RunEnd::Failed(_)));
}

/// The same program as a release.
struct Release(Arc<dyn Program>);

impl Program for Release {
    fn slug(&self) -> &str {
        self.0.slug()
    }

    fn version(&self) -> &str {
        self.0.version()
    }

    fn machine(&self) -> &breyta_engine::machine::Machine {
        self.0.machine()
    }

    fn enter(
        &self,
        state: usize,
        frame: &mut breyta_engine::frame::Frame,
        outcome: breyta_engine::machine::Outcome,
    ) -> Result<breyta_engine::machine::Action, breyta_core::Thrown> {
        self.0.enter(state, frame, outcome)
    }

    fn call(
        &self,
        function: &str,
        budget: &mut breyta_core::Budget,
        arguments: &mut [Value],
    ) -> Option<Result<Value, breyta_core::Thrown>> {
        self.0.call(function, budget, arguments)
    }
}

#[test]
fn releases_neither_start_nor_carry_on_mocked_runs() {
    let (store, world) = (stores::memory("mocks"), Arc::new(Nothing(AtomicI64::new(1))));
    let run = wait(engine(program(), &store, &world).admit(start(true))).unwrap().run;
    let release = engine(Arc::new(Release(program())), &store, &world);
    let refused = wait(release.admit(start(true))).unwrap_err();
    assert_eq!(refused.code(), "mocks-in-release");
    let refused = wait(release.advance(&run.to_string())).unwrap_err();
    assert_eq!(refused.code(), "mocks-in-release");
    assert!(refused.to_string().contains("flow-mocks-local-r1"), "{refused}");
    wait(release.cancel(&run.to_string(), None)).unwrap();

    let store = stores::memory(Sample.slug());
    let sample =
        Engine::new(Arc::new(Sample), store, Arc::new(Script::default()), Limits::default()).unwrap();
    assert_eq!(wait(sample.admit(start(true))).unwrap_err().code(), "mocks-in-release");
}
