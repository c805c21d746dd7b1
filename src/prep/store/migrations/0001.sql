-- Append only: never edit a migration that was released, add the next number.

-- Every answer and every remark on one. `at` is in microseconds since 1970, UTC.
CREATE TABLE log (
    seq         INTEGER PRIMARY KEY,
    uid         TEXT NOT NULL UNIQUE,
    at          INTEGER NOT NULL,
    "offset"    INTEGER NOT NULL,
    day         TEXT NOT NULL,
    question    TEXT NOT NULL,
    revision    INTEGER NOT NULL,
    meaning     INTEGER NOT NULL,
    seed        INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    response    TEXT NOT NULL,
    score       REAL NOT NULL CHECK (score BETWEEN 0 AND 1),
    duration_ms INTEGER NOT NULL,
    hint        INTEGER NOT NULL CHECK (hint IN (0, 1)),
    rating      INTEGER CHECK (rating BETWEEN 1 AND 4),
    retention   REAL NOT NULL,
    cap         INTEGER NOT NULL,
    target      TEXT,
    session     TEXT,
    recall      REAL,
    CHECK ((kind IN ('undo', 'override', 'guess', 'easy')) = (target IS NOT NULL))
) STRICT;

CREATE INDEX log_of_card ON log (question, meaning, at, uid);

CREATE TRIGGER log_keeps_its_lines BEFORE UPDATE ON log
BEGIN
    SELECT RAISE(ABORT, 'the log is append-only');
END;

CREATE TRIGGER log_loses_no_line BEFORE DELETE ON log
BEGIN
    SELECT RAISE(ABORT, 'the log is append-only');
END;

-- What the log comes to; `prep doctor --rebuild` makes it anew. No `due`: never scheduled.
CREATE TABLE cards (
    question   TEXT NOT NULL,
    meaning    INTEGER NOT NULL,
    stability  REAL,
    difficulty REAL,
    last       TEXT,
    due        TEXT,
    reps       INTEGER,
    lapses     INTEGER,
    suspended  INTEGER NOT NULL CHECK (suspended IN (0, 1)),
    leech      INTEGER NOT NULL CHECK (leech IN (0, 1)),
    last_score REAL,
    last_at    INTEGER,
    introduced TEXT,
    PRIMARY KEY (question, meaning),
    CHECK ((due IS NULL) = (stability IS NULL))
) STRICT, WITHOUT ROWID;

-- With all that the start of a quiz asks for, so that it reads nothing but the index.
CREATE INDEX cards_due ON cards (suspended, due, last, stability);
CREATE INDEX cards_missed ON cards (last_at) WHERE suspended = 0 AND last_score < 1;
CREATE INDEX cards_introduced ON cards (introduced);

-- A quiz that can be resumed, with its whole state as JSON. It belongs to this machine and is not exported.
CREATE TABLE sessions (
    id      TEXT PRIMARY KEY,
    day     TEXT NOT NULL,
    started INTEGER NOT NULL,
    ended   INTEGER NOT NULL CHECK (ended IN (0, 1)),
    state   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_open ON sessions (started) WHERE ended = 0;

-- Without a value: it was taken back at that time, and an older import does not bring it back.
CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT,
    at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
