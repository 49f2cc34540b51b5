-- Who wrote to whom, what was sent and what became of it, by keyed numbers; and drafts that were read.

CREATE TABLE history_key (
    one             INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
    proof           BLOB    NOT NULL
) STRICT;

CREATE TABLE owner (
    id              INTEGER PRIMARY KEY NOT NULL,
    upstream        TEXT    NOT NULL,
    account         TEXT    NOT NULL,
    UNIQUE (upstream, account)
) STRICT;

CREATE TABLE scan (
    owner           INTEGER NOT NULL REFERENCES owner (id),
    mailbox         TEXT    NOT NULL,
    uid_validity    INTEGER NOT NULL,
    lowest          INTEGER NOT NULL,
    highest         INTEGER NOT NULL,
    mails           INTEGER NOT NULL,
    done            INTEGER NOT NULL,
    whole_at        INTEGER,
    looked_at       INTEGER NOT NULL,
    PRIMARY KEY (owner, mailbox)
) STRICT, WITHOUT ROWID;

CREATE TABLE acquaintance (
    owner           INTEGER NOT NULL REFERENCES owner (id),
    person          BLOB    NOT NULL,
    organisation    BLOB    NOT NULL,
    wrote           INTEGER NOT NULL,
    PRIMARY KEY (owner, person)
) STRICT, WITHOUT ROWID;

CREATE INDEX acquaintance_organisation ON acquaintance (owner, organisation, wrote);

CREATE TABLE written (
    owner           INTEGER NOT NULL REFERENCES owner (id),
    person          BLOB    NOT NULL,
    message         BLOB    NOT NULL,
    at              INTEGER NOT NULL,
    PRIMARY KEY (owner, person, message)
) STRICT, WITHOUT ROWID;

CREATE TABLE sent (
    owner           INTEGER NOT NULL REFERENCES owner (id),
    message         BLOB    NOT NULL,
    at              INTEGER NOT NULL,
    elsewhere       INTEGER NOT NULL CHECK (elsewhere IN (0, 1)),
    class           TEXT    NOT NULL,
    score           INTEGER,
    categories      TEXT    NOT NULL,
    sketch          BLOB,
    -- Of each recipient the person's number, then the organisation's, 16 octets each.
    recipients      BLOB    NOT NULL,
    answered_at     INTEGER,
    automatic_at    INTEGER,
    bounced_at      INTEGER,
    PRIMARY KEY (owner, message)
) STRICT, WITHOUT ROWID;

CREATE INDEX sent_newest ON sent (owner, at);

CREATE TABLE draft (
    id              TEXT    PRIMARY KEY NOT NULL,
    upstream        TEXT    NOT NULL,
    account         TEXT    NOT NULL,
    uid_validity    INTEGER,
    uid             INTEGER,
    message_id      TEXT,
    subject         TEXT    NOT NULL,
    recipients      TEXT    NOT NULL,
    at              INTEGER NOT NULL,
    round           INTEGER NOT NULL,
    text            TEXT    NOT NULL,
    sketch          BLOB,
    reading         TEXT,
    verdict         TEXT    NOT NULL,
    filed           INTEGER NOT NULL CHECK (filed IN (0, 1))
) STRICT;

CREATE INDEX draft_of_account ON draft (upstream, account);

CREATE INDEX record_message ON record (message_id) WHERE message_id IS NOT NULL;

-- Finds the newest change of a record among rows about mail that passed.
CREATE INDEX audit_of_records ON audit (seq) WHERE record IS NOT NULL;
