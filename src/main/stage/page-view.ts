import { WebContentsView, type IpcMainEvent, type Session } from 'electron'
import type { CameraFrame, CameraState, KeyTyped } from '../../ipc/messages.ts'
import {
  CameraFrame as CameraFrameSchema,
  CameraState as CameraStateSchema,
  KeyTyped as KeyTypedSchema,
} from '../../ipc/messages.ts'
import { channels, type Painted } from '../../ipc/bridge.ts'
import { FrameGate } from '../../ipc/frame-gate.ts'
import { IntentBytes } from '../../ipc/intent.ts'
import type { Log } from '../../lib/log.ts'
import { isApp } from '../guard/origins.ts'
import type { Page, PageEvents } from '../supervise/page-keeper.ts'

/** What a page may say to the kiosk, already checked against the contract; intents and pictures are overwritten after it. */
export interface PageVoice {
  /** Not read here (see `intentBytes`): the kiosk checks it. */
  readonly intent: (bytes: Uint8Array<ArrayBuffer>) => void
  readonly frame: (frame: CameraFrame) => void
  readonly camera: (camera: CameraState) => void
  readonly key: (key: KeyTyped) => void
}

export interface PageViewOptions {
  readonly session: Session
  readonly preload: string
  readonly url: string
  readonly background: string
  /** Whether the developer tools may be opened. */
  readonly development: boolean
  readonly log: Log
}

/** One renderer process with the screens in it. */
export interface PageView extends Page {
  readonly view: WebContentsView
  /** The kiosk has taken a frame. */
  frameTaken(): void
}

/** Opens the screens in a renderer process of their own: sandboxed, isolated, without Node. */
export function openPage(
  options: PageViewOptions,
  events: PageEvents,
  voice: PageVoice,
  place: { show(view: WebContentsView): void; remove(view: WebContentsView): void },
): PageView {
  const view = new WebContentsView({
    webPreferences: {
      session: options.session,
      preload: options.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      // `showOpenFilePicker` and its sisters would open the system's file dialog over the screens.
      disableBlinkFeatures: 'FileSystemAccess,FileSystemAccessLocal',
      disableDialogs: true,
      devTools: options.development,
      // A page that waits behind another one must draw itself all the same.
      backgroundThrottling: false,
      autoplayPolicy: 'no-user-gesture-required',
    },
  })
  view.setBackgroundColor(options.background)
  const contents = view.webContents
  let gone = false
  const lose = (why: 'crashed' | 'frozen', detail: string): void => {
    if (!gone) events.lost(why, detail)
  }
  contents.on('render-process-gone', (_event, details) => {
    lose('crashed', details.reason)
  })
  // Also when the page itself calls `window.close()`, which Electron obeys.
  contents.on('destroyed', () => {
    lose('crashed', 'closed')
  })
  // Chromium asks nobody before it goes to about:blank; a page that is somewhere else is of no use.
  contents.on('did-navigate', (_event, url) => {
    if (!isApp(url)) lose('crashed', 'left the kiosk')
  })
  contents.on('unresponsive', () => {
    lose('frozen', 'unresponsive')
  })
  contents.on('did-fail-load', (_event, _code, description, _url, isMainFrame) => {
    if (isMainFrame) lose('crashed', `did not load: ${description}`)
  })
  contents.on('preload-error', (_event, _path, error) => {
    lose('crashed', `preload: ${error.message}`)
  })
  contents.on('dom-ready', () => {
    void contents.setVisualZoomLevelLimits(1, 1)
  })
  refuseFileDialogs(contents, options.log)
  const frames = new FrameGate(() => performance.now())
  listen(view, frames, events, voice, options.log)
  void contents.loadURL(options.url).catch(() => undefined)
  return {
    view,
    send: (snapshot) => {
      if (!gone) contents.send(channels.snapshot, snapshot)
    },
    ping: () => {
      if (!gone) contents.send(channels.ping)
    },
    frameTaken: () => {
      frames.open()
      if (!gone) contents.send(channels.frameTaken)
    },
    show: () => {
      place.show(view)
      contents.focus()
    },
    destroy: () => {
      gone = true
      place.remove(view)
      // Not `close()`: the process itself must go, with every byte it knew about the citizen, also when it is frozen.
      if (!contents.isDestroyed()) {
        const pid = contents.getOSProcessId()
        contents.forcefullyCrashRenderer()
        kill(pid)
        contents.close({ waitForBeforeUnload: false })
      }
    },
  }
}

/** Chromium asks a process to crash; one that is stopped by a signal does not hear it. */
function kill(pid: number): void {
  if (pid <= 0) return
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has gone by itself.
  }
}

/**
 * `<input type=file>` opens the system's file dialog, and Electron has no word against it; Chromium's own protocol has:
 * a dialog that is intercepted and answered by nobody does not open.
 */
function refuseFileDialogs(contents: WebContentsView['webContents'], log: Log): void {
  const { debugger: protocol } = contents
  try {
    protocol.attach('1.3')
  } catch (error) {
    log.error('file-dialogs-not-refused', { error: String(error) })
    return
  }
  for (const [method, parameters] of [
    ['Page.enable', {}],
    ['Page.setInterceptFileChooserDialog', { enabled: true }],
  ] as const) {
    protocol.sendCommand(method, parameters).catch((error: unknown) => {
      if (!contents.isDestroyed()) log.error('file-dialogs-not-refused', { error: String(error) })
    })
  }
}

function listen(view: WebContentsView, frames: FrameGate, events: PageEvents, voice: PageVoice, log: Log): void {
  const ipc = view.webContents.ipc
  const on = (channel: string, act: (payload: unknown) => boolean): void => {
    ipc.on(channel, (event: IpcMainEvent, payload: unknown) => {
      const { senderFrame } = event
      if (senderFrame === null || senderFrame !== view.webContents.mainFrame || !isApp(senderFrame.url)) return
      if (!act(payload)) log.warn('page-message-refused', { channel })
    })
  }
  const told = (act: () => void) => () => {
    act()
    return true
  }
  on(channels.ready, told(events.ready))
  on(channels.alive, told(events.alive))
  on(channels.painted, (payload) => {
    if (!isPainted(payload)) return false
    events.painted(payload.screen)
    return true
  })
  on(channels.intent, (payload) => {
    const bytes = IntentBytes.safeParse(payload)
    if (!bytes.success) return false
    voice.intent(bytes.data)
    bytes.data.fill(0)
    return true
  })
  on(channels.camera, (payload) => {
    const camera = CameraStateSchema.safeParse(payload)
    if (camera.success) voice.camera(camera.data)
    return camera.success
  })
  on(channels.key, (payload) => {
    const key = KeyTypedSchema.safeParse(payload)
    if (key.success) voice.key(key.data)
    return key.success
  })
  on(channels.frame, (payload) => {
    const frame = CameraFrameSchema.safeParse(payload)
    if (!frame.success || frame.data.rgba.byteLength !== frame.data.width * frame.data.height * 4) return false
    // The page's own gate keeps to this; a page that does not is not believed.
    if (frames.pass()) voice.frame(frame.data)
    // The kiosk has been sent a copy.
    frame.data.rgba.fill(0)
    return true
  })
}

function isPainted(value: unknown): value is Painted {
  return (
    typeof value === 'object' &&
    value !== null &&
    'screen' in value &&
    typeof value.screen === 'string' &&
    value.screen.length <= 8
  )
}
