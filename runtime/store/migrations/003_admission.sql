-- Format 3. Concurrency slots, commands of other processes, retention. docs/format.md, section Store.

-- The slot of a run that wanted one. `phase` is `queued`, `active` or `ended`.
CREATE TABLE places (
    run INTEGER PRIMARY KEY,
    slot TEXT NOT NULL,
    phase TEXT NOT NULL
);

CREATE INDEX places_slots ON places (slot, phase, run) WHERE phase <> 'ended';

-- The run of each delivery, so that a repetition starts no second one.
CREATE TABLE deliveries (
    delivery TEXT NOT NULL PRIMARY KEY,
    run INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) WITHOUT ROWID;

-- What other processes ask of the owner, and its answers.
CREATE TABLE commands (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    body BLOB NOT NULL,
    answer TEXT,
    answer_run INTEGER,
    answer_message TEXT
);

CREATE INDEX commands_open ON commands (id) WHERE answer IS NULL;

-- For pruning.
CREATE INDEX runs_ended ON runs (ended_ms) WHERE ended_ms IS NOT NULL;
CREATE INDEX slot_values_runs ON slot_values (run);
CREATE INDEX journal_large ON journal (large_value) WHERE large_value IS NOT NULL;
