import { createHmac, createPublicKey, generateKeyPairSync as nodeKeyPair, sign } from 'node:crypto'
import { CompactSign, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorize, CentralStage, claimsOf } from '../../../tests/support/central-stage.ts'
import { localDate } from '../../domain/local-date.ts'
import { parsePlateNo } from '../../domain/plate.ts'
import { expectOk } from '../../lib/result.ts'
import { AUTHORIZATION_TYP } from '../contract/endorsement.ts'
import { signJws } from '../contract/jws.ts'
import { generateKeyPair as generateKeyPairOf } from '../contract/key.ts'
import type { PublishedKeys } from '../contract/station.ts'
import { verifyAuthorization, type AuthorizationExpectations } from './verify-authorization.ts'

let stage: CentralStage
let keys: PublishedKeys
let authorization: string
let expected: AuthorizationExpectations
let now: number

beforeAll(async () => {
  stage = await CentralStage.open()
  const truck = stage.truck({ plate: '粤BTEST1', review: { status: 'APPROVED' } })
  const visit = await stage.visit(await stage.kiosk())
  const review = await visit.open(truck.key)
  const grant = expectOk(await authorize(visit, review), 'authorization')
  keys = expectOk(await visit.kiosk.client.keys(), 'keys')
  authorization = grant.authorization
  now = stage.clock.now()
  expected = {
    kioskId: visit.kiosk.kioskId,
    visitId: visit.visitId,
    reviewId: review.reviewId,
    vehicle: truck.key,
    certificateNo: review.certificate!.certificateNo,
    validUntil: review.newValidUntil!,
  }
})
afterAll(() => stage.close())

/** The authorization with its payload changed and its signature kept. */
function tampered(change: object): string {
  const [header = '', , signature = ''] = authorization.split('.')
  const payload = JSON.stringify({ ...claimsOf({ authorization }), ...change })
  return [header, Buffer.from(payload).toString('base64url'), signature].join('.')
}
const verify = (jws: string, expectations = expected, at = now) => verifyAuthorization(jws, keys, expectations, at)

