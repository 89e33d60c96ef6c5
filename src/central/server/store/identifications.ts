import type { ChallengeId, IdentificationId, KioskId, VisitId } from '../../contract/fields.ts'
import type { CentralDatabase } from './database.ts'

export interface StoredIdentification {
  readonly identificationId: IdentificationId
  readonly kioskId: KioskId
  readonly visitId: VisitId
  /** Null when the person is not on record: such a visit sees no vehicles. */
  readonly idNo: string | null
  readonly verifiedBy: 'FACE' | 'SMS' | null
  readonly faceFailures: number
  readonly certificateFailures: number
  readonly expiresAt: number
}

export interface StoredChallenge {
  readonly challengeId: ChallengeId
  readonly codeHash: string
  readonly attemptsLeft: number
  readonly expiresAt: number
  readonly resendAfter: number
}

interface IdentificationRow {
  identification_id: IdentificationId
  kiosk_id: KioskId
  visit_id: VisitId
  id_no: string | null
  verified_by: 'FACE' | 'SMS' | null
  face_failures: number
  certificate_failures: number
  expires_at: number
}

interface ChallengeRow {
  challenge_id: ChallengeId
  code_hash: string
  attempts_left: number
  expires_at: number
  resend_after: number
}

/** Who stands at which kiosk: short-lived rows that go when the visit goes. */
export class Identifications {
  private readonly database: CentralDatabase

  constructor(database: CentralDatabase) {
    this.database = database
  }

  /** A kiosk serves one citizen: opening an identification ends the kiosk's former ones, and all that have expired. */
  open(
    row: Pick<StoredIdentification, 'identificationId' | 'kioskId' | 'visitId' | 'idNo' | 'expiresAt'>,
    now: number,
  ): void {
    this.database.prepare('DELETE FROM identification WHERE kiosk_id = ? OR expires_at < ?').run(row.kioskId, now)
    this.database
      .prepare(
        'INSERT INTO identification (identification_id, kiosk_id, visit_id, id_no, expires_at) VALUES (?, ?, ?, ?, ?)',
      )
      .run(row.identificationId, row.kioskId, row.visitId, row.idNo, row.expiresAt)
  }

  live(identificationId: IdentificationId, kioskId: KioskId, now: number): StoredIdentification | null {
    const row = this.database
      .prepare<[string, string, number], IdentificationRow>(
        'SELECT * FROM identification WHERE identification_id = ? AND kiosk_id = ? AND expires_at > ?',
      )
      .get(identificationId, kioskId, now)
    if (row === undefined) return null
    return {
      identificationId: row.identification_id,
      kioskId: row.kiosk_id,
      visitId: row.visit_id,
      idNo: row.id_no,
      verifiedBy: row.verified_by,
      faceFailures: row.face_failures,
      certificateFailures: row.certificate_failures,
      expiresAt: row.expires_at,
    }
  }

  end(identificationId: IdentificationId, kioskId: KioskId): boolean {
    return (
      this.database
        .prepare('DELETE FROM identification WHERE identification_id = ? AND kiosk_id = ?')
        .run(identificationId, kioskId).changes === 1
    )
  }

  verified(identificationId: IdentificationId, by: 'FACE' | 'SMS'): void {
    this.database
      .prepare('UPDATE identification SET verified_by = ? WHERE identification_id = ?')
      .run(by, identificationId)
  }

  faceFailed(identificationId: IdentificationId): void {
    this.database
      .prepare('UPDATE identification SET face_failures = face_failures + 1 WHERE identification_id = ?')
      .run(identificationId)
  }

  certificateFailed(identificationId: IdentificationId): void {
    this.database
      .prepare('UPDATE identification SET certificate_failures = certificate_failures + 1 WHERE identification_id = ?')
      .run(identificationId)
  }

  addChallenge(identificationId: IdentificationId, challenge: StoredChallenge): void {
    this.database.prepare('DELETE FROM sms_challenge WHERE identification_id = ?').run(identificationId)
    this.database
      .prepare('INSERT INTO sms_challenge VALUES (?, ?, ?, ?, ?, ?)')
      .run(
        challenge.challengeId,
        identificationId,
        challenge.codeHash,
        challenge.attemptsLeft,
        challenge.expiresAt,
        challenge.resendAfter,
      )
  }

  /** The one challenge of an identification that is not used up. */
  challenge(identificationId: IdentificationId): StoredChallenge | null {
    const row = this.database
      .prepare<[string], ChallengeRow>('SELECT * FROM sms_challenge WHERE identification_id = ?')
      .get(identificationId)
    if (row === undefined) return null
    return {
      challengeId: row.challenge_id,
      codeHash: row.code_hash,
      attemptsLeft: row.attempts_left,
      expiresAt: row.expires_at,
      resendAfter: row.resend_after,
    }
  }

  spendTry(challengeId: ChallengeId): void {
    this.database
      .prepare('UPDATE sms_challenge SET attempts_left = attempts_left - 1 WHERE challenge_id = ?')
      .run(challengeId)
  }

  useUp(challengeId: ChallengeId): void {
    this.database.prepare('DELETE FROM sms_challenge WHERE challenge_id = ?').run(challengeId)
  }

  /** Where the reference centre "sends" its SMS: a table the demo and the tests read. */
  sendSms(phone: string, code: string, at: number): void {
    this.database.prepare('DELETE FROM sms_outbox WHERE at < ?').run(at - 3_600_000)
    this.database.prepare('INSERT INTO sms_outbox (phone, code, at) VALUES (?, ?, ?)').run(phone, code, at)
  }

  sentSms(): { phone: string; code: string; at: number }[] {
    return this.database
      .prepare<[], { phone: string; code: string; at: number }>('SELECT phone, code, at FROM sms_outbox ORDER BY id')
      .all()
  }
}
