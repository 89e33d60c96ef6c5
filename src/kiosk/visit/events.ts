import type { Intent } from '../../ipc/intent.ts'
import type { FaceGuidance, Snapshot, View } from '../../ipc/snapshot.ts'
import type { TextRef } from '../../ipc/text.ts'
import type { CameraState } from '../../ipc/messages.ts'
import type { PresentedCard } from './model.ts'
import type { Trouble } from './trouble.ts'

export type FaceBox = Extract<View, { screen: 'S03'; method: 'FACE' }>['box']

/** Intents reach the statechart as they are; the rest are its own people: devices, the clock, the house. */
export type VisitEvent =
  | Intent
  /** What is closed at the moment and why; sent on every change of a device or the centre. */
  | { readonly type: 'HOUSE'; readonly house: House }
  | { readonly type: 'EXPIRED'; readonly why: 'IDLE' | 'TOTAL' }
  | { readonly type: 'CARD_IN_FIELD' }
  /** The card that was in the field was neither read nor refused: it is waited for again. */
  | { readonly type: 'CARD_GONE' }
  | { readonly type: 'CARD_REMARK'; readonly remark: TextRef }
  | { readonly type: 'CARD_READ'; readonly card: PresentedCard }
  | { readonly type: 'CARD_FAILED'; readonly trouble: Trouble }
  | { readonly type: 'SCANNED'; readonly code: string }
  | { readonly type: 'CAMERA'; readonly state: CameraState['state'] }
  | { readonly type: 'FACE_SEEN'; readonly guidance: FaceGuidance; readonly box: FaceBox; readonly progress: number }
  | { readonly type: 'FACE_DECIDED'; readonly decision: FaceDecision }
  | { readonly type: 'FACE_GONE'; readonly trouble: Trouble }
  | { readonly type: 'PRINT_STEP'; readonly step: PrintStep }
  | { readonly type: 'CERTIFICATE_IN' }
  /** This printer cannot tell: the person says when the certificate is in. */
  | { readonly type: 'CERTIFICATE_UNSEEN' }
  | { readonly type: 'CERTIFICATE_FAILED'; readonly trouble: Trouble }
  | { readonly type: 'ITEM_TAKEN'; readonly item: 'CERTIFICATE' | 'ID_CARD' | 'RECEIPT' }

/** What the certificate printer has done so far. */
export type PrintStep = 'POSITIONED' | 'INKED' | 'EJECTED'

type ServiceId = string

/** What the house allows now. A closed service carries its reason; an open one is absent. */
export interface House {
  readonly closed: Readonly<Partial<Record<ServiceId, TextRef>>>
  readonly faceUnavailable: TextRef | null
  /** The whole machine is out of service. */
  readonly out: { readonly reason: TextRef; readonly technician: string } | null
}

/** Outcome of one attempt at the face. The band is recorded, the score never. */
export interface FaceDecision {
  readonly result: 'PASS' | 'FAIL'
  readonly scoreBand: 'HIGH' | 'MEDIUM' | 'LOW' | 'NONE'
  readonly algorithmVersion: string
}

export type Display = Snapshot['display']
