//! The stored form of journal entries must be stable: these bytes are in people's data directories.

use super::*;

fn execution() -> StepExecution {
    StepExecution {
        point: "yes/fetch".to_owned(),
        step: "fetch".to_owned(),
        family: "http".to_owned(),
        count: 300,
        attempt: 2,
        started_ms: 1,
        ended_ms: -2,
    }
}

/// The head of an event at 0x0102 ms, as printable text with other bytes in hex, and back.
fn check(event: Event, head: &str) {
    let encoded = Encoded::new(0x0102, &event, None);
    let printable = |byte: u8| {
        let plain = byte.is_ascii_graphic() && byte != b'\\';
        if plain { char::from(byte).to_string() } else { format!("\\{byte:02x}") }
    };
    let text: String = encoded.head.iter().copied().map(printable).collect();
    assert_eq!(text, head, "{event:?}");
    assert_eq!(encoded.decode().unwrap(), Entry { at_ms: 0x0102, event, value: None });
}

const AT: &str = "\\02\\01\\00\\00\\00\\00\\00\\00";
const STEP: &str = "\\09yes/fetch\\05fetch\\04http\\ac\\02\\02\\01\\00\\00\\00\\00\\00\\00\\00\\fe\\ff\\ff\\ff\\ff\\ff\\ff\\ff";

#[test]
fn heads_must_be_stable() {
    check(
        Event::RunStarted { version: "ab".to_owned(), trigger: "manual".to_owned() },
        &format!("\\01\\0brun-started{AT}\\02ab\\06manual"),
    );
    check(Event::StepCompleted { execution: execution() }, &format!("\\01\\0estep-completed{AT}{STEP}"));
    check(
        Event::StepFailed { execution: execution(), handled: true },
        &format!("\\01\\0bstep-failed{AT}{STEP}\\01"),
    );
    check(Event::StepCancelled { execution: execution() }, &format!("\\01\\0estep-cancelled{AT}{STEP}"));
    check(
        Event::Note { label: "big?".to_owned(), choice: "yes".to_owned() },
        &format!("\\01\\04note{AT}\\04big?\\03yes"),
    );
    check(
        Event::Warning { code: "c".to_owned(), point: "p".to_owned(), message: String::new() },
        &format!("\\01\\07warning{AT}\\01c\\01p\\00"),
    );
    check(Event::RunCompleted, &format!("\\01\\0drun-completed{AT}"));
    check(Event::RunFailed, &format!("\\01\\0arun-failed{AT}"));
    check(Event::RunReopened, &format!("\\01\\0crun-reopened{AT}"));
    check(
        Event::RunForked { run: "r".to_owned(), step: "s#2".to_owned() },
        &format!("\\01\\0arun-forked{AT}\\01r\\03s#2"),
    );
    check(Event::RunCancelled { reason: None }, &format!("\\01\\0drun-cancelled{AT}\\00"));
    check(
        Event::RunCancelled { reason: Some("no".to_owned()) },
        &format!("\\01\\0drun-cancelled{AT}\\01\\02no"),
    );
    check(
        Event::RunNeedsAttention { code: "c".to_owned(), message: "m".to_owned() },
        &format!("\\01\\13run-needs-attention{AT}\\01c\\01m"),
    );
}

#[test]
fn damaged_heads_are_refused() {
    let whole = Encoded::new(7, &Event::StepFailed { execution: execution(), handled: false }, None).head;
    for length in 0..whole.len() {
        assert!(Entry::decode(&whole[..length], None).is_err(), "cut to {length} bytes");
    }
    let mut longer = whole.clone();
    longer.push(0);
    assert!(Entry::decode(&longer, None).is_err());
    let mut newer = whole;
    newer[0] = FORMAT + 1;
    assert!(Entry::decode(&newer, None).unwrap_err().to_string().contains("format 2"));
}
