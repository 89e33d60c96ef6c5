import { systemClock, type Clock } from '../../lib/clock.ts'
import { hex4 } from '../transport/hid-choice.ts'
import { serialTransport } from '../transport/serial.ts'
import type { Transport } from '../transport/transport.ts'
import { askPort } from './ask-port.ts'
import { roleOf, type BoundPort } from './bound.ts'
import { line, type Found, type Guess, type PluggedIn, type ReportLine } from './found.ts'
import { namedPort, systemSources, takeInventory, type Sources } from './inventory.ts'
import { lookUp, type KnownUsb } from './known-usb.ts'

export interface DiscoverOptions {
  /** Ports that roles use: they are listed, never asked. */
  readonly bound: readonly BoundPort[]
  readonly known: KnownUsb
  readonly signal: AbortSignal
  readonly tell?: (step: ReportLine) => void
  /** False: only look, ask nothing. */
  readonly ask?: boolean
  /** Serial ports beyond those that are listed, by their paths. */
  readonly alsoPorts?: readonly string[]
  readonly sources?: Sources
  readonly clock?: Clock
  readonly lineAt?: (path: string, baud: number) => Transport
}

export interface Discovery {
  readonly found: readonly Found[]
  /** What could not be looked at, and why. */
  readonly troubles: readonly ReportLine[]
}

/** Usage page of scanners in HID-POS mode (HID Point of Sale usage tables). */
const HID_POS_PAGE = 0x8c

/**
 * Looks at everything that is plugged in and asks the serial ports nobody uses what they are. One port after the other;
 * a silent one takes some six seconds. Never throws; when cancelled, what is known so far.
 */
export async function discover(options: DiscoverOptions): Promise<Discovery> {
  const { bound, signal, tell = () => undefined, ask = true, sources = systemSources } = options
  tell(line('looking'))
  const inventory = await takeInventory(sources, options.known)
  const named = (options.alsoPorts ?? [])
    .filter((path) => !inventory.ports.some(({ kind, at }) => kind === 'serial' && at === path))
    .map(namedPort)
  const found: Found[] = []
  for (const port of [...inventory.ports, ...named]) {
    const boundTo = roleOf(port, bound)
    const seen = recognise(port, options.known)
    if (boundTo !== null) found.push(asFound(port, boundTo, null, [...seen.report, line('bound', { role: boundTo })]))
    else if (port.kind !== 'serial' || !ask) found.push(asFound(port, null, seen.guess, seen.report))
    else {
      const { clock = systemClock, lineAt = systemLine } = options
      const asked = await askPort(port, { clock, lineAt, signal, tell })
      found.push(asFound(port, null, asked.guess ?? seen.guess, [...seen.report, ...asked.report]))
    }
  }
  return { found, troubles: inventory.troubles }
}

function recognise(
  port: PluggedIn,
  known: KnownUsb,
): { readonly guess: Guess | null; readonly report: readonly ReportLine[] } {
  const entry = port.usb === null ? undefined : lookUp(known, port.usb)
  const report = entry === undefined ? [] : [line(entry.kind === 'bridge' ? 'bridge' : 'known', { name: entry.name })]
  if (port.usagePage === HID_POS_PAGE) {
    const guess: Guess = { role: 'scanner', driver: 'serial', certainty: 'CERTAIN' }
    return { guess, report: [...report, line('hidPos')] }
  }
  if (entry?.means !== undefined) return { guess: entry.means, report }
  if (port.kind === 'lp')
    return {
      guess: { role: 'receipt-printer', driver: 'esc-pos', certainty: 'POSSIBLE' },
      report: [...report, line('printerClass')],
    }
  if (port.kind === 'pcsc')
    // Whether it decodes identity cards only a card would show, and nobody's card is read here.
    return { guess: { role: 'ic-card', driver: 'pcsc', certainty: 'POSSIBLE' }, report: [line('cardReader')] }
  if (port.kind === 'cups')
    return {
      guess: { role: 'document-printer', driver: 'cups', certainty: 'LIKELY' },
      report: [...report, line('queue')],
    }
  return { guess: null, report: report.length === 0 ? [line('unknown')] : report }
}

function asFound(
  { id, kind, address, usb, transport }: PluggedIn,
  boundTo: string | null,
  guess: Guess | null,
  report: readonly ReportLine[],
): Found {
  const ids = usb === null ? null : `${hex4(usb.vendorId)}:${hex4(usb.productId)}`
  const serial = usb?.serialNumber ?? null
  const identity = ids !== null && serial !== null ? `${ids} ${serial}` : ids
  return { id, kind, address, identity, boundTo, guess, report, transport }
}

function systemLine(path: string, baudRate: number): Transport {
  return serialTransport({
    ...{ kind: 'serial', path, baudRate },
    ...{ dataBits: 8, parity: 'none', stopBits: 1, rtscts: false, xonxoff: false },
  })
}
