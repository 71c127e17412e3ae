//! The help texts.

use crate::failure::Failure;
use crate::flow::Flow;

/// What `--help` is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    Everything,
    Run,
    Runs,
    Waits,
    Serve,
    Doctor,
    Bindings,
    Describe,
}

impl Topic {
    pub(super) fn of(words: &[&str]) -> Result<Self, Failure> {
        match words.first().copied() {
            None => Ok(Self::Everything),
            Some("run") => Ok(Self::Run),
            Some("runs") => Ok(Self::Runs),
            Some("waits") => Ok(Self::Waits),
            Some("serve") => Ok(Self::Serve),
            Some("doctor") => Ok(Self::Doctor),
            Some("bindings") => Ok(Self::Bindings),
            Some("describe" | "version" | "help") => Ok(Self::Describe),
            Some(other) => {
                Err(Failure::usage(format!("there is no command \"{other}\"; --help shows what there is")))
            }
        }
    }
}

pub(super) fn text(flow: &Flow, topic: Topic) -> String {
    let body = match topic {
        Topic::Everything => EVERYTHING,
        Topic::Run => RUN,
        Topic::Runs => RUNS,
        Topic::Waits => WAITS,
        Topic::Serve => SERVE,
        Topic::Doctor => DOCTOR,
        Topic::Bindings => BINDINGS,
        Topic::Describe => DESCRIBE,
    };
    format!("The flow {}, compiled by breytac {}.\n\n{body}\n{COMMON}", flow.slug, flow.compiler)
}

const EVERYTHING: &str = "\
Commands:
  run                     start a run and carry it on until it ends
  runs list               the runs of this data directory, newest first
  runs show ID            one run with its steps and its timeline
  runs resume [ID]        carry interrupted runs on, all of them or one
  runs cancel ID          end a run that is not wanted any more
  runs retry ID           let a run that failed go on from where it failed
  runs fork ID            start another run with the same input, or from one of its steps
  runs export [ID]        one run as JSON, or a copy of the whole store
  runs prune              remove runs that ended long ago
  waits list              what runs wait for
  waits approve ID        answer a wait; also reject and complete
  serve                   carry on all runs until stopped, and take commands of other processes
  doctor                  check the store, and count what is in it
  bindings template       print a bindings file to fill in
  bindings apply FILE     take a bindings file over
  bindings show           the bindings in force, without secrets
  describe                the definition, its inputs and its resume manifest
  help COMMAND            more about a command
";

const RUN: &str = "\
run [--input JSON|@FILE] [--invocation ID] [--bindings FILE] [--limit NAME=VALUE]... [--no-wait] [--mocks] [--verify]
    [--log LEVEL]

  --input JSON|@FILE    the input, a JSON object; @- reads it from stdin
  --invocation ID       which of the flow's invocations checks the input
  --bindings FILE       take this bindings file over first, as `bindings apply` does, so that `runs resume` finds it
  --limit NAME=VALUE    change a limit for this process; a wrong name lists them all
  --mocks               steps with :mock give it and are not carried out; drafts only
  --verify              at every step, compare what is stored with what follows from the journal; also `serve --verify`,
                        `runs resume --verify`. A run whose states differ is parked with the code state-mismatch
  --log LEVEL           lines on stderr about what happens, as --format says: off, error, warn, info or debug; also for
                        `serve` and `runs resume|retry|fork`. Default: $BREYTA_LOG, else off, and info for `serve`. No line
                        holds inputs, results or answers
  --no-wait             only start the run: its id is printed and `runs resume` carries it on

Prints {\"ok\":true,\"data\":{\"workflowId\":…,\"status\":\"completed\",\"result\":…}} and exits 0; a run that fails exits 1 with
`error`. Every completed step is durable: after Ctrl-C or a crash, `runs resume` goes on where the run stopped.
";

const RUNS: &str = "\
runs list [--status STATUS]    the runs, newest first; running also means interrupted. The status needs-attention shows those
                               that are parked until somebody has looked at them: `runs show` says why, `runs retry` lets
                               them go on, `runs cancel` ends them
runs show ID [--entries N] [--before PLACE]    one run: record, steps, timeline; of a long one the newest entries
runs resume [ID]               carry interrupted runs on in the foreground; [--limit NAME=VALUE]...
runs cancel ID [--reason TEXT] [--force]       end a run; by force it counts as terminated
runs retry ID [--no-wait]      a run that failed or was cancelled goes on from its last completed step; what waited in
                               vain waits anew, and child flows that it failed of are tried again too
runs fork ID [--from STEP] [--no-wait]         another run with the input of this one, or in the state that it had just
                               before STEP: what came before is taken over. STEP is a step id, or STEP#N for its Nth time
runs export ID                 the record and the whole journal of a run
runs export --to FILE          a consistent copy of the store, also while a process serves it
runs prune --older-than AGE    remove runs that ended so long ago (30d, 12h), with their journals

ID is a workflow id or its short form, r12.
";

const WAITS: &str = "\
waits list [--run ID]                   open waits with their ids, keys and times
waits complete ID [--payload JSON|@FILE]
                                        answer a wait with a JSON object
waits approve ID [--payload JSON]       answer with the action approve
waits reject ID [--payload JSON]        answer with the action reject

ID is the id of a wait (r12/approve#1), or of a run whose only wait is meant. In its place, --key KEY names the wait by its
key; an answer to a key that nothing waits for yet is kept until a wait opens. Fields of the payload stand in the answer
beside `action`. The process that serves, or `runs resume`, takes the answer.
";

const SERVE: &str = "\
serve [--retention AGE] [--limit NAME=VALUE]... [--verify] [--log LEVEL]

Carries on interrupted runs, timers, answered waits and queued runs, until it is stopped. While it lives it owns the data
directory; `run`, `runs retry`, `runs fork`, `runs cancel` and `waits` of other processes reach it. It may be killed at any
time: the next one goes on at once. With --retention, runs that ended so long ago (30d) are removed. Events stand on stderr,
as JSON lines or as text with --format human. Interfaces over HTTP (--listen) are not supported yet.
";

const DOCTOR: &str = "\
doctor     reads the whole store: runs by status and version, waits, size, and whether anything is damaged (exit status 1)
";

const BINDINGS: &str = "\
bindings template      print an EDN file with everything the flow requires
bindings apply FILE    merge FILE (EDN, or JSON when it ends in .json) into the data directory's bindings
bindings show          the bindings in force with secrets removed, and what is missing

Values left at :redacted, :generate or nil keep what was applied before.
";

const DESCRIBE: &str = "\
describe     the definition, the contract and the resume manifest
--version    slug, version hash and compiler version
";

const COMMON: &str = "\
Options of every command:
  --data DIR               the data directory (default: $BREYTA_DATA, else .breyta/<slug>)
  --format json|human      how results and errors are shown (default: json)
  --help, --version

Exit status: 0 done, 1 failed, 2 wrong command line.
";
