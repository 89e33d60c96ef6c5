import type { AuthorizationClaims, PrintResultReport } from '../../contract/endorsement.ts'
import type { AuthorizationId, KioskId, ReviewId } from '../../contract/fields.ts'
import type { EndorsementNo } from '../../../domain/endorsement-no.ts'
import { mayEndorsementBecome, type EndorsementStatus, type PrintResult } from '../../../domain/endorsement.ts'
import type { VehicleKey } from '../../../domain/plate.ts'
import type { CentralDatabase } from './database.ts'

/** One endorsement with its current authorization. */
export interface StoredEndorsement {
  readonly endorsementNo: EndorsementNo
  readonly reviewId: ReviewId
  readonly attempt: number
  /** As a reader must understand it now: an authorization that ran out without a report is PRINT_UNKNOWN. */
  readonly status: EndorsementStatus
  readonly authorizationId: AuthorizationId
  readonly kioskId: KioskId
  readonly issuedAt: number
  readonly expiresAt: number
  readonly confirmedAt: number | null
  readonly claims: AuthorizationClaims
}

export interface StoredAuthorization {
  readonly authorizationId: AuthorizationId
  readonly endorsementNo: EndorsementNo
  readonly requestHash: string
  readonly claims: AuthorizationClaims
}

export interface StoredReport {
  readonly result: PrintResult
  readonly byFinding: boolean
}

export interface Issue {
  readonly claims: AuthorizationClaims
  readonly idempotencyKey: string
  readonly requestHash: string
  readonly issuedAt: number
  readonly expiresAt: number
}

interface EndorsementRow {
  endorsement_no: EndorsementNo
  review_id: ReviewId
  status: EndorsementStatus
  attempt: number
  authorization_id: AuthorizationId
  confirmed_at: number | null
  kiosk_id: KioskId
  issued_at: number
  expires_at: number
  claims: string
}

const SELECT = `SELECT e.*, a.kiosk_id, a.issued_at, a.expires_at, a.claims FROM endorsement e JOIN authorization a USING (authorization_id)`

/** The ledger of numbers, authorizations and what became of them on paper. */
export class Endorsements {
  private readonly database: CentralDatabase

  constructor(database: CentralDatabase) {
    this.database = database
  }

  byNo(no: EndorsementNo, now: number): StoredEndorsement | null {
    return read(this.database.prepare<[string], EndorsementRow>(`${SELECT} WHERE e.endorsement_no = ?`).get(no), now)
  }

  /** The endorsement of a review that is not void, else the last void one, else null. */
  ofReview(reviewId: ReviewId, now: number): StoredEndorsement | null {
    return read(
      this.database
        .prepare<[string], EndorsementRow>(
          `${SELECT} WHERE e.review_id = ? ORDER BY e.status = 'VOIDED', e.rowid DESC LIMIT 1`,
        )
        .get(reviewId),
      now,
    )
  }

  lastConfirmed(vehicle: VehicleKey, now: number): StoredEndorsement | null {
    return read(
      this.database
        .prepare<[string, string], EndorsementRow>(
          `${SELECT} JOIN review r ON r.review_id = e.review_id
           WHERE r.plate_no = ? AND r.plate_color = ? AND e.status = 'CONFIRMED' ORDER BY e.confirmed_at DESC LIMIT 1`,
        )
        .get(vehicle.plateNo, vehicle.plateColor),
      now,
    )
  }

  all(now: number): StoredEndorsement[] {
    return this.database
      .prepare<[], EndorsementRow>(`${SELECT} ORDER BY e.rowid`)
      .all()
      .flatMap((row) => read(row, now) ?? [])
  }

  authorizationByKey(kioskId: KioskId, idempotencyKey: string): StoredAuthorization | null {
    return readAuthorization(
      this.database
        .prepare<[string, string], AuthorizationRow>(
          'SELECT * FROM authorization WHERE kiosk_id = ? AND idempotency_key = ?',
        )
        .get(kioskId, idempotencyKey),
    )
  }

  /** True when it was not withdrawn before. */
  withdraw(kioskId: KioskId, idempotencyKey: string, at: number): boolean {
    return (
      this.database
        .prepare(
          'INSERT INTO withdrawn_request (kiosk_id, idempotency_key, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
        )
        .run(kioskId, idempotencyKey, at).changes === 1
    )
  }

