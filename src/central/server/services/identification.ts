import { createHash, randomInt, timingSafeEqual } from 'node:crypto'
import type { ChallengeId, IdentificationId, KioskId } from '../../contract/fields.ts'
import type {
  FaceVerificationRequest,
  Identification,
  IdentificationRequest,
  SmsChallenge,
  SmsCodeRequest,
  Verification,
} from '../../contract/identification.ts'
import type { Problem } from '../../contract/problem.ts'
import { maskName, maskPhone } from '../../../domain/mask.ts'
import { err, ok, type Result } from '../../../lib/result.ts'
import type { StoredIdentification } from '../store/identifications.ts'
import { opaqueId } from '../store/numbers.ts'
import { now, type Centre } from './centre.ts'

/** Twice the kiosk's longest visit: an identification never outlives it by much even if the kiosk dies. */
const IDENTIFICATION_MS = 25 * 60_000
const FACE_TRIES = 3
const CERTIFICATE_TRIES = 5
const SMS_TRIES = 5
const SMS_VALID_MS = 5 * 60_000
const SMS_RESEND_MS = 60_000

/** Binds the person to this kiosk and visit. A wrong name is answered like an unknown person. */
export function identify(centre: Centre, kioskId: KioskId, request: IdentificationRequest): Identification {
  const person = centre.registry.person(request.idNo)
  const known = person !== null && person.name === request.name ? person : null
  const phone = known?.phone ?? null
  const identificationId = opaqueId('I') as IdentificationId
  const expiresAt = now(centre) + IDENTIFICATION_MS
  const row = { identificationId, kioskId, visitId: request.visitId, idNo: known?.idNo ?? null, expiresAt }
  centre.identifications.open(row, now(centre))
  return {
    identificationId,
    personKnown: known !== null,
    nameMasked: maskName(request.name),
    phoneMasked: phone === null ? null : maskPhone(phone),
    portrait: known?.portrait?.toString('base64') ?? null,
    expiresAt,
  }
}

/** The live identification of this kiosk, or that it has ended. */
export function liveIdentification(
  centre: Centre,
  kioskId: KioskId,
  identificationId: IdentificationId,
): Result<StoredIdentification, Problem> {
  const live = centre.identifications.live(identificationId, kioskId, now(centre))
  return live === null ? err({ code: 'IDENTIFICATION_EXPIRED' }) : ok(live)
}

/** As above, and the person has been verified, by whichever way. */
export function verifiedPerson(
  centre: Centre,
  kioskId: KioskId,
  identificationId: IdentificationId,
): Result<StoredIdentification, Problem> {
  const live = liveIdentification(centre, kioskId, identificationId)
  if (!live.ok) return live
  return live.value.verifiedBy === null ? err({ code: 'NOT_VERIFIED' }) : live
}

/** Takes note of the comparison the kiosk made. After three failures only the other way is open (scenario 20). */
export function recordFace(
  centre: Centre,
  identification: StoredIdentification,
  request: FaceVerificationRequest,
): Result<Verification, Problem> {
  const { identificationId, faceFailures, expiresAt } = identification
  if (faceFailures >= FACE_TRIES) return err({ code: 'VERIFICATION_EXHAUSTED' })
  const passed = request.result === 'PASS'
  if (passed) centre.identifications.verified(identificationId, 'FACE')
  else centre.identifications.faceFailed(identificationId)
  const attemptsLeft = FACE_TRIES - faceFailures - (passed ? 0 : 1)
  return ok({ verified: passed, method: 'FACE', attemptsLeft, expiresAt })
}

/**
 * The equal way without a face: whoever knows the number (or check code) of a certificate of one's own vehicles gets a
 * code on the phone on record. Five wrong certificates end this way for the visit; so do five wrong codes in all.
 */
export function sendSmsCode(
  centre: Centre,
  identification: StoredIdentification,
  request: SmsCodeRequest,
): Result<SmsChallenge, Problem> {
  const { identificationId, idNo, certificateFailures } = identification
  if (certificateFailures >= CERTIFICATE_TRIES) return err({ code: 'VERIFICATION_EXHAUSTED' })
  if (idNo === null || !ownsCertificate(centre, idNo, request)) {
    centre.identifications.certificateFailed(identificationId)
    return err({ code: 'CERTIFICATE_MISMATCH', attemptsLeft: CERTIFICATE_TRIES - certificateFailures - 1 })
  }
  const phone = centre.registry.person(idNo)?.phone ?? null
  if (phone === null) return err({ code: 'NO_PHONE' })
  return issueCode(centre, identificationId, phone)
}

function issueCode(centre: Centre, identificationId: IdentificationId, phone: string): Result<SmsChallenge, Problem> {
  const at = now(centre)
  const former = centre.identifications.challenge(identificationId)
  if (former !== null && former.attemptsLeft <= 0) return err({ code: 'VERIFICATION_EXHAUSTED' })
  if (former !== null && former.resendAfter > at) {
    return err({ code: 'SMS_TOO_SOON', retryAfterSeconds: Math.ceil((former.resendAfter - at) / 1000) })
  }
  const code = String(randomInt(1_000_000)).padStart(6, '0')
  const challengeId = opaqueId('C') as ChallengeId
  const challenge = {
    challengeId,
    codeHash: hashCode(challengeId, code),
    attemptsLeft: former?.attemptsLeft ?? SMS_TRIES,
    expiresAt: at + SMS_VALID_MS,
    resendAfter: at + SMS_RESEND_MS,
  }
  centre.identifications.addChallenge(identificationId, challenge)
  centre.identifications.sendSms(phone, code, at)
  return ok({
    challengeId,
    phoneMasked: maskPhone(phone),
    expiresAt: challenge.expiresAt,
    resendAfter: challenge.resendAfter,
  })
}

export function checkSmsCode(
  centre: Centre,
  identification: StoredIdentification,
  challengeId: ChallengeId,
  code: string,
): Result<Verification, Problem> {
  const challenge = centre.identifications.challenge(identification.identificationId)
  if (challenge === null || challenge.challengeId !== challengeId) return err({ code: 'NOT_FOUND' })
  if (challenge.attemptsLeft <= 0) return err({ code: 'VERIFICATION_EXHAUSTED' })
  if (challenge.expiresAt <= now(centre)) return err({ code: 'SMS_CODE_EXPIRED' })
  if (!timingSafeEqual(Buffer.from(hashCode(challengeId, code)), Buffer.from(challenge.codeHash))) {
    centre.identifications.spendTry(challengeId)
    const attemptsLeft = challenge.attemptsLeft - 1
    return attemptsLeft === 0 ? err({ code: 'VERIFICATION_EXHAUSTED' }) : err({ code: 'SMS_CODE_WRONG', attemptsLeft })
  }
  centre.identifications.useUp(challengeId)
  centre.identifications.verified(identification.identificationId, 'SMS')
  return ok({
    verified: true,
    method: 'SMS',
    attemptsLeft: challenge.attemptsLeft,
    expiresAt: identification.expiresAt,
  })
}

function ownsCertificate(centre: Centre, idNo: string, request: SmsCodeRequest): boolean {
  return centre.registry
    .vehiclesOf(idNo)
    .some(({ certificate }) =>
      'certificateNo' in request
        ? certificate?.certificateNo === request.certificateNo
        : certificate?.verifyCode === request.verifyCode,
    )
}

function hashCode(challengeId: ChallengeId, code: string): string {
  return createHash('sha256').update(`${challengeId}:${code}`).digest('hex')
}