describe('an authorization', () => {
  it('is accepted exactly as the centre gave it', () => {
    const claims = expectOk(verify(authorization), 'claims')
    expect(claims).toMatchObject({
      validUntil: '2027-12-31',
      previousValidUntil: '2026-12-31',
      attempt: 1,
      row: 3,
      vehicle: expected.vehicle,
    })
  })

  it('scenario 35: with a changed validUntil its signature fails and nothing of it is used', () => {
    expect(verify(tampered({ validUntil: '2037-12-31' }))).toEqual({
      ok: false,
      error: { code: 'BAD_SIGNATURE' },
    })
  })

  it.each(['endorsementNo', 'vehicle', 'kioskId', 'exp', 'row', 'certificateNo', 'print'])(
    'scenario 35: nor with a changed %s',
    (field) => {
      expect(verify(tampered({ [field]: 1 }))).toEqual({ ok: false, error: { code: 'BAD_SIGNATURE' } })
    },
  )

  it('is refused without signature, with another algorithm, or by another key', async () => {
    const payload = authorization.split('.')[1] ?? ''
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
    expect(verify(none)).toMatchObject({ ok: false, error: { code: 'MALFORMED' } })
    const { privateKey } = await generateKeyPair('EdDSA')
    const sign = (header: object) =>
      new CompactSign(Buffer.from(payload, 'base64url')).setProtectedHeader(header as never).sign(privateKey)
    expect(verify(await sign({ alg: 'EdDSA', typ: AUTHORIZATION_TYP, kid: 'stranger' }))).toMatchObject({
      error: { code: 'UNKNOWN_KEY' },
    })
    const kid = keys.keys[0]?.kid
    expect(verify(await sign({ alg: 'EdDSA', typ: AUTHORIZATION_TYP, kid }))).toMatchObject({
      error: { code: 'BAD_SIGNATURE' },
    })
    for (const text of ['', 'a.b', 'a.b.c', authorization.slice(0, -4)]) expect(verify(text).ok).toBe(false)
  })

  it('is refused when its header names another way of signing, however right the bytes are', () => {
    const [, payload = ''] = authorization.split('.')
    const kid = keys.keys[0]?.kid ?? ''
    const key = keys.keys[0]?.key
    const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const typ = AUTHORIZATION_TYP
    // The public key is published: taken for a secret of HS256, it would let anybody sign.
    const publicPem = createPublicKey({ key: { ...key }, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    })
    const secrets = [publicPem.toString(), Buffer.from(key?.x ?? '', 'base64url'), key?.x ?? '', JSON.stringify(key)]
    for (const secret of secrets) {
      const input = `${encoded({ alg: 'HS256', typ, kid })}.${payload}`
      const mac = createHmac('sha256', secret).update(input).digest('base64url')
      expect(verify(`${input}.${mac}`)).toEqual({ ok: false, error: { code: 'MALFORMED', detail: 'header' } })
    }
    const own = nodeKeyPair('ed25519').privateKey
    const signedAs = (header: object): string => {
      const input = `${encoded(header)}.${payload}`
      return `${input}.${sign(null, Buffer.from(input), own).toString('base64url')}`
    }
    for (const header of [
      { alg: 'none', typ, kid },
      { alg: 'None', typ, kid },
      { alg: 'HS256', typ, kid },
      { alg: 'ES256', typ, kid },
      { alg: ['EdDSA'], typ, kid },
      { typ, kid },
      { alg: 'EdDSA', typ },
      // A key that a header brings along, or says where to fetch, is nobody's.
      { alg: 'EdDSA', typ, kid, jwk: createPublicKey(own).export({ format: 'jwk' }) },
      { alg: 'EdDSA', typ, kid, jku: 'https://evil.example/keys' },
      { alg: 'EdDSA', typ, kid, crit: ['exp'] },
      { alg: 'EdDSA', typ, kid, b64: false },
    ])
      expect([header, verify(signedAs(header))]).toMatchObject([header, { error: { code: 'MALFORMED' } }])
    // The other algorithm of this protocol, under the name of an Ed25519 key.
    const sm2 = generateKeyPairOf('sm2-sm3')
    const [, claims = ''] = signJws(typ, claimsOf({ authorization }), sm2).split('.')
    const input = `${encoded({ alg: 'SM2', typ, kid })}.${claims}`
    const confused = `${input}.${Buffer.from(sm2.sign(Buffer.from(input))).toString('base64url')}`
    expect(verify(confused)).toEqual({ ok: false, error: { code: 'MALFORMED', detail: 'alg' } })
    // A document of another kind, signed by the right key, is no authorization either.
    expect(verify(signedAs({ alg: 'EdDSA', typ: 'key-introduction+jwt', kid }))).toMatchObject({
      error: { code: 'MALFORMED', detail: 'typ' },
    })
    for (const header of [
      { alg: 'EdDSA', typ, kid: '__proto__' },
      { alg: 'EdDSA', typ, kid: 'toString' },
    ])
      expect(verify(signedAs(header))).toEqual({ ok: false, error: { code: 'UNKNOWN_KEY' } })
  })

  it('is never one signature in two spellings: padding, spaces, a second dot', () => {
    const [header = '', payload = '', signature = ''] = authorization.split('.')
    for (const text of [
      `${authorization}=`,
      ` ${authorization}`,
      `${authorization}\n`,
      `${authorization}.`,
      [header, payload, signature.replaceAll('-', '+').replaceAll('_', '/'), ''].join('.'),
      [header, `${payload}==`, signature].join('.'),
      [header, payload, ''].join('.'),
    ])
      expect([text, verify(text).ok]).toEqual([text, false])
  })

  it.each<[keyof AuthorizationExpectations, Partial<AuthorizationExpectations>]>([
    ['kioskId', { kioskId: 'KanotherKiosk' as never }],
    ['visitId', { visitId: 'VanotherVisit' as never }],
    ['reviewId', { reviewId: 'RanotherReview' as never }],
    ['vehicle', { vehicle: { plateNo: expectOk(parsePlateNo('粤B99999'), 'plate'), plateColor: '2' } }],
    ['certificateNo', { certificateNo: '440300999999' as never }],
    ['validUntil', { validUntil: localDate('2028-12-31') }],
  ])('for another %s than was confirmed here is refused', (field, change) => {
    expect(verify(authorization, { ...expected, ...change })).toEqual({
      ok: false,
      error: { code: 'NOT_AS_CONFIRMED', field },
    })
  })

  it('scenario 24: prints without the network while it is valid, and not a millisecond longer', () => {
    expect(verify(authorization, expected, now + 119_999).ok).toBe(true)
    expect(verify(authorization, expected, now + 120_000)).toEqual({ ok: false, error: { code: 'EXPIRED' } })
    expect(verify(authorization, expected, now - 600_000)).toEqual({
      ok: false,
      error: { code: 'NOT_YET_VALID' },
    })
  })
})
