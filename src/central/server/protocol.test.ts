import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3-multiple-ciphers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CentralStage, type StageKiosk } from '../../../tests/support/central-stage.ts'
import { buildRequest, type CallInput, type OutgoingRequest } from '../client/request.ts'
import { generateDeviceIdentity } from '../client/device-key.ts'
import type { RouteName } from '../contract/routes.ts'
import { expectOk } from '../../lib/result.ts'
import { DEMO_STATION_CODE } from './seed/demo.ts'

let stage: CentralStage
let kiosk: StageKiosk
beforeEach(async () => {
  stage = await CentralStage.open({ adminToken: 'stage-hand' })
  kiosk = await stage.kiosk()
})
afterEach(() => stage.close())

function signed(
  name: RouteName,
  input: CallInput,
  identity = kiosk.identity,
  created = Math.floor(stage.clock.now() / 1000),
): OutgoingRequest {
  return buildRequest(name, input, identity, { created, nonce: randomBytes(18).toString('base64url') })
}
/** Sends a request as it is, by-passing the client. */
async function send(
  request: OutgoingRequest,
  change: { body?: string; target?: string; headers?: Record<string, string> } = {},
) {
  const body = change.body ?? request.body?.toString()
  const answer = await fetch(`${stage.url}${change.target ?? request.target}`, {
    method: request.method,
    headers: { ...request.headers, ...change.headers },
    ...(body === undefined ? {} : { body }),
  })
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    document: (await answer.json()) as Record<string, unknown>,
  }
}
const rating = (score = 5) => ({ visitId: `V${randomUUID()}`, score, at: stage.clock.now() })

describe('who may speak to the centre', () => {
  it('an enrolled kiosk with a fresh signature', async () => {
    expect(await send(signed('rate', { body: rating() }))).toMatchObject({
      status: 200,
      document: { accepted: true, duplicate: false },
    })
  })

  it('answers a refusal as a problem document that says nothing else', async () => {
    const { status, type, document } = await send({
      method: 'POST',
      target: '/v1/ratings',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from('{}'),
    })
    expect([status, type]).toEqual([401, 'application/problem+json; charset=utf-8'])
    expect(document).toEqual({
      type: 'urn:road-transport-kiosk:problem:SIGNATURE_REQUIRED',
      title: 'signature required',
      status: 401,
      code: 'SIGNATURE_REQUIRED',
    })
  })

  it('not the same request twice, also not after a restart on the same store', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'central-'))
    try {
      const data = join(folder, 'central.db')
      await stage.close()
      stage = await CentralStage.open({ data })
      kiosk = await stage.kiosk()
      const request = signed('rate', { body: rating() })
      expect((await send(request)).status).toBe(200)
      expect(await send(request)).toMatchObject({ status: 401, document: { code: 'REPLAYED' } })
      await stage.close()
      stage = await CentralStage.open({ data })
      expect(await send(request)).toMatchObject({ status: 401, document: { code: 'REPLAYED' } })
      await stage.clock.advance(121_000)
      expect(await send(request)).toMatchObject({ status: 401, document: { code: 'CLOCK_SKEW' } })
    } finally {
      await stage.close()
      stage = await CentralStage.open()
      rmSync(folder, { recursive: true })
    }
  })

  it('not with a changed body, query, path or key', async () => {
    const request = signed('rate', { body: rating(1) })
    const forged = request.body!.toString().replace('"score":1', '"score":5')
    expect(await send(request, { body: forged })).toMatchObject({ document: { code: 'BAD_SIGNATURE' } })
    expect(await send(signed('rate', { body: rating() }), { target: '/v1/events' })).toMatchObject({
      document: { code: 'BAD_SIGNATURE' },
    })
    const query = signed('publicVehicle', { query: { plateNo: '粤B23456', plateColor: '2' } })
    expect(await send(query, { target: query.target.replace('plateColor=2', 'plateColor=1') })).toMatchObject({
      document: { code: 'BAD_SIGNATURE' },
    })
    const authorize = signed('authorize', { params: { reviewId: 'R12345678' }, idempotencyKey: 'key-000001', body: {} })
    expect(await send(authorize, { headers: { 'idempotency-key': 'key-000002' } })).toMatchObject({
      document: { code: 'BAD_SIGNATURE' },
    })
  })

  it('not a stranger, not a revoked kiosk', async () => {
    expect(await send(signed('rate', { body: rating() }, generateDeviceIdentity()))).toMatchObject({
      document: { code: 'UNKNOWN_KEY' },
    })
    expect(stage.central.admin.revokeKiosk(kiosk.kioskId)).toBe(true)
    expect(await send(signed('rate', { body: rating() }))).toMatchObject({ document: { code: 'KEY_REVOKED' } })
    const answer = await kiosk.client.rate({ visitId: 'V12345678' as never, score: 5, at: 0 })
    expect(answer).toEqual({ ok: false, error: { code: 'NOT_ENROLLED', reason: 'KEY_REVOKED' } })
  })

  it('scenario 36: 120 seconds off are accepted, 121 are refused with the centre’s time', async () => {
    const seconds = Math.floor(stage.clock.now() / 1000)
    for (const off of [-120, 120])
      expect((await send(signed('rate', { body: rating() }, kiosk.identity, seconds + off))).status).toBe(200)
    for (const off of [-121, 121]) {
      const answer = await send(signed('rate', { body: rating() }, kiosk.identity, seconds + off))
      expect(answer).toMatchObject({
        status: 401,
        document: { code: 'CLOCK_SKEW', serverTime: stage.clock.now(), allowedMs: 120_000 },
      })
    }
  })
})

