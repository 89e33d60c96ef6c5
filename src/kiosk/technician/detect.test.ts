import { readFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { simulatorOnPty } from '../../../tests/support/pty.ts'
import { openConsole, type OpenedConsole } from '../../../tests/support/technician.ts'
import { discover } from '../../drivers/discovery/discover.ts'
import type { Sources } from '../../drivers/discovery/inventory.ts'
import { readKnownUsb } from '../../drivers/discovery/known-usb.ts'
import { SamSimulator } from '../../drivers/id-card/simulator.ts'
import { Supervisor } from '../../drivers/supervisor/supervisor.ts'
import { text } from '../../ipc/text.ts'
import { systemClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { expectOk } from '../../lib/result.ts'
import { buildDevices } from '../devices.ts'
import { loadSite } from '../site/load-site.ts'
import { boundDevice, rolesOfSchema } from './binding.ts'
import type { DeviceOnBoard, Found } from './rooms.ts'
import { TrialWatch } from './trial-watch.ts'
import { countStart, lastChange } from './trial.ts'

const NOTHING: Sources = {
  serial: { list: () => Promise.resolve([]) },
  hid: () => Promise.resolve([]),
  bulk: { list: () => Promise.resolve([]) },
  lp: () => Promise.resolve([]),
  queues: () => Promise.resolve([]),
  cardReaders: () => Promise.resolve([]),
}

async function searchAt(port: string, signal: AbortSignal): Promise<readonly Found[]> {
  const known = expectOk(await readKnownUsb(), 'the shipped table')
  const { found } = await discover({ bound: [], known, signal, sources: NOTHING, alsoPorts: [port] })
  return found.map((one) => ({ ...one, report: one.report.map(({ key, params }) => text(key, params)) }))
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setImmediate(resolve))
}

async function searches({ console, view }: Pick<OpenedConsole, 'console' | 'view'>): Promise<Found['id']> {
  console.receive({ type: 'CONSOLE_GO', screen: 'S93' })
  console.receive({ type: 'CONSOLE_DETECT' })
  await until(() => view('S93').stage === 'DONE')
  return view('S93').found[0]?.id ?? ''
}

describe('a device that is found and bound', () => {
  it('is found at its port, bound, tried, on trial after the new start, answers there, and is kept', async () => {
    const port = await simulatorOnPty(new SamSimulator(systemClock).serve)
    const room = { roles: rolesOfSchema, discover: (_: unknown, signal: AbortSignal) => searchAt(port.address, signal) }
    const opened = await openConsole({ room })
    const { console, fixture, store, view, sitePath, audited } = opened
    const id = await searches(opened)
    const [found] = view('S93').found
    expect(found?.guess).toEqual({ role: 'id-card', driver: 'sam-v', certainty: 'CERTAIN' })

    console.receive({ type: 'CONSOLE_BIND', id, role: 'id-card', driver: 'sam-v' })
    expect(view('S99')).toMatchObject({ stage: 'REVIEW', tried: false, problems: [] })
    console.receive({ type: 'CONSOLE_APPLY' })
    expect(opened.restarts(), 'nothing is applied untried').toBe(0)
    console.receive({ type: 'CONSOLE_DRY_RUN' })
    await until(() => view('S99').tried)
    console.receive({ type: 'CONSOLE_APPLY' })
    expect(opened.restarts()).toBe(1)
    expect(audited('site.changed')).toContainEqual({
      actor: 'staff:T001',
      detail: { from: '', to: port.address },
    })

    // The next start.
    const place = { sitePath, dataDir: fixture.folder }
    const trial = countStart(place, fixture.clock.now())
    expect(trial).toEqual({ good: [], staff: 'T001' })
    const site = expectOk(await loadSite(sitePath, {}), 'the file on trial is a right one')
    const devices = expectOk(await buildDevices(site, systemClock, silentLog), 'its devices can be built')
    const supervisor = new Supervisor({
      ...{ devices: devices.supervised, clock: systemClock, busy: () => false },
      onChange: () => undefined,
    })
    onTestFinished(async () => {
      supervisor.stop()
      await Promise.all(devices.supervised.map(({ device }) => device.close()))
    })
    const standing = await supervisor.check('id-card')
    expect(standing).toMatchObject({ usable: true })

    const board = [{ role: 'id-card', report: standing }] as unknown as readonly DeviceOnBoard[]
    const parts = { place, clock: fixture.clock, log: silentLog, store, devices: () => board, restart: () => undefined }
    new TrialWatch(parts, ['id-card']).start()
    await fixture.clock.advance(60_000)
    expect(lastChange(fixture.folder)).toMatchObject({ outcome: 'KEPT', staff: 'T001' })
    expect(readFileSync(sitePath, 'utf8')).toContain(port.address)
  })

  it('leaves the role it had before: one device, one role', async () => {
    const transport = { kind: 'serial', path: '/dev/ttyS7' }
    const one = {
      id: 'a',
      kind: 'serial',
      address: 'serial:/dev/ttyS7',
      identity: null,
      guess: null,
      report: [],
    } as const
    const opened = await openConsole({
      devices: { scanner: { driver: 'serial', transport } },
      room: { roles: rolesOfSchema, discover: () => Promise.resolve([{ ...one, boundTo: 'scanner', transport }]) },
    })
    opened.console.receive({ type: 'CONSOLE_BIND', id: await searches(opened), role: 'ups', driver: 'megatec' })
    expect(opened.view('S99').changes).toEqual([
      { path: 'devices.scanner.driver', from: 'serial', to: '' },
      { path: 'devices.scanner.transport.kind', from: 'serial', to: '' },
      { path: 'devices.scanner.transport.path', from: '/dev/ttyS7', to: '' },
      { path: 'devices.ups.driver', from: '', to: 'megatec' },
      { path: 'devices.ups.transport.kind', from: '', to: 'serial' },
      { path: 'devices.ups.transport.path', from: '', to: '/dev/ttyS7' },
    ])
  })
})

describe('what a binding writes', () => {
  const at = (kind: Found['kind'], address: string, transport: Found['transport'] = null) => ({
    kind,
    address,
    transport,
  })
  const line = { kind: 'serial', path: '/dev/ttyS0' }
  const serial = at('serial', 'serial:/dev/ttyS0', line)

  it('offers every role with its drivers, those with a choice of forms too', () => {
    const drivers = Object.fromEntries(rolesOfSchema().map(({ role, drivers: names }) => [role, names]))
    expect(drivers).toMatchObject({
      'id-card': ['sam-v', 'bank-module', 'pcsc'],
      watchdog: ['linux', 'ch340'],
      'ic-card': ['pcsc', 'jt808-module'],
      'document-printer': ['cups'],
    })
  })

  it('keeps what else was written of the device', () => {
    const present = {
      driver: 'esc-pos',
      model: 'generic-58',
      optional: true,
      transport: { kind: 'lp', path: '/dev/usb/lp0' },
    }
    expect(boundDevice({ role: 'receipt-printer', driver: 'esc-pos' }, serial, present)).toEqual({
      ...present,
      transport: line,
    })
  })

  it('names a printer of CUPS by its queue, as its role wants it', () => {
    const queue = at('cups', 'cups:a4', { kind: 'cups', queue: 'a4' })
    expect(boundDevice({ role: 'document-printer', driver: 'cups' }, queue, {})).toEqual({
      driver: 'cups',
      queue: 'a4',
    })
    expect(boundDevice({ role: 'receipt-printer', driver: 'esc-pos' }, queue, {})).toEqual({
      driver: 'esc-pos',
      transport: { kind: 'cups', queue: 'a4' },
    })
  })

  it('names a reader behind pcscd by its name, and drops what only a line has', () => {
    const reader = at('pcsc', 'pcsc:ACS ACR122U 00 00')
    expect(
      boundDevice({ role: 'id-card', driver: 'pcsc' }, reader, { driver: 'sam-v', transport: line, optional: true }),
    ).toEqual({ driver: 'pcsc', reader: 'ACS ACR122U 00 00', optional: true })
    expect(boundDevice({ role: 'id-card', driver: 'sam-v' }, serial, { driver: 'pcsc', reader: 'x' })).toEqual({
      driver: 'sam-v',
      transport: line,
    })
  })

  it('is nothing where the driver is not reached that way', () => {
    const reader = at('pcsc', 'pcsc:ACS')
    expect(boundDevice({ role: 'scanner', driver: 'serial' }, reader, {})).toBeNull()
    expect(boundDevice({ role: 'watchdog', driver: 'linux' }, serial, {})).toBeNull()
    expect(boundDevice({ role: 'document-printer', driver: 'cups' }, serial, {})).toBeNull()
    expect(boundDevice({ role: 'nobody', driver: 'x' }, serial, {})).toBeNull()
  })
})
