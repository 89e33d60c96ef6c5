import type { KioskBridge } from '../../src/ipc/bridge.ts'
import type { IntentMessage } from '../../src/ipc/intent.ts'
import type { Snapshot } from '../../src/ipc/snapshot.ts'

declare global {
  interface Window {
    show(snapshot: Snapshot): void
    readonly heard: {
      readonly intents: IntentMessage[]
      readonly camera: string[]
      readonly keys: string[]
      frames: number
      lastFrame: { width: number; height: number; bytes: number } | null
    }
  }
}

/** Puts a kiosk on `window` that shows what it is told to and remembers what it hears. Runs inside the page. */
export function installFakeKiosk(): void {
  const listeners = new Set<(snapshot: Snapshot) => void>()
  let seq = 0
  const heard: Window['heard'] = { intents: [], camera: [], keys: [], frames: 0, lastFrame: null }
  const kiosk: KioskBridge = {
    onSnapshot(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    send: (message) => void heard.intents.push(message),
    sendFrame(frame) {
      heard.frames += 1
      heard.lastFrame = { width: frame.width, height: frame.height, bytes: frame.rgba.byteLength }
    },
    sendCamera: ({ state }) => void heard.camera.push(state),
    sendKey: ({ key }) => void heard.keys.push(key),
  }
  const show = (snapshot: Snapshot): void => {
    seq += 1
    for (const listener of listeners) listener({ ...snapshot, seq })
  }
  Object.assign(window, { kiosk, heard, show })
}