describe('enrolment', () => {
  const enrol = (enrolmentCode: string, identity = generateDeviceIdentity()) =>
    stage.client(identity).enrol({ enrolmentCode, stationCode: DEMO_STATION_CODE, kioskName: '9号机' })

  it('works once per code', async () => {
    const code = stage.central.admin.enrolmentCode()
    expect(expectOk(await enrol(code), 'first')).toMatchObject({ kioskName: '9号机', province: '广东省' })
    expect(await enrol(code)).toMatchObject({ error: { code: 'REFUSED', problem: { code: 'ENROLMENT_CODE_INVALID' } } })
    expect(await enrol('AAAA-BBBB-CCCC')).toMatchObject({ error: { problem: { code: 'ENROLMENT_CODE_INVALID' } } })
  })

  it('needs the private key of the public key it brings', async () => {
    const [owner, thief] = [generateDeviceIdentity(), generateDeviceIdentity()]
    const body = {
      enrolmentCode: stage.central.admin.enrolmentCode(),
      publicKey: owner.publicKey,
      stationCode: DEMO_STATION_CODE,
      kioskName: '9号机',
    }
    expect(await send(signed('enrol', { body }, thief))).toMatchObject({ document: { code: 'BAD_SIGNATURE' } })
    expect(await send(signed('enrol', { body }, { ...thief, keyId: owner.keyId }))).toMatchObject({
      document: { code: 'BAD_SIGNATURE' },
    })
    expect((await send(signed('enrol', { body }, owner))).status).toBe(200)
  })

  it('refuses an unknown station without using up the code', async () => {
    const enrolmentCode = stage.central.admin.enrolmentCode()
    const client = stage.client(generateDeviceIdentity())
    const refused = await client.enrol({ enrolmentCode, stationCode: 'NOWHERE', kioskName: '9号机' })
    expect(refused).toMatchObject({ error: { problem: { code: 'INVALID_REQUEST', path: 'stationCode' } } })
    expect((await enrol(enrolmentCode)).ok).toBe(true)
  })
})

describe('what the centre reads', () => {
  it.each([
    ['not JSON', '{"score":', 'body'],
    ['a number out of range', JSON.stringify({ visitId: 'V12345678', score: 6, at: 0 }), 'body.score'],
    ['a field nobody knows', JSON.stringify({ visitId: 'V12345678', score: 5, at: 0, __proto__x: 1 }), 'body'],
  ])('%s is refused by its path', async (_what, text, path) => {
    const request = signed('rate', { body: {} })
    const body = Buffer.from(text)
    const { signRequest } = await import('../contract/signature.ts')
    const parts = { method: 'POST', path: '/v1/ratings', query: '', body, idempotencyKey: null }
    const headers = signRequest(parts, kiosk.identity, {
      created: Math.floor(stage.clock.now() / 1000),
      nonce: randomUUID(),
    })
    expect(await send({ ...request, body, headers: { ...request.headers, ...headers } })).toMatchObject({
      status: 400,
      document: { code: 'INVALID_REQUEST', path },
    })
  })

  it('a body of a megabyte is refused before it is read', async () => {
    const answer = await send(signed('rate', { body: { visitId: 'x'.repeat(1_000_000) } }))
    expect(answer).toMatchObject({ status: 413, document: { code: 'TOO_LARGE' } })
  })

  it('an authorization without an Idempotency-Key is refused', async () => {
    const body = { visitId: 'V12345678', expectedValidUntil: '2027-12-31', kioskTime: stage.clock.now() }
    const answer = await send(signed('authorize', { params: { reviewId: 'R12345678' }, body }))
    expect(answer).toMatchObject({ status: 400, document: { code: 'INVALID_REQUEST', path: 'idempotency-key' } })
  })

  it('an unknown path is not found', async () => {
    expect(await send({ method: 'GET', target: '/v2/health', headers: {}, body: null })).toMatchObject({
      status: 404,
      document: { code: 'NOT_FOUND' },
    })
  })

  it('scenario 30: the eleventh public question in a minute has to wait', async () => {
    const ask = () => kiosk.client.publicVehicle({ plateNo: '粤B23456' as never, plateColor: '2' })
    for (let question = 0; question < 10; question++) expect((await ask()).ok).toBe(true)
    expect(await ask()).toMatchObject({ error: { problem: { code: 'RATE_LIMITED', retryAfterSeconds: 60 } } })
    await stage.clock.advance(60_001)
    expect((await ask()).ok).toBe(true)
  })

  it('ratings and events count once, however often they are sent', async () => {
    const event = {
      eventId: randomUUID(),
      kind: 'TAMPER',
      at: stage.clock.now(),
      device: null,
      detail: 'authorization signature',
    } as const
    expect(await kiosk.client.reportEvent(event)).toMatchObject({ value: { duplicate: false } })
    expect(await kiosk.client.reportEvent(event)).toMatchObject({ value: { duplicate: true } })
    expect(stage.central.admin.events()).toEqual([
      { eventId: event.eventId, kind: 'TAMPER', detail: 'authorization signature' },
    ])
    const once = { visitId: 'V12345678' as never, score: 4, at: 0 }
    expect(await kiosk.client.rate(once)).toMatchObject({ value: { duplicate: false } })
    expect(await kiosk.client.rate({ ...once, score: 1 })).toMatchObject({ value: { duplicate: true } })
    expect(stage.central.admin.ratings()).toEqual([{ visitId: 'V12345678', score: 4 }])
  })
})

