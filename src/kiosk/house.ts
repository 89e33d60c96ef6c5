import { text, type TextRef } from '../ipc/text.ts'
import { catalogue, type DeviceRole } from './services/catalogue.ts'
import type { House } from './visit/events.ts'

/** Why a device or the centre cannot be used; the words for the citizen are `closed.<CODE>` in the text file. */
export type Closing =
  /** Not asked yet since the start. */
  | 'DEVICE_CHECKING'
  | 'CARD_READER_FAULT'
  | 'RECEIPT_PAPER_OUT'
  | 'RECEIPT_COVER_OPEN'
  | 'RECEIPT_PAPER_JAM'
  | 'RECEIPT_EXIT_BLOCKED'
  | 'RECEIPT_PRINTER_BUSY'
  | 'RECEIPT_PRINTER_FAULT'
  | 'CERTIFICATE_COVER_OPEN'
  | 'CERTIFICATE_PAPER_JAM'
  | 'CERTIFICATE_PRINTER_FAULT'
  /** A page whose row is unknown lies in the printer: two people have to look at it. */
  | 'UNKNOWN_PAGE_INSIDE'
  /** The mains failed: a print that begins now may not end. */
  | 'POWER_ON_UPS'
  | 'TAMPER'
  | 'DISK_LOW'
  | 'CENTRE_UNREACHABLE'
  /** Not even the network is there. */
  | 'NO_NETWORK'
  | 'OFFLINE_TOO_LONG'
  | 'OUTBOX_TOO_DEEP'
  | 'CENTRE_STARTING'
  | 'NOT_ENROLLED'
  | 'CLOCK_SKEW'

export type Member = DeviceRole | 'page' | 'power' | 'cabinet' | 'disk' | 'outbox' | 'enrolment' | 'clock' | 'centre'

/** What every service needs, whatever it does. */
const GROUND = ['power', 'cabinet', 'disk'] as const

/**
 * Knows what of the house works and turns it into what may be offered: a service that needs a broken device is greyed
 * with the reason on the home screen instead of failing at its last step.
 */
export class HouseKeeper {
  private readonly closings: Map<Member, Closing>
  private readonly listener: (house: House) => void
  private faceUnavailable: TextRef | null

  /** `listener` hears what changes after this: what is known at the start belongs into the very first screen. */
  constructor(
    known: { readonly closings: Iterable<readonly [Member, Closing]>; readonly faceUnavailable: TextRef | null },
    listener: (house: House) => void,
  ) {
    this.closings = new Map(known.closings)
    this.faceUnavailable = known.faceUnavailable
    this.listener = listener
  }

  /** `null` opens what was closed. True when that is news; reporting the same thing again changes nothing. */
  report(member: Member, closing: Closing | null): boolean {
    if ((this.closings.get(member) ?? null) === closing) return false
    if (closing === null) this.closings.delete(member)
    else this.closings.set(member, closing)
    this.listener(this.house())
    return true
  }

  reportFace(unavailable: TextRef | null): void {
    if (this.faceUnavailable?.key === unavailable?.key) return
    this.faceUnavailable = unavailable
    this.listener(this.house())
  }

  house(): House {
    const closed: Record<string, TextRef> = {}
    for (const service of catalogue) {
      const needs: Member[] = [
        ...GROUND,
        ...service.needs,
        ...(service.needs.includes('certificate-printer') ? (['page'] as const) : []),
        ...(service.needsCentre ? (['outbox', 'clock', 'enrolment', 'centre'] as const) : []),
      ]
      const closing = needs.map((member) => this.closings.get(member)).find((found) => found !== undefined)
      if (closing !== undefined) closed[service.id] = text(`closed.${closing}`)
    }
    return { closed, faceUnavailable: this.faceUnavailable, out: null }
  }
}
