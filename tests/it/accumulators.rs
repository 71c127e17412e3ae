//! What grows in a loop with steps costs what is new, however much there is already: counted in the bytes that each commit
//! gives to the store.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use breyta_compiler::source::Sources;
use breyta_core::{Map, Value};
use breyta_engine::conformance::in_front::InFront;
use breyta_engine::driver::{Engine, RunEnd};
use breyta_engine::error::StepError;
use breyta_engine::limits::Limits;
use breyta_engine::store::{Change, Commit, SlotContent, Store};
use breyta_engine::world::{BoxFuture, StepRequest, World};
use breyta_tests::interp::Interpreted;
use breyta_tests::stores;

/// A store that notes how many bytes of slots each commit gives it.
struct Counting {
    inner: Arc<dyn Store>,
    bytes: Mutex<Vec<usize>>,
}

impl InFront for Counting {
    fn behind(&self) -> &Arc<dyn Store> {
        &self.inner
    }

    fn pass(&self, commit: Commit) -> Commit {
        if let Change::Progress(checkpoint) = &commit.change {
            let sizes = checkpoint.slots.iter().map(|slot| match &slot.content {
                SlotContent::Bytes(bytes) | SlotContent::Grown { tail: bytes, .. } => bytes.len(),
                SlotContent::Placed(_) => 0,
            });
            self.bytes.lock().unwrap().push(sizes.sum());
        }
        commit
    }
}

/// Every step gives a text of a kilobyte, another one each time.
struct Kilobytes(AtomicI64);

impl World for Kilobytes {
    fn now_ms(&self) -> i64 {
        1
    }

    fn random(&self) -> u64 {
        1
    }

    fn execute<'a>(&'a self, _: StepRequest<'a>) -> BoxFuture<'a, Result<Value, StepError>> {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        let mut response = Map::new();
        response.insert_keyword("status", 200);
        response.insert_keyword("body", format!("{number:01000}").as_str());
        Box::pin(std::future::ready(Ok(Value::Map(response))))
    }
}

const ROUNDS: usize = 1_000;

fn flow(body: &str) -> Interpreted {
    let text = format!(
        "{{:slug :growing :name \"Growing\" :concurrency {{:type :singleton :on-new-version :supersede}}
          :interfaces {{:manual [{{:id :run :label \"Run\" :invocation :default}}]}}
          :invocations {{:default {{:inputs []}}}}
          :requires [{{:slot :api :type :http-api :base-url \"https://api.example.com\" :auth {{:type :none}}}}]
          :flow '{body}}}"
    );
    let compilation = breyta_compiler::compile(&Sources::single("flow.edn", text));
    Interpreted::new("growing", compilation.program.unwrap_or_else(|| panic!("{:?}", compilation.problems)))
}

/// Runs a flow of a thousand rounds over SQLite; the bytes of each commit, and the result.
fn run(body: &str, always_suspends: bool) -> (Vec<usize>, Value) {
    let folder = tempfile::tempdir().unwrap();
    let store =
        Arc::new(Counting { inner: stores::sqlite(folder.path(), "growing"), bytes: Mutex::default() });
    let limits = Limits { http_requests_max: 10_000, result_bytes_max: 10_000_000, ..Limits::default() };
    let world = Arc::new(Kilobytes(AtomicI64::new(0)));
    let engine =
        Engine::new(Arc::new(flow(body)), Arc::clone(&store) as Arc<dyn Store>, world, limits).unwrap();
    let engine = if always_suspends { engine.always_suspending() } else { engine };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let (_, end) = runtime.block_on(engine.run(Value::Map(Map::new()), "manual")).unwrap();
    let RunEnd::Completed(result) = end else { panic!("{end:?}") };
    (store.bytes.lock().unwrap().clone(), result)
}

fn check(body: &str, always_suspends: bool) {
    let (bytes, result) = run(body, always_suspends);
    let given = result.as_sequential().unwrap();
    assert_eq!(given.len(), ROUNDS, "{body}");
    for (number, text) in given.iter().enumerate() {
        assert_eq!(text.as_str(), Some(format!("{number:01000}").as_str()), "{body}");
    }
    assert_eq!(bytes.len(), ROUNDS, "{body}: a commit for each step");
    let most = |from: usize| bytes.iter().skip(from).take(100).max().copied().unwrap();
    assert_eq!(most(ROUNDS - 100), most(100), "{body}: the last hundred commits as the second");
    // The step's result, what the vector begins with, and the end that is not worth a row of its own yet.
    assert!(most(0) < 8_000, "{body}: {}", most(0));
}

const STEP: &str = "(:body (flow/step :http :ask {:connection :api :path \"/a\"}))";

#[test]
fn what_for_collects_is_stored_once() {
    for always_suspends in [false, true] {
        check(&format!("(for [n (range {ROUNDS})] {STEP})"), always_suspends);
    }
}

#[test]
fn what_a_loop_adds_is_stored_once() {
    let body = format!(
        "^{{:max-iterations 1001}} (loop [n 0 all []] (if (< n {ROUNDS}) (recur (inc n) (conj all {STEP})) all))"
    );
    check(&body, false);
    let into = format!(
        "^{{:max-iterations 1001}} (loop [n 0 all []] (if (< n {ROUNDS}) (recur (inc n) (into all [{STEP}])) all))"
    );
    check(&into, false);
}
