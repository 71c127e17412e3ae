//! Whether an answer is Clojure's, by the rules of `tests/conformance/README.md`.

use super::answer::{Answer, Failure, Phase};
use super::rows::{Expected, TransformCase, Wanted};
use super::table::Verdict;

/// The verdict on an expression.
pub(super) fn expression(expected: &Expected, given: &[Answer]) -> Verdict {
    if let Some(why) = expected.unscored {
        return Verdict::unscored(why);
    }
    let Some(answer) = given.first() else { return Verdict::failed("", "", "no answer") };
    match mismatch(expected, answer) {
        None => Verdict::passed(),
        Some(why) => Verdict::failed(&shown(expected), &answer.to_string(), &why),
    }
}

/// The verdict on a transform: all its cases must be right.
pub(super) fn transform(cases: &[TransformCase], given: &[Answer]) -> Verdict {
    for (index, case) in cases.iter().enumerate() {
        let Some(answer) = given.get(index) else { return Verdict::failed("", "", "no answer") };
        if let Some(why) = mismatch(&case.expected, answer).filter(|_| case.expected.unscored.is_none()) {
            let why = format!("case {}: {why}", index + 1);
            return Verdict::failed(&shown(&case.expected), &answer.to_string(), &why);
        }
    }
    Verdict::passed()
}

fn shown(expected: &Expected) -> String {
    let all: Vec<String> = expected.answers.iter().map(ToString::to_string).collect();
    all.join(" or ")
}

/// Why an answer is none of the expected ones.
pub(super) fn mismatch(expected: &Expected, answer: &Answer) -> Option<String> {
    let mut why = None;
    for wanted in &expected.answers {
        match compare(wanted, answer, expected.numeric) {
            None => return None,
            Some(mismatch) => why = why.or(Some(mismatch)),
        }
    }
    why
}

fn compare(wanted: &Wanted, answer: &Answer, numeric: bool) -> Option<String> {
    let why = match (wanted, answer) {
        (Wanted::Value { printed, unordered }, Answer::Value { printed: got, sorted }) => {
            let got = if *unordered { sorted } else { got };
            let same = printed == got || (numeric && same_numbers(printed, got));
            return (!same).then(|| "another value".to_owned());
        }
        (Wanted::Error { kind, phase, message }, Answer::Error(failure)) => {
            return other_error(kind, *phase, message.as_deref(), failure);
        }
        (Wanted::Error { phase, message, .. }, Answer::Refused { definite, message: said }) => {
            // What Clojure cannot resolve we must not know either.
            let starts = ["Unable to resolve", "No such"];
            let unresolved =
                message.as_ref().is_some_and(|it| starts.iter().any(|start| it.starts_with(start)));
            if *definite || (unresolved && *phase == Some(Phase::Compile) && is_unknown_name(said)) {
                return None;
            }
            "refused without knowing it"
        }
        (_, Answer::Lost(why)) => return Some(why.clone()),
        (Wanted::Value { .. }, Answer::Error(_)) => "throws",
        (Wanted::Value { .. }, Answer::Refused { definite: true, .. }) => "refused",
        (Wanted::Value { .. }, Answer::Refused { definite: false, .. }) => "refused without knowing it",
        (Wanted::Error { .. }, Answer::Value { .. }) => "does not fail",
    };
    Some(why.to_owned())
}

fn is_unknown_name(refusal: &str) -> bool {
    refusal.starts_with("[unknown-symbol]")
}

fn other_error(kind: &str, phase: Option<Phase>, message: Option<&str>, got: &Failure) -> Option<String> {
    if phase == Some(Phase::Compile) {
        return Some("fails only when it runs".to_owned());
    }
    if kind != got.kind {
        return Some("another kind of error".to_owned());
    }
    message.filter(|message| *message != got.message).map(|_| "another message".to_owned())
}

/// Whether two texts differ only in how the same doubles are written.
fn same_numbers(left: &str, right: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let separators = |it: char| it.is_whitespace() || "()[]{},#".contains(it);
        text.split(separators).map(str::to_owned).collect()
    };
    let (left, right) = (words(left), words(right));
    left.len() == right.len()
        && left.iter().zip(&right).all(|(a, b)| {
            let numbers = a.parse::<f64>().ok().zip(b.parse::<f64>().ok());
            a == b || numbers.is_some_and(|(a, b)| a == b)
        })
}
