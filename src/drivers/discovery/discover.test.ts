import { beforeAll, describe, expect, it } from 'vitest'
import { simulatorOnPty } from '../../../tests/support/pty.ts'
import { SimulatedClock, systemClock } from '../../lib/clock.ts'
import { expectOk } from '../../lib/result.ts'
import { readModel } from '../asset/model-file.ts'
import { CertificatePrinterProfile } from '../certificate-printer/profile.ts'
import { CertificatePrinterSimulator } from '../certificate-printer/simulator.ts'
import { SamSimulator } from '../id-card/simulator.ts'
import { readRegisterMap } from '../io-board/map-file.ts'
import { IoBoardSimulator } from '../io-board/simulator.ts'
import { ReceiptPrinterProfile } from '../receipt-printer/profile.ts'
import { ReceiptPrinterSimulator } from '../receipt-printer/simulator.ts'
import { ScannerSimulator } from '../scanner/simulator.ts'
import type { ServeDevice } from '../transport/device-line.ts'
import { memoryPair } from '../transport/memory.ts'
import type { SerialPortFound } from '../transport/serial-bus.ts'
import { UpsSimulator } from '../ups/simulator.ts'
import type { BoundPort } from './bound.ts'
import { specimenCard } from '../pcsc/simulated-card.ts'
import { PcscdSimulator } from '../pcsc/simulator.ts'
import { discover } from './discover.ts'
import type { Found } from './found.ts'
import { listCardReaders, type Sources } from './inventory.ts'
import { readKnownUsb, type KnownUsb } from './known-usb.ts'

let known: KnownUsb
beforeAll(async () => {
  known = expectOk(await readKnownUsb(), 'the shipped table')
})

const PATH = '/dev/ttyUSB0'
const CP210X: SerialPortFound = usbPort(PATH, 0x10c4, 0xea60, 'S1')

function usbPort(path: string, vendorId: number, productId: number, serialNumber: string | null): SerialPortFound {
  return { path, usb: { vendorId, productId, serialNumber, interface: 0 }, maker: null }
}

const NOTHING: Sources = {
  serial: { list: () => Promise.resolve([]) },
  hid: () => Promise.resolve([]),
  bulk: { list: () => Promise.resolve([]) },
  lp: () => Promise.resolve([]),
  queues: () => Promise.resolve([]),
  cardReaders: () => Promise.resolve([]),
}
const ports = (...list: readonly SerialPortFound[]): Sources => ({
  ...NOTHING,
  serial: { list: () => Promise.resolve(list) },
})

/** Discovers with a device behind the port that hears only its own speed; time runs as fast as it can. */
async function ask(
  serve: ServeDevice,
  baud: number,
  clock: SimulatedClock,
  port: SerialPortFound = CP210X,
  bound: readonly BoundPort[] = [],
) {
  const opened: number[] = []
  const sent: number[][] = []
  const done = discover({
    bound,
    known,
    clock,
    signal: new AbortController().signal,
    sources: ports(port),
    lineAt: (_, speed) => {
      opened.push(speed)
      const pair = memoryPair()
      pair.device.onBytes((bytes) => sent.push([...bytes]))
      if (speed === baud) serve(pair.device)
      return pair.host
    },
  })
  let over = false
  void done.then(() => (over = true))
  while (!over) await clock.advance(250)
  const [found] = (await done).found
  return { found: found as Found, opened, sent }
}

const keys = (found: Found): string[] => found.report.map(({ key }) => key.replace('console.detect.told.', ''))

