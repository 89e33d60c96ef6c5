import { existsSync, readFileSync } from 'node:fs'
import type { KeyPair, PublicKey } from '../../central/contract/key.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import {
  carryLocalChanges,
  describeSignatureProblem,
  signLocalChange,
  type SiteSignatureProblem,
} from '../site/site-signature.ts'
import { mayTechnicianChange } from '../site/technician-scope.ts'
import { writeDurably } from './durable-file.ts'
import { sentence } from './words.ts'

const sealOf = (sitePath: string): string => `${sitePath}.sig`

/** Tells which fields of the site file only its signer may change; of a file that is not signed, none. */
export function fixedIn(sitePath: string): (path: string) => boolean {
  return existsSync(sealOf(sitePath)) ? (path) => !mayTechnicianChange(path) : () => false
}

/**
 * Where the site file is signed: puts a technician's change under the kiosk's own signature, before the file itself
 * changes. Where it is not, there is nothing to do. `now` is milliseconds since the epoch.
 * @returns in the technician's language, why it cannot be signed and what to do
 */
export function sealChange(
  sitePath: string,
  next: string,
  device: KeyPair,
  staff: string,
  now: number,
): Result<void, string> {
  const seal = sealOf(sitePath)
  if (!existsSync(seal)) return ok()
  const texts = { former: readFileSync(sitePath, 'utf8'), next, signature: readFileSync(seal, 'utf8') }
  const signed = signLocalChange(texts, device, staff, now)
  if (!signed.ok) return err(wordsFor(signed.error, sitePath))
  writeDurably(seal, signed.value)
  return ok()
}

function wordsFor(problem: SiteSignatureProblem, sitePath: string): string {
  switch (problem.code) {
    case 'NOT_THE_TECHNICIANS':
      return sentence('console.siteProblem.fixed', { paths: problem.paths.join('、') })
    case 'SIGNATURE_DAMAGED':
      return sentence('console.siteProblem.sealDamaged')
    default:
      return describeSignatureProblem(problem, sitePath)
  }
}

/** Before the device key changes: what the present key vouches for is vouched for by the next one, too. */
export function carrySeal(sitePath: string, present: PublicKey, next: KeyPair): void {
  const seal = sealOf(sitePath)
  if (!existsSync(seal)) return
  const carried = carryLocalChanges(readFileSync(seal, 'utf8'), present, next)
  if (carried !== null) writeDurably(seal, carried)
}
