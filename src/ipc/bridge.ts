import type { IntentMessage } from './intent.ts'
import type { CameraFrame, CameraState } from './messages.ts'
import type { Snapshot } from './snapshot.ts'

/** What the preload puts on `window.kiosk`: the whole of what the page can do. */
export interface KioskBridge {
  /** Calls `listener` with the current and every later snapshot; returns its removal. */
  onSnapshot(listener: (snapshot: Snapshot) => void): () => void
  send(message: IntentMessage): void
  sendFrame(frame: CameraFrame): void
  sendCamera(camera: CameraState): void
}

/** Names of the Electron channels between preload and main; nothing else is listened to. */
export const channels = {
  snapshot: 'kiosk:snapshot',
  intent: 'kiosk:intent',
  frame: 'kiosk:frame',
  camera: 'kiosk:camera',
  ready: 'kiosk:ready',
  alive: 'kiosk:alive',
} as const
