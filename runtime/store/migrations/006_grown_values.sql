-- Format 6. Vectors that only grow are stored in parts. docs/format.md, section Store.

-- A value whose elements stand behind those of another value: in which table that is (1 `slot_values`, 2 `large_values`), and
-- its id there. NULL: the value begins here.
ALTER TABLE slot_values ADD COLUMN before_table INTEGER;
ALTER TABLE slot_values ADD COLUMN before_id INTEGER;
