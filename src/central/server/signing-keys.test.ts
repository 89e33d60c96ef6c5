import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CompactSign, generateKeyPair as generateJoseKey } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { authorize, CentralStage, claimsOf, province } from '../../../tests/support/central-stage.ts'
import { generateDeviceIdentity } from '../client/device-key.ts'
import { acceptKeySet, type KeyPins, type KeySetProblem, type TrustedKeys } from '../client/trusted-keys.ts'
import { CentralClient } from '../client/central-client.ts'
import { verifyAuthorization } from '../client/verify-authorization.ts'
import { generateKeyPair, type KeyPair } from '../contract/key.ts'
import { signJws } from '../contract/jws.ts'
import { KEY_INTRODUCTION_TYP, type PublishedKeys } from '../contract/station.ts'
import { expectOk } from '../../lib/result.ts'
import { openDatabase } from './store/database.ts'
import { MIGRATIONS } from './store/schema.ts'
import { DEMO_STATION_CODE } from './seed/demo.ts'
import { SigningKeys } from './services/signing-key.ts'

let stage: CentralStage
beforeEach(async () => {
  stage = await CentralStage.open()
})
afterEach(() => stage.close())

async function granted(plate: string) {
  const truck = stage.truck({ plate, review: { status: 'APPROVED' } })
  const kiosk = await stage.kiosk(plate)
  const visit = await stage.visit(kiosk)
  const review = await visit.open(truck.key)
  const grant = expectOk(await authorize(visit, review), 'authorization')
  const expected = {
    kioskId: kiosk.kioskId,
    visitId: visit.visitId,
    reviewId: review.reviewId,
    vehicle: truck.key,
    certificateNo: review.certificate!.certificateNo,
    validUntil: review.newValidUntil!,
  }
  const verify = (keys: PublishedKeys, jws = grant.authorization) =>
    verifyAuthorization(jws, keys, expected, stage.clock.now())
  return { grant, verify, keys: async () => expectOk(await kiosk.client.keys(), 'keys') }
}