describe('the stage hands’ routes', () => {
  const admin = (path: string, token: string, body?: object) =>
    fetch(`${stage.url}/admin/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })

  it('are not there without the token', async () => {
    expect((await admin('sms', 'wrong')).status).toBe(404)
    expect((await admin('sms', 'stage-hand')).status).toBe(200)
  })

  it('switch sources, and health tells', async () => {
    expect(expectOk(await kiosk.client.health(), 'health').status).toBe('UP')
    expect((await admin('sources', 'stage-hand', { system: 'GNSS', state: 'DOWN' })).status).toBe(200)
    const health = expectOk(await kiosk.client.health(), 'health')
    expect(health.status).toBe('DEGRADED')
    expect(health.sources).toContainEqual({ system: 'GNSS', state: 'DOWN' })
    expect((await admin('sources', 'stage-hand', { system: 'WEATHER', state: 'DOWN' })).status).toBe(400)
  })

  it('do not exist at all unless a token was set', async () => {
    await stage.close()
    stage = await CentralStage.open()
    expect((await admin('sms', 'stage-hand')).status).toBe(404)
  })
})

describe('slow sources', () => {
  it('are waited for three seconds, then count as away', async () => {
    const truck = stage.truck({ plate: '粤BTEST1', review: { status: 'APPROVED' } })
    const visit = await stage.visit(kiosk)
    const outcomeWith = async (delayMs: number) => {
      stage.central.admin.setSource('POLICE', 'SLOW', delayMs)
      const opened = visit.open(truck.key)
      let done = false
      void opened.finally(() => (done = true))
      while (!done) await stage.clock.advance(250)
      return (await opened).outcome
    }
    expect(await outcomeWith(2_000)).toBe('READY')
    expect(await outcomeWith(3_500)).toBe('UNAVAILABLE')
  })
})

describe('the store', () => {
  it('of a newer program, or of another one, is refused and left alone', async () => {
    const { openDatabase } = await import('./store/database.ts')
    const folder = mkdtempSync(join(tmpdir(), 'central-'))
    try {
      const newer = join(folder, 'newer.db')
      openDatabase(newer).close()
      const raw = new Database(newer)
      raw.pragma('user_version = 99')
      raw.close()
      expect(() => openDatabase(newer)).toThrow('store version 99')
      const other = join(folder, 'other.db')
      const foreign = new Database(other)
      foreign.exec('CREATE TABLE theirs (x)')
      foreign.pragma('application_id = 7')
      foreign.close()
      expect(() => openDatabase(other)).toThrow('not a store of the central platform')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('itself refuses a second live number for one review', () => {
    const { database } = stage.central
    const seeded = database
      .prepare<[], { review_id: string; authorization_id: string }>('SELECT * FROM endorsement')
      .get()!
    const second = database.prepare(
      `INSERT INTO endorsement (endorsement_no, review_id, status, attempt, authorization_id) VALUES ('x', ?, 'AUTHORIZED', 1, ?)`,
    )
    expect(() => second.run(seeded.review_id, seeded.authorization_id)).toThrow('UNIQUE')
  })
})
