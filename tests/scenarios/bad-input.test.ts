import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type Database from 'better-sqlite3-multiple-ciphers'
import { rawDatabase } from '../support/store.ts'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { DEMO_PEOPLE } from '../../src/central/server/seed/people.ts'
import type { IdCard } from '../../src/drivers/id-card/card.ts'
import type { SamFault } from '../../src/drivers/id-card/faults.ts'
import type { DeviceLine, ServeDevice } from '../../src/drivers/transport/device-line.ts'
import { cardOf } from '../../src/rig/cards.ts'
import { STORE_FILE } from '../../src/store/store.ts'
import { simulatorOnPty } from '../support/pty.ts'
import type { Visitor } from '../support/visitor.ts'
import { technicianReads } from './remains.ts'
import { Station, type RunningKiosk, type SiteJson } from './station.ts'

let station: Station
let kiosk: RunningKiosk
let visitor: Visitor

beforeEach(async () => {
  station = await Station.open()
})
afterEach(() => station.close())

async function startKiosk(site?: (site: SiteJson) => void): Promise<void> {
  kiosk = await station.kiosk(site === undefined ? {} : { site })
  visitor = kiosk.visitor
}

/** Waits for a remark at the card reader. */
async function hears(remark: string): Promise<void> {
  await visitor.until(remark, ({ view }) => view.screen === 'S02' && view.remark?.key === `remark.${remark}`)
}

describe('the page', () => {
  it('that says what no page may say is not heard, and it is written down', async () => {
    await startKiosk()
    await visitor.start('CODE')
    for (const words of ['', '{', '{"viewId":1,"intent":{"type":"APPROVE"}}', '{"intent":{"type":"LEAVE"}}'])
      visitor.tell({ type: 'intent', bytes: new TextEncoder().encode(words) })
    await technicianReads(kiosk.dataDir, 'page.nonsense', {})
    visitor.placeCard('owner')
    await visitor.sees('S03', 'CERTIFICATE')
    await visitor.leaves()
  })
})

describe('the card reader', () => {
  it.each<[string, SamFault, string]>([
    ['a checksum that is wrong', { kind: 'wrong-checksum', on: 'read', times: 2 }, 'CARD_AGAIN'],
    ['a frame that breaks off', { kind: 'truncated', on: 'read', at: 700, times: 2 }, 'CARD_LIFTED'],
    ['a frame that claims more than it holds', { kind: 'wrong-length', on: 'read', by: 9, times: 2 }, 'CARD_LIFTED'],
    ['a card that is lifted in the middle', { kind: 'card-lifted', on: 'read', at: 300 }, 'CARD_AGAIN'],
    ['a read error of the chip', { kind: 'sw3', on: 'read', code: 0x41 }, 'CARD_AGAIN'],
  ])('%s: she is asked to put the card down again, and that is all', async (_, fault, remark) => {
    await startKiosk()
    await visitor.start('CODE')
    station.rig.reader.misbehave({ faults: [fault] })
    visitor.placeCard('owner')
    await hears(remark)
    await technicianReads(kiosk.dataDir, 'card.again', { remark })
    station.rig.reader.misbehave({})
    visitor.liftCard()
    await visitor.until('the reader to be free', ({ view }) => view.screen === 'S02' && view.stage === 'WAITING')
    await expect.poll(() => station.rig.reader.heard.slice(-1)).toEqual(['find'])
    visitor.placeCard('owner')
    await visitor.provesByCode('owner')
    await visitor.sees('S04', 'CHOOSE')
    await visitor.leaves()
  })

  it.each<[string, SamFault]>([
    ['torn and sent again', { kind: 'torn', on: 'read', at: 200 }],
    ['sent twice', { kind: 'duplicate', on: 'read' }],
    ['late into the next question', { kind: 'late', on: 'find', ms: 900 }],
  ])('an answer %s is understood', async (_, fault) => {
    await startKiosk()
    await visitor.start('CODE')
    station.rig.reader.misbehave({ faults: [fault] })
    visitor.placeCard('owner')
    await visitor.sees('S03', 'CERTIFICATE')
    await visitor.leaves()
  })

  it('floods of garbage and frames of impossible size before every answer hide no card', async () => {
    const flood = Buffer.concat([
      Buffer.from([0xaa, 0xaa, 0xaa, 0x96, 0x69, 0xff, 0xff]),
      Buffer.alloc(3_000, 0xaa),
      Buffer.from([0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x0f, 0xff, 0x00]),
    ])
    const flooding: ServeDevice = (line) => station.rig.reader.serve(preceded(line, flood))
    const hosted = await simulatorOnPty(flooding)
    await startKiosk(
      ({ devices }) => (devices['id-card']!['transport'] = { kind: 'serial', path: hosted.address, baud: 115_200 }),
    )
    await visitor.start('CODE')
    visitor.placeCard('owner')
    await visitor.sees('S03', 'CERTIFICATE')
    await visitor.leaves()
  })

  it('a cable that is pulled while reading: the fault is named, and the next try uses the cable that is back', async () => {
    await startKiosk()
    await visitor.start('CODE')
    station.rig.reader.misbehave({ faults: [{ kind: 'hang-up', on: 'read', at: 100 }] })
    visitor.placeCard('owner')
    const { problem } = await visitor.meets('CARD_READER_FAULT')
    expect(problem.actions).toContain('RETRY')
    await technicianReads(kiosk.dataDir, 'visit.trouble', { code: 'CARD_READER_FAULT', detail: 'LOST' })
    visitor.liftCard()
    visitor.press({ type: 'RETRY' })
    await visitor.sees('S02', 'WAITING')
    visitor.placeCard('owner')
    await visitor.sees('S03', 'CERTIFICATE')
    await visitor.leaves()
  })

  it.each<[string, Partial<IdCard>, string]>([
    ['that has run out', { validUntil: '2020-01-01' as IdCard['validUntil'] & string }, 'CARD_EXPIRED'],
    ['whose number cannot be true', { idNumber: '990001198806163029', idNumberValid: false }, 'CARD_NOT_VERIFIED'],
    ['of somebody the centre does not know', { idNumber: '990001199001010013' }, 'PERSON_UNKNOWN'],
  ])('a card %s proves nobody', async (_, change, code) => {
    await startKiosk()
    await visitor.start('CODE')
    station.rig.reader.insertCard({ ...cardOf(DEMO_PEOPLE.owner), ...change } as IdCard)
    await visitor.meets(code)
    await technicianReads(kiosk.dataDir, 'visit.trouble', { code })
    await visitor.leaves()
  })
})

