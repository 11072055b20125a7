-- By what a connection was recognised as what it speaks, and how often it is asked where it tells nothing by itself.
ALTER TABLE connection ADD COLUMN recognised_by TEXT;
ALTER TABLE connection ADD COLUMN poll_every_ms INTEGER;