describe('asking a port what it is', () => {
  const clock = new SimulatedClock(0)

  it('knows an ID card module at any speed, and says what was tried before', async () => {
    const { found } = await ask(new SamSimulator(clock).serve, 38_400, clock)
    expect(found).toMatchObject({
      kind: 'serial',
      address: 'serial:usb:10C4:EA60?serial=S1',
      identity: '10C4:EA60 S1',
      boundTo: null,
      guess: { role: 'id-card', driver: 'sam-v', certainty: 'CERTAIN' },
      transport: { kind: 'serial', usb: { vendorId: '10C4', productId: 'EA60', serialNumber: 'S1' } },
    })
    expect(keys(found)[0]).toBe('bridge')
    expect(keys(found).filter((key) => key === 'silent')).toHaveLength(7)
    expect(found.report.at(-1)).toEqual({
      key: 'console.detect.told.answered',
      params: { probe: 'SAM 11 FF', baud: 38_400, answer: 'AA AA AA 96 69 00 04 00 00 90 94' },
    })
  })

  it('knows a receipt printer, and not a byte of it comes out on paper', async () => {
    const profile = expectOk(await readModel('generic-80', ReceiptPrinterProfile), 'a shipped profile')
    const simulator = new ReceiptPrinterSimulator({ profile, clock, lettering: undefined })
    const { found } = await ask(simulator.serve, 9600, clock)
    expect(found.guess).toEqual({ role: 'receipt-printer', driver: 'esc-pos', certainty: 'LIKELY' })
    expect(simulator.received).toEqual([0x10, 0x04, 0x01, 0x10, 0x04, 0x05])
  })

  it('tells a slip printer and a PR2 from a receipt printer', async () => {
    for (const [model, driver] of [
      ['escp2-slip', 'escp2'],
      ['pr2-generic', 'pr2'],
    ] as const) {
      const profile = expectOk(await readModel(model, CertificatePrinterProfile), 'a shipped profile')
      const simulator = new CertificatePrinterSimulator({ profile, clock, lettering: undefined })
      const { found } = await ask(simulator.serve, 9600, clock)
      expect(found.guess).toEqual({ role: 'certificate-printer', driver, certainty: 'LIKELY' })
      expect(simulator.platenInk).toEqual([])
    }
  })

  it('knows a UPS and an I/O board', async () => {
    const ups = new UpsSimulator(clock)
    expect((await ask(ups.serve, 2400, clock)).found.guess).toEqual({
      ...{ role: 'ups', driver: 'megatec', certainty: 'CERTAIN' },
    })
    expect(ups.shutdownsHeard).toEqual([])
    const map = expectOk(await readRegisterMap('waveshare-relay'), 'a shipped map')
    const board = new IoBoardSimulator(clock, map)
    expect((await ask(board.serve, 9600, clock)).found.guess).toMatchObject({ role: 'io-board', certainty: 'CERTAIN' })
    expect([1, 2, 3, 4, 5, 6, 7, 8].filter((channel) => board.isOn(channel))).toEqual([])
  })

  it.each([
    ['gm65', 9600, 'CERTAIN'],
    ['ssi', 9600, 'CERTAIN'],
    ['honeywell', 9600, 'CERTAIN'],
    ['honeywell', 115_200, 'CERTAIN'],
    ['newland', 9600, 'LIKELY'],
    ['newland', 115_200, 'LIKELY'],
  ] as const)('knows a scanner that speaks %s at %i', async (protocol, baud, certainty) => {
    const scanner = new ScannerSimulator(clock, { encoding: 'utf-8', suffix: '\r', protocol })
    const { found } = await ask(scanner.serve, baud, clock)
    expect(found.guess).toEqual({ role: 'scanner', driver: protocol, certainty })
    expect(keys(found).at(-1)).toBe('answered')
  })

  it('leaves a Honeywell scanner as it was: still in the presentation mode it came in', async () => {
    const scanner = new ScannerSimulator(clock, { encoding: 'utf-8', suffix: '\r', protocol: 'honeywell' })
    const heard: number[] = []
    const { found } = await ask(
      (line) => {
        line.onBytes((bytes) => heard.push(...bytes))
        return scanner.serve(line)
      },
      9600,
      clock,
    )
    expect(found.guess).toMatchObject({ driver: 'honeywell' })
    expect(Buffer.from(heard).toString('latin1')).not.toMatch(/TRGMOD\d/)
  })

  it('knows a bank module by its version, without looking for a card', async () => {
    const module = new SamSimulator(clock, {}, 'bank-module')
    const { found, sent } = await ask(module.serve, 115_200, clock)
    expect(found.guess).toEqual({ role: 'id-card', driver: 'bank-module', certainty: 'LIKELY' })
    expect(sent.at(-1)).toEqual([0x02, 0x00, 0x02, 0x31, 0x11, 0x20, 0x03])
  })

  it('asks a watchdog stick its own question first, and sends it nothing else: FF would reset the computer', async () => {
    const stick: ServeDevice = (line) =>
      line.onBytes((bytes) => {
        if (bytes[0] === 0x80) line.send(Uint8Array.of(0x81))
      })
    const { found, sent } = await ask(stick, 9600, clock, usbPort(PATH, 0x1a86, 0x7523, null))
    expect(found.guess).toMatchObject({ role: 'watchdog', certainty: 'CERTAIN' })
    expect(sent).toEqual([[0x80]])
  })

  it('says of a silent port what was asked in vain, and guesses nothing', async () => {
    const { found, opened } = await ask(() => () => undefined, 9600, clock)
    expect(found.guess).toBeNull()
    expect(keys(found).slice(1)).toEqual(opened.map(() => 'silent'))
  })

  it('counts what a scanner sends by itself meanwhile, and never shows it', async () => {
    const chatter: ServeDevice = (line) => line.onBytes(() => line.send(Buffer.from('990001198512311235\r')))
    const { found } = await ask(chatter, 9600, clock)
    expect(found.guess).toBeNull()
    expect(keys(found)).toContain('notUnderstood')
    expect(JSON.stringify(found)).not.toContain('990001')
    expect(JSON.stringify(found)).not.toContain(Buffer.from('9900').toString('hex'))
  })

  it.each([
    [{ kind: 'serial', path: PATH, ...lineSettings() }],
    [{ kind: 'serial-usb', vendorId: 0x10c4, productId: 0xea60, ...lineSettings() }],
    [{ kind: 'serial-usb', vendorId: 0x10c4, productId: 0xea60, serialNumber: 'S1', interface: 0, ...lineSettings() }],
  ] as const)('never opens a port that a role uses: %o', async (address) => {
    const { found, opened } = await ask(() => () => undefined, 9600, clock, CP210X, [{ role: 'scanner', address }])
    expect(opened).toEqual([])
    expect(found).toMatchObject({ boundTo: 'scanner', guess: null })
    expect(keys(found)).toEqual(['bridge', 'bound'])
  })

  it('ends at once when cancelled, and tells what it knows', async () => {
    const stop = new AbortController()
    let lines = 0
    const result = await discover({
      bound: [],
      known,
      clock,
      signal: stop.signal,
      sources: ports(CP210X),
      lineAt: () => {
        lines += 1
        const pair = memoryPair()
        pair.device.onBytes(() => stop.abort())
        return pair.host
      },
    })
    expect(lines).toBe(1)
    expect(keys(result.found[0] as Found)).toEqual(['bridge', 'silent', 'cancelled'])
  })

  it('works through the real serial port on a pty that only a person can name', async () => {
    const port = await simulatorOnPty(new SamSimulator(systemClock).serve)
    const { found } = await discover({
      bound: [],
      known,
      signal: new AbortController().signal,
      sources: NOTHING,
      alsoPorts: [port.address],
    })
    expect(found[0]?.guess).toEqual({ role: 'id-card', driver: 'sam-v', certainty: 'CERTAIN' })
    expect(found[0]?.transport).toEqual({ kind: 'serial', path: port.address })
  })
})

