-- What was done about exercises: a second log. `at` is in microseconds since 1970, UTC.
CREATE TABLE practice (
    seq       INTEGER PRIMARY KEY,
    uid       TEXT NOT NULL UNIQUE,
    at        INTEGER NOT NULL,
    "offset"  INTEGER NOT NULL,
    day       TEXT NOT NULL,
    exercise  TEXT NOT NULL,
    kind      TEXT NOT NULL,
    number    INTEGER CHECK (number > 0),
    verdict   TEXT,
    score     REAL NOT NULL CHECK (score BETWEEN 0 AND 1),
    ran       INTEGER NOT NULL,
    total     INTEGER NOT NULL,
    seed      INTEGER NOT NULL,
    device    TEXT NOT NULL,
    seconds   REAL NOT NULL,
    sha256    TEXT NOT NULL,
    retention REAL NOT NULL,
    cap       INTEGER NOT NULL,
    CHECK ((kind = 'hint') = (number IS NOT NULL)),
    CHECK ((kind = 'attempt') = (verdict IS NOT NULL))
) STRICT;

CREATE INDEX practice_of_exercise ON practice (exercise, at, uid);

CREATE TRIGGER practice_keeps_its_lines BEFORE UPDATE ON practice
BEGIN
    SELECT RAISE(ABORT, 'the log of exercises is append-only');
END;

CREATE TRIGGER practice_loses_no_line BEFORE DELETE ON practice
BEGIN
    SELECT RAISE(ABORT, 'the log of exercises is append-only');
END;

-- The folder in which an exercise was last started. It belongs to this machine and is not exported.
CREATE TABLE workspaces (
    exercise TEXT PRIMARY KEY,
    folder   TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
