import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DEMO_PEOPLE } from '../../src/central/server/seed/people.ts'
import { beginTrial, lastChange } from '../../src/kiosk/technician/trial.ts'
import type { Visitor } from '../support/visitor.ts'
import { inMemoryOf } from './remains.ts'
import { Station, type RunningKiosk, type SiteJson } from './station.ts'

const PLATE = '粤B23456'
const T001 = { staffId: 'T001', pin: '246810' }
const T002 = { staffId: 'T002', pin: '135790' }

let station: Station
let kiosk: RunningKiosk
let visitor: Visitor
let restarts: number

beforeEach(async () => {
  restarts = 0
  station = await Station.open()
  // Nobody here draws A4 pages, pulls the mains or looks at lamps: what an endorsement needs is enough.
  const site = (json: SiteJson): void => {
    const needed = ['id-card', 'scanner', 'receipt-printer', 'certificate-printer', 'camera']
    json.devices = Object.fromEntries(Object.entries(json.devices).filter(([role]) => needed.includes(role)))
  }
  kiosk = await station.kiosk({ site, onRestart: () => (restarts += 1) })
  visitor = kiosk.visitor
})
afterEach(() => station.close())

async function knocks(at: Visitor, staffId: string, pin: string): Promise<void> {
  at.press({ type: 'CONSOLE_OPEN' })
  await at.sees('S90', 'STAFF')
  at.press({ type: 'CONSOLE_STAFF', staffId })
  await at.sees('S90', 'PIN')
  at.press({ type: 'CONSOLE_PIN', pin })
}

async function opens(at = visitor): Promise<void> {
  await knocks(at, T001.staffId, T001.pin)
  await at.sees('S91')
}

function audited(action: string) {
  return inMemoryOf(kiosk.dataDir, ({ audit }) => audit.latest(500))
    .filter((row) => row.action === action)
    .map(({ actor, target, result, detail }) => ({ actor, target, result, detail: JSON.parse(detail) as unknown }))
}

