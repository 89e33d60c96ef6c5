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
import { packParcel, type Parcel } from '../../central/contract/parcel.ts'
import { silentLog } from '../../lib/log.ts'
import { expectOk } from '../../lib/result.ts'
import type { Store } from '../../store/store.ts'
import { Courier } from './courier.ts'
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

  it('that was forged or edited on the way stays outside, and leaves everything as it was', () => {
    park('A1:PRINTED')
    const parcel = exportParcel(store, packer, 'ALL')
    const [first, second] = parcel.letters
    if (first?.letter.kind !== 'print-result' || second === undefined) throw new Error('two letters')
    const report = { ...first.letter.report, result: 'FAILED' } as const
    const before = stored(store, (tx) => [tx.outbox.unsent(), tx.audit.head()])
    const stranger = generateDeviceIdentity()
    const forgeries: unknown[] = [
      // The outcome of a print, the endorsement it belongs to, its key, its place, its time, its parcel.
      { ...parcel, letters: [{ ...first, letter: { ...first.letter, report } }, second] },
      { ...parcel, letters: [{ ...first, idempotencyKey: 'A1:FAILED' }, second] },
      { ...parcel, letters: [{ ...first, aggregate: 'K:V2:R2' }, second] },
      { ...parcel, letters: [{ ...first, seq: 7 }, second] },
      { ...parcel, letters: [first] },
      { ...parcel, letters: [second, first] },
      { ...parcel, letters: [first, second, second] },
      { ...parcel, letters: [] },
      { ...parcel, kioskId: '440300-0099' },
      { ...parcel, packedAt: 0 },
      { ...parcel, signature: Buffer.alloc(64).toString('base64url') },
      // Signed by somebody else under this kiosk's name.
      exportForged(stranger),
    ]
    for (const forgery of forgeries)
      expect(importParcel(store, kiosk.identity, forgery)).toEqual({ ok: false, error: { code: 'PARCEL_TAMPERED' } })
    for (const nonsense of [
      null,
      'x',
      [],
      {},
      { ...parcel, extra: 1 },
      { ...parcel, letters: [{ ...first, letter: {} }] },
    ])
      expect(importParcel(store, kiosk.identity, nonsense)).toEqual({ ok: false, error: { code: 'PARCEL_MALFORMED' } })
    const { idempotencyKey } = first
    expect(stored(store, (tx) => tx.outbox.findByKey(idempotencyKey)?.state)).toBe('PARKED')
    expect(stored(store, (tx) => tx.outbox.unsent())).toEqual(before[0])

    function exportForged(by: ReturnType<typeof generateDeviceIdentity>): Parcel {
      const forged = packParcel(
        parcel.letters.map(({ aggregate, seq, letter, idempotencyKey, createdAt }) => ({
          aggregate,
          seq,
          letter,
          idempotencyKey,
          createdAt,
        })),
        {
          kioskId: kiosk.kioskId,
          identity: by,
          packedAt: parcel.packedAt,
        },
      )
      return { ...forged, keyId: kiosk.identity.keyId }
    }
  })

  it('is no way to send again what has arrived: an acknowledged letter is known, here and at the centre', async () => {
    const parcel: unknown = JSON.parse(JSON.stringify(exportParcel(store, packer, 'ALL')))
    const courier = new Courier(store, kiosk.client, stage.clock, silentLog)
    await courier.hurry()
    await courier.stop()
    expect(stateOf('A1:PRINTED')).toBe('SENT')
    const ledger = stage.central.admin.ledger()
    expect(importParcel(store, kiosk.identity, parcel)).toEqual({ ok: true, value: { added: 0, retried: 0, known: 2 } })
    expect(stored(store, (tx) => tx.outbox.depth().pending)).toBe(0)
    expect((await handIn(parcel)).body.letters).toMatchObject([{ outcome: 'DUPLICATE' }, { outcome: 'DUPLICATE' }])
    expect(stage.central.admin.ledger()).toEqual(ledger)
    // The store was lost: the letters go out once more, and the centre's "duplicate" is success.
    const lost = new StoreFixture()
    const fresh = lost.open({ clock: stage.clock })
    expect(importParcel(fresh, kiosk.identity, parcel)).toMatchObject({ value: { added: 2 } })
    const again = new Courier(fresh, kiosk.client, stage.clock, silentLog)
    await again.hurry()
    await again.stop()
    expect(stored(fresh, (tx) => tx.outbox.depth())).toMatchObject({ pending: 0, parked: 0 })
    expect(stage.central.admin.ledger()).toEqual(ledger)
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
