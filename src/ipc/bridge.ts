import type { IntentMessage } from './intent.ts'
import type { CameraFrame, CameraState, KeyTyped } from './messages.ts'
import type { Snapshot } from './snapshot.ts'

/** What the preload puts on `window.kiosk`: the whole of what the page can do. */
export interface KioskBridge {
  /** Calls `listener` with the current and every later snapshot; returns its removal. */
  onSnapshot(listener: (snapshot: Snapshot) => void): () => void
  send(message: IntentMessage): void
  /** Where it returns a promise, the next picture is sent only after that has settled. */
  sendFrame(frame: CameraFrame): void | Promise<void>
  sendCamera(camera: CameraState): void
  /** A key that a keyboard-wedge scanner typed; sent only while the snapshot says `wedge`. */
  sendKey(key: KeyTyped): void
}

/** Names of the Electron channels between preload and main; nothing else is listened to. */
export const channels = {
  snapshot: 'kiosk:snapshot',
  intent: 'kiosk:intent',
  frame: 'kiosk:frame',
  camera: 'kiosk:camera',
  key: 'kiosk:key',
  ready: 'kiosk:ready',
  /** Shell → page: is your thread alive? The preload answers with `alive`. */
  ping: 'kiosk:ping',
  alive: 'kiosk:alive',
  /** Page → shell: a snapshot is on the screen (see `Painted`). */
  painted: 'kiosk:painted',
  /** Shell → page: the kiosk has taken the frame; the next one may come. */
  frameTaken: 'kiosk:frame-taken',
} as const

/** The screen that is really drawn, told by the preload two animation frames after it handed a snapshot to the page. */
export interface Painted {
  readonly seq: number
  /** Value of `data-screen`. */
  readonly screen: string
}

/** Channels of the dock's window (development only, see rig.ts). */
export const dockChannels = { state: 'dock:state', command: 'dock:command', ready: 'dock:ready' } as const