describe('the other way to verify', () => {
  beforeEach(() => startKiosk())

  it('a certificate that is not hers, nonsense, and five wrong codes: each is said, nothing is given away', async () => {
    await visitor.start('CODE')
    visitor.placeCard('owner')
    for (const code of ['440300999999', 'https://example.com/?x=1', '🚛', '0'.repeat(64)]) {
      await visitor.sees('S03', 'CERTIFICATE')
      const before = visitor.now.viewId
      visitor.press({ type: 'CERTIFICATE_CODE', code })
      await visitor.until(
        'the remark',
        ({ view, viewId }) =>
          viewId >= before + 2 &&
          view.screen === 'S03' &&
          view.method === 'CODE' &&
          view.remark?.key === 'remark.CERTIFICATE_MISMATCH',
      )
    }
    visitor.press({ type: 'CERTIFICATE_CODE', code: '440300165715' })
    await visitor.sees('S03', 'SMS')
    const wrong = visitor.lastSms() === '000000' ? '000001' : '000000'
    for (const left of [4, 3, 2, 1]) {
      visitor.press({ type: 'SMS_CODE', code: wrong })
      await visitor.until(
        `${left} tries left`,
        ({ view }) =>
          view.screen === 'S03' && view.method === 'CODE' && view.stage === 'SMS' && view.triesLeft === left,
      )
    }
    visitor.press({ type: 'SMS_CODE', code: wrong })
    await visitor.meets('SMS_TOO_MANY')
    await technicianReads(kiosk.dataDir, 'visit.trouble', { code: 'SMS_TOO_MANY' })
    expect(visitor.path).not.toContain('S04.CHOOSE')
    await visitor.leaves()
  })

  it('who goes back and types the number again within the minute is still where she was', async () => {
    await visitor.start('CODE')
    visitor.placeCard('owner')
    await visitor.sees('S03', 'CERTIFICATE')
    visitor.press({ type: 'CERTIFICATE_CODE', code: '440300165715' })
    await visitor.sees('S03', 'SMS')
    visitor.press({ type: 'BACK' })
    await visitor.sees('S03', 'CERTIFICATE')
    visitor.press({ type: 'CERTIFICATE_CODE', code: '440300165715' })
    await visitor.sees('S03', 'SMS')
    visitor.press({ type: 'SMS_CODE', code: visitor.lastSms() })
    await visitor.sees('S04', 'CHOOSE')
    expect(station.rig.central.admin.sentSms()).toHaveLength(1)
    await visitor.leaves()
  })

  it('no phone on record: she is told whom to ask', async () => {
    await visitor.start('CODE')
    visitor.placeCard('rareName')
    await visitor.sees('S03', 'CERTIFICATE')
    const [{ no }] = station.rig.central.database
      .prepare<[], { no: string }>("SELECT certificate_no AS no FROM certificate WHERE plate_no = '粤B90001'")
      .all() as [{ no: string }]
    visitor.press({ type: 'CERTIFICATE_CODE', code: no })
    await visitor.meets('NO_PHONE')
    await technicianReads(kiosk.dataDir, 'visit.trouble', { code: 'NO_PHONE' })
    await visitor.leaves()
  })

  it('a code that was scanned is as good as a typed one; what is no code is answered', async () => {
    await visitor.start('CODE')
    visitor.placeCard('owner')
    await visitor.sees('S03', 'CERTIFICATE')
    station.rig.scanner.show('https://example.com/nothing-of-ours')
    await visitor.until(
      'the remark',
      ({ view }) =>
        view.screen === 'S03' && view.method === 'CODE' && view.stage === 'CERTIFICATE' && view.remark !== null,
    )
    station.rig.scanner.show('440300165715')
    await visitor.sees('S03', 'SMS')
    await visitor.leaves()
  })
})

