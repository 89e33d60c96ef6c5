import { realpathSync } from 'node:fs'
import type { PortAddress } from '../transport/address.ts'
import type { PluggedIn } from './found.ts'

/** A port that belongs to a role: a running kiosk owns it, so nobody else may ask it. */
export interface BoundPort {
  readonly role: string
  readonly address: PortAddress | BoundCardReader
}

/** A reader behind pcscd, by part of its name; the first one when absent. */
interface BoundCardReader {
  readonly kind: 'pcsc'
  readonly reader?: string
}

/** The role that uses `port`, or null. In doubt it is used: two adapters that nothing tells apart both count. */
export function roleOf(port: PluggedIn, bound: readonly BoundPort[]): string | null {
  return bound.find(({ address }) => uses(address, port))?.role ?? null
}

function uses(address: BoundPort['address'], port: PluggedIn): boolean {
  switch (address.kind) {
    case 'serial':
      return port.kind === 'serial' && samePath(address.path, port.at)
    case 'serial-usb':
      return port.kind === 'serial' && sameDevice(address, port) && agrees(address.interface, port.usb?.interface)
    case 'hid':
      return port.kind === 'hid' && sameDevice(address, port)
    case 'bulk':
      return port.kind === 'usb' && sameDevice(address, port)
    case 'lp':
      return port.kind === 'lp' && samePath(address.path, port.at)
    case 'cups':
      return port.kind === 'cups' && address.server === undefined && address.queue === port.at
    case 'pcsc':
      return port.kind === 'pcsc' && port.at.includes(address.reader ?? '')
    case 'tcp':
      return false
  }
}

function sameDevice(
  wanted: { readonly vendorId: number; readonly productId: number; readonly serialNumber?: string },
  { usb }: PluggedIn,
): boolean {
  return (
    usb !== null &&
    usb.vendorId === wanted.vendorId &&
    usb.productId === wanted.productId &&
    agrees(wanted.serialNumber, usb.serialNumber)
  )
}

/** What is not named, or not known, agrees with anything. */
function agrees<T>(wanted: T | undefined, found: T | null | undefined): boolean {
  return wanted === undefined || found === null || found === undefined || wanted === found
}

/** `/dev/serial/by-id/…` is a link to the path under which the port is listed. */
function samePath(one: string, other: string): boolean {
  return real(one) === real(other)
}

function real(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