describe('scenario 33: the technician', () => {
  it('opens the console with number and PIN, from home only, and no visit starts meanwhile', async () => {
    await opens()
    visitor.press({ type: 'START_SERVICE', service: 'annual-review' })
    visitor.press({ type: 'CONSOLE_GO', screen: 'S97' })
    await visitor.sees('S97')
    visitor.press({ type: 'CONSOLE_CLOSE' })
    await visitor.seesOpenHome()
    expect(visitor.path).not.toContain('S01.NOTICE')
    expect(audited('console.opened')).toMatchObject([{ actor: 'staff:T001', detail: { by: 'PIN' } }])

    await visitor.start()
    visitor.press({ type: 'CONSOLE_OPEN' })
    visitor.placeCard('owner')
    await visitor.until('the visit to go on', ({ view }) => view.screen === 'S03')
  })

  it('may show a badge instead of typing the number, and is asked for the PIN all the same', async () => {
    visitor.press({ type: 'CONSOLE_OPEN' })
    await visitor.sees('S90', 'STAFF')
    await expect
      .poll(async () => {
        station.rig.command({ type: 'SCAN', text: 'STAFF-T001' })
        return Promise.resolve(visitor.view.screen === 'S90' && visitor.view.stage)
      })
      .toBe('PIN')
    visitor.press({ type: 'CONSOLE_PIN', pin: T001.pin })
    await visitor.sees('S91')
  })

  it('is locked out for fifteen minutes after five wrong PINs, and the centre hears of it', async () => {
    visitor.press({ type: 'CONSOLE_OPEN' })
    await visitor.sees('S90', 'STAFF')
    visitor.press({ type: 'CONSOLE_STAFF', staffId: 'T001' })
    await visitor.sees('S90', 'PIN')
    for (const left of [4, 3, 2, 1]) {
      visitor.press({ type: 'CONSOLE_PIN', pin: '000000' })
      await visitor.until(
        `${left} tries left`,
        ({ view }) => view.screen === 'S90' && view.stage === 'PIN' && view.triesLeft === left,
      )
    }
    visitor.press({ type: 'CONSOLE_PIN', pin: '000000' })
    const locked = await visitor.sees('S90', 'LOCKED')
    expect(locked.lockedUntil! - station.clock.now()).toBeGreaterThan(14 * 60_000)
    const alarms = () => station.rig.central.admin.events().filter(({ kind }) => kind === 'TECHNICIAN_LOCKED')
    await expect.poll(() => alarms().length).toBe(1)
    visitor.press({ type: 'CONSOLE_CLOSE' })
    await visitor.seesOpenHome()

    await kiosk.stop()
    const again = await station.kiosk({ dataDir: kiosk.dataDir, sitePath: kiosk.sitePath })
    again.visitor.press({ type: 'CONSOLE_OPEN' })
    await again.visitor.sees('S90', 'LOCKED')
    // Whoever can set the clock does not open the door with it (how it opens by itself: access.test.ts).
    station.clock.step(15 * 60_000)
    again.visitor.press({ type: 'CONSOLE_CLOSE' })
    await again.visitor.seesOpenHome()
    again.visitor.press({ type: 'CONSOLE_OPEN' })
    const still = await again.visitor.sees('S90', 'LOCKED')
    expect(still.lockedUntil! - station.clock.now()).toBeGreaterThan(14 * 60_000)
  })

  it('saves a calibration: old and new values stand in the audit, the file changes, the kiosk starts anew with it', async () => {
    await opens()
    visitor.press({ type: 'CONSOLE_GO', screen: 'S96' })
    await visitor.sees('S96')
    visitor.press({ type: 'CONSOLE_CALIBRATE', dxMm: 1.5, dyMm: -0.8 })
    visitor.press({ type: 'CONSOLE_SAVE_CALIBRATION' })
    await expect.poll(() => restarts).toBe(1)
    expect(audited('calibration.saved')).toEqual([
      {
        actor: 'staff:T001',
        target: 'certificate-printer',
        result: 'OK',
        detail: { dxMmOld: 0, dyMmOld: 0, dxMmNew: 1.5, dyMmNew: -0.8 },
      },
    ])
    await kiosk.stop()
    const site = JSON.parse(readFileSync(kiosk.sitePath, 'utf8')) as {
      devices: Record<string, { calibration?: object }>
    }
    expect(site.devices['certificate-printer']?.calibration).toEqual({ dxMm: 1.5, dyMm: -0.8 })

    const again = await station.kiosk({ dataDir: kiosk.dataDir, sitePath: kiosk.sitePath })
    await opens(again.visitor)
    again.visitor.press({ type: 'CONSOLE_GO', screen: 'S96' })
    expect(await again.visitor.sees('S96')).toMatchObject({ saved: { dxMm: 1.5, dyMm: -0.8 } })
    again.visitor.press({ type: 'CONSOLE_GO', screen: 'S99' })
    expect(await again.visitor.sees('S99')).toMatchObject({ lastChange: { outcome: 'TRIAL' } })
  })

  it('sees nothing of the citizen who was there before, on any screen', async () => {
    await visitor.endorses(PLATE)
    await visitor.seesOpenHome()
    const before = visitor.snapshots.length
    await opens()
    for (const screen of ['S91', 'S93', 'S94', 'S95', 'S96', 'S97', 'S98', 'S99'] as const) {
      visitor.press({ type: 'CONSOLE_GO', screen })
      await visitor.until(screen, ({ view }) => view.screen === screen)
    }
    for (const role of ['id-card', 'scanner', 'receipt-printer', 'certificate-printer']) {
      visitor.press({ type: 'CONSOLE_GO', screen: 'S92', role })
      await visitor.until(role, ({ view }) => view.screen === 'S92' && view.device.role === role)
    }
    const shown = JSON.stringify(visitor.snapshots.slice(before))
    const { owner } = DEMO_PEOPLE
    for (const secret of [owner.name, owner.idNo, owner.phone ?? owner.name, PLATE, T001.pin, 'scrypt$'])
      expect(shown).not.toContain(secret)
  })
})

