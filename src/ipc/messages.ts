import { z } from 'zod'
import { IntentMessage } from './intent.ts'
import { Snapshot } from './snapshot.ts'

/** One camera picture on its way from the renderer to the face process. It is never stored and overwritten after use. */
export const CameraFrame = z.object({
  seq: z.int(),
  width: z.int().min(16).max(1920),
  height: z.int().min(16).max(1920),
  /** RGBA, 8 bits each, row by row: width × height × 4 bytes. */
  rgba: z.instanceof(Uint8Array),
})
export type CameraFrame = z.infer<typeof CameraFrame>

/** What the camera of the renderer is doing; the kiosk decides what that means for the visit. */
export const CameraState = z.object({ state: z.enum(['OPEN', 'CLOSED', 'MISSING', 'DENIED', 'LOST']) })
export type CameraState = z.infer<typeof CameraState>

/** Shell (main process) → kiosk process. */
export const ToKiosk = z.discriminatedUnion('type', [
  z.object({ type: z.literal('intent'), message: IntentMessage }),
  z.object({ type: z.literal('frame'), frame: CameraFrame }),
  z.object({ type: z.literal('camera'), camera: CameraState }),
  /** The renderer (re)loaded and wants the current snapshot; `clean` says it starts from nothing after a visit. */
  z.object({ type: z.literal('renderer-ready') }),
  z.object({ type: z.literal('renderer-gone'), why: z.enum(['crashed', 'frozen']) }),
  z.object({ type: z.literal('heartbeat') }),
  z.object({ type: z.literal('shutdown') }),
])
export type ToKiosk = z.infer<typeof ToKiosk>

/** Kiosk process → shell. */
export const ToShell = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), snapshot: Snapshot }),
  z.object({ type: z.literal('heartbeat') }),
  /** The frame has been taken over (or dropped); until then the page sends no other, so pictures never queue. */
  z.object({ type: z.literal('frame-taken') }),
  /** The visit is over: load the renderer anew so that nothing of the citizen stays in its memory. */
  z.object({ type: z.literal('visit-ended') }),
  /** The kiosk cannot start (bad site file, store from a newer version …): shown as the out-of-service page, not restarted. */
  z.object({ type: z.literal('refused'), code: z.string(), technician: z.string() }),
])
export type ToShell = z.infer<typeof ToShell>
