//! The engine alone, with programs written by hand: the journal of an undisturbed run, and the same one after a death
//! at every commit point, in memory and in SQLite.

use std::sync::Arc;

use breyta_engine::world::CommitMoment;
use breyta_tests::scenario::{End, Kill, Played, Scenario, Scripted, ScriptedStep, Way, play};
use breyta_tests::{programs, stores};

fn script() -> Scenario {
    let step = |(id, answer): (&str, i64)| ScriptedStep {
        id: id.to_owned(),
        expect: None,
        answer: Ok(answer.into()),
    };
    let answers = [("one", 1), ("two", 10), ("three", 100), ("four", 1_000), ("five", 10_000)];
    Scenario {
        input: 0.into(),
        events: answers.into_iter().map(step).map(Scripted::Step).collect(),
        end: End::Result(11_111.into()),
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Memory,
    Sqlite,
}

/// Plays the script over a new store.
fn play_once(kind: Kind, kill: Option<Kill>) -> Played {
    let (program, scenario) = (programs::five_steps(), script());
    match kind {
        Kind::Memory => {
            let store = stores::memory(program.slug());
            play(&program, &scenario, &|| Arc::clone(&store), Way { kill, ..Way::default() })
        }
        Kind::Sqlite => {
            let folder = tempfile::tempdir().unwrap();
            play(
                &program,
                &scenario,
                &|| stores::sqlite(folder.path(), program.slug()),
                Way { kill, ..Way::default() },
            )
        }
    }
}

/// Undisturbed, then killed before and after every commit: always the same journal, and repeated is at most the one
/// effect whose commit was lost.
fn check(kind: Kind) {
    let undisturbed = play_once(kind, None);
    assert_eq!(undisturbed.failures, Vec::<String>::new(), "{}", undisturbed.journal);
    assert_eq!(undisturbed.executed.len(), 5);
    for commit in 1..=undisturbed.commits {
        for moment in [CommitMoment::Before, CommitMoment::After] {
            let played = play_once(kind, Some(Kill { commit, moment }));
            assert_eq!(played.failures, Vec::<String>::new(), "{moment:?} {commit}\n{}", played.journal);
            assert_eq!(played.journal, undisturbed.journal, "{moment:?} {commit}");
            let repeated = played.executed.len() - 5;
            let most = usize::from(moment == CommitMoment::Before);
            assert!(repeated <= most, "{moment:?} {commit}: {:?}", played.executed);
        }
    }
}

#[test]
fn death_at_every_commit_in_memory() {
    check(Kind::Memory);
}

#[test]
fn death_at_every_commit_in_sqlite() {
    check(Kind::Sqlite);
}
