import { readerLine } from '../drivers/id-card/line-speed.ts'
import { floodGate, type FloodGate } from '../drivers/supervisor/flood-gate.ts'
import { parseAddress, type BadAddress, type LineSettings, type PortAddress } from '../drivers/transport/address.ts'
import { hex4 } from '../drivers/transport/hid-choice.ts'
import type { HidFramingName } from '../drivers/transport/hid-framing.ts'
import { transportAt } from '../drivers/transport/parse.ts'
import type { Transport } from '../drivers/transport/transport.ts'
import type { Clock } from '../lib/clock.ts'
import type { Result } from '../lib/result.ts'
import type { Site } from './site/schema.ts'

/** Roles that are reached over a line of ours; the others speak to a service of the system. */
export type LineRole =
  | {
      [Role in keyof Site['devices']]-?: NonNullable<Site['devices'][Role]> extends { readonly transport: unknown }
        ? Role
        : never
    }[keyof Site['devices']]
  // All its drivers but one speak over a line.
  | 'id-card'

/** Roles of which only some drivers speak over a line of ours. */
type MixedRole = 'watchdog' | 'ic-card'

/** Every transport a site file can name; the keyboard is no line of ours. */
export type SiteTransport = Exclude<
  Extract<NonNullable<Site['devices'][LineRole]>, { readonly transport: unknown }>['transport'],
  { kind: 'keyboard' }
>

interface LineDefaults {
  /** Bits per second where the site file names none: the factory setting of the device. */
  readonly baud: number
  /** How bytes travel in HID reports where the site file does not say. */
  readonly framing?: HidFramingName
  /** Bytes in one second above which the device babbles: several times what it can have to say. */
  readonly ceiling: number
}

const DEFAULTS: Readonly<Record<LineRole | MixedRole, LineDefaults>> = {
  // A whole card with two fingerprints is 2321 bytes; noise before each answer must not hide it.
  'id-card': { baud: 115_200, framing: 'length-prefixed-64', ceiling: 65_536 },
  // A code is 4 KB at most.
  scanner: { baud: 9_600, framing: 'hid-pos', ceiling: 32_768 },
  'receipt-printer': { baud: 115_200, ceiling: 16_384 },
  'certificate-printer': { baud: 9_600, ceiling: 16_384 },
  ups: { baud: 2_400, ceiling: 16_384 },
  'io-board': { baud: 9_600, ceiling: 16_384 },
  watchdog: { baud: 9_600, ceiling: 1_024 },
  'ic-card': { baud: 9_600, ceiling: 16_384 },
}

/**
 * The line of a role as the site file names it, not yet opened, behind its gate. A queue has none: nothing comes from it
 * but what was asked, and the printer wants to see that it is a queue.
 */
export function lineOf(
  role: LineRole | MixedRole,
  device: { readonly transport: SiteTransport; readonly maxBytesPerSecond?: number | undefined },
  clock: Clock,
): { readonly transport: Transport; readonly gate?: FloodGate } {
  const address = addressOf(role, device.transport)
  const transport = role === 'id-card' ? readerLine(address) : transportAt(address)
  if (device.transport.kind === 'cups') return { transport }
  const gate = floodGate(transport, device.maxBytesPerSecond ?? DEFAULTS[role].ceiling, clock)
  return { transport: gate, gate }
}

/** The site file's words as an address. The rules have seen to it that a serial port has exactly one name. */
export function addressOf(role: LineRole | MixedRole, transport: SiteTransport): PortAddress {
  switch (transport.kind) {
    case 'tcp':
      return { kind: 'tcp', host: transport.host, port: transport.port }
    case 'lp':
      return { kind: 'lp', path: transport.path }
    case 'cups': {
      const { queue, server } = transport
      return { kind: 'cups', queue, ...(server !== undefined && { server }) }
    }
    case 'serial':
      return serialAddress(transport, DEFAULTS[role].baud)
    case 'hid': {
      const { usagePage, layout, framing = DEFAULTS[role].framing ?? 'raw' } = transport
      return {
        kind: 'hid',
        ...idsOf(transport),
        ...(usagePage !== undefined && { usagePage: parseInt(usagePage, 16) }),
        framing: layout ?? framing,
      }
    }
    case 'bulk':
      return { kind: 'bulk', ...idsOf(transport), form: transport.form }
  }
}

function serialAddress(transport: Extract<SiteTransport, { kind: 'serial' }>, defaultBaud: number): PortAddress {
  const { path = '', usb, baud = defaultBaud, parity = 'none', flow = 'none' } = transport
  const settings: LineSettings = {
    baudRate: baud,
    dataBits: 8,
    parity,
    stopBits: 1,
    rtscts: flow === 'rtscts',
    xonxoff: flow === 'xonxoff',
  }
  if (usb === undefined) return { kind: 'serial', path, ...settings }
  return {
    kind: 'serial-usb',
    ...idsOf(usb),
    ...(usb.interface !== undefined && { interface: usb.interface }),
    ...settings,
  }
}

function idsOf(usb: {
  readonly vendorId: string
  readonly productId: string
  readonly serialNumber?: string | undefined
}): { readonly vendorId: number; readonly productId: number; readonly serialNumber?: string } {
  const { vendorId, productId, serialNumber } = usb
  return {
    vendorId: parseInt(vendorId, 16),
    productId: parseInt(productId, 16),
    ...(serialNumber !== undefined && { serialNumber }),
  }
}

/** An address as the site file writes it; undefined for what it cannot say (7 data bits, 2 stop bits). */
export function transportOf(address: PortAddress): Readonly<Record<string, unknown>> | undefined {
  switch (address.kind) {
    case 'tcp':
      return { kind: 'tcp', host: address.host, port: address.port }
    case 'lp':
      return { kind: 'lp', path: address.path }
    case 'cups':
      return { ...address }
    case 'bulk':
      return { kind: 'bulk', ...writtenIds(address), form: address.form }
    case 'hid': {
      const { usagePage, framing } = address
      return {
        kind: 'hid',
        ...writtenIds(address),
        ...(usagePage !== undefined && { usagePage: hex4(usagePage) }),
        ...(typeof framing === 'string' ? { framing } : { layout: framing }),
      }
    }
    case 'serial':
    case 'serial-usb': {
      const { baudRate, dataBits, parity, stopBits, rtscts, xonxoff } = address
      if (dataBits !== 8 || stopBits !== 1) return undefined
      const flow = rtscts ? 'rtscts' : xonxoff ? 'xonxoff' : undefined
      return {
        kind: 'serial',
        ...(address.kind === 'serial'
          ? { path: address.path }
          : {
              usb: {
                ...writtenIds(address),
                ...(address.interface !== undefined && { interface: address.interface }),
              },
            }),
        baud: baudRate,
        ...(parity !== 'none' && { parity }),
        ...(flow !== undefined && { flow }),
      }
    }
  }
}

/** Reads an address for `role` with its factory settings where the text names none. */
export function parseAddressFor(role: LineRole, text: string): Result<PortAddress, BadAddress> {
  const { baud, framing } = DEFAULTS[role]
  return parseAddress(text, baud, framing)
}

export function isLineRole(role: string): role is LineRole {
  return Object.hasOwn(DEFAULTS, role)
}

function writtenIds(ids: { readonly vendorId: number; readonly productId: number; readonly serialNumber?: string }): {
  readonly vendorId: string
  readonly productId: string
  readonly serialNumber?: string
} {
  const { vendorId, productId, serialNumber } = ids
  return {
    vendorId: hex4(vendorId),
    productId: hex4(productId),
    ...(serialNumber !== undefined && { serialNumber }),
  }
}
