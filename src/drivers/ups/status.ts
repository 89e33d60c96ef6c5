import type { DeviceReport } from '../report.ts'
import type { TransportError } from '../transport/transport.ts'
import type { UpsReading } from './reading.ts'

/** What the kiosk does with the UPS, folded out of what it measures: the worst first. */
export type UpsStatus =
  | { readonly state: 'ONLINE'; readonly reading: UpsReading }
  /** The mains failed at `since` (wall clock), `forMs` ago. Begin nothing that takes long. */
  | { readonly state: 'ON_BATTERY'; readonly since: number; readonly forMs: number; readonly reading: UpsReading }
  /** Minutes at most: finish or save what runs, then shut down in order. */
  | {
      readonly state: 'BATTERY_LOW'
      readonly onBattery: boolean
      readonly since: number | null
      readonly reading: UpsReading
    }
  | { readonly state: 'SHUTTING_DOWN'; readonly reading: UpsReading }
  | { readonly state: 'FAULT'; readonly reading: UpsReading }
  | { readonly state: 'OVERLOADED'; readonly reading: UpsReading }
  | { readonly state: 'BYPASS'; readonly reading: UpsReading }
  | { readonly state: 'REPLACE_BATTERY'; readonly reading: UpsReading }
  | { readonly state: 'TEST'; readonly reading: UpsReading }
  /** The port is there; no sense comes out of it. */
  | { readonly state: 'SILENT'; readonly garbled: boolean }
  /** upsd says no: wrong name, no permission. */
  | { readonly state: 'REFUSED'; readonly words: string }
  | { readonly state: 'UNPLUGGED'; readonly cause: TransportError }

/** When the mains failed. */
export interface Outage {
  readonly since: number
  readonly forMs: number
}

export function statusOf(reading: UpsReading, outage: Outage | null): UpsStatus {
  const { flags } = reading
  if (flags.shuttingDown) return { state: 'SHUTTING_DOWN', reading }
  if (flags.batteryLow)
    return { state: 'BATTERY_LOW', onBattery: outage !== null, since: outage?.since ?? null, reading }
  if (flags.failed) return { state: 'FAULT', reading }
  // A battery test looks like a power cut, but is none.
  if (flags.testing) return { state: 'TEST', reading }
  if (outage) return { state: 'ON_BATTERY', ...outage, reading }
  if (flags.overloaded) return { state: 'OVERLOADED', reading }
  if (flags.bypass) return { state: 'BYPASS', reading }
  if (flags.replaceBattery) return { state: 'REPLACE_BATTERY', reading }
  return { state: 'ONLINE', reading }
}

type Shown = Omit<DeviceReport, 'state' | 'answered'>

const SHOWN: Readonly<Record<UpsStatus['state'], Shown>> = {
  ONLINE: { tone: 'good', textKey: 'device.ups.online', remedy: 'Nothing to do.', usable: true },
  ON_BATTERY: {
    tone: 'warning',
    textKey: 'device.ups.onBattery',
    remedy: 'The mains failed: check the fuse and the plug of the UPS.',
    usable: true,
  },
  BATTERY_LOW: {
    tone: 'bad',
    textKey: 'device.ups.batteryLow',
    remedy: 'The battery is nearly empty: restore the mains; if the mains is there, replace the battery.',
    usable: false,
  },
  SHUTTING_DOWN: {
    tone: 'bad',
    textKey: 'device.ups.shuttingDown',
    remedy: 'The UPS is about to switch off: save and wait.',
    usable: false,
  },
  FAULT: { tone: 'bad', textKey: 'device.ups.fault', remedy: 'The UPS reports a fault: replace it.', usable: true },
  OVERLOADED: {
    tone: 'warning',
    textKey: 'device.ups.overloaded',
    remedy: 'Too much hangs on the UPS: unplug what does not belong to the kiosk.',
    usable: true,
  },
  BYPASS: {
    tone: 'warning',
    textKey: 'device.ups.bypass',
    remedy: 'The UPS is in bypass and does not protect: switch it to normal operation.',
    usable: true,
  },
  REPLACE_BATTERY: {
    tone: 'warning',
    textKey: 'device.ups.replaceBattery',
    remedy: 'Replace the battery.',
    usable: true,
  },
  TEST: { tone: 'info', textKey: 'device.ups.test', remedy: 'Wait for the end of the battery test.', usable: true },
  SILENT: {
    tone: 'bad',
    textKey: 'device.ups.silent',
    remedy: 'The UPS does not answer: check its cable, that it is on, and 2400 baud.',
    usable: false,
  },
  REFUSED: {
    tone: 'bad',
    textKey: 'device.ups.refused',
    remedy: 'upsd refuses: check the name of the UPS in the site file and upsd.users.',
    usable: false,
  },
  UNPLUGGED: {
    tone: 'bad',
    textKey: 'device.ups.unplugged',
    remedy: 'The port is missing or taken: check the cable and the site file.',
    usable: false,
  },
}

const UNANSWERED: ReadonlySet<UpsStatus['state']> = new Set(['SILENT', 'UNPLUGGED'])

export function reportOf({ state }: UpsStatus): DeviceReport {
  return { state, ...SHOWN[state], answered: !UNANSWERED.has(state) }
}
