-- Format 1. docs/format.md, section Store, says what the bytes are.

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

-- Values of slots that do not fit into the run's row. Append-only.
CREATE TABLE slot_values (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    bytes BLOB NOT NULL
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
