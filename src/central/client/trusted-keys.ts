import { z } from 'zod'
import { isUsable, keyIdOf, publicKey, type PublicKey } from '../contract/key.ts'
import { verifyJws } from '../contract/jws.ts'
import { KEY_INTRODUCTION_TYP, keyIntroduction, type PublishedKeys } from '../contract/station.ts'
import { err, ok, type Result } from '../../lib/result.ts'

/** The centre's signing keys as this kiosk first knew them and as they were introduced since. By key id. */
export const TrustedKeys = z.record(z.string().max(64), publicKey)
export type TrustedKeys = z.infer<typeof TrustedKeys>

/** Where the kiosk keeps what it knows; the client asks before it believes any set of keys. */
export interface KeyPins {
  /** Null before the first set. */
  read(): TrustedKeys | null
  /** Durable when it returns. */
  write(keys: TrustedKeys): void
  /** A set came that no known key vouches for. */
  alarm(problem: KeySetProblem): void
}

export type KeySetProblem =
  /** A key calls itself by another's name, or is no point of its curve. */
  | { readonly code: 'KEY_MISNAMED'; readonly kid: string }
  /** No key this kiosk knows has introduced it. */
  | { readonly code: 'KEY_NOT_INTRODUCED'; readonly kid: string }

/**
 * Decides whether a published set of keys is the centre's. The first one is believed, since it comes over the enrolled
 * connection (TLS with the site's CA); every later key must be introduced by one that is known already, directly or
 * through others. What is returned replaces what was known: a key that is no longer published vouches for nothing more.
 */
export function acceptKeySet(known: TrustedKeys | null, set: PublishedKeys): Result<TrustedKeys, KeySetProblem> {
  for (const { kid, key } of set.keys) {
    if (!isUsable(key) || keyIdOf(key) !== kid) return err({ code: 'KEY_MISNAMED', kid })
  }
  const published = Object.fromEntries(set.keys.map(({ kid, key }) => [kid, key]))
  if (known === null) return ok(published)
  const vouched = introducedFrom(known, set.introductions)
  const stranger = Object.keys(published).find((kid) => !vouched.has(kid))
  return stranger === undefined ? ok(published) : err({ code: 'KEY_NOT_INTRODUCED', kid: stranger })
}

/** Everything that can be reached from the known keys. Introductions may come in any order. */
function introducedFrom(known: TrustedKeys, introductions: readonly string[]): ReadonlyMap<string, PublicKey> {
  const vouched = new Map(Object.entries(known))
  const open = new Set(introductions)
  for (let before = -1; before !== open.size;) {
    before = open.size
    for (const text of open) {
      const verified = verifyJws(text, KEY_INTRODUCTION_TYP, (kid) => vouched.get(kid))
      if (!verified.ok) continue
      open.delete(text)
      const introduced = keyIntroduction.safeParse(verified.value.payload)
      if (introduced.success) vouched.set(keyIdOf(introduced.data.key), introduced.data.key)
    }
  }
  return vouched
}
