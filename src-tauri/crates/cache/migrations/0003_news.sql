-- What was written, for the other processes that hold this file: each row is what one batch changed, as a JSON array.
-- Only the newest rows are kept; whoever missed some reads everything again.
CREATE TABLE news (
    id      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    writer  TEXT    NOT NULL,
    changes TEXT    NOT NULL
) STRICT;

-- When something that is done now and then was last done, by whichever process.
CREATE TABLE upkeep (
    name    TEXT    NOT NULL PRIMARY KEY,
    done_at INTEGER NOT NULL
) STRICT;
