-- Format 7. docs/format.md, sections Differences and Store.
--
-- What stands behind a value in `slot_values`, or at it in a row, is a difference: also of maps and sets, which an older
-- executable could not put together. No table changes for that.

-- For pruning.
CREATE INDEX deliveries_at ON deliveries (at_ms);
CREATE INDEX commands_answered ON commands (at_ms) WHERE answer IS NOT NULL;