  isWithdrawn(kioskId: KioskId, idempotencyKey: string): boolean {
    return (
      this.database
        .prepare('SELECT 1 FROM withdrawn_request WHERE kiosk_id = ? AND idempotency_key = ?')
        .get(kioskId, idempotencyKey) !== undefined
    )
  }

  authorization(authorizationId: AuthorizationId): StoredAuthorization | null {
    return readAuthorization(
      this.database
        .prepare<[string], AuthorizationRow>('SELECT * FROM authorization WHERE authorization_id = ?')
        .get(authorizationId),
    )
  }

  /** Writes a first authorization with its number, or the next one of an existing number. */
  issue({ claims, ...issue }: Issue): void {
    const { endorsementNo, jti, reviewId, attempt, kioskId } = claims
    this.database
      .prepare(
        `INSERT INTO endorsement (endorsement_no, review_id, status, attempt, authorization_id) VALUES (?, ?, 'AUTHORIZED', ?, ?)
         ON CONFLICT (endorsement_no) DO UPDATE SET status = 'AUTHORIZED', attempt = excluded.attempt, authorization_id = excluded.authorization_id`,
      )
      .run(endorsementNo, reviewId, attempt, jti)
    this.database
      .prepare('INSERT INTO authorization VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
      .run(
        jti,
        endorsementNo,
        kioskId,
        issue.idempotencyKey,
        issue.requestHash,
        issue.issuedAt,
        issue.expiresAt,
        JSON.stringify(claims),
      )
  }

  /** Moves along the state machine; throws for a step it does not have (our bug). */
  become(endorsement: StoredEndorsement, status: EndorsementStatus, confirmedAt: number | null): void {
    if (endorsement.status !== status && !mayEndorsementBecome(endorsement.status, status)) {
      throw new Error(`endorsement ${endorsement.status} → ${status}`)
    }
    this.database
      .prepare('UPDATE endorsement SET status = ?, confirmed_at = ? WHERE endorsement_no = ?')
      .run(status, confirmedAt, endorsement.endorsementNo)
  }

  addReport(report: PrintResultReport, receivedAt: number): void {
    this.database
      .prepare(
        'INSERT INTO print_report (authorization_id, result, started_at, at, proof, received_at) VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run(
        report.authorizationId,
        report.result,
        report.startedAt,
        report.at,
        report.proof === null ? null : JSON.stringify(report.proof),
        receivedAt,
      )
  }

  /** What has been told of an authorization, oldest first. */
  reports(authorizationId: AuthorizationId): readonly StoredReport[] {
    return this.database
      .prepare<[string], { result: PrintResult; by_finding: number }>(
        `SELECT result, coalesce(json_extract(proof, '$.method') = 'TECHNICIAN_FINDING', 0) AS by_finding
         FROM print_report WHERE authorization_id = ? ORDER BY id`,
      )
      .all(authorizationId)
      .map(({ result, by_finding: byFinding }) => ({ result, byFinding: byFinding === 1 }))
  }
}

interface AuthorizationRow {
  authorization_id: AuthorizationId
  endorsement_no: EndorsementNo
  request_hash: string
  claims: string
}

function readAuthorization(row: AuthorizationRow | undefined): StoredAuthorization | null {
  if (row === undefined) return null
  return {
    authorizationId: row.authorization_id,
    endorsementNo: row.endorsement_no,
    requestHash: row.request_hash,
    claims: JSON.parse(row.claims) as AuthorizationClaims,
  }
}

function read(row: EndorsementRow | undefined, now: number): StoredEndorsement | null {
  if (row === undefined) return null
  return {
    endorsementNo: row.endorsement_no,
    reviewId: row.review_id,
    attempt: row.attempt,
    status: row.status === 'AUTHORIZED' && now >= row.expires_at ? 'PRINT_UNKNOWN' : row.status,
    authorizationId: row.authorization_id,
    kioskId: row.kiosk_id,
    issuedAt: row.issued_at,
    expiresAt: row.expires_at,
    confirmedAt: row.confirmed_at,
    claims: JSON.parse(row.claims) as AuthorizationClaims,
  }
}
