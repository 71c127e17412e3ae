-- Format 4. How often the process died while it carried a run on, with nothing committed in between. docs/format.md, section
-- Store.

-- `revision` is the run's at the last of these deaths; when the run has another one now, the count is over.
CREATE TABLE deaths (
    run INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL,
    count INTEGER NOT NULL
);
