//! Command lines of the executable: one process each, some of them killed before they are done.

use std::io::Read;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::outside;
use crate::executable::Executable;

/// What a command line is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Errand {
    Start(i64),
    /// To a wait, `r1/signed#1`.
    Answer(String),
}

/// A command line at work.
pub(super) struct Client {
    pub errand: Errand,
    child: Child,
    dies_at: Option<Instant>,
}

/// What became of it.
pub(super) enum Look {
    Alive(Client),
    /// `acknowledged`: it said that it was done.
    Done {
        errand: Errand,
        acknowledged: bool,
        killed: bool,
    },
}

/// The input of an errand, as JSON.
pub(super) fn input(errand: i64) -> String {
    format!(r#"{{"errand":{errand},"rounds":{}}}"#, outside::rounds(errand))
}

impl Client {
    pub(super) fn start(
        flow: &Executable,
        errand: Errand,
        dies_in: Option<Duration>,
    ) -> Result<Self, String> {
        let mut command = match &errand {
            Errand::Start(number) => flow.command(&["run", "--no-wait", "--input", &input(*number)]),
            Errand::Answer(wait) => flow.command(&["waits", "approve", wait]),
        };
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let child = command.spawn().map_err(|error| format!("starting {command:?}: {error}"))?;
        Ok(Self { errand, child, dies_at: dies_in.map(|dies_in| Instant::now() + dies_in) })
    }

    pub(super) fn look(mut self) -> Look {
        let ended = self.child.try_wait().ok().flatten();
        let is_time = self.dies_at.is_some_and(|dies_at| Instant::now() >= dies_at);
        match ended {
            None if is_time => {
                // What it had said by then counts.
                let _ = self.child.kill();
                self.done(true)
            }
            None => Look::Alive(self),
            Some(_) => self.done(false),
        }
    }

    fn done(mut self, killed: bool) -> Look {
        let _ = self.child.wait();
        let mut said = String::new();
        if let Some(mut stdout) = self.child.stdout.take() {
            let _ = stdout.read_to_string(&mut said);
        }
        let said: Option<serde_json::Value> = serde_json::from_str(&said).ok();
        let acknowledged = said.is_some_and(|said| said["ok"] == true);
        Look::Done { errand: self.errand, acknowledged, killed }
    }
}
