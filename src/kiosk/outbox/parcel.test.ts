import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { authorize, CentralStage, printed, type StageKiosk } from '../../../tests/support/central-stage.ts'
import { stored, StoreFixture } from '../../../tests/support/store.ts'
import { DEMO_PEOPLE } from '../../central/server/seed/people.ts'
import { generateDeviceIdentity } from '../../central/client/device-key.ts'
import type { EndorsementNo } from '../../domain/endorsement-no.ts'
import type { Parcel } from '../../central/contract/parcel.ts'
import { expectOk } from '../../lib/result.ts'
import type { Store } from '../../store/store.ts'
import { exportParcel, importParcel, type Packer } from './parcel.ts'

let stage: CentralStage
let kiosk: StageKiosk
let fixture: StoreFixture
let store: Store
let packer: Packer
let no: EndorsementNo

beforeEach(async () => {
  stage = await CentralStage.open({ adminToken: 'secret' })
  kiosk = await stage.kiosk()
  fixture = new StoreFixture()
  store = fixture.open({ clock: stage.clock })
  packer = { kioskId: kiosk.kioskId, identity: kiosk.identity, now: stage.clock.now() }
  const { key: vehicle } = stage.truck({ plate: '粤BX9001', review: { status: 'APPROVED' } })
  const visit = await stage.visit(kiosk)
  const grant = expectOk(await authorize(visit, await visit.open(vehicle)), 'authorized')
  no = grant.endorsementNo
  const report = printed(grant, stage.clock.now())
  stored(store, (tx) => {
    const letter = { kind: 'print-result', endorsementNo: no, report } as const
    tx.outbox.add({ aggregate: 'K:V1:R1', kind: letter.kind, payload: letter, idempotencyKey: 'A1:PRINTED' })
    const event = {
      eventId: '7a4be2a0-5c1d-4c5e-9f0b-3f1f5a0c1d2e',
      kind: 'HELP_REQUESTED',
      at: stage.clock.now(),
      device: null,
      detail: 'x',
    } as const
    tx.outbox.add({
      aggregate: 'events',
      kind: 'event',
      payload: { kind: 'event', report: event },
      idempotencyKey: event.eventId,
    })
  })
})
afterEach(async () => {
  fixture.dispose()
  await stage.close()
})

function park(idempotencyKey: string): void {
  for (let n = 0; n < 5; n++)
    stored(store, (tx) => {
      const id = tx.outbox.findByKey(idempotencyKey)?.id ?? 0
      tx.outbox.settle(id, { outcome: 'REFUSED', error: 'NOT_FOUND' })
    })
}

const stateOf = (key: string) => stored(store, (tx) => tx.outbox.findByKey(key)?.state)
const handIn = async (parcel: unknown) => {
  const answer = await fetch(`${stage.url}/admin/parcels`, {
    method: 'POST',
    headers: { authorization: 'Bearer secret', 'content-type': 'application/json' },
    body: JSON.stringify(parcel),
  })
  return { status: answer.status, body: (await answer.json()) as { letters?: { outcome: string }[]; code?: string } }
}

