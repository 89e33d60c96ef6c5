/**
 * Schema of the reference centre, one entry per version; a store of a newer version is refused, never changed.
 * Dates are `YYYY-MM-DD` (Asia/Shanghai), instants are milliseconds since the epoch, money is fen.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE signing_key (kid TEXT PRIMARY KEY, pkcs8 TEXT NOT NULL, created_at INTEGER NOT NULL, retired_at INTEGER) STRICT;

  CREATE TABLE station (station_code TEXT PRIMARY KEY, name TEXT NOT NULL, area_code TEXT NOT NULL) STRICT;
  CREATE TABLE enrolment_code (code_hash TEXT PRIMARY KEY, created_at INTEGER NOT NULL, used_at INTEGER) STRICT;
  CREATE TABLE kiosk (
    kiosk_id TEXT PRIMARY KEY, name TEXT NOT NULL, station_code TEXT NOT NULL REFERENCES station,
    key_id TEXT NOT NULL UNIQUE, key_x TEXT NOT NULL, enrolled_at INTEGER NOT NULL, revoked_at INTEGER) STRICT;
  CREATE TABLE nonce (key_id TEXT NOT NULL, nonce TEXT NOT NULL, expires_at INTEGER NOT NULL, PRIMARY KEY (key_id, nonce)) STRICT, WITHOUT ROWID;
  CREATE INDEX nonce_expiry ON nonce (expires_at);

  CREATE TABLE person (id_no TEXT PRIMARY KEY, name TEXT NOT NULL, phone TEXT, portrait BLOB) STRICT;
  CREATE TABLE operator (
    operator_id TEXT PRIMARY KEY, name TEXT NOT NULL, uscc TEXT, kind TEXT NOT NULL CHECK (kind IN ('COMPANY', 'INDIVIDUAL')),
    principal_id_no TEXT NOT NULL, status TEXT NOT NULL, permit_no TEXT, permit_valid_until TEXT, scopes TEXT NOT NULL) STRICT;
  CREATE INDEX operator_principal ON operator (principal_id_no);
  CREATE TABLE agent (operator_id TEXT NOT NULL REFERENCES operator, id_no TEXT NOT NULL, PRIMARY KEY (operator_id, id_no)) STRICT, WITHOUT ROWID;
  CREATE TABLE vehicle (
    plate_no TEXT NOT NULL, plate_color TEXT NOT NULL, operator_id TEXT NOT NULL REFERENCES operator, vin TEXT NOT NULL,
    vehicle_type_code TEXT NOT NULL, trade_code TEXT NOT NULL, operation_status TEXT NOT NULL, area_code TEXT NOT NULL,
    first_registered_on TEXT NOT NULL, total_mass_kg INTEGER NOT NULL, curb_kg INTEGER, length_mm INTEGER NOT NULL,
    width_mm INTEGER NOT NULL, height_mm INTEGER NOT NULL, has_tank INTEGER NOT NULL, long_distance INTEGER NOT NULL,
    scope_text TEXT NOT NULL, coach_grade_valid_until TEXT, PRIMARY KEY (plate_no, plate_color)) STRICT, WITHOUT ROWID;
  CREATE INDEX vehicle_operator ON vehicle (operator_id);
  CREATE TABLE certificate (
    certificate_no TEXT PRIMARY KEY, plate_no TEXT NOT NULL, plate_color TEXT NOT NULL, display_no TEXT NOT NULL,
    verify_code TEXT NOT NULL, status TEXT NOT NULL, valid_until TEXT NOT NULL, review_valid_until TEXT, next_row INTEGER NOT NULL,
    UNIQUE (plate_no, plate_color), FOREIGN KEY (plate_no, plate_color) REFERENCES vehicle) STRICT;

  CREATE TABLE inspection_report (
    report_no TEXT PRIMARY KEY, plate_no TEXT NOT NULL, plate_color TEXT NOT NULL, station_name TEXT NOT NULL, inspected_on TEXT NOT NULL,
    valid_until TEXT NOT NULL, conclusion TEXT NOT NULL, tech_grade TEXT, length_mm INTEGER NOT NULL, width_mm INTEGER NOT NULL,
    height_mm INTEGER NOT NULL, curb_kg INTEGER) STRICT;
  CREATE INDEX inspection_of ON inspection_report (plate_no, plate_color, inspected_on);
  CREATE TABLE police_record (
    plate_no TEXT NOT NULL, plate_color TEXT NOT NULL, inspection_valid_until TEXT NOT NULL, vin TEXT NOT NULL, owner_name TEXT NOT NULL,
    scrap_on TEXT, scrapped INTEGER NOT NULL, PRIMARY KEY (plate_no, plate_color)) STRICT, WITHOUT ROWID;
  CREATE TABLE gnss_record (plate_no TEXT NOT NULL, plate_color TEXT NOT NULL, networked INTEGER NOT NULL, last_online_on TEXT, PRIMARY KEY (plate_no, plate_color)) STRICT, WITHOUT ROWID;
  CREATE TABLE maintenance_record (plate_no TEXT NOT NULL, plate_color TEXT NOT NULL, valid_until TEXT NOT NULL, PRIMARY KEY (plate_no, plate_color)) STRICT, WITHOUT ROWID;
  CREATE TABLE insurance_policy (plate_no TEXT NOT NULL, plate_color TEXT NOT NULL, insurer TEXT NOT NULL, valid_until TEXT NOT NULL, PRIMARY KEY (plate_no, plate_color)) STRICT, WITHOUT ROWID;
  CREATE TABLE tank_record (plate_no TEXT NOT NULL, plate_color TEXT NOT NULL, tank_valid_until TEXT, equipment_confirmed INTEGER NOT NULL, PRIMARY KEY (plate_no, plate_color)) STRICT, WITHOUT ROWID;
  CREATE TABLE credit_entry (operator_id TEXT PRIMARY KEY, source TEXT NOT NULL, reason TEXT NOT NULL) STRICT;
  CREATE TABLE penalty_case (
    case_no TEXT PRIMARY KEY, party_type TEXT NOT NULL CHECK (party_type IN ('OPERATOR', 'VEHICLE', 'PERSON')), party_id TEXT NOT NULL,
    authority TEXT NOT NULL, contact TEXT NOT NULL, cause TEXT NOT NULL, state TEXT NOT NULL, delivered_on TEXT, fine_cents INTEGER,
    pay_code TEXT, closed_on TEXT) STRICT;
  CREATE INDEX case_party ON penalty_case (party_type, party_id);
  CREATE TABLE business_lock (
    lock_id TEXT PRIMARY KEY, subject_type TEXT NOT NULL, subject_id TEXT NOT NULL, business_types TEXT NOT NULL, reason TEXT NOT NULL,
    case_no TEXT, authority TEXT NOT NULL, contact TEXT NOT NULL, locked_at INTEGER NOT NULL, released_at INTEGER) STRICT;
  CREATE INDEX lock_subject ON business_lock (subject_type, subject_id);

  CREATE TABLE identification (
    identification_id TEXT PRIMARY KEY, kiosk_id TEXT NOT NULL REFERENCES kiosk, visit_id TEXT NOT NULL, id_no TEXT, verified_by TEXT,
    face_failures INTEGER NOT NULL DEFAULT 0, certificate_failures INTEGER NOT NULL DEFAULT 0, expires_at INTEGER NOT NULL) STRICT;
  CREATE INDEX identification_kiosk ON identification (kiosk_id);
  CREATE TABLE sms_challenge (
    challenge_id TEXT PRIMARY KEY, identification_id TEXT NOT NULL REFERENCES identification ON DELETE CASCADE, code_hash TEXT NOT NULL,
    attempts_left INTEGER NOT NULL, expires_at INTEGER NOT NULL, resend_after INTEGER NOT NULL) STRICT;
  CREATE TABLE sms_outbox (id INTEGER PRIMARY KEY, phone TEXT NOT NULL, code TEXT NOT NULL, at INTEGER NOT NULL) STRICT;

  CREATE TABLE review (
    review_id TEXT PRIMARY KEY, plate_no TEXT NOT NULL, plate_color TEXT NOT NULL, cycle_until TEXT NOT NULL, status TEXT,
    approved_on TEXT, settled_doubts TEXT NOT NULL DEFAULT '[]', acceptance_no TEXT, submitted_at INTEGER, rectify_until TEXT,
    UNIQUE (plate_no, plate_color, cycle_until), FOREIGN KEY (plate_no, plate_color) REFERENCES vehicle) STRICT;
  CREATE TABLE review_access (
    review_id TEXT NOT NULL REFERENCES review, identification_id TEXT NOT NULL REFERENCES identification ON DELETE CASCADE,
    PRIMARY KEY (review_id, identification_id)) STRICT, WITHOUT ROWID;

  CREATE TABLE number_sequence (name TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT;
  CREATE TABLE endorsement (
    endorsement_no TEXT PRIMARY KEY, review_id TEXT NOT NULL REFERENCES review, status TEXT NOT NULL, attempt INTEGER NOT NULL,
    authorization_id TEXT NOT NULL, confirmed_at INTEGER) STRICT;
  -- The law in the store itself: a review never has two numbers that are not void.
  CREATE UNIQUE INDEX one_live_endorsement ON endorsement (review_id) WHERE status <> 'VOIDED';
  CREATE TABLE authorization (
    authorization_id TEXT PRIMARY KEY, endorsement_no TEXT NOT NULL REFERENCES endorsement, kiosk_id TEXT NOT NULL REFERENCES kiosk,
    idempotency_key TEXT NOT NULL, request_hash TEXT NOT NULL, issued_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
    claims TEXT NOT NULL, UNIQUE (kiosk_id, idempotency_key)) STRICT;
  CREATE INDEX authorization_of ON authorization (endorsement_no);
  CREATE TABLE withdrawn_request (kiosk_id TEXT NOT NULL, idempotency_key TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (kiosk_id, idempotency_key)) STRICT, WITHOUT ROWID;
  CREATE TABLE print_report (
    id INTEGER PRIMARY KEY, authorization_id TEXT NOT NULL REFERENCES authorization, result TEXT NOT NULL, started_at INTEGER, at INTEGER NOT NULL,
    proof TEXT, received_at INTEGER NOT NULL) STRICT;
  CREATE INDEX report_of ON print_report (authorization_id);

  CREATE TABLE rating (visit_id TEXT PRIMARY KEY, kiosk_id TEXT NOT NULL, score INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
  CREATE TABLE event (event_id TEXT PRIMARY KEY, kiosk_id TEXT NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL, device TEXT, detail TEXT NOT NULL) STRICT;
  `,
  // Keys with their public halves, so that private ones can be destroyed; device keys apart from kiosks, so that one can follow another.
  `
  ALTER TABLE signing_key ADD COLUMN jwk TEXT NOT NULL DEFAULT '';
  ALTER TABLE signing_key ADD COLUMN introduction TEXT;
  CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
  CREATE TABLE device_key (
    key_id TEXT PRIMARY KEY, kiosk_id TEXT NOT NULL REFERENCES kiosk, jwk TEXT NOT NULL, added_at INTEGER NOT NULL,
    first_used_at INTEGER, retires_at INTEGER) STRICT;
  CREATE INDEX device_key_of ON device_key (kiosk_id);
  INSERT INTO device_key
    SELECT key_id, kiosk_id, json_object('kty', 'OKP', 'crv', 'Ed25519', 'x', key_x), enrolled_at, enrolled_at, NULL FROM kiosk;
  CREATE TABLE audit_head (
    id INTEGER PRIMARY KEY, kiosk_id TEXT NOT NULL REFERENCES kiosk, seq INTEGER NOT NULL, hash TEXT NOT NULL, at INTEGER NOT NULL,
    received_at INTEGER NOT NULL, continues INTEGER NOT NULL) STRICT;
  CREATE INDEX audit_head_of ON audit_head (kiosk_id, seq);
  `,
  // What a head says it goes on from: a late one is compared with the one that came after it.
  `
  ALTER TABLE audit_head ADD COLUMN after_seq INTEGER;
  ALTER TABLE audit_head ADD COLUMN after_hash TEXT;
  `,
]
