import { isUsable, keyIdOf, type PublicKey } from '../../contract/key.ts'
import { verifyJws } from '../../contract/jws.ts'
import type { Problem } from '../../contract/problem.ts'
import type { ResponseOf } from '../../contract/routes.ts'
import { KEY_ROTATION_TYP, keyRotationProof, type KeyRotationRequest } from '../../contract/station.ts'
import { err, ok, type Result } from '../../../lib/result.ts'
import type { Kiosk } from '../store/kiosks.ts'
import { atomically, now, type Centre } from './centre.ts'

/** Whether the province takes keys of this kind; one that demands 国密 takes no other. */
export function isAccepted(centre: Centre, key: PublicKey): boolean {
  const demanded = centre.settings.province.signature
  return isUsable(key) && (demanded === 'ed25519' || key.kty === 'EC')
}

/**
 * Gives the kiosk a new key beside its present one. The present one stays good until the new one is first used (see
 * `Kiosks.noteUse`), so a kiosk whose answer was lost asks again with the same key and is told the same. Another new key
 * replaces one that was never used: the kiosk has lost it.
 */
export function rotateKey(
  centre: Centre,
  kiosk: Kiosk,
  request: KeyRotationRequest,
): Result<ResponseOf<'rotateKey'>, Problem> {
  const { publicKey } = request
  if (!isAccepted(centre, publicKey)) return err({ code: 'INVALID_REQUEST', path: 'body.publicKey' })
  const next = keyIdOf(publicKey)
  const proof = verifyJws(request.proof, KEY_ROTATION_TYP, (kid) => (kid === next ? publicKey : undefined))
  const claims = proof.ok ? keyRotationProof.safeParse(proof.value.payload) : null
  if (claims?.success !== true || claims.data.from !== kiosk.keyId) return err({ code: 'BAD_SIGNATURE' })
  return atomically(centre, () => {
    const owner = centre.kiosks.byKey(next, now(centre))
    if (owner !== null && owner.kioskId !== kiosk.kioskId)
      return err({ code: 'INVALID_REQUEST', path: 'body.publicKey' })
    if (owner === null) centre.kiosks.addNextKey(kiosk.kioskId, publicKey, now(centre))
    return ok({ keyId: next, kioskId: kiosk.kioskId })
  })
}
