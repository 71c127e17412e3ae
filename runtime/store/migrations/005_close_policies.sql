-- Format 5. What becomes of a child that is open when its parent ends. docs/format.md, section Store.

-- `abandon`, `request-cancel` or `terminate`. Children of older formats are asked to end, as they were then.
ALTER TABLE children ADD COLUMN on_close TEXT NOT NULL DEFAULT 'request-cancel';
