import { contextBridge, ipcRenderer } from 'electron'
import { channels, type KioskBridge, type Painted } from '../ipc/bridge.ts'
import { FrameGate } from '../ipc/frame-gate.ts'
import { intentBytes } from '../ipc/intent-bytes.ts'
import type { Snapshot } from '../ipc/snapshot.ts'

const frames = new FrameGate(() => performance.now())
const listeners = new Set<(snapshot: Snapshot) => void>()
let current: Snapshot | null = null

const bridge: KioskBridge = {
  onSnapshot(listener) {
    if (listeners.size === 0 && current === null) ipcRenderer.send(channels.ready)
    listeners.add(listener)
    if (current !== null) show(current)
    return () => {
      listeners.delete(listener)
    }
  },
  send(message) {
    ipcRenderer.send(channels.intent, intentBytes(message))
  },
  sendFrame(frame) {
    if (frames.pass()) ipcRenderer.send(channels.frame, frame)
  },
  sendCamera(camera) {
    ipcRenderer.send(channels.camera, camera)
  },
  sendKey(key) {
    ipcRenderer.send(channels.key, key)
  },
}

ipcRenderer.on(channels.snapshot, (_event, snapshot: Snapshot) => {
  current = snapshot
  show(snapshot)
})
ipcRenderer.on(channels.ping, () => {
  ipcRenderer.send(channels.alive)
})
ipcRenderer.on(channels.frameTaken, () => {
  frames.open()
})

function show(snapshot: Snapshot): void {
  for (const listener of listeners) listener(snapshot)
  // The first frame after this one holds what the page drew from the snapshot; the one after it proves it was shown.
  requestAnimationFrame(() => {
    requestAnimationFrame(() => {
      reportPainted(snapshot.seq)
    })
  })
}

function reportPainted(seq: number): void {
  const screen = document.querySelector('[data-screen]')?.getAttribute('data-screen')
  if (screen === null || screen === undefined) return
  const painted: Painted = { seq, screen }
  ipcRenderer.send(channels.painted, painted)
}

contextBridge.exposeInMainWorld('kiosk', bridge)
