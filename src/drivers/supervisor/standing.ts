import type { DeviceReport, DeviceRole } from '../report.ts'

/** A device under supervision: what every device class offers. */
export interface SupervisedDevice {
  /** How it is; opens its line when that is not open. Bounded, never throws: the supervisor does not rely on it. */
  report(signal: AbortSignal): Promise<DeviceReport>
  /** Releases the line; the next question opens it again. */
  close(): Promise<void>
}

/** What the supervisor holds of one device between two questions. */
export interface DeviceStanding {
  /** The device's own word (`READY`, `PAPER_OUT` …), or one of the supervisor's: see `SUPERVISORS_WORDS`. */
  readonly state: string
  readonly tone: DeviceReport['tone']
  /** Key of the words in the text file; what to do stands under `remedy.…` of the same name. */
  readonly textKey: string
  /** The remedy in English, for the command line and the log. */
  readonly remedy: string
  /** Whether a service that needs the device may begin. */
  readonly usable: boolean
}

/** One change of a device's state: never one per question, always exactly one per change. */
export interface DeviceChange {
  readonly role: DeviceRole
  /** `BACK`: it was gone and has answered; `to` is what it said then, not what was known before. */
  readonly kind: 'CHANGED' | 'GONE' | 'BACK'
  readonly from: string
  readonly to: string
  readonly standing: DeviceStanding
  /** Wall clock, milliseconds since the epoch. */
  readonly at: number
}

/** Not asked yet, or not three times in vain. */
export const CHECKING: DeviceStanding = {
  state: 'CHECKING',
  tone: 'info',
  textKey: 'device.supervised.checking',
  remedy: 'Wait for the first answer.',
  usable: false,
}

/** It sends more than a device of its kind can have to say; its line is shut for a while. */
export const FLOODING: DeviceStanding = {
  state: 'FLOODING',
  tone: 'bad',
  textKey: 'device.supervised.flooding',
  remedy: 'The device sends without end: check baud rate and mode, switch it off and on; else replace it.',
  usable: false,
}

/** Its answers change too often to be believed. */
export const UNSTEADY: DeviceStanding = {
  state: 'UNSTEADY',
  tone: 'bad',
  textKey: 'device.supervised.unsteady',
  remedy: 'Its state changes all the time: check the plug, the cable and the power supply.',
  usable: false,
}

/** Three questions in a row stayed without an answer. The words are those of the device where it has some. */
export function gone(last: DeviceReport | undefined): DeviceStanding {
  return {
    state: 'GONE',
    tone: 'bad',
    textKey: last?.textKey ?? 'device.supervised.gone',
    remedy: last?.remedy ?? 'The device no longer answers: check power and cable.',
    usable: false,
  }
}

/** What a believable answer makes of a device. */
export function standingOf({ state, tone, textKey, remedy, usable }: DeviceReport): DeviceStanding {
  return { state, tone, textKey, remedy, usable }
}

/** Whether two standings say the same, so that no event is due. */
export function sameStanding(one: DeviceStanding, other: DeviceStanding): boolean {
  return (
    one.state === other.state && one.usable === other.usable && (one.textKey === other.textKey || one.state === 'GONE')
  )
}
