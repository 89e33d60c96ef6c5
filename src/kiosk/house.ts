import { text, type TextRef } from '../ipc/text.ts'
import { catalogue, type DeviceRole } from './services/catalogue.ts'
import type { House } from './visit/events.ts'

/** Why a device or the centre cannot be used; the words for the citizen are `closed.<CODE>` in the text file. */
export type Closing =
  | 'CARD_READER_FAULT'
  | 'RECEIPT_PAPER_OUT'
  | 'RECEIPT_PRINTER_FAULT'
  | 'CERTIFICATE_PRINTER_FAULT'
  | 'CENTRE_UNREACHABLE'
  | 'CENTRE_STARTING'
  | 'NOT_ENROLLED'
  | 'CLOCK_SKEW'

export type Member = DeviceRole | 'enrolment' | 'clock' | 'centre'

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
        ...service.needs,
        ...(service.needsCentre ? (['clock', 'enrolment', 'centre'] as const) : []),
      ]
      const closing = needs.map((member) => this.closings.get(member)).find((found) => found !== undefined)
      if (closing !== undefined) closed[service.id] = text(`closed.${closing}`)
    }
    return { closed, faceUnavailable: this.faceUnavailable, out: null }
  }
}