describe('a device that is not there', () => {
  it.each([
    ['id-card', 'CARD_READER_FAULT'],
    ['receipt-printer', 'RECEIPT_PRINTER_FAULT'],
    ['certificate-printer', 'CERTIFICATE_PRINTER_FAULT'],
  ])(
    '%s: the service is grey with its reason, whether the port is missing or the device unnamed',
    async (role, closing) => {
      const changes: readonly ((site: SiteJson) => void)[] = [
        ({ devices }) => (devices[role]!['transport'] = { kind: 'serial', path: '/dev/ttyNOBODY', baud: 9600 }),
        (site) => (site.devices = Object.fromEntries(Object.entries(site.devices).filter(([name]) => name !== role))),
      ]
      for (const site of changes) {
        const started = await station.start({ site })
        await started.visitor.until(
          'the reason',
          ({ view }) => view.screen === 'S00' && view.tiles[0]?.closed?.key === `closed.${closing}`,
        )
        started.visitor.press({ type: 'START_SERVICE', service: 'annual-review' })
        expect(started.visitor.view.screen).toBe('S00')
        await started.stop()
      }
    },
  )

  it('the printer’s missing port is named to the technician', async () => {
    const started = await station.start({
      site: ({ devices }) =>
        (devices['certificate-printer']!['transport'] = { kind: 'serial', path: '/dev/ttyNOBODY' }),
    })
    await technicianReads(started.dataDir, 'house.changed', {
      member: 'certificate-printer',
      closing: 'CERTIFICATE_PRINTER_FAULT',
    })
  })

  it('a scanner that is not there only leaves the keyboard', async () => {
    await startKiosk(({ devices }) => (devices['scanner']!['transport'] = { kind: 'serial', path: '/dev/ttyNOBODY' }))
    await visitor.endorses('粤B23456')
  })
})

describe('what a start refuses', () => {
  it('a site file with a typo: the exact place and the reason, in words, and no restart helps', async () => {
    const started = station.kioskProcess({
      site: ({ devices }) =>
        (devices['receipt-printer']!['transport'] = { kind: 'serial', path: '/dev/ttyS0', bawd: 9600 }),
    })
    await expect.poll(() => started.visitor.refusal, { timeout: 10_000 }).not.toBeNull()
    expect(started.visitor.refusal).toMatchObject({ code: 'SITE_INVALID' })
    expect(started.visitor.refusal?.technician).toMatch(
      /site-\d+\.json:\d+:\d+: devices\.receipt-printer\.transport.*bawd.*baud/,
    )
    expect(started.visitor.snapshots).toEqual([])
  })

  it('a printer profile that does not exist: the file is named', async () => {
    const refusal = await station.tryToStart({
      site: ({ devices }) => (devices['receipt-printer']!['model'] = 'no-such-printer'),
    })
    expect(refusal).toMatchObject({ technician: expect.stringContaining('no-such-printer') })
  })

  it.each<[string, string, (db: string) => void]>([
    ['from a newer version', 'STORE_TOO_NEW', (path) => withDatabase(path, (db) => db.pragma('user_version = 99'))],
    ['of another program', 'NOT_A_KIOSK_STORE', (path) => withDatabase(path, (db) => db.pragma('application_id = 1'))],
    ['that is damaged', 'STORE_CORRUPT', (path) => writeFileSync(path, readFileSync(path).fill(0x5a, 4_096, 12_288))],
    ['that is no database', 'KEY_REFUSED', (path) => writeFileSync(path, 'x'.repeat(5_000))],
  ])('a store %s: refused, named, and left as it is', async (_, code, spoil) => {
    const first = await station.kiosk()
    await first.stop()
    const path = join(first.dataDir, STORE_FILE)
    spoil(path)
    const before = digest(path)
    const refusal = await station.tryToStart({ dataDir: first.dataDir })
    expect(refusal).toMatchObject({ code, technician: expect.stringMatching(/untouched|left as it is/) })
    expect(digest(path)).toBe(before)
  })
})

/** A line whose every message is preceded by `noise`. */
function preceded(line: DeviceLine, noise: Uint8Array): DeviceLine {
  return {
    send: (bytes) => {
      line.send(noise)
      line.send(bytes)
    },
    onBytes: (listener) => line.onBytes(listener),
    onClosed: (listener) => line.onClosed(listener),
    hangUp: () => line.hangUp(),
  }
}

function withDatabase(path: string, work: (db: Database.Database) => unknown): void {
  const db = rawDatabase(path)
  onTestFinished(() => void db.close())
  work(db)
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
}

function digest(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