describe('a parcel of unsent letters', () => {
  it('carries what is parked, and everything when asked to, and leaves a row in the audit', () => {
    expect(exportParcel(store, packer, 'PARKED').letters).toEqual([])
    expect(exportParcel(store, packer, 'ALL').letters).toHaveLength(2)
    park('A1:PRINTED')
    const parcel = exportParcel(store, packer, 'PARKED')
    expect(parcel.letters.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['A1:PRINTED'])
    expect(stored(store, (tx) => tx.audit.latest(1))).toMatchObject([
      { action: 'outbox.exported', actor: 'technician' },
    ])
    expect(stateOf('A1:PRINTED')).toBe('PARKED')
  })

  it('holds nothing of a person: it has no field for one', () => {
    const parcel = exportParcel(store, packer, 'ALL')
    const { name, idNo } = DEMO_PEOPLE.owner
    expect(JSON.stringify(parcel)).not.toContain(name)
    expect(JSON.stringify(parcel)).not.toContain(idNo)
    const fields = new Set<string>()
    JSON.stringify(parcel, (field, value: unknown) => {
      if (!/^\d*$/.test(field)) fields.add(field)
      return value
    })
    const ofTheParcel = ['format', 'kioskId', 'keyId', 'packedAt', 'letters', 'signature']
    const ofALetter = ['aggregate', 'seq', 'letter', 'idempotencyKey', 'createdAt', 'hash', 'kind', 'report']
    const ofAPrint = ['endorsementNo', 'authorizationId', 'attempt', 'result', 'startedAt', 'at', 'proof']
    const ofProofAndEvent = ['method', 'jobId', 'sha256', 'eventId', 'device', 'detail']
    expect(fields).toEqual(new Set([...ofTheParcel, ...ofALetter, ...ofAPrint, ...ofProofAndEvent]))
  })

  it('is taken by the centre as if it had been sent, and twice is once', async () => {
    const parcel = exportParcel(store, packer, 'ALL')
    expect((await handIn(parcel)).body.letters).toMatchObject([{ outcome: 'ACCEPTED' }, { outcome: 'ACCEPTED' }])
    expect(stage.central.admin.ledger().find(({ endorsementNo }) => endorsementNo === no)?.status).toBe('CONFIRMED')
    expect((await handIn(parcel)).body.letters).toMatchObject([{ outcome: 'DUPLICATE' }, { outcome: 'DUPLICATE' }])
    expect(stage.central.admin.events()).toHaveLength(1)
  })

  it('is refused by the centre when a letter was changed, left out or moved, or the kiosk is not known', async () => {
    const parcel = exportParcel(store, packer, 'ALL')
    const [first, second] = parcel.letters
    if (first === undefined || second === undefined) throw new Error('two letters')
    const forgeries: Parcel[] = [
      { ...parcel, letters: [first] },
      { ...parcel, letters: [second, first] },
      { ...parcel, letters: [{ ...first, createdAt: first.createdAt + 1 }, second] },
      { ...parcel, packedAt: parcel.packedAt + 1 },
      { ...parcel, signature: Buffer.alloc(64).toString('base64url') },
    ]
    for (const forgery of forgeries)
      expect(await handIn(forgery)).toMatchObject({ status: 422, body: { code: 'PARCEL_TAMPERED' } })
    const stranger = generateDeviceIdentity()
    const foreign = exportParcel(store, { ...packer, identity: stranger }, 'ALL')
    expect((await handIn(foreign)).body.code).toBe('PARCEL_OF_UNKNOWN_KIOSK')
    stage.central.admin.revokeKiosk(kiosk.kioskId)
    expect((await handIn(parcel)).body.code).toBe('PARCEL_OF_REVOKED_KIOSK')
    expect((await handIn({})).body.code).toBe('PARCEL_MALFORMED')
  })

  it('comes back into the outbox of its kiosk: parked letters are tried again, lost ones are added, twice is once', () => {
    park('A1:PRINTED')
    const parcel: unknown = JSON.parse(JSON.stringify(exportParcel(store, packer, 'ALL')))
    expect(importParcel(store, kiosk.identity, parcel)).toEqual({ ok: true, value: { added: 0, retried: 1, known: 1 } })
    expect(stateOf('A1:PRINTED')).toBe('PENDING')
    expect(importParcel(store, kiosk.identity, parcel)).toEqual({ ok: true, value: { added: 0, retried: 0, known: 2 } })
    const lost = new StoreFixture()
    const fresh = lost.open({ clock: stage.clock })
    expect(importParcel(fresh, kiosk.identity, parcel)).toEqual({ ok: true, value: { added: 2, retried: 0, known: 0 } })
    expect(stored(fresh, (tx) => tx.outbox.due(10))).toHaveLength(2)
    lost.dispose()
  })

  it('of another kiosk stays outside', () => {
    const parcel = exportParcel(store, packer, 'ALL')
    expect(importParcel(store, generateDeviceIdentity(), parcel)).toMatchObject({
      error: { code: 'PARCEL_OF_ANOTHER_KIOSK' },
    })
  })
})

describe('npm run outbox', () => {
  const cli = fileURLToPath(new URL('cli.ts', import.meta.url))
  const outbox = (data: string, ...args: string[]) => {
    const { status, stdout } = spawnSync(process.execPath, [cli, ...args, '--data', data], { encoding: 'utf8' })
    return { status, answer: stdout === '' ? null : (JSON.parse(stdout) as Record<string, unknown>) }
  }

  it('lists, packs, takes back and tries again', () => {
    const folder = mkdtempSync(join(tmpdir(), 'outbox-cli-'))
    try {
      park('A1:PRINTED')
      const { kioskId, identity } = kiosk
      writeFileSync(join(fixture.folder, 'device.key'), identity.toPem(), { mode: 0o600 })
      stored(store, (tx) =>
        tx.settings.set('enrolment', {
          keyId: identity.keyId,
          answer: { kioskId, kioskName: '1号机', stationName: '站', province: 'guangdong', keyId: identity.keyId },
        }),
      )
      store.close()
      expect(outbox(fixture.folder, 'list').answer).toMatchObject({ result: { depth: { pending: 1, parked: 1 } } })
      const file = join(folder, 'parcel.json')
      const packed = outbox(fixture.folder, 'export', file, '--all')
      expect(packed).toMatchObject({ status: 0, answer: { result: { letters: 2 } } })
      expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ kioskId })
      expect(outbox(fixture.folder, 'import', file).answer).toMatchObject({ result: { retried: 1, known: 1 } })
      expect(outbox(fixture.folder, 'retry').answer).toMatchObject({ result: { retried: [] } })
      expect(outbox(fixture.folder, 'import', join(folder, 'absent')).status).toBe(1)
      expect(outbox(folder, 'list')).toMatchObject({ status: 1, answer: { error: 'NO_STORE' } })
      expect(outbox(fixture.folder, 'dance').status).toBe(2)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
