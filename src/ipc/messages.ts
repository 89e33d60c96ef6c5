import { z } from 'zod'
import { IntentBytes } from './intent.ts'
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

/**
 * A key of the physical keyboard while the snapshot says `wedge`: a scanner that types. `at` is milliseconds of a
 * monotonic clock of the page, good for the distance of one key from the next and for nothing else.
 */
export const KeyTyped = z.object({ key: z.string().min(1).max(32), at: z.number().min(0) })
export type KeyTyped = z.infer<typeof KeyTyped>

/** A page or two of HTML that a hidden window of the shell turns into a PDF. Values in it are escaped by whoever made it. */
export const DocumentToRender = z.object({
  /** Of the question, so that the answer finds it; not personal. */
  id: z.string().min(1).max(64),
  /** The whole page; its only style sheet is `document.css`. Scripts in it never run. */
  html: z.string().max(512 * 1024),
  css: z.string().max(64 * 1024),
})
export type DocumentToRender = z.infer<typeof DocumentToRender>

/** What became of it. `BUSY`: too many wait already; `FAILED`: Chromium made no PDF. */
export const RenderedDocument = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), pdf: z.instanceof(Uint8Array) }),
  z.object({ ok: z.literal(false), code: z.enum(['BUSY', 'TIMED_OUT', 'CRASHED', 'FAILED']) }),
])
export type RenderedDocument = z.infer<typeof RenderedDocument>

/** Shell (main process) → kiosk process. */
export const ToKiosk = z.discriminatedUnion('type', [
  z.object({ type: z.literal('intent'), bytes: IntentBytes }),
  z.object({ type: z.literal('frame'), frame: CameraFrame }),
  z.object({ type: z.literal('camera'), camera: CameraState }),
  KeyTyped.extend({ type: z.literal('key') }),
  /** The renderer (re)loaded and wants the current snapshot; `clean` says it starts from nothing after a visit. */
  z.object({ type: z.literal('renderer-ready') }),
  z.object({ type: z.literal('renderer-gone'), why: z.enum(['crashed', 'frozen']) }),
  z.object({ type: z.literal('heartbeat') }),
  z.object({ type: z.literal('document-rendered'), id: z.string(), outcome: RenderedDocument }),
  z.object({ type: z.literal('shutdown') }),
])
export type ToKiosk = z.infer<typeof ToKiosk>

/** Kiosk process → shell. */
export const ToShell = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), snapshot: Snapshot }),
  z.object({ type: z.literal('heartbeat') }),
  /** The frame has been taken over (or dropped); until then the page sends no other, so pictures never queue. */
  z.object({ type: z.literal('frame-taken') }),
  /** Wanted: the document as a PDF; the answer is `document-rendered` with the same id. */
  z.object({ type: z.literal('render-document'), document: DocumentToRender }),
  /** The visit is over: load the renderer anew so that nothing of the citizen stays in its memory. */
  z.object({ type: z.literal('visit-ended') }),
  /** The kiosk cannot start (bad site file, store from a newer version …): shown as the out-of-service page, not restarted. */
  z.object({ type: z.literal('refused'), code: z.string(), technician: z.string() }),
])
export type ToShell = z.infer<typeof ToShell>
