import { BrowserWindow, session } from 'electron'
import { dockChannels } from '../../ipc/bridge.ts'
import { DockCommand, type DockState } from '../../ipc/rig.ts'
import type { Log } from '../../lib/log.ts'
import { lockSession } from '../guard/lock-down.ts'
import { dockHost, scheme } from '../guard/origins.ts'

/** The small window with which a developer operates the simulated devices by hand. Not in a production build. */
export interface Dock {
  show(state: DockState): void
}

export interface DockOptions {
  readonly preload: string
  /** Where the screens' window ends, so that the dock stands beside it. */
  readonly x: number
  readonly log: Log
  readonly serveOn: (session: Electron.Session) => void
  readonly onCommand: (command: DockCommand) => void
}

export function openDock(options: DockOptions): Dock {
  const ownSession = session.fromPartition('dock')
  lockSession(ownSession, options.log)
  options.serveOn(ownSession)
  const window = new BrowserWindow({
    x: options.x,
    y: 0,
    width: 480,
    height: 1080,
    title: '模拟设备',
    autoHideMenuBar: true,
    webPreferences: {
      session: ownSession,
      preload: options.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  })
  window.removeMenu()
  let last: DockState | null = null
  const contents = window.webContents
  contents.ipc.on(dockChannels.ready, () => {
    if (last !== null) contents.send(dockChannels.state, last)
  })
  contents.ipc.on(dockChannels.command, (_event, payload: unknown) => {
    const command = DockCommand.safeParse(payload)
    if (command.success) options.onCommand(command.data)
    else options.log.warn('dock-command-refused', { detail: command.error.issues[0]?.message ?? '' })
  })
  void window.loadURL(`${scheme}://${dockHost}/dock.html`).catch(() => undefined)
  return {
    show: (state) => {
      last = state
      if (!window.isDestroyed()) contents.send(dockChannels.state, state)
    },
  }
}
