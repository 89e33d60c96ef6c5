import { createHash, createHmac, randomBytes, randomInt, scrypt, timingSafeEqual } from 'node:crypto'
import { TOTP, Secret } from 'otpauth'

/** scrypt (RFC 7914) with N = 2^15, r = 8, p = 1: 32 MB and about a tenth of a second for each answer. */
const COST = { N: 32_768, r: 8, p: 1 } as const
const KEY_BYTES = 32
/** Twice what the largest allowed cost needs. */
const MAX_MEMORY = 512 * 1024 * 1024

/** `scrypt$N$r$p$salt$hash`, salt and hash in base64url; costs from half of ours to four times ours. */
export const PIN_HASH = /^scrypt\$(16384|32768|65536|131072)\$(8)\$([1-4])\$([\w-]{16,86})\$([\w-]{43})$/
/** `sha256:` and 64 hex digits. */
export const BADGE_HASH = /^sha256:[0-9a-f]{64}$/
/** RFC 4648 base32 without padding, at least 80 bits. */
export const BASE32 = /^[A-Z2-7]{16,103}$/

/** The text a site file holds instead of a PIN. */
export async function hashPin(pin: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(pin, salt, COST)
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/** Whether `pin` is the one behind `stored`; false also for a `stored` that is no hash. Takes the same time either way. */
export async function pinMatches(stored: string, pin: string): Promise<boolean> {
  const [, N, r, p, salt, hash] = PIN_HASH.exec(stored) ?? []
  if (N === undefined || r === undefined || p === undefined || salt === undefined || hash === undefined) return false
  const key = await derive(pin, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) })
  return sameBytes(key, Buffer.from(hash, 'base64url'))
}

/** What an answer for an unknown number is checked against, so that the time does not tell which numbers exist. */
export const NOBODYS_PIN = `scrypt$${COST.N}$${COST.r}$${COST.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`

export function hashBadge(code: string): string {
  return `sha256:${createHash('sha256').update(code, 'utf8').digest('hex')}`
}

export function badgeMatches(stored: string, code: string): boolean {
  return sameText(stored, hashBadge(code))
}

/** Seconds of one TOTP step, and how many steps a phone's clock may be off (RFC 6238 section 5.2). */
const TOTP_STEP_MS = 30_000
const TOTP_WINDOW = 1

/**
 * The step (number of 30 s since the epoch) whose code `code` is, or null when it is none of this step and its
 * neighbours, or one that was used before (`lastUsed`): RFC 6238 asks that a code is taken once.
 */
export function totpStep(secret: string, code: string, now: number, lastUsed: number | null): number | null {
  const totp = new TOTP({ secret: Secret.fromBase32(secret), digits: 6, period: TOTP_STEP_MS / 1000 })
  const delta = totp.validate({ token: code, timestamp: now, window: TOTP_WINDOW })
  if (delta === null) return null
  const step = Math.floor(now / TOTP_STEP_MS) + delta
  return lastUsed !== null && step <= lastUsed ? null : step
}

/** Eight digits to be read out on the phone. */
export function makeChallenge(): string {
  return String(randomInt(100_000_000)).padStart(8, '0')
}

/**
 * The centre's answer to a challenge: HMAC-SHA-256 over kiosk, challenge and day, cut to 8 digits as RFC 4226 section
 * 5.3 cuts its own.
 * @param day `YYYY-MM-DD` in Shanghai
 */
export function fieldCode(secret: string, kioskId: string, challenge: string, day: string): string {
  const key = Buffer.from(Secret.fromBase32(secret).bytes)
  const mac = createHmac('sha256', key).update(`${kioskId}|${challenge}|${day}`).digest()
  const offset = mac.readUInt8(mac.length - 1) & 0x0f
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 100_000_000).padStart(8, '0')
}

/** Compares without telling by its time where two texts differ. */
export function sameText(a: string, b: string): boolean {
  return sameBytes(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest())
}

function sameBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

function derive(pin: string, salt: Buffer, cost: { N: number; r: number; p: number }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(pin, salt, KEY_BYTES, { ...cost, maxmem: MAX_MEMORY }, (error, key) => {
      if (error === null) resolve(key)
      else reject(error)
    })
  })
}
