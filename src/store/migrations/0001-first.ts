import { APPLICATION_ID } from '../identity.ts'
import type { Migration } from '../migrate.ts'

/** Times are milliseconds since the epoch. Which status may follow which is said once, in endorsement.ts. */
export const first: Migration = {
  version: 1,
  name: 'visits, endorsements, print jobs, outbox, audit chain, settings',
  sql: `
PRAGMA application_id = ${APPLICATION_ID};

CREATE TABLE settings (
  key        TEXT PRIMARY KEY,
  value      TEXT NOT NULL CHECK (json_valid(value)),
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE visits (
  visit_id   TEXT PRIMARY KEY,
  started_at INTEGER NOT NULL,
  ended_at   INTEGER,
  outcome    TEXT,
  method     TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX visits_open ON visits (started_at) WHERE ended_at IS NULL;

CREATE TABLE ratings (
  visit_id TEXT PRIMARY KEY REFERENCES visits ON DELETE CASCADE,
  score    INTEGER NOT NULL CHECK (score BETWEEN 1 AND 5),
  rated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE endorsements (
  key                TEXT PRIMARY KEY,
  kiosk_id           TEXT NOT NULL,
  visit_id           TEXT NOT NULL,
  review_id          TEXT NOT NULL,
  plate_no           TEXT NOT NULL,
  plate_color        TEXT NOT NULL,
  subject_hash       TEXT NOT NULL,
  subject_masked     TEXT NOT NULL,
  status             TEXT NOT NULL,
  attempt            INTEGER NOT NULL,
  endorsement_no     TEXT,
  authorization      TEXT,
  expires_at         INTEGER,
  reason             TEXT,
  finding            TEXT CHECK (finding IS NULL OR json_valid(finding)),
  requested_at       INTEGER NOT NULL,
  authorized_at      INTEGER,
  print_requested_at INTEGER,
  printing_at        INTEGER,
  settled_at         INTEGER,
  closed_at          INTEGER,
  CHECK ((endorsement_no IS NULL) = (authorization IS NULL))
) STRICT;
CREATE INDEX endorsements_review ON endorsements (review_id);
CREATE INDEX endorsements_number ON endorsements (endorsement_no) WHERE endorsement_no IS NOT NULL;
CREATE INDEX endorsements_open ON endorsements (requested_at) WHERE closed_at IS NULL;

CREATE TABLE print_jobs (
  serial          INTEGER PRIMARY KEY AUTOINCREMENT,
  job_id          TEXT NOT NULL UNIQUE,
  endorsement_key TEXT REFERENCES endorsements ON DELETE CASCADE,
  document        TEXT NOT NULL,
  role            TEXT NOT NULL,
  attempt         INTEGER NOT NULL,
  sha256          TEXT NOT NULL,
  state           TEXT NOT NULL,
  reason          TEXT,
  requested_at    INTEGER NOT NULL,
  started_at      INTEGER,
  settled_at      INTEGER
) STRICT;
CREATE INDEX print_jobs_endorsement ON print_jobs (endorsement_key) WHERE endorsement_key IS NOT NULL;
CREATE INDEX print_jobs_open ON print_jobs (serial) WHERE state IN ('REQUESTED', 'PRINTING', 'UNKNOWN');

-- next_attempt_at is set on the first unsent row of each aggregate only: the rows behind it wait for it.
CREATE TABLE outbox (
  id              INTEGER PRIMARY KEY,
  aggregate       TEXT NOT NULL,
  seq             INTEGER NOT NULL,
  kind            TEXT NOT NULL,
  payload         TEXT NOT NULL CHECK (json_valid(payload)),
  idempotency_key TEXT NOT NULL UNIQUE,
  state           TEXT NOT NULL CHECK (state IN ('PENDING', 'SENT', 'PARKED')),
  attempts        INTEGER NOT NULL DEFAULT 0,
  refusals        INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER,
  created_at      INTEGER NOT NULL,
  sent_at         INTEGER,
  last_error      TEXT,
  UNIQUE (aggregate, seq)
) STRICT;
CREATE INDEX outbox_pending ON outbox (next_attempt_at, id, created_at) WHERE state = 'PENDING';
CREATE INDEX outbox_parked ON outbox (id) WHERE state = 'PARKED';

-- AUTOINCREMENT keeps the highest seq ever given in sqlite_sequence: a chain whose end was cut off is noticed.
CREATE TABLE audit (
  seq       INTEGER PRIMARY KEY AUTOINCREMENT,
  at        INTEGER NOT NULL,
  actor     TEXT NOT NULL,
  action    TEXT NOT NULL,
  target    TEXT NOT NULL,
  result    TEXT NOT NULL,
  detail    TEXT NOT NULL,
  prev_hash TEXT NOT NULL,
  hash      TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_is_never_updated BEFORE UPDATE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END;
`,
}
