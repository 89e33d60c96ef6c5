import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { KioskId } from '../../src/central/contract/fields.ts'
import type { Visitor } from '../support/visitor.ts'
import { inMemoryOf, technicianReads } from './remains.ts'
import { MiddleMan, type Meddling } from './middle-man.ts'
import { SetClock, Station, type RunningKiosk, type SiteJson } from './station.ts'

const PLATE = '粤B23456'

let station: Station
let kiosk: RunningKiosk
let visitor: Visitor

beforeEach(async () => {
  station = await Station.open()
})
afterEach(() => station.close())

async function startKiosk(): Promise<void> {
  kiosk = await station.kiosk()
  visitor = kiosk.visitor
}

describe('the network goes after the authorization', () => {
  beforeEach(startKiosk)

  it('scenario 24: the row is printed from the signed authorization; the confirmation waits and keeps its own time', async () => {
    await visitor.comesToPrinter(PLATE)
    station.rig.gate.state = 'DOWN'
    const sheet = station.rig.insertCertificate()
    await visitor.takesAllAndLeaves()
    expect(sheet.inkedRows(station.rig.template.rows)).toEqual([3])
    expect(station.ledgerOf(PLATE)).toMatchObject([{ status: 'AUTHORIZED' }])
    const waiting = inMemoryOf(kiosk.dataDir, ({ outbox, endorsements }) => ({
      depth: outbox.depth(),
      endorsement: endorsements.inFlight()[0],
    }))
    expect(waiting.depth.pending).toBeGreaterThan(0)
    expect(waiting.endorsement?.status).toBe('PRINTED')
    await technicianReads(kiosk.dataDir, 'outbox.waits', { kind: 'print-result', error: 'UNREACHABLE' })

    // Hours later, long after the authorization has run out.
    station.clock.step(5 * 3_600_000)
    station.rig.gate.state = 'UP'
    await expect.poll(() => station.ledgerOf(PLATE), { timeout: 15_000 }).toMatchObject([{ status: 'CONFIRMED' }])
    const [record] = station.ledgerOf(PLATE)
    // The time of the print, not that of its arrival five hours later.
    expect(Math.abs((record?.confirmedAt ?? 0) - (waiting.endorsement?.settledAt ?? 0))).toBeLessThan(1_000)
    await expect
      .poll(() =>
        inMemoryOf(kiosk.dataDir, ({ outbox, endorsements }) => [outbox.depth().pending, endorsements.inFlight()]),
      )
      .toEqual([0, []])
  })

  it('scenario 24: an authorization that has run out prints nothing; it is renewed with the same number', async () => {
    await visitor.comesToPrinter(PLATE)
    const [granted] = station.ledgerOf(PLATE)
    station.clock.pass(121_000)
    const sheet = station.rig.insertCertificate()
    const { problem } = await visitor.meets('AUTHORIZATION_EXPIRED')
    expect(problem.actions).toContain('RETRY')
    await technicianReads(kiosk.dataDir, 'visit.trouble', { code: 'AUTHORIZATION_EXPIRED' })
    expect(sheet.inks).toEqual([])
    visitor.press({ type: 'RETRY' })
    const taking = await visitor.sees('S09')
    await visitor.takesAllAndLeaves()
    expect(taking.endorsementNo).toBe(granted?.endorsementNo)
    expect(station.ledgerOf(PLATE)).toMatchObject([{ status: 'CONFIRMED', attempt: 1, row: 3 }])
    expect(sheet.inkedRows(station.rig.template.rows)).toEqual([3])
  })

  it('scenario 24: when the network is still away at the renewal, nothing is printed and nothing is lost', async () => {
    await visitor.comesToPrinter(PLATE)
    station.clock.pass(121_000)
    station.rig.gate.state = 'DOWN'
    const sheet = station.rig.insertCertificate()
    await visitor.meets('AUTHORIZATION_EXPIRED')
    visitor.press({ type: 'RETRY' })
    await visitor.meets('CENTRE_UNREACHABLE')
    expect(sheet.inks).toEqual([])
    station.rig.gate.state = 'UP'
    visitor.press({ type: 'RETRY' })
    await visitor.takesAllAndLeaves()
    expect(station.ledgerOf(PLATE)).toMatchObject([{ status: 'CONFIRMED', attempt: 1 }])
  })
})