describe('the site file', () => {
  it('is edited, tried and applied; a wrong value is refused in words', async () => {
    await opens()
    visitor.press({ type: 'CONSOLE_GO', screen: 'S99' })
    await visitor.sees('S99', 'EDIT')
    visitor.press({ type: 'CONSOLE_EDIT', path: 'session.idleWarningMs', value: '5' })
    visitor.press({ type: 'CONSOLE_APPLY' })
    const wrong = await visitor.sees('S99')
    const field = wrong.groups.flatMap(({ fields }) => fields).find(({ path }) => path === 'session.idleWarningMs')
    expect(field?.problem).toBe('现在是 5，请改成不小于 10000 的数')
    expect([wrong.tried, restarts]).toEqual([false, 0])

    visitor.press({ type: 'CONSOLE_EDIT', path: 'session.idleWarningMs', value: '50000' })
    visitor.press({ type: 'CONSOLE_DRY_RUN' })
    const tried = await visitor.until('the dry run', ({ view }) => view.screen === 'S99' && view.tried)
    expect(tried.view).toMatchObject({ changes: [{ path: 'session.idleWarningMs', from: '', to: '50000' }] })
    visitor.press({ type: 'CONSOLE_APPLY' })
    await expect.poll(() => restarts).toBe(1)
    expect(audited('site.changed')).toMatchObject([
      { target: 'session.idleWarningMs', detail: { from: '', to: '50000' } },
    ])
    expect(readdirSync(join(kiosk.dataDir, 'site-history')).filter((name) => name.startsWith('site-'))).toHaveLength(1)
  })

  it('that the kiosk refuses to start with goes back to the one before, and the audit says so', async () => {
    await kiosk.stop()
    const former = readFileSync(kiosk.sitePath, 'utf8')
    const place = { sitePath: kiosk.sitePath, dataDir: kiosk.dataDir }
    beginTrial(place, '{ "mode": "demo" }', station.clock.now(), { good: [], staff: 'T001' })
    kiosk = await station.kiosk({ dataDir: kiosk.dataDir, sitePath: kiosk.sitePath })
    expect(readFileSync(kiosk.sitePath, 'utf8')).toBe(former)
    expect(lastChange(kiosk.dataDir)).toMatchObject({ outcome: 'ROLLED_BACK', audited: true })
    expect(audited('site.rolled-back')).toMatchObject([{ actor: 'kiosk', detail: { appliedBy: 'T001' } }])
  })

  it('put there by hand is not taken for the one on trial', async () => {
    await kiosk.stop()
    const former = readFileSync(kiosk.sitePath, 'utf8')
    const place = { sitePath: kiosk.sitePath, dataDir: kiosk.dataDir }
    beginTrial(place, '{ "mode": "demo" }', station.clock.now(), { good: [], staff: 'T001' })
    writeFileSync(kiosk.sitePath, '{}')
    const refusal = await station.tryToStart(place)
    expect(refusal).toMatchObject({ code: 'SITE_INVALID' })
    expect(readFileSync(kiosk.sitePath, 'utf8')).toBe('{}')
    writeFileSync(kiosk.sitePath, former)
  })
})

describe('the readiness check', () => {
  /** Answers and helps as a technician would, until the check is over. */
  async function checks() {
    visitor.press({ type: 'CONSOLE_READINESS' })
    let answered = -1
    for (;;) {
      const { view, viewId } = await visitor.until(
        'a question or the end of the check',
        (snapshot) =>
          snapshot.view.screen === 'S94' &&
          (snapshot.view.stage === 'DONE' ||
            (snapshot.view.stage === 'ASK' && snapshot.viewId !== answered) ||
            snapshot.view.items.some(({ state, words }) => state === 'NOW' && words !== null && helpWith(words.key))),
        20_000,
      )
      if (view.screen !== 'S94') throw new Error('another screen')
      if (view.stage === 'DONE') return view
      if (view.stage === 'ASK') {
        answered = viewId
        visitor.press({ type: 'CONSOLE_ANSWER', yes: true })
      }
    }
  }

  const helped = new Set<string>()
  function helpWith(key: string): false {
    if (helped.has(key)) return false
    if (key === 'selfTest.say.showTestCode') {
      helped.add(key)
      station.rig.command({ type: 'SCAN', text: 'TEST' })
    }
    if (key === 'selfTest.say.putTestCard') visitor.placeCard('owner')
    if (key === 'selfTest.say.takeTestCard') visitor.liftCard()
    if (key === 'selfTest.say.insertTestPage' && station.rig.certificatePrinter.documentPlace === 'none')
      station.rig.insertCertificate()
    if (key === 'selfTest.say.takeTestPage') station.rig.certificatePrinter.remove()
    return false
  }

  it('ends in a report that is stored, shown on the board and printed', async () => {
    helped.clear()
    await opens()
    visitor.press({ type: 'CONSOLE_GO', screen: 'S94' })
    await visitor.sees('S94', 'IDLE')
    const first = await checks()
    const of = (id: string) => first.items.find((item) => item.id === id)
    expect(of('store')).toMatchObject({ state: 'PASS', before: null })
    expect(of('audit')).toMatchObject({ state: 'PASS' })
    expect(of('centre')).toMatchObject({ state: 'PASS' })
    expect(of('device.receipt-printer')).toMatchObject({ state: 'PASS' })
    // Nobody sends frames here, so the check as a whole cannot be passed.
    expect(of('camera')).toMatchObject({ state: 'FAIL' })
    expect(first.verdict).toBe('NOT_READY')
    visitor.press({ type: 'CONSOLE_PRINT_REPORT' })
    await visitor.until('the paper', ({ view }) => view.screen === 'S94' && view.print === 'PRINTED')
    expect(audited('readiness.checked')).toMatchObject([{ actor: 'staff:T001', detail: { verdict: 'NOT_READY' } }])
    visitor.press({ type: 'CONSOLE_GO', screen: 'S91' })
    expect(await visitor.sees('S91')).toMatchObject({ lastReadiness: { verdict: 'NOT_READY' } })
    visitor.press({ type: 'CONSOLE_GO', screen: 'S97' })
    const { items } = await visitor.sees('S97')
    expect(Number(items.find(({ id }) => id === 'receipt-printer.cuts')?.counters[0]?.value)).toBeGreaterThan(0)
  }, 90_000)
})

