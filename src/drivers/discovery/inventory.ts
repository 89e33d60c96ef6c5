import { execFile } from 'node:child_process'
import { readdir, readFile, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Device } from 'node-hid'
import { systemClock, type Clock } from '../../lib/clock.ts'
import { PcscClient } from '../pcsc/client.ts'
import { PCSCD_SOCKET, unixTransport } from '../pcsc/unix-transport.ts'
import { hex4 } from '../transport/hid-choice.ts'
import { systemSerialBus, type SerialBus, type SerialPortFound } from '../transport/serial-bus.ts'
import type { Transport } from '../transport/transport.ts'
import { systemUsbBus, type UsbBus } from '../transport/usb-bulk-bus.ts'
import { line, type PluggedIn, type ReportLine } from './found.ts'
import type { KnownUsb } from './known-usb.ts'

/** Where to look for what is plugged in; a test puts in its own. Each rejects with the words of the system. */
export interface Sources {
  readonly serial: SerialBus
  readonly hid: () => Promise<readonly HidFound[]>
  /** Devices of the vendor class, by the ids they are known by. */
  readonly bulk: UsbBus
  /** Paths like `/dev/usb/lp0`, with the identity where the kernel knows it. */
  readonly lp: () => Promise<readonly LpFound[]>
  /** Names of print queues; none where there is no print server. */
  readonly queues: () => Promise<readonly string[]>
  /** Names of card readers behind pcscd; none where it does not run. */
  readonly cardReaders: () => Promise<readonly string[]>
}

type HidFound = Pick<Device, 'vendorId' | 'productId' | 'serialNumber' | 'interface' | 'usagePage' | 'path'>

interface LpFound {
  readonly path: string
  readonly usb: PluggedIn['usb']
}

export interface Inventory {
  readonly ports: readonly PluggedIn[]
  /** What could not be looked at, and why. */
  readonly troubles: readonly ReportLine[]
}

const QUEUES_MS = 3_000

/** This computer. */
export const systemSources: Sources = {
  serial: systemSerialBus,
  async hid() {
    const { devicesAsync, setDriverType } = await import('node-hid')
    if (process.platform === 'linux') setDriverType('hidraw')
    return devicesAsync()
  },
  bulk: systemUsbBus,
  lp: listLp,
  queues: () =>
    new Promise((resolve, reject) => {
      execFile('lpstat', ['-e'], { timeout: QUEUES_MS }, (error, stdout) => {
        if (error === null) resolve(stdout.split('\n').filter((name) => name !== ''))
        // No program: no print server. One that answers with a code has no queues or no server that runs.
        else if (error.code === 'ENOENT' || typeof error.code === 'number') resolve([])
        else reject(new Error(`lpstat: ${error.message}`))
      })
    }),
  cardReaders: () => listCardReaders(unixTransport(PCSCD_SOCKET, systemClock), systemClock),
}

/** Asks pcscd for the names alone: a card that lies in a reader is not touched. */
export async function listCardReaders(pcscd: Transport, clock: Clock): Promise<readonly string[]> {
  const client = new PcscClient(pcscd, clock)
  try {
    const readers = await client.readers()
    if (readers.ok) return readers.value.map(({ name }) => name)
    const { error } = readers
    if (error.code !== 'PORT') throw new Error(`pcscd: ${error.code}`)
    // No socket, or nobody behind it: pcscd does not run here.
    if (error.cause.code === 'NOT_FOUND' || error.cause.code === 'REFUSED') return []
    throw new Error(error.cause.detail)
  } finally {
    await client.close()
  }
}

/** Everything that is plugged in. What cannot be looked at is said, and does not hide the rest. */
export async function takeInventory(sources: Sources, known: KnownUsb): Promise<Inventory> {
  const troubles: ReportLine[] = []
  const looked = async <T>(what: string, list: () => Promise<readonly T[]>): Promise<readonly T[]> => {
    try {
      return await list()
    } catch (cause) {
      troubles.push(line('notListed', { what, why: cause instanceof Error ? cause.message : String(cause) }))
      return []
    }
  }
  const [serial, hid, bulk, lp, queues, cardReaders] = await Promise.all([
    looked('serial', () => sources.serial.list()),
    looked('hid', sources.hid),
    looked('usb', () => listBulk(sources.bulk, known)),
    looked('lp', sources.lp),
    looked('cups', sources.queues),
    looked('pcsc', sources.cardReaders),
  ])
  const ports = [
    ...serial.map((port) => serialPort(port, serial)),
    ...hid.flatMap((device) => (device.path === undefined ? [] : [hidInterface(device, device.path)])),
    ...bulk,
    ...lp.map(lpPrinter),
    ...queues.map(queue),
    ...cardReaders.map(cardReader),
  ]
  return { ports, troubles }
}

/** A serial port a person names by its path, which no list knows: a pty, a link. */
export function namedPort(path: string): PluggedIn {
  return serialPort({ path, usb: null, maker: null }, [])
}