describe('an authorization that was not used', () => {
  beforeEach(startKiosk)

  it('is given back as soon as the network allows, and the next visit has its number at once', async () => {
    await visitor.comesToPrinter(PLATE)
    const [granted] = station.ledgerOf(PLATE)
    station.rig.gate.state = 'DOWN'
    await visitor.leaves()
    expect(station.ledgerOf(PLATE)).toMatchObject([{ status: 'AUTHORIZED' }])
    station.rig.gate.state = 'UP'
    const taking = await visitor.endorses(PLATE)
    expect(taking.endorsementNo).toBe(granted?.endorsementNo)
    expect(station.ledgerOf(PLATE)).toMatchObject([{ status: 'CONFIRMED', attempt: 1 }])
  })
})

describe('a review that changes between the screen and the confirmation', () => {
  beforeEach(startKiosk)

  it('is refused, shown anew, and may be confirmed as it is now', async () => {
    const confirm = await visitor.comesToConfirm(PLATE)
    expect(confirm.newValidUntil).toBe('2027-12-31')
    station.rig.central.database
      .prepare("UPDATE certificate SET valid_until = '2027-06-30' WHERE plate_no = ?")
      .run(PLATE)
    visitor.press({ type: 'CONFIRM' })
    await visitor.meets('REVIEW_CHANGED')
    visitor.press({ type: 'BACK' })
    await visitor.sees('S05', 'DONE')
    visitor.press({ type: 'CONTINUE' })
    expect(await visitor.sees('S07')).toMatchObject({ newValidUntil: '2027-06-30' })
    visitor.press({ type: 'CONFIRM' })
    await visitor.sees('S08', 'INSERT_CERTIFICATE')
    station.rig.insertCertificate()
    await visitor.takesAllAndLeaves()
    expect(station.ledgerOf(PLATE)).toMatchObject([{ status: 'CONFIRMED', validUntil: '2027-06-30' }])
  })
})

describe('two kiosks at one centre', () => {
  let other: Station
  let there: Visitor

  beforeEach(async () => {
    await startKiosk()
    other = await Station.open({}, station.clock)
    const second = await other.kiosk({ centreOf: station, site: ({ kiosk }) => (kiosk['name'] = '大厅2号机') })
    there = second.visitor
  })
  afterEach(() => other.close())

  it('scenario 25: of two confirmations within a second one is endorsed, the other is told where', async () => {
    await visitor.comesToConfirm(PLATE)
    await there.comesToConfirm(PLATE)
    visitor.press({ type: 'CONFIRM' })
    there.press({ type: 'CONFIRM' })
    await Promise.all(
      [visitor, there].map((who) =>
        who.until(
          'an answer',
          ({ view, problem }) => problem !== null || (view.screen === 'S08' && view.stage === 'INSERT_CERTIFICATE'),
        ),
      ),
    )
    const [winner, loser] = visitor.now.problem === null ? [visitor, there] : [there, visitor]
    const { problem } = await loser.meets('AUTHORIZED_ELSEWHERE')
    expect(problem.what.params).toEqual({ kiosk: winner === visitor ? '大厅1号机' : '大厅2号机' })
    winner.rig.insertCertificate()
    await winner.takesAllAndLeaves()
    await loser.leaves()
    expect(station.ledgerOf(PLATE)).toMatchObject([{ status: 'CONFIRMED', attempt: 1 }])
  })

  it('scenario 25: who confirms a review that was endorsed meanwhile reads 已在{kiosk}签注', async () => {
    await there.comesToConfirm(PLATE)
    await visitor.endorses(PLATE)
    there.press({ type: 'CONFIRM' })
    const { problem } = await there.meets('ALREADY_ENDORSED')
    expect(problem.what).toEqual({ key: 'problem.ALREADY_ENDORSED.what', params: { kiosk: '大厅1号机' } })
    await there.leaves()
    expect(station.ledgerOf(PLATE)).toHaveLength(1)
    expect(there.rig.receiptPrinter.paper.documents).toEqual([])
  })
})

