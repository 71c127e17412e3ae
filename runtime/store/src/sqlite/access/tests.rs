//! Who uses the writer at once, who goes through the queue, and that nobody overtakes.

use tokio::sync::oneshot;

use breyta_engine::conformance::sample::SLUG;
use breyta_engine::journal::{Encoded, Event};
use breyta_engine::store::{Checkpoint, Created, NewRun, RunNumber, RunState};

use super::*;
use crate::sqlite::{plan, schema};

type Answered<T> = oneshot::Receiver<Result<T, StoreError>>;

fn access(directory: &std::path::Path) -> Access {
    let (connection, epoch) = schema::open_owned(&directory.join("store.sqlite"), SLUG, &[]).unwrap();
    Access::new(Writer::new(connection, epoch, SLUG).unwrap())
}

fn creation() -> (Request, Answered<Created>) {
    let event = Event::RunStarted { version: "v1".to_owned(), trigger: "manual".to_owned() };
    let checkpoint = Checkpoint {
        state: "start".to_owned(),
        progress: Vec::new(),
        steps: 0,
        slots: Vec::new(),
        parked: None,
    };
    let run = NewRun {
        version: "v1".to_owned(),
        trigger: "manual".to_owned(),
        at_ms: 1,
        started: Encoded::new(1, &event, None),
        checkpoint,
        child: None,
    };
    let (sender, receiver) = oneshot::channel();
    (Request::Write(Write::Create(Box::new(plan::PlannedRun::new(run)), sender)), receiver)
}

fn loading(run: u64) -> (Request, Answered<Option<RunState>>) {
    let (sender, receiver) = oneshot::channel();
    (Request::Load(RunNumber(run), sender), receiver)
}

impl Access {
    fn has_thread(&self) -> bool {
        self.queue.lock().unwrap().is_some()
    }
}

#[test]
fn who_is_alone_is_answered_at_once_and_needs_no_thread() {
    let directory = tempfile::tempdir().unwrap();
    let access = access(directory.path());
    let (request, mut answer) = creation();
    access.ask(request, true).unwrap();
    assert_eq!(answer.try_recv().unwrap().unwrap().run, RunNumber(1));
    // Reading takes nobody's time, however many there are.
    let (request, mut answer) = loading(1);
    access.ask(request, false).unwrap();
    assert!(answer.try_recv().unwrap().unwrap().is_some());
    assert!(!access.has_thread());
}

#[test]
fn several_go_through_the_queue() {
    let directory = tempfile::tempdir().unwrap();
    let access = access(directory.path());
    let (request, answer) = creation();
    access.ask(request, false).unwrap();
    assert!(access.has_thread());
    assert!(answer.blocking_recv().unwrap().is_ok());
    access.end();
    assert!(!access.has_thread());
}

#[test]
fn a_slow_disk_and_pruning_are_waited_for_on_the_thread() {
    let directory = tempfile::tempdir().unwrap();
    let slow = access(directory.path());
    slow.shared.writer.lock().unwrap().disk = DISK_MAX * 2;
    let (request, answer) = creation();
    slow.ask(request, true).unwrap();
    assert!(slow.has_thread());
    assert!(answer.blocking_recv().unwrap().is_ok());
    slow.end();
    let other = tempfile::tempdir().unwrap();
    let pruning = access(other.path());
    let (sender, receiver) = oneshot::channel();
    pruning.ask(Request::Write(Write::Prune(0, 1, sender)), true).unwrap();
    assert!(pruning.has_thread());
    assert!(receiver.blocking_recv().unwrap().is_ok());
    pruning.end();
}

#[test]
fn nobody_overtakes_the_queue() {
    let directory = tempfile::tempdir().unwrap();
    let access = access(directory.path());
    for run in 1..=50 {
        let busy = access.shared.writer.lock().unwrap();
        let (write, created) = creation();
        access.ask(write, false).unwrap();
        // From here on the thread may have the writer, and so may whoever asks.
        drop(busy);
        let (read, loaded) = loading(run);
        access.ask(read, true).unwrap();
        assert!(loaded.blocking_recv().unwrap().unwrap().is_some(), "run {run} is not there yet");
        assert_eq!(created.blocking_recv().unwrap().unwrap().run, RunNumber(run));
    }
    access.end();
}

#[test]
fn a_writer_that_broke_answers_that_it_has_stopped() {
    let directory = tempfile::tempdir().unwrap();
    let access = access(directory.path());
    let shared = access.shared.clone();
    let broken = std::thread::spawn(move || {
        let _writer = shared.writer.lock().unwrap();
        panic!("in the middle of something");
    });
    assert!(broken.join().is_err());
    let (request, answer) = creation();
    access.ask(request, true).unwrap();
    assert!(answer.blocking_recv().is_err(), "nobody answers");
    access.end();
}
