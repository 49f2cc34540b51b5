-- The life of a hold: more states, releases, rewrites, rounds; and work that waits.

-- SQLite can't change a CHECK: the table is made anew. References to it are kept by name.
CREATE TABLE record_new (
    seq             INTEGER PRIMARY KEY NOT NULL,
    id              TEXT    NOT NULL UNIQUE,
    at              INTEGER NOT NULL,
    state           TEXT    NOT NULL
                    CHECK (state IN ('annotated', 'returned', 'allowed', 'held', 'released', 'sending', 'in-doubt',
                                     'refused', 'sent', 'superseded', 'discarded')),
    disposition     TEXT    NOT NULL CHECK (disposition IN ('annotate', 'return', 'hold')),
    account         TEXT    NOT NULL,
    upstream        TEXT    NOT NULL,
    recipients      TEXT    NOT NULL,
    subject         TEXT    NOT NULL,
    message_id      TEXT,
    fingerprint     TEXT    NOT NULL,
    tls             INTEGER NOT NULL CHECK (tls IN (0, 1)),
    score           INTEGER,
    findings        INTEGER NOT NULL,
    consent_allowed INTEGER NOT NULL CHECK (consent_allowed IN (0, 1)),
    allowed_at      INTEGER,
    allowed_reason  TEXT,
    envelope        TEXT    NOT NULL,
    verdict         TEXT    NOT NULL,
    reading         TEXT,
    sketch          BLOB,
    permit          TEXT,
    rewrite         TEXT,
    round           INTEGER NOT NULL DEFAULT 1,
    replaced_by     TEXT,
    reminders       INTEGER NOT NULL DEFAULT 0,
    -- Since when it stands where it stands.
    since           INTEGER
) STRICT;

INSERT INTO record_new (seq, id, at, state, disposition, account, upstream, recipients, subject, message_id, fingerprint,
                        tls, score, findings, consent_allowed, allowed_at, allowed_reason, envelope, verdict, reading)
SELECT seq, id, at, state, disposition, account, upstream, recipients, subject, message_id, fingerprint,
       tls, score, findings, consent_allowed, allowed_at, allowed_reason, envelope, verdict, reading FROM record;

CREATE TABLE content_new (
    record          TEXT    PRIMARY KEY NOT NULL REFERENCES record_new (id),
    mail            BLOB,
    annotated_copy  BLOB
) STRICT;

INSERT INTO content_new SELECT record, mail, annotated_copy FROM content;

DROP TABLE content;
DROP TABLE record;
ALTER TABLE record_new RENAME TO record;
ALTER TABLE content_new RENAME TO content;

CREATE INDEX record_identical ON record (account, fingerprint);
CREATE INDEX record_newest ON record (at);
CREATE INDEX record_open ON record (account)
    WHERE state IN ('returned', 'allowed', 'held', 'released', 'sending', 'in-doubt', 'refused');

CREATE INDEX record_replaced ON record (replaced_by) WHERE replaced_by IS NOT NULL;

CREATE TABLE work (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    record          TEXT    NOT NULL REFERENCES record (id),
    kind            TEXT    NOT NULL,
    account         TEXT    NOT NULL,
    upstream        TEXT    NOT NULL,
    added           INTEGER NOT NULL,
    due             INTEGER NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0,
    fence           INTEGER NOT NULL DEFAULT 0,
    claimed_until   INTEGER,
    waits_for       TEXT
) STRICT;

CREATE INDEX work_of_record ON work (record);