describe('somebody on the wire', () => {
  let wire: MiddleMan

  beforeEach(async () => {
    wire = await MiddleMan.before(station.centreUrl)
    kiosk = await station.kiosk({ site: ({ centre }) => (centre['url'] = wire.url) })
    visitor = kiosk.visitor
  })
  afterEach(() => wire.close())

  /** Puts another date into the signed authorization, as somebody without the centre's key would have to. */
  const forging: Meddling = ({ body }) => {
    const text = body.toString('utf8')
    if (!text.includes('"authorization":"')) return {}
    const grant = JSON.parse(text) as { authorization: string }
    const [header = '', payload = '', signature = ''] = grant.authorization.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>
    const forged = Buffer.from(JSON.stringify({ ...claims, validUntil: '2031-12-31' })).toString('base64url')
    return { body: Buffer.from(JSON.stringify({ ...grant, authorization: `${header}.${forged}.${signature}` })) }
  }

  it('scenario 35: a changed date is found out: nothing is printed, the centre is alarmed, the next citizen is served', async () => {
    await visitor.comesToConfirm(PLATE)
    wire.meddles = forging
    visitor.press({ type: 'CONFIRM' })
    const { problem } = await visitor.meets('AUTHORIZATION_TAMPERED')
    expect(problem.actions).toEqual(['CALL_STAFF', 'LEAVE'])
    await technicianReads(kiosk.dataDir, 'security.tamper', { detail: 'BAD_SIGNATURE' })
    await expect.poll(() => station.rig.central.admin.events()).toMatchObject([{ kind: 'TAMPER' }])
    await visitor.leaves()
    expect(visitor.path).not.toContain('S08.INSERT_CERTIFICATE')
    expect(station.rig.certificatePrinter.taken).toEqual([])
    expect(inMemoryOf(kiosk.dataDir, ({ audit }) => audit.latest(20).map(({ action }) => action))).toContain(
      'security.tamper',
    )

    wire.meddles = null
    station.truck({ plate: '粤BNEXT1' })
    await visitor.endorses('粤BNEXT1')
    expect(station.ledgerOf('粤BNEXT1')).toMatchObject([{ status: 'CONFIRMED' }])
    // What was never believed is given back: her vehicle is not locked in by somebody's trick.
    await expect.poll(() => station.ledgerOf(PLATE)).toMatchObject([{ status: 'RELEASED' }])
    await visitor.endorses(PLATE)
    expect(station.ledgerOf(PLATE)).toMatchObject([{ status: 'CONFIRMED', validUntil: '2027-12-31' }])
  })

  it.each<[string, Meddling, string]>([
    [
      'an HTML page',
      () => ({ headers: { 'content-type': 'text/html' }, body: Buffer.from('<html>登录上网</html>') }),
      'CENTRE_NONSENSE',
    ],
    ['half a JSON', ({ body }) => ({ body: body.subarray(0, body.length >> 1) }), 'CENTRE_NONSENSE'],
    ['another JSON', () => ({ body: Buffer.from('{"hello":[]}') }), 'CENTRE_NONSENSE'],
    ['random bytes', () => ({ body: Buffer.from([0xff, 0xfe, 0x00, 0xd8]) }), 'CENTRE_NONSENSE'],
    ['eight megabytes', () => ({ body: Buffer.alloc(8 << 20, 0x20) }), 'CENTRE_NONSENSE'],
    [
      'a redirection',
      () => ({ status: 302, headers: { location: 'http://127.0.0.1:1/' }, body: Buffer.alloc(0) }),
      'CENTRE_NONSENSE',
    ],
    [
      'a gateway’s 502',
      () => ({ status: 502, headers: { 'content-type': 'text/html' }, body: Buffer.from('<h1>Bad Gateway</h1>') }),
      'CENTRE_DOWN',
    ],
  ])(
    'a centre that answers with %s: nothing of it is believed, she is told, and may go on when it is over',
    async (_, meddling, code) => {
      await visitor.start('CODE')
      wire.meddles = (passing) => (passing.path.endsWith('/health') ? {} : meddling(passing))
      visitor.placeCard('owner')
      const { problem } = await visitor.meets(code)
      expect(problem.assurance).not.toBeNull()
      await technicianReads(kiosk.dataDir, 'visit.trouble', { code })
      wire.meddles = null
      visitor.press({ type: 'RETRY' })
      await visitor.sees('S03', 'CERTIFICATE')
      await visitor.leaves()
    },
  )

  it('a centre that never answers: the deadline passes, she is told, and may try again or leave', async () => {
    await visitor.start('CODE')
    visitor.placeCard('owner')
    await visitor.sees('S03', 'CERTIFICATE')
    visitor.press({ type: 'CERTIFICATE_CODE', code: '440300165715' })
    await visitor.sees('S03', 'SMS')
    wire.meddles = () => 'HANG'
    visitor.press({ type: 'SMS_CODE', code: visitor.lastSms() })
    const { problem } = await visitor.meets('CENTRE_SLOW')
    expect(problem.actions).toEqual(['RETRY', 'LEAVE'])
    await technicianReads(kiosk.dataDir, 'visit.trouble', { code: 'CENTRE_SLOW', detail: 'no answer within 5000 ms' })
    wire.meddles = null
    await visitor.leaves()
  })

  it('an answer to the authorization that is lost on the way is asked for again and is the same authorization', async () => {
    await visitor.comesToConfirm(PLATE)
    wire.meddles = ({ body }) => (body.includes('"authorization"') ? { status: 502, body: Buffer.from('') } : {})
    visitor.press({ type: 'CONFIRM' })
    await visitor.meets('CENTRE_DOWN')
    const [granted] = station.ledgerOf(PLATE)
    expect(granted).toMatchObject({ status: 'AUTHORIZED' })
    wire.meddles = null
    visitor.press({ type: 'RETRY' })
    await visitor.sees('S08', 'INSERT_CERTIFICATE')
    station.rig.insertCertificate()
    const taking = await visitor.sees('S09')
    await visitor.takesAllAndLeaves()
    expect(taking.endorsementNo).toBe(granted?.endorsementNo)
    expect(station.ledgerOf(PLATE)).toMatchObject([{ status: 'CONFIRMED', attempt: 1 }])
  })

  it('an answer to the renewal that is lost is given back, and the next try has the same number', async () => {
    await visitor.comesToPrinter(PLATE)
    const [granted] = station.ledgerOf(PLATE)
    station.clock.pass(121_000)
    station.rig.insertCertificate()
    await visitor.meets('AUTHORIZATION_EXPIRED')
    wire.meddles = ({ body }) => (body.includes('"authorization"') ? { status: 502, body: Buffer.from('') } : {})
    visitor.press({ type: 'RETRY' })
    await visitor.meets('CENTRE_DOWN')
    wire.meddles = null
    visitor.press({ type: 'RETRY' })
    const taking = await visitor.sees('S09')
    await visitor.takesAllAndLeaves()
    expect(taking.endorsementNo).toBe(granted?.endorsementNo)
    expect(station.ledgerOf(PLATE)).toMatchObject([{ status: 'CONFIRMED', attempt: 1 }])
  })

  it('a forged renewal prints nothing either, and what was granted is given back', async () => {
    await visitor.comesToPrinter(PLATE)
    station.clock.pass(121_000)
    const sheet = station.rig.insertCertificate()
    await visitor.meets('AUTHORIZATION_EXPIRED')
    wire.meddles = forging
    visitor.press({ type: 'RETRY' })
    await visitor.meets('AUTHORIZATION_TAMPERED')
    wire.meddles = null
    await visitor.leaves()
    expect(sheet.inks).toEqual([])
    await expect.poll(() => station.ledgerOf(PLATE)).toMatchObject([{ status: 'RELEASED' }])
  })

  it('who leaves instead gives back what the centre may have granted', async () => {
    await visitor.comesToConfirm(PLATE)
    wire.meddles = ({ body }) => (body.includes('"authorization"') ? { status: 502, body: Buffer.from('') } : {})
    visitor.press({ type: 'CONFIRM' })
    await visitor.meets('CENTRE_DOWN')
    wire.meddles = null
    await visitor.leaves()
    await expect.poll(() => station.ledgerOf(PLATE), { timeout: 10_000 }).toMatchObject([{ status: 'RELEASED' }])
  })
})