describe('the rotation of the centre’s signing key', () => {
  it('signs with the new key at once and keeps the old one published while its authorizations live', async () => {
    const before = await granted('粤BTEST1')
    const oldKeys = await before.keys()
    const kid = stage.central.admin.rotateSigningKey()
    const after = await granted('粤BTEST2')
    const keys = await after.keys()
    expect(keys.keys.map((key) => key.kid)).toEqual([kid, oldKeys.keys[0]?.kid])
    expect(keys.keys[1]?.retiredAt).toBe(stage.clock.now())
    expect(before.verify(keys).ok).toBe(true)
    expect(after.verify(keys).ok).toBe(true)
    expect(after.verify(oldKeys)).toEqual({ ok: false, error: { code: 'UNKNOWN_KEY' } })
    await stage.clock.advance(86_400_001)
    expect((await after.keys()).keys.map((key) => key.kid)).toEqual([kid])
  })

  it('destroys the private half of the old key', () => {
    stage.central.admin.rotateSigningKey()
    const rows = stage.central.database
      .prepare<[], { pkcs8: string; retired_at: number | null }>('SELECT pkcs8, retired_at FROM signing_key')
      .all()
    expect(rows.map(({ pkcs8, retired_at }) => [pkcs8 === '', retired_at === null])).toEqual([
      [true, false],
      [false, true],
    ])
  })

  it('does not change the check codes on paper', async () => {
    const before = await granted('粤BTEST1')
    const { reviewId, validUntil, print } = claimsOf(before.grant)
    const keys = new SigningKeys(stage.central.database, 'ed25519', 0)
    expect(keys.checkCode(reviewId, validUntil)).toBe(print.checkCode)
    stage.central.admin.rotateSigningKey()
    expect(keys.checkCode(reviewId, validUntil)).toBe(print.checkCode)
  })

  it('makes worthless what a thief signs with the old key afterwards', async () => {
    const { grant, verify, keys } = await granted('粤BTEST1')
    const stolen = new SigningKeys(stage.central.database, 'ed25519', 0).current()
    stage.central.admin.rotateSigningKey()
    await stage.clock.advance(60_000)
    const claims = { ...claimsOf(grant), iat: Math.floor(stage.clock.now() / 1000) }
    const forged = signJws('endorsement-authorization+jwt', claims, stolen)
    expect(verify(await keys(), forged)).toEqual({ ok: false, error: { code: 'UNKNOWN_KEY' } })
  })

  it('ordered on the command line is effective in a centre that runs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'central-'))
    try {
      await stage.close()
      const data = join(folder, 'central.db')
      stage = await CentralStage.open({ data })
      const main = join(import.meta.dirname, 'main.ts')
      const { stdout } = await promisify(execFile)(process.execPath, [main, 'rotate-key', '--data', data])
      const { kid } = JSON.parse(stdout) as { kid: string }
      const { grant, verify, keys } = await granted('粤BTEST1')
      expect(Buffer.from(grant.authorization.split('.')[0] ?? '', 'base64url').toString()).toContain(kid)
      // The key was made by the real clock, which the stage's clock does not follow.
      expect(verify(await keys()).ok).toBe(true)
    } finally {
      await stage.close()
      stage = await CentralStage.open()
      rmSync(folder, { recursive: true })
    }
  })

  it('of a store of the first version keeps its key and its check codes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'central-'))
    try {
      const path = join(folder, 'old.db')
      const key = generateKeyPair('ed25519')
      const fresh = openDatabase(path)
      fresh.exec('DROP TABLE secret; DROP TABLE device_key; DROP TABLE audit_head')
      fresh.exec('ALTER TABLE signing_key DROP COLUMN jwk; ALTER TABLE signing_key DROP COLUMN introduction')
      fresh.prepare('INSERT INTO signing_key (kid, pkcs8, created_at) VALUES (?, ?, 1)').run(key.keyId, key.toPem())
      fresh.exec(`INSERT INTO station VALUES ('S', 'S', '440300');
        INSERT INTO kiosk VALUES ('440300-0001', 'K', 'S', '${key.keyId}', '${key.publicKey.x}', 1, NULL)`)
      fresh.pragma('user_version = 1')
      fresh.close()
      const migrated = openDatabase(path)
      expect(migrated.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length)
      const keys = new SigningKeys(migrated, 'ed25519', 2)
      expect(keys.current().keyId).toBe(key.keyId)
      expect(keys.published(2).keys).toEqual([{ kid: key.keyId, key: key.publicKey, createdAt: 1, retiredAt: null }])
      expect(migrated.prepare('SELECT jwk FROM device_key').pluck().all()).toEqual([JSON.stringify(key.publicKey)])
      migrated.close()
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('a kiosk believes a key of the centre', () => {
  const at = 1_795_400_000_000
  const published = (keys: readonly KeyPair[], introductions: string[]): PublishedKeys => ({
    keys: keys.map((key) => ({ kid: key.keyId, key: key.publicKey, createdAt: at, retiredAt: null })),
    introductions,
  })
  const introduce = (by: KeyPair, next: KeyPair): string =>
    signJws(KEY_INTRODUCTION_TYP, { key: next.publicKey, createdAt: at }, by)
  const [one, three, stranger] = [generateKeyPair('ed25519'), generateKeyPair('ed25519'), generateKeyPair('ed25519')]
  const two = generateKeyPair('sm2-sm3')
  const pinned = (key: KeyPair): TrustedKeys => ({ [key.keyId]: key.publicKey })

  it('when it is the first, or the first one vouches for it, however many lie between', () => {
    expect(acceptKeySet(null, published([one], []))).toEqual({ ok: true, value: pinned(one) })
    const chain = [introduce(two, three), introduce(one, two)]
    expect(acceptKeySet(pinned(one), published([three], chain))).toEqual({ ok: true, value: pinned(three) })
  })

  it('and no other: not a stranger, not one a stranger vouches for, not one under a borrowed name', () => {
    const refused = (code: KeySetProblem['code'], kid: string) => ({ ok: false, error: { code, kid } })
    expect(acceptKeySet(pinned(one), published([stranger], []))).toEqual(refused('KEY_NOT_INTRODUCED', stranger.keyId))
    const own = [introduce(stranger, two), introduce(stranger, stranger)]
    expect(acceptKeySet(pinned(one), published([one, two], own))).toEqual(refused('KEY_NOT_INTRODUCED', two.keyId))
    const named = published([one], [])
    const borrowed = { ...named, keys: [{ ...named.keys[0]!, key: stranger.publicKey }] }
    expect(acceptKeySet(pinned(one), borrowed)).toEqual(refused('KEY_MISNAMED', one.keyId))
    const other = signJws('something-else+jwt', { key: two.publicKey, createdAt: at }, one)
    expect(acceptKeySet(pinned(one), published([two], [other])).ok).toBe(false)
  })

  it('and one that is no longer published vouches for nothing', () => {
    const known = expectOk(acceptKeySet(pinned(one), published([two], [introduce(one, two)])), 'second')
    expect(acceptKeySet(known, published([stranger], [introduce(one, stranger)])).ok).toBe(false)
  })

  it('in the client: a hostile set is nonsense and raises the alarm, and the known keys stay', async () => {
    const alarms: KeySetProblem[] = []
    let stored: TrustedKeys | null = null
    const pins: KeyPins = {
      read: () => stored,
      write: (keys) => (stored = keys),
      alarm: (problem) => alarms.push(problem),
    }
    const client = new CentralClient({
      baseUrl: stage.url,
      identity: generateDeviceIdentity(),
      clock: stage.clock,
      pins,
    })
    try {
      expectOk(await client.keys(), 'first')
      const first = stored
      stage.central.admin.rotateSigningKey()
      expectOk(await client.keys(), 'rotated')
      expect(stored).not.toEqual(first)
      stored = pinned(stranger)
      expect(await client.keys()).toMatchObject({ ok: false, error: { code: 'NONSENSE' } })
      expect(alarms).toEqual([{ code: 'KEY_NOT_INTRODUCED', kid: expect.any(String) }])
      expect(stored).toEqual(pinned(stranger))
    } finally {
      client.close()
    }
  })
})

describe('a province that demands 国密', () => {
  beforeEach(async () => {
    await stage.close()
    stage = await CentralStage.open({ province: { ...province('guangdong'), signature: 'sm2-sm3' } })
  })

  async function enrolled() {
    const identity = generateDeviceIdentity('sm2-sm3')
    const client = stage.client(identity)
    const enrolmentCode = stage.central.admin.enrolmentCode()
    const request = { enrolmentCode, stationCode: DEMO_STATION_CODE, kioskName: '1号机' }
    const { kioskId } = expectOk(await client.enrol(request), 'enrolment')
    return { client, kioskId, identity }
  }

  it('takes SM2 keys only, and signs its authorizations with SM2', async () => {
    const edwards = stage.client(generateDeviceIdentity())
    const enrolmentCode = stage.central.admin.enrolmentCode()
    expect(await edwards.enrol({ enrolmentCode, stationCode: DEMO_STATION_CODE, kioskName: '1号机' })).toMatchObject({
      error: { problem: { code: 'INVALID_REQUEST', path: 'publicKey' } },
    })

    const kiosk = await enrolled()
    const truck = stage.truck({ plate: '粤BTEST1', review: { status: 'APPROVED' } })
    const visit = await stage.visit(kiosk)
    const review = await visit.open(truck.key)
    const key = 'the-same-wish'
    const [grant, again] = [await authorize(visit, review, key), await authorize(visit, review, key)].map((answer) =>
      expectOk(answer, 'authorization'),
    )
    expect(again).toEqual(grant)
    const keys = expectOk(await kiosk.client.keys(), 'keys')
    expect(JSON.parse(Buffer.from(grant!.authorization.split('.')[0]!, 'base64url').toString())).toEqual({
      alg: 'SM2',
      typ: 'endorsement-authorization+jwt',
      kid: keys.keys[0]?.kid,
    })
    const expected = {
      ...{ kioskId: kiosk.kioskId, visitId: visit.visitId, reviewId: review.reviewId, vehicle: truck.key },
      ...{ certificateNo: review.certificate!.certificateNo, validUntil: review.newValidUntil! },
    }
    const verify = (jws: string) => verifyAuthorization(jws, keys, expected, stage.clock.now())
    expect(verify(grant!.authorization).ok).toBe(true)
    // Scenario 35, in SM2.
    const [header, , signature] = grant!.authorization.split('.')
    const payload = { ...claimsOf(grant!), validUntil: '2037-12-31' }
    const forged = [header, Buffer.from(JSON.stringify(payload)).toString('base64url'), signature].join('.')
    expect(verify(forged)).toEqual({ ok: false, error: { code: 'BAD_SIGNATURE' } })
    // A header that names another algorithm for the same key is no way round.
    const { privateKey } = await generateJoseKey('EdDSA')
    const downgraded = await new CompactSign(Buffer.from(JSON.stringify(claimsOf(grant!))))
      .setProtectedHeader({ alg: 'EdDSA', typ: 'endorsement-authorization+jwt', kid: keys.keys[0]!.kid })
      .sign(privateKey)
    expect(verify(downgraded)).toMatchObject({ error: { code: 'MALFORMED', detail: 'alg' } })
  })

  it('refuses to let a kiosk go back to Ed25519', async () => {
    const { client } = await enrolled()
    expect(await client.rotateKey(generateDeviceIdentity('ed25519'))).toMatchObject({
      error: { problem: { code: 'INVALID_REQUEST', path: 'body.publicKey' } },
    })
    expect((await client.rotateKey(generateDeviceIdentity('sm2-sm3'))).ok).toBe(true)
  })
})

describe('a new device key', () => {
  it('needs its own proof, made for this very kiosk', async () => {
    const [mine, theirs] = [await stage.kiosk('1号机'), await stage.kiosk('2号机')]
    const next = generateDeviceIdentity()
    const thief = { ...generateDeviceIdentity(), publicKey: next.publicKey, keyId: next.keyId }
    expect(await mine.client.rotateKey(thief)).toMatchObject({ error: { problem: { code: 'BAD_SIGNATURE' } } })
    // Somebody else's key: to be it, or to have it vouched for by us.
    expect(await mine.client.rotateKey(theirs.identity)).toMatchObject({
      error: { problem: { code: 'INVALID_REQUEST', path: 'body.publicKey' } },
    })
    expect((await mine.client.rotateKey(next)).ok).toBe(true)
    expect((await mine.client.rotateKey(next)).ok).toBe(true)
  })
})
