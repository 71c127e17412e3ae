//! Who is waited for, and who is not.

use tokio::sync::oneshot;

use breyta_engine::store::{CommandAnswer, CommandId};

use super::*;

fn write(number: u64) -> Request {
    let answer = CommandAnswer { run: None, word: String::new(), message: None };
    Request::Write(Write::AnswerCommand(CommandId(number), answer, oneshot::channel().0))
}

/// A group after one in which so many were answered while one more waited, with a disk that took so long.
fn after(answered: usize, disk_ms: u64) -> (Group, mpsc::Sender<Request>, mpsc::Receiver<Request>) {
    let (sender, receiver) = mpsc::channel();
    sender.send(write(1)).unwrap();
    let mut group = Group::default();
    group.written(&receiver, answered, Duration::from_millis(1), Duration::from_millis(disk_ms));
    (group, sender, receiver)
}

#[test]
fn those_who_were_answered_are_waited_for_where_the_disk_is_slow() {
    // An eighth of it is more than any test takes.
    let (mut group, sender, receiver) = after(2, 8_000_000);
    let late = std::thread::spawn(move || {
        for number in 2..=4 {
            std::thread::yield_now();
            // Nobody may be there for the fourth any more.
            let _ = sender.send(write(number));
        }
    });
    let (writes, _) = group.next(&receiver).unwrap();
    assert!(writes.len() >= 3, "{} of 3", writes.len());
    late.join().unwrap();
}

#[test]
fn nobody_is_waited_for_where_the_work_takes_as_long() {
    let (mut group, _sender, receiver) = after(2, 2);
    let (writes, _) = group.next(&receiver).unwrap();
    assert_eq!(writes.len(), 1);
}

#[test]
fn one_alone_waits_for_nobody() {
    let (sender, receiver) = mpsc::channel();
    let mut group = Group::default();
    group.written(&receiver, 1, Duration::from_millis(1), Duration::from_secs(8_000));
    sender.send(write(1)).unwrap();
    let (writes, _) = group.next(&receiver).unwrap();
    assert_eq!(writes.len(), 1);
    drop(sender);
    assert!(group.next(&receiver).is_none());
}