describe('the centre in trouble', () => {
  beforeEach(startKiosk)

  it('down: she is told in the middle of her visit, and goes on where she was when it is back', async () => {
    await visitor.comesToVehicles()
    station.rig.gate.state = 'DOWN'
    visitor.press({ type: 'SELECT_VEHICLE', vehicleId: `2-${PLATE}` })
    await visitor.meets('CENTRE_UNREACHABLE')
    await technicianReads(kiosk.dataDir, 'visit.trouble', { code: 'CENTRE_UNREACHABLE' })
    station.rig.gate.state = 'UP'
    visitor.press({ type: 'RETRY' })
    await visitor.sees('S05', 'DONE')
    await visitor.leaves()
  })

  it('slow: four seconds an answer are waited for', async () => {
    await visitor.comesToVehicles()
    station.rig.gate.state = 'SLOW'
    visitor.press({ type: 'SELECT_VEHICLE', vehicleId: `2-${PLATE}` })
    await visitor.sees('S05', 'CHECKING')
    await visitor.sees('S05', 'DONE')
    station.rig.gate.state = 'UP'
    await visitor.leaves()
  })

  it('a source of the centre that is down neither passes nor locks: 暂时无法核验', async () => {
    station.rig.central.admin.setSource('POLICE', 'DOWN')
    await visitor.comesToVehicles()
    const answer = await visitor.chooses(PLATE)
    expect(answer).toMatchObject({
      screen: 'S05',
      canContinue: false,
      verdict: { title: { key: 'verdict.UNAVAILABLE.title' } },
    })
    await visitor.leaves()
  })
})

