CREATE TABLE environments (
    id INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    basis TEXT NOT NULL CHECK (basis IN ('build', 'machine'))
) STRICT;
CREATE TABLE items (
    environment INTEGER NOT NULL REFERENCES environments ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    package TEXT,
    PRIMARY KEY (environment, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('gate', 'build')),
    project TEXT NOT NULL,
    verdict TEXT NOT NULL,
    reason TEXT,
    tool TEXT NOT NULL,
    head TEXT,
    source TEXT,
    command TEXT,
    environment INTEGER REFERENCES environments
) STRICT;
CREATE INDEX runs_by_time ON runs (at, id);
CREATE TABLE results (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    path TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('reproduced', 'failed', 'unknown')),
    state TEXT NOT NULL,
    sha256 TEXT,
    locked TEXT,
    cause TEXT,
    why TEXT,
    PRIMARY KEY (run, path)
) STRICT, WITHOUT ROWID;
