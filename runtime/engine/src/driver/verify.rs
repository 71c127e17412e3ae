//! Verification: the state that is stored is the one that follows from the journal, at every checkpoint.
//!
//! Both sides are read back from the store, so that a write that was lost counts as one.

use super::Engine;
use super::replay::Replay;
use crate::error::EngineError;
use crate::machine::Program;
use crate::store::RunState;

/// The rebuilt run, or what differs.
type Verified<T> = Result<Result<T, String>, EngineError>;

/// Rebuilds a loaded run from its whole journal and compares; nothing when the engine does not verify.
pub(super) fn begin<'e>(
    engine: &'e Engine,
    program: &'e dyn Program,
    loaded: &RunState,
) -> Verified<Option<Box<Replay<'e>>>> {
    if !engine.verifies {
        return Ok(Ok(None));
    }
    let journal = engine.store.journal(loaded.run)?;
    let rebuilt = Replay::of(program, &engine.limits, &journal).and_then(|mut replay| {
        replay.compare(loaded)?;
        Ok(Some(Box::new(replay)))
    });
    Ok(rebuilt.map_err(|why| differs(&why)))
}

/// Takes over the entries of a commit that was just made, so many, and compares.
pub(super) fn go_on(
    engine: &Engine,
    replay: &mut Replay<'_>,
    stored: &RunState,
    entries: usize,
) -> Verified<()> {
    let page = engine.store.journal_page(stored.run, None, entries)?;
    let fed = page.entries.iter().rev().try_for_each(|entry| replay.feed(entry));
    Ok(fed.and_then(|()| replay.compare(stored)).map_err(|why| differs(&why)))
}

fn differs(why: &str) -> String {
    format!(
        "its stored state is not the one that follows from its journal: {why}; nothing was lost: `runs retry` goes on \
         from the stored state, `runs fork --from STEP` begins at one that follows from the journal"
    )
}
