import type { IncomingHttpHeaders } from 'node:http'
import type { Problem } from '../../contract/problem.ts'
import { keyIdOf } from '../../contract/key.ts'
import { ALLOWED_SKEW_MS } from '../../contract/routes.ts'
import { parseSignature, verifySignature, type ParsedSignature, type ReceivedParts } from '../../contract/signature.ts'
import { enrolmentRequest } from '../../contract/station.ts'
import { err, ok, type Result } from '../../../lib/result.ts'
import { now, type Centre } from '../services/centre.ts'
import type { Kiosk } from '../store/kiosks.ts'

/** A nonce is kept until its request could not be accepted any more, whichever way the clocks differ. */
const NONCE_KEPT_MS = 3 * ALLOWED_SKEW_MS

export interface Received {
  readonly parts: ReceivedParts
  readonly headers: IncomingHttpHeaders
}

/** The enrolled kiosk whose key signed the request, exactly once and just now. */
export function authenticateKiosk(centre: Centre, { parts, headers }: Received): Result<Kiosk, Problem> {
  const parsed = parseSignature(headers)
  if (!parsed.ok) return parsed
  const kiosk = centre.kiosks.byKey(parsed.value.keyId, now(centre))
  if (kiosk === null) return err({ code: 'UNKNOWN_KEY' })
  if (!verifySignature(parts, parsed.value, kiosk.key)) return err({ code: 'BAD_SIGNATURE' })
  if (kiosk.revoked) return err({ code: 'KEY_REVOKED' })
  const fresh = checkFresh(centre, parsed.value)
  if (!fresh.ok) return fresh
  centre.kiosks.noteUse(kiosk, now(centre))
  return ok(kiosk)
}

/** For enrolment: the request is signed by the key it brings, which proves that the kiosk has it. */
export function authenticateNewKey(centre: Centre, { parts, headers }: Received, body: unknown): Result<void, Problem> {
  const parsed = parseSignature(headers)
  if (!parsed.ok) return parsed
  const request = enrolmentRequest.safeParse(body)
  if (!request.success) return err({ code: 'INVALID_REQUEST', path: request.error.issues[0]?.path.join('.') ?? '' })
  const { publicKey } = request.data
  if (keyIdOf(publicKey) !== parsed.value.keyId) return err({ code: 'BAD_SIGNATURE' })
  if (!verifySignature(parts, parsed.value, publicKey)) return err({ code: 'BAD_SIGNATURE' })
  return checkFresh(centre, parsed.value)
}

function checkFresh(centre: Centre, { created, nonce, keyId }: ParsedSignature): Result<void, Problem> {
  const serverTime = now(centre)
  if (Math.abs(created * 1000 - serverTime) > ALLOWED_SKEW_MS) {
    return err({ code: 'CLOCK_SKEW', serverTime, allowedMs: ALLOWED_SKEW_MS })
  }
  const isNew = centre.kiosks.rememberNonce(keyId, nonce, serverTime, created * 1000 + NONCE_KEPT_MS)
  return isNew ? ok() : err({ code: 'REPLAYED' })
}
