-- Records of mails that were annotated, returned or held, and the audit.
-- Times are microseconds since 1970 in UTC. JSON is text.

CREATE TABLE record (
    seq             INTEGER PRIMARY KEY NOT NULL,
    id              TEXT    NOT NULL UNIQUE,
    at              INTEGER NOT NULL,
    state           TEXT    NOT NULL
                    CHECK (state IN ('annotated', 'returned', 'allowed', 'held', 'sent', 'discarded')),
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
    reading         TEXT
) STRICT;

CREATE INDEX record_identical ON record (account, fingerprint);
CREATE INDEX record_newest ON record (at);

-- Apart from the row, so that a step of the record does not write megabytes again, and erasing is one DELETE.
CREATE TABLE content (
    record          TEXT    PRIMARY KEY NOT NULL REFERENCES record (id),
    mail            BLOB,
    annotated_copy  BLOB
) STRICT;

-- Each row's hash covers the hash of the row before it.
CREATE TABLE audit (
    seq             INTEGER PRIMARY KEY NOT NULL,
    at              INTEGER NOT NULL,
    who             TEXT    NOT NULL,
    what            TEXT    NOT NULL,
    record          TEXT,
    upstream        TEXT,
    why             TEXT    NOT NULL,
    hash            BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit is append-only');
END;

CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit is append-only');
END;
