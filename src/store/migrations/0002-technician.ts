import type { Migration } from '../migrate.ts'

/** What technicians leave behind: self-tests, readiness reports, and what was used up since somebody refilled it. */
export const technician: Migration = {
  version: 2,
  name: 'self-tests, readiness reports, consumables',
  sql: `
CREATE TABLE self_tests (
  id       INTEGER PRIMARY KEY,
  role     TEXT NOT NULL,
  test     TEXT NOT NULL,
  at       INTEGER NOT NULL,
  passed   INTEGER NOT NULL CHECK (passed IN (0, 1)),
  measured TEXT NOT NULL CHECK (json_valid(measured)),
  failure  TEXT,
  staff    TEXT NOT NULL
) STRICT;
CREATE INDEX self_tests_latest ON self_tests (role, test, at);

CREATE TABLE readiness_reports (
  id          INTEGER PRIMARY KEY,
  at          INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  verdict     TEXT NOT NULL CHECK (verdict IN ('READY', 'WARNINGS', 'NOT_READY')),
  staff       TEXT NOT NULL,
  items       TEXT NOT NULL CHECK (json_valid(items))
) STRICT;
CREATE INDEX readiness_reports_at ON readiness_reports (at);

-- value counts up since somebody put a full one in; capacity is what a full one lasts, where anybody knows.
CREATE TABLE consumables (
  role     TEXT NOT NULL,
  counter  TEXT NOT NULL,
  value    REAL NOT NULL DEFAULT 0,
  since    INTEGER NOT NULL,
  capacity REAL,
  PRIMARY KEY (role, counter)
) STRICT, WITHOUT ROWID;

CREATE TABLE consumable_days (
  role    TEXT NOT NULL,
  counter TEXT NOT NULL,
  day     INTEGER NOT NULL,
  amount  REAL NOT NULL,
  PRIMARY KEY (role, counter, day)
) STRICT, WITHOUT ROWID;
`,
}