function serialPort(port: SerialPortFound, all: readonly SerialPortFound[]): PluggedIn {
  const { path, usb } = port
  const base = { id: `serial:${path}`, kind: 'serial', at: path, usb, usagePage: null } as const
  const narrowest = usb === null ? undefined : identityThatTells(port, all)
  if (narrowest === undefined) return { ...base, address: path, transport: { kind: 'serial', path } }
  const { vendorId, productId, serialNumber, interface: face } = narrowest
  const ids = { vendorId: hex4(vendorId), productId: hex4(productId) }
  const options = new URLSearchParams()
  if (serialNumber !== undefined) options.set('serial', serialNumber)
  if (face !== undefined) options.set('interface', String(face))
  const query = options.size === 0 ? '' : `?${options.toString()}`
  return {
    ...base,
    address: `serial:usb:${ids.vendorId}:${ids.productId}${query}`,
    transport: {
      kind: 'serial',
      usb: {
        ...ids,
        ...(serialNumber !== undefined && { serialNumber }),
        ...(face !== undefined && { interface: face }),
      },
    },
  }
}

/**
 * The shortest identity under which only this port would be found: always the serial number where there is one, the
 * interface only where the device has several ports. Undefined where twins cannot be told apart.
 */
function identityThatTells(
  { path, usb }: SerialPortFound,
  all: readonly SerialPortFound[],
):
  | {
      readonly vendorId: number
      readonly productId: number
      readonly serialNumber?: string
      readonly interface?: number
    }
  | undefined {
  if (usb === null) return undefined
  const twins = all.filter(
    (other) =>
      other.path !== path &&
      other.usb !== null &&
      other.usb.vendorId === usb.vendorId &&
      other.usb.productId === usb.productId &&
      (usb.serialNumber === null || other.usb.serialNumber === usb.serialNumber),
  )
  const ids = {
    vendorId: usb.vendorId,
    productId: usb.productId,
    ...(usb.serialNumber !== null && { serialNumber: usb.serialNumber }),
  }
  if (twins.length === 0) return ids
  const face = usb.interface
  if (face === null || twins.some((twin) => twin.usb?.interface === face)) return undefined
  // Several adapters without a serial number: their interfaces are alike or chance.
  return usb.serialNumber === null ? undefined : { ...ids, interface: face }
}

function hidInterface(device: HidFound, path: string): PluggedIn {
  const { vendorId, productId, serialNumber, usagePage } = device
  const serial = serialNumber === undefined || serialNumber === '' ? null : serialNumber
  const ids = { vendorId: hex4(vendorId), productId: hex4(productId) }
  const options = new URLSearchParams()
  if (serial !== null) options.set('serial', serial)
  if (usagePage !== undefined) options.set('usage-page', hex4(usagePage))
  const query = options.size === 0 ? '' : `?${options.toString()}`
  return {
    id: `hid:${path}`,
    kind: 'hid',
    at: path,
    address: `hid:${ids.vendorId}:${ids.productId}${query}`,
    usb: { vendorId, productId, serialNumber: serial, interface: device.interface },
    usagePage: usagePage ?? null,
    transport: {
      kind: 'hid',
      ...ids,
      ...(serial !== null && { serialNumber: serial }),
      ...(usagePage !== undefined && { usagePage: hex4(usagePage) }),
    },
  }
}

async function listBulk(bus: UsbBus, { devices }: KnownUsb): Promise<readonly PluggedIn[]> {
  const wanted = devices.filter(({ bulk, productId }) => bulk === true && productId !== undefined)
  const lists = await Promise.all(
    wanted.map(async ({ vendorId, productId = '' }) => {
      const ids = { vendorId: parseInt(vendorId, 16), productId: parseInt(productId, 16) }
      const found = await bus.list(ids.vendorId, ids.productId)
      return found.map(({ place, serialNumber }): PluggedIn => {
        const query = serialNumber === undefined ? '' : `?${new URLSearchParams({ serial: serialNumber }).toString()}`
        return {
          id: `usb:${place}`,
          kind: 'usb',
          at: place,
          address: `bulk:${vendorId}:${productId}${query}`,
          usb: { ...ids, serialNumber: serialNumber ?? null, interface: null },
          usagePage: null,
          transport: { kind: 'bulk', vendorId, productId, ...(serialNumber !== undefined && { serialNumber }) },
        }
      })
    }),
  )
  return lists.flat()
}

function lpPrinter({ path, usb }: LpFound): PluggedIn {
  const address = `lp:${path}`
  return { id: address, kind: 'lp', at: path, address, usb, usagePage: null, transport: { kind: 'lp', path } }
}

function queue(name: string): PluggedIn {
  const id = `cups:${name}`
  return {
    id,
    kind: 'cups',
    at: name,
    address: id,
    usb: null,
    usagePage: null,
    transport: { kind: 'cups', queue: name },
  }
}

/** No site file names it by a transport: `driver` pcsc and part of the name do. */
function cardReader(name: string): PluggedIn {
  const id = `pcsc:${name}`
  return { id, kind: 'pcsc', at: name, address: id, usb: null, usagePage: null, transport: null }
}

async function listLp(): Promise<readonly LpFound[]> {
  const names = await readdir('/dev/usb').catch(() => [])
  const printers = names.filter((name) => /^lp\d+$/.test(name))
  return Promise.all(
    printers.map(async (name) => ({ path: join('/dev/usb', name), usb: await identityInSys(name).catch(() => null) })),
  )
}

/** `/sys/class/usbmisc/lp0/device` is the interface of the device; the ids stand one folder up. */
async function identityInSys(name: string): Promise<PluggedIn['usb']> {
  const face = await realpath(join('/sys/class/usbmisc', name, 'device'))
  const read = async (file: string): Promise<string> => (await readFile(join(dirname(face), file), 'utf8')).trim()
  return {
    vendorId: parseInt(await read('idVendor'), 16),
    productId: parseInt(await read('idProduct'), 16),
    serialNumber: await read('serial').catch(() => null),
    interface: null,
  }
}