describe('looking at what is plugged in', () => {
  const look = async (sources: Sources) =>
    discover({ bound: [], known, signal: new AbortController().signal, sources, ask: false })

  it('recognises HID scanners, known readers, USB printers and queues without asking them', async () => {
    const hid = { interface: 0, usagePage: 0x8c, vendorId: 0x1234, productId: 1, path: '/dev/hidraw0' }
    const { found } = await look({
      ...NOTHING,
      hid: () => Promise.resolve([hid, { ...hid, usagePage: 1, vendorId: 0x0483, productId: 0x572b, path: '/dev/h1' }]),
      bulk: {
        list: (vendorId) =>
          Promise.resolve(
            vendorId === 0x0400
              ? [{ place: '1/4', serialNumber: 'R1', open: () => Promise.reject(new Error('not opened')) }]
              : [],
          ),
      },
      lp: () => Promise.resolve([{ path: '/dev/usb/lp0', usb: null }]),
      queues: () => Promise.resolve(['A4']),
    })
    expect(found.map(({ kind, address, guess }) => [kind, address, guess?.role, guess?.certainty])).toEqual([
      ['hid', 'hid:1234:0001?usage-page=008C', 'scanner', 'CERTAIN'],
      ['hid', 'hid:0483:572B?usage-page=0001', 'id-card', 'LIKELY'],
      ['usb', 'bulk:0400:C35A?serial=R1', 'id-card', 'CERTAIN'],
      ['lp', 'lp:/dev/usb/lp0', 'receipt-printer', 'POSSIBLE'],
      ['cups', 'cups:A4', 'document-printer', 'LIKELY'],
    ])
  })

  it('names the readers behind pcscd without touching a card, and the one that a role uses', async () => {
    const clock = new SimulatedClock(0)
    const pcscd = new PcscdSimulator(clock, {}, { reader: 'Contactless 00 00' })
    pcscd.insertCard(specimenCard())
    const pair = memoryPair('pcscd')
    pcscd.serve(pair.device)
    const names = listCardReaders(pair.host, clock)
    for (let step = 0; step < 50; step++) await clock.advance(10)
    expect(pcscd.heard).toEqual(['version', 'establishContext', 'getReadersState', 'releaseContext'])
    const sources = { ...NOTHING, cardReaders: () => names }
    const { found } = await look(sources)
    expect(found).toMatchObject([{ id: 'pcsc:Contactless 00 00', boundTo: null, transport: null }])
    expect(found[0]?.guess).toEqual({ role: 'ic-card', driver: 'pcsc', certainty: 'POSSIBLE' })
    const bound = [{ role: 'id-card', address: { kind: 'pcsc', reader: 'Contactless' } }] as const
    const again = await discover({ bound, known, signal: new AbortController().signal, sources, ask: false })
    expect(again.found[0]).toMatchObject({ boundTo: 'id-card', guess: null })
  })

  it('finds no reader where pcscd does not run, and says so where it refuses', async () => {
    const clock = new SimulatedClock(0)
    const pair = memoryPair('pcscd')
    pair.device.refuseOpen({ code: 'NOT_FOUND', detail: 'no socket' })
    expect(await listCardReaders(pair.host, clock)).toEqual([])
    pair.device.refuseOpen({ code: 'NO_PERMISSION', detail: 'polkit says no' })
    await expect(listCardReaders(pair.host, clock)).rejects.toThrow('polkit says no')
  })

  it('names a port by its path where twins have no serial number, and by interface where one adapter has several', async () => {
    const twin = (path: string) => usbPort(path, 0x1a86, 0x7523, null)
    const dual = (path: string, face: number): SerialPortFound => ({
      ...{ path, maker: null },
      usb: { vendorId: 0x0403, productId: 0x6010, serialNumber: 'FT1', interface: face },
    })
    const { found } = await look(ports(twin('/dev/a'), twin('/dev/b'), dual('/dev/c', 0), dual('/dev/d', 1)))
    expect(found.map(({ address }) => address)).toEqual([
      '/dev/a',
      '/dev/b',
      'serial:usb:0403:6010?serial=FT1&interface=0',
      'serial:usb:0403:6010?serial=FT1&interface=1',
    ])
  })

  it('says what could not be listed and goes on with the rest', async () => {
    const { found, troubles } = await look({
      ...ports(CP210X),
      hid: () => Promise.reject(new Error('no hidraw')),
    })
    expect(found).toHaveLength(1)
    expect(troubles).toEqual([{ key: 'console.detect.told.notListed', params: { what: 'hid', why: 'no hidraw' } }])
  })
})

function lineSettings() {
  return { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1, rtscts: false, xonxoff: false } as const
}