describe('a kiosk whose key the centre has revoked', () => {
  const revoke = (): void => {
    const { central } = station.rig
    const kioskId = central.database.prepare<[], KioskId>('SELECT kiosk_id FROM kiosk').pluck().get()
    expect(kioskId !== undefined && central.admin.revokeKiosk(kioskId)).toBe(true)
  }

  it('ends the visit with its reason, closes, stays closed over a restart, and keeps every letter', async () => {
    await startKiosk()
    await visitor.comesToPrinter(PLATE)
    revoke()
    const sheet = station.rig.insertCertificate()
    await visitor.takesAllAndLeaves()
    // The authorization was good when it was given: its row is on paper, and the report waits for who sorts it out.
    expect(sheet.inkedRows(station.rig.template.rows)).toEqual([3])
    const isClosed = (of: Visitor) =>
      of.until('closed', ({ view }) => view.screen === 'S00' && view.tiles[0]?.closed?.key === 'closed.NOT_ENROLLED')
    await isClosed(visitor)
    await technicianReads(kiosk.dataDir, 'standing.changed', { reason: 'KEY_REVOKED' })
    const waiting = () => inMemoryOf(kiosk.dataDir, ({ outbox }) => outbox.unsent())
    const [letter] = waiting().filter(({ kind }) => kind === 'print-result')
    expect(letter).toMatchObject({ state: 'PENDING', refusals: 0 })
    await kiosk.stop()
    const again = await station.start({ dataDir: kiosk.dataDir, sitePath: kiosk.sitePath })
    await isClosed(again.visitor)
    expect(waiting().find(({ id }) => id === letter?.id)).toMatchObject({ state: 'PENDING', refusals: 0 })
    expect(station.ledgerOf(PLATE)).toMatchObject([{ status: 'AUTHORIZED' }])
  })

  it('prints nothing that it was not allowed to before: the confirmation is refused, and nothing is in the ledger', async () => {
    await startKiosk()
    await visitor.comesToConfirm(PLATE)
    revoke()
    visitor.press({ type: 'CONFIRM' })
    await visitor.meets('NOT_ENROLLED')
    await visitor.leaves()
    expect(station.ledgerOf(PLATE)).toEqual([])
  })
})

