-- Format 2. Parked runs, signals, child runs. docs/format.md, section Store, says what the bytes are.

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

-- Runs that another run called, each call once.
CREATE TABLE children (
    run INTEGER PRIMARY KEY,
    parent INTEGER NOT NULL,
    call TEXT NOT NULL,
    flow TEXT NOT NULL,
    UNIQUE (parent, call)
);

-- Finds what was interrupted, without looking at what is parked.
CREATE INDEX runs_running ON runs (id) WHERE status = 'running';
