-- The newest format, for a new store: what the migrations make of an empty one, without their detours. A test compares.
-- docs/format.md, section Store, says what the bytes are.

-- One row per key: `slug` of the flow that owns the store, `epoch` of the last owner.
CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value NOT NULL
) WITHOUT ROWID;

-- One row per run: what resuming needs. What never changes is in the run's first journal entry, and the result or the
-- error in its last. The bytes stand last, so that lists need not read them.
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    status TEXT NOT NULL,
    revision INTEGER NOT NULL,
    first_entry INTEGER NOT NULL,
    last_entry INTEGER NOT NULL,
    version TEXT NOT NULL,
    started_by TEXT NOT NULL,
    state TEXT NOT NULL,
    steps INTEGER NOT NULL,
    started_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    ended_ms INTEGER,
    attention_code TEXT,
    attention_message TEXT,
    progress BLOB NOT NULL,
    slots BLOB NOT NULL
);

-- Finds what is to be resumed. Commits in the middle of a run touch none of its columns.
CREATE INDEX runs_open ON runs (id) WHERE ended_ms IS NULL;

-- Append-only and without any further index: a run's entries are a chain from `runs.last_entry` through `previous`.
CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    previous INTEGER,
    head BLOB NOT NULL,
    payload BLOB,
    large_value INTEGER
);

-- Values of slots that do not fit into the run's row, and differences from others: those in the table `before_table` (1
-- `slot_values`, 2 `large_values`) with the id `before_id`.
CREATE TABLE slot_values (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    before_table INTEGER,
    before_id INTEGER
);

-- Values over 64 KB, once each, by SHA-256.
CREATE TABLE large_values (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    bytes BLOB NOT NULL
);

-- Requests of other processes; the owner takes them with the commit that answers them.
CREATE TABLE inbox (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT,
    at_ms INTEGER NOT NULL,
    UNIQUE (run, kind)
);

-- One row per run whose status is `waiting`, written when it parks and removed when it goes on. `due_ms` is when to carry
-- the run on: `wake_at_ms`, or 0 as soon as a signal for it is there.
CREATE TABLE parked (
    run INTEGER PRIMARY KEY,
    due_ms INTEGER,
    wake_at_ms INTEGER,
    opened_ms INTEGER,
    wait_id TEXT,
    wait_key TEXT,
    event TEXT,
    event_path BLOB,
    kind TEXT,
    details BLOB
);

CREATE INDEX parked_due ON parked (due_ms) WHERE due_ms IS NOT NULL;

-- No two open waits have the same key.
CREATE UNIQUE INDEX parked_keys ON parked (wait_key) WHERE wait_key IS NOT NULL;

CREATE INDEX parked_events ON parked (event, event_path, wait_key) WHERE event IS NOT NULL;

-- Signals that no commit has consumed: to one wait (`run`, `wait_id`), by key, or by the name of an event.
CREATE TABLE signals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER,
    wait_id TEXT,
    wait_key TEXT,
    event TEXT,
    at_ms INTEGER NOT NULL,
    payload BLOB NOT NULL
);

CREATE INDEX signals_runs ON signals (run) WHERE run IS NOT NULL;
CREATE INDEX signals_keys ON signals (wait_key) WHERE wait_key IS NOT NULL;
CREATE INDEX signals_events ON signals (event) WHERE event IS NOT NULL;

-- Runs that another run called, each call once. `on_close` is `abandon`, `request-cancel` or `terminate`.
CREATE TABLE children (
    run INTEGER PRIMARY KEY,
    parent INTEGER NOT NULL,
    call TEXT NOT NULL,
    flow TEXT NOT NULL,
    on_close TEXT NOT NULL DEFAULT 'request-cancel',
    UNIQUE (parent, call)
);

-- Finds what was interrupted, without looking at what is parked.
CREATE INDEX runs_running ON runs (id) WHERE status = 'running';

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
CREATE INDEX deliveries_at ON deliveries (at_ms);
CREATE INDEX commands_answered ON commands (at_ms) WHERE answer IS NOT NULL;

-- `revision` is the run's at the last of these deaths; when the run has another one now, the count is over.
CREATE TABLE deaths (
    run INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL,
    count INTEGER NOT NULL
);
