import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StoreFixture, stored } from '../../../tests/support/store.ts'
import { silentLog } from '../../lib/log.ts'
import type { DeviceOnBoard } from './rooms.ts'
import { TrialWatch } from './trial-watch.ts'
import { beginTrial, countStart, lastChange, rollBack } from './trial.ts'

const ABOUT = { good: ['scanner'], staff: 'T001' }
let folder: string
let place: { sitePath: string; dataDir: string }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trial-'))
  place = { sitePath: join(folder, 'site.json'), dataDir: folder }
  writeFileSync(place.sitePath, 'former')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const site = (): string => readFileSync(place.sitePath, 'utf8')

describe('a site file on trial', () => {
  it('goes back by itself at the third start, whatever ended the first two', () => {
    beginTrial(place, 'changed', 1, ABOUT)
    expect(countStart(place, 2)).toEqual(ABOUT)
    expect(countStart(place, 3)).toEqual(ABOUT)
    expect(site()).toBe('changed')
    expect(countStart(place, 4)).toBeNull()
    expect([site(), lastChange(folder)?.outcome]).toEqual(['former', 'ROLLED_BACK'])
  })

  it('is no trial when the power went between the note and the file', () => {
    beginTrial(place, 'changed', 1, ABOUT)
    writeFileSync(place.sitePath, 'former')
    expect(countStart(place, 2)).toBeNull()
    expect([site(), existsSync(`${place.sitePath}.trial.json`)]).toEqual(['former', false])
  })

  it('can be taken back once', () => {
    beginTrial(place, 'changed', 1, ABOUT)
    expect([rollBack(place, 2, 'why'), rollBack(place, 3, 'why')]).toEqual([true, false])
  })
})

describe('the watch over a trial', () => {
  let fixture: StoreFixture
  beforeEach(() => {
    fixture = new StoreFixture()
  })
  afterEach(() => fixture.dispose())

  function watch(usable: () => boolean): { restarts: () => number } {
    let restarts = 0
    const store = fixture.open()
    const device = (): DeviceOnBoard =>
      ({ role: 'scanner', report: { state: 'X', tone: 'good', textKey: 'x', usable: usable() } }) as DeviceOnBoard
    const parts = { place, clock: fixture.clock, log: silentLog, store, devices: () => [device()] }
    beginTrial(place, 'changed', fixture.clock.now(), ABOUT)
    new TrialWatch({ ...parts, restart: () => (restarts += 1) }, ABOUT.good).start()
    return { restarts: () => restarts }
  }

  it('keeps the file after a minute in good health, and the audit says so', async () => {
    const watched = watch(() => true)
    await fixture.clock.advance(59_999)
    expect(lastChange(folder)?.outcome).toBe('TRIAL')
    await fixture.clock.advance(1)
    expect([site(), lastChange(folder)?.outcome, watched.restarts()]).toEqual(['changed', 'KEPT', 0])
    const [row] = stored(fixture.open(), (tx) => tx.audit.latest(1))
    expect(row?.action).toBe('site.kept')
  })

  it('waits for a device that comes back late', async () => {
    watch(() => fixture.clock.monotonic() > 100_000)
    await fixture.clock.advance(120_000)
    expect(lastChange(folder)?.outcome).toBe('KEPT')
  })

  it('takes the file back and starts anew when a device that worked before does not', async () => {
    const watched = watch(() => false)
    await fixture.clock.advance(120_000)
    expect([site(), lastChange(folder)?.outcome, watched.restarts()]).toEqual(['former', 'ROLLED_BACK', 1])
  })
})