describe('a site file that is not this kiosk’s', () => {
  it('is refused at the start, by name, and its own one starts again', async () => {
    await startKiosk()
    await kiosk.stop()
    const { dataDir } = kiosk
    for (const site of [
      (file: SiteJson) => (file['province'] = 'zhejiang'),
      (file: SiteJson) => (file.kiosk['kioskId'] = 'another-kiosk'),
    ])
      expect(await station.tryToStart({ dataDir, site })).toMatchObject({ code: 'SITE_OF_ANOTHER_KIOSK' })
    await station.kiosk({ dataDir, sitePath: kiosk.sitePath })
  })
})

describe('a clock that is wrong', () => {
  it('scenario 36: ten minutes ahead, the service is closed with its reason until the clock is set', async () => {
    const clock = new SetClock(station.clock.now() + 600_000)
    const started = await station.start({ clock })
    await started.visitor.until(
      'the clock’s reason',
      ({ view }) => view.screen === 'S00' && view.tiles[0]?.closed?.key === 'closed.CLOCK_SKEW',
    )
    await technicianReads(started.dataDir, 'house.changed', { member: 'clock', closing: 'CLOCK_SKEW' })
    clock.step(-600_000)
    await started.visitor.seesOpenHome()
    await started.visitor.endorses(PLATE)
    expect(station.ledgerOf(PLATE)).toMatchObject([{ status: 'CONFIRMED' }])
  })

  it('scenario 36: ten minutes behind, the service is closed as well', async () => {
    const clock = new SetClock(station.clock.now() - 600_000)
    const started = await station.start({ clock })
    await started.visitor.until(
      'the clock’s reason',
      ({ view }) => view.screen === 'S00' && view.tiles[0]?.closed?.key === 'closed.CLOCK_SKEW',
    )
    clock.step(600_000)
    await started.visitor.seesOpenHome()
  })

  it.each([
    ['ahead', 600_000],
    ['back', -600_000],
  ])(
    'that is set %s between the authorization and the print neither stops the print nor loses its report',
    async (_where, step) => {
      const clock = new SetClock(station.clock.now())
      const { visitor } = await station.kiosk({ clock })
      await visitor.comesToPrinter(PLATE)
      clock.step(step)
      station.rig.insertCertificate()
      await visitor.takesAllAndLeaves()
      // The centre takes no request of a wrong clock: the report waits for the right one.
      expect(station.ledgerOf(PLATE)).toMatchObject([{ status: 'AUTHORIZED', attempt: 1 }])
      clock.step(-step)
      await expect
        .poll(() => station.ledgerOf(PLATE), { timeout: 15_000 })
        .toMatchObject([{ status: 'CONFIRMED', attempt: 1 }])
    },
  )

  it('scenario 36: a clock that jumps before the confirmation endorses nothing until it is set', async () => {
    const clock = new SetClock(station.clock.now())
    const started = await station.kiosk({ clock })
    const { visitor } = started
    await visitor.comesToConfirm(PLATE)
    clock.step(600_000)
    visitor.press({ type: 'CONFIRM' })
    await visitor.meets('CLOCK_SKEW')
    await technicianReads(started.dataDir, 'visit.trouble', { code: 'CLOCK_SKEW' })
    expect(station.ledgerOf(PLATE)).toEqual([])
    clock.step(-600_000)
    await visitor.leaves()
    await visitor.endorses(PLATE)
    expect(station.ledgerOf(PLATE)).toMatchObject([{ status: 'CONFIRMED', attempt: 1 }])
  })
})
