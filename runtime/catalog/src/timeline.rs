//! Words that compiled flows and the engine share about the timeline.

/// What a labelled loop notes at the beginning of its first round. The engine counts, and writes `round 1`.
pub const FIRST_ROUND: &str = "(first round)";

/// What a labelled loop notes at the beginning of each further round.
pub const NEXT_ROUND: &str = "(next round)";
