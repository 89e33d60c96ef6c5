import type { LocalDate } from '../../domain/local-date.ts'
import type { Badge, CheckItemView, RowPreview, VehicleView, View } from '../../ipc/snapshot.ts'
import type { TextRef } from '../../ipc/text.ts'
import type { Sensitive } from '../../lib/log.ts'
import type { Personal } from '../../lib/personal.ts'
import type { Trouble } from './trouble.ts'

/** What the visit knows of the card, as far as the flow needs it. All of it dies with the visit. */
export interface PresentedCard extends Personal {
  readonly idNumber: Sensitive<string>
  readonly name: Sensitive<string>
  readonly kind: string
  /** The chip's compressed portrait, opaque to us; only a site's decoder plug-in can open it. */
  readonly chipPortrait: Sensitive<Uint8Array>
}

/** The person as the centre knows them. */
export interface Identified extends Personal {
  readonly identificationId: string
  readonly personMasked: string
  readonly phoneMasked: string | null
  /** A picture to compare the face with (JPEG, PNG or BMP); null when neither the centre nor the card gave one. */
  readonly portrait: Sensitive<Uint8Array> | null
}

export interface ListedVehicle {
  readonly view: VehicleView
  readonly reviewValidUntil: string | null
  readonly badge: Badge
  readonly note: TextRef | null
}

type LockView = Extract<View, { screen: 'S06' }>['locks'][number]

/** Where a review stands, reduced to what the screens do next. */
export type ReviewNext =
  | { readonly kind: 'ENDORSE'; readonly offer: EndorsementOffer }
  | { readonly kind: 'SUBMIT' }
  | { readonly kind: 'LOCKED'; readonly locks: readonly LockView[] }
  | { readonly kind: 'STOP' }

export interface CheckedReview {
  readonly reviewId: string
  readonly vehicle: VehicleView
  readonly items: readonly CheckItemView[]
  readonly verdict: { readonly tone: Badge['tone']; readonly title: TextRef; readonly detail: TextRef | null }
  readonly next: ReviewNext
  /** Whether a list (P03) or an acceptance slip (P04) can be printed for this verdict. */
  readonly slip: 'FAILURES' | 'ACCEPTANCE' | null
}

/** What the person confirms on S07; the authorization must say exactly this. */
interface EndorsementOffer {
  readonly certificateMasked: string
  readonly currentValidUntil: string | null
  readonly newValidUntil: string
  readonly authorityName: string
  readonly preview: RowPreview | null
}

/** An authorization that has been verified and stored. */
export interface Authorized {
  readonly endorsementId: string
  readonly endorsementNo: string
  readonly validUntil: LocalDate
  readonly attempt: number
}

export interface PublicStatus {
  readonly vehicle: VehicleView
  readonly found: boolean
  readonly rows: readonly { readonly label: TextRef; readonly value: string }[]
  readonly remark: TextRef
}

export type PrintOutcome =
  | { readonly outcome: 'PRINTED' }
  /** Nothing was sent to the printer, and the authorization is unspent. */
  | { readonly outcome: 'REFUSED'; readonly trouble: Trouble }
  | { readonly outcome: 'FAILED'; readonly detail: string; readonly mayRetry: boolean }
  | { readonly outcome: 'UNKNOWN'; readonly detail: string }