describe('a print nobody knows about', () => {
  async function unknownPrint(): Promise<string> {
    await visitor.comesToPrinter(PLATE)
    station.rig.certificatePrinter.faults = { pulledAtLine: 3 }
    station.rig.insertCertificate()
    await visitor.meets('PRINT_UNKNOWN')
    await visitor.leaves()
    station.rig.certificatePrinter.faults = {}
    await expect.poll(() => station.ledgerOf(PLATE)).toMatchObject([{ status: 'PRINT_UNKNOWN' }])
    await opens()
    const { view } = await visitor.until('the finding', ({ view: v }) => v.screen === 'S91' && v.findings.length === 1)
    return view.screen === 'S91' ? view.findings[0]!.key : ''
  }

  it('is settled by two people who saw the same, and the centre believes them', async () => {
    const key = await unknownPrint()
    visitor.press({ type: 'CONSOLE_FINDING', key, seen: true })
    visitor.press({ type: 'CONSOLE_WITNESS', key, ...T001, seen: true })
    await visitor.until('the same person to be refused', isTold('console.remark.witnessRefused'))
    visitor.press({ type: 'CONSOLE_WITNESS', key, ...T002, seen: true })
    await visitor.until('the finding to be taken', isTold('console.remark.findingTaken'))
    await expect.poll(() => station.ledgerOf(PLATE)).toMatchObject([{ status: 'CONFIRMED' }])
    expect(audited('finding.settled')).toMatchObject([
      { actor: 'staff:T001', detail: { document: 'SEEN', witness: 'T002', from: 'PRINT_UNKNOWN' } },
    ])
    expect(inMemoryOf(kiosk.dataDir, ({ printJobs }) => printJobs.unsettled())).toEqual([])
  })

  it('stays unknown when the two saw different things', async () => {
    const key = await unknownPrint()
    visitor.press({ type: 'CONSOLE_FINDING', key, seen: true })
    visitor.press({ type: 'CONSOLE_WITNESS', key, ...T002, seen: false })
    await visitor.until('the dispute', isTold('console.remark.findingsDiffer'))
    expect(station.ledgerOf(PLATE)).toMatchObject([{ status: 'PRINT_UNKNOWN' }])
  })

  it('not seen is a failed print: the owner comes again and gets 补打 with the same number', async () => {
    const key = await unknownPrint()
    visitor.press({ type: 'CONSOLE_FINDING', key, seen: false })
    visitor.press({ type: 'CONSOLE_WITNESS', key, ...T002, seen: false })
    await visitor.until('the finding to be taken', isTold('console.remark.findingTaken'))
    await expect.poll(() => station.ledgerOf(PLATE)).toMatchObject([{ status: 'PRINT_FAILED' }])
    visitor.press({ type: 'CONSOLE_CLOSE' })
    await visitor.seesOpenHome()
    await visitor.endorses(PLATE)
    expect(station.ledgerOf(PLATE)).toMatchObject([{ status: 'CONFIRMED', attempt: 2 }])
  })

  const isTold =
    (key: string) =>
    ({ view }: { readonly view: Visitor['view'] }): boolean =>
      view.screen === 'S91' && view.remark?.key === key
})
