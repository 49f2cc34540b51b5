-- Findings that somebody said are right as they stand. What they say stands in no mail: only its hash is here.

CREATE TABLE silence (
    hash            TEXT    PRIMARY KEY NOT NULL CHECK (length(hash) = 16),
    reason          TEXT    NOT NULL,
    author          TEXT    NOT NULL,
    at              INTEGER NOT NULL
) STRICT;
