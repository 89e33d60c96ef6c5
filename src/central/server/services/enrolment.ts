import { randomInt } from 'node:crypto'
import type { Problem } from '../../contract/problem.ts'
import { keyIdOf } from '../../contract/key.ts'
import type { Enrolment, EnrolmentRequest } from '../../contract/station.ts'
import { err, ok, type Result } from '../../../lib/result.ts'
import type { Kiosk } from '../store/kiosks.ts'
import { nextKioskId } from '../store/numbers.ts'
import { atomically, now, type Centre } from './centre.ts'
import { isAccepted } from './device-keys.ts'

/** No 0/O, 1/I: a technician reads it from a paper. */
const CODE_ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

/** Makes a one-time code, `XXXX-XXXX-XXXX` (60 bits), and keeps only its hash. */
export function createEnrolmentCode(centre: Centre): string {
  const group = () => Array.from({ length: 4 }, () => CODE_ALPHABET.charAt(randomInt(CODE_ALPHABET.length))).join('')
  const code = [group(), group(), group()].join('-')
  centre.kiosks.addEnrolmentCode(code, now(centre))
  return code
}

/**
 * Registers the key that signed the request. A key that is enrolled already gets its enrolment again and uses no code:
 * the answer may have been lost on the way, and the signature proves who asks. A revoked key is refused.
 */
export function enrol(centre: Centre, request: EnrolmentRequest): Result<Enrolment, Problem> {
  const station = centre.kiosks.station(request.stationCode)
  if (station === null) return err({ code: 'INVALID_REQUEST', path: 'stationCode' })
  if (!isAccepted(centre, request.publicKey)) return err({ code: 'INVALID_REQUEST', path: 'publicKey' })
  const keyId = keyIdOf(request.publicKey)
  return atomically(centre, () => {
    const known = centre.kiosks.byKey(keyId, now(centre))
    if (known !== null) return known.revoked ? err({ code: 'KEY_REVOKED' }) : ok(enrolmentOf(centre, known))
    if (!centre.kiosks.useEnrolmentCode(request.enrolmentCode, now(centre)))
      return err({ code: 'ENROLMENT_CODE_INVALID' })
    const kiosk = {
      kioskId: nextKioskId(centre.database, station.areaCode),
      name: request.kioskName,
      station,
      keyId,
      key: request.publicKey,
      revoked: false,
    }
    centre.kiosks.add(kiosk, now(centre))
    return ok(enrolmentOf(centre, kiosk))
  })
}

export function enrolmentOf(centre: Centre, { kioskId, name, station, keyId }: Kiosk): Enrolment {
  return { kioskId, kioskName: name, stationName: station.name, province: centre.settings.province.name, keyId }
}
