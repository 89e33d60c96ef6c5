import { z } from 'zod'

/**
 * The rig is the bench the kiosk stands on in `npm start`, the demo and the e2e tests: simulated devices behind real
 * ptys (TCP where there are none) and an embedded centre. It is not in a production build. The dock operates it by hand.
 */
export const DockCommand = z.discriminatedUnion('type', [
  /** Puts the ID card of demo person `person` (index into the seeded people) on the reader. */
  z.object({ type: z.literal('PLACE_CARD'), person: z.int().min(0) }),
  z.object({ type: z.literal('LIFT_CARD') }),
  z.object({ type: z.literal('SCAN'), text: z.string().max(4096) }),
  z.object({ type: z.literal('INSERT_CERTIFICATE') }),
  z.object({ type: z.literal('TAKE_CERTIFICATE') }),
  z.object({ type: z.literal('RECEIPT_PAPER'), state: z.enum(['OK', 'LOW', 'OUT']) }),
  z.object({ type: z.literal('RECEIPT_COVER'), open: z.boolean() }),
  z.object({ type: z.literal('CERTIFICATE_JAM'), jammed: z.boolean() }),
  z.object({ type: z.literal('CENTRE'), state: z.enum(['UP', 'DOWN', 'SLOW']) }),
])
export type DockCommand = z.infer<typeof DockCommand>

/** What the dock shows. */
export const DockState = z.object({
  people: z.array(z.object({ label: z.string() })),
  cardOnReader: z.int().nullable(),
  certificateInPrinter: z.boolean(),
  receiptPaper: z.enum(['OK', 'LOW', 'OUT']),
  receiptCoverOpen: z.boolean(),
  centre: z.enum(['UP', 'DOWN', 'SLOW']),
  /** Last message the centre sent to a phone, so that the hand at the dock can type it. */
  lastSms: z.string().nullable(),
})
export type DockState = z.infer<typeof DockState>

/** Shell → rig. */
export const ToRig = z.discriminatedUnion('type', [
  z.object({ type: z.literal('dock'), command: DockCommand }),
  z.object({ type: z.literal('shutdown') }),
])
export type ToRig = z.infer<typeof ToRig>

/** Rig → shell. `ready` names the site file the kiosk is to be started with. */
export const FromRig = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), sitePath: z.string() }),
  z.object({ type: z.literal('dock-state'), state: DockState }),
  z.object({ type: z.literal('failed'), detail: z.string() }),
])
export type FromRig = z.infer<typeof FromRig>

/** What the dock's preload puts on `window.dock`. */
export interface DockBridge {
  onState(listener: (state: DockState) => void): () => void
  send(command: DockCommand): void
}
