import { session, type Session, type WebContentsView } from 'electron'
import { join } from 'node:path'
import type { DockState } from '../../ipc/rig.ts'
import type { Log } from '../../lib/log.ts'
import { lockSession } from '../guard/lock-down.ts'
import { appHost, coverHost, dockHost, scheme } from '../guard/origins.ts'
import type { Sites } from '../guard/resolve-file.ts'
import { serve, type Fill } from '../guard/serve.ts'
import type { ShellOptions } from '../options.ts'
import type { Rig } from '../rig.ts'
import type { ScreenPage } from '../shell.ts'
import type { Cover } from '../supervise/cover.ts'
import type { KioskKeeper } from '../supervise/kiosk-keeper.ts'
import type { PageEvents } from '../supervise/page-keeper.ts'
import { CoverView } from './cover-view.ts'
import { openDock, type Dock } from './dock-window.ts'
import { openPage } from './page-view.ts'
import { BACKGROUND, openStage, type Stage } from './window.ts'

interface Opened {
  readonly stage: Stage
  readonly cover: CoverView
  readonly session: Session
}

/** Everything that can be seen: the window, the page in it, the cover over it and, in development, the dock beside it. */
export class Screens {
  private readonly options: ShellOptions
  private readonly log: Log
  private readonly appPath: string
  /** Number a citizen may call, once it is known. */
  private readonly helpPhone: () => string | null
  private opened: Opened | null = null
  private cover: Cover = { kind: 'none' }
  private dock: Dock | null = null
  private dockState: DockState | null = null

  constructor(parts: { options: ShellOptions; log: Log; appPath: string; helpPhone: () => string | null }) {
    this.options = parts.options
    this.log = parts.log
    this.appPath = parts.appPath
    this.helpPhone = parts.helpPhone
  }

  /** Opens the window; once, when Electron is ready. */
  open(rig: Rig | null): Stage['window'] {
    // No `persist:`: what the screens' session keeps lives in memory and ends with the process.
    const own = session.fromPartition('screens', { cache: false })
    lockSession(own, this.log)
    serve(own.protocol, this.sites(), this.fill)
    const stage = openStage(this.options.windowed)
    this.opened = { stage, session: own, cover: new CoverView(stage, own) }
    this.opened.cover.show(this.cover)
    if (rig !== null && this.options.dock) this.openDock(rig, stage)
    return stage.window
  }

  openPage(events: PageEvents, kiosk: KioskKeeper): ScreenPage {
    const { stage, session: own, cover } = this.mustBeOpen()
    const page = openPage(
      {
        session: own,
        preload: join(this.appPath, 'dist', 'preload.cjs'),
        url: `${scheme}://${appHost}/index.html`,
        background: BACKGROUND,
        development: this.options.development,
        log: this.log,
      },
      events,
      {
        intent: (bytes) => {
          kiosk.post({ type: 'intent', bytes })
        },
        frame: (frame) => {
          kiosk.post({ type: 'frame', frame })
        },
        camera: (camera) => {
          kiosk.post({ type: 'camera', camera })
        },
        key: (key) => {
          kiosk.post({ type: 'key', ...key })
        },
      },
      {
        show: (view: WebContentsView) => {
          stage.addInFront(view)
          cover.raise()
        },
        remove: (view: WebContentsView) => {
          stage.remove(view)
        },
      },
    )
    stage.addBehind(page.view)
    return page
  }

  showCover(cover: Cover): void {
    this.cover = cover
    this.opened?.cover.show(cover)
  }

  showDock(state: DockState): void {
    this.dockState = state
    this.dock?.show(state)
  }

  /** Empties what Chromium kept of a visit, although nothing is meant to be there. */
  forgetVisit(): void {
    const own = this.opened?.session
    if (own === undefined) return
    void Promise.all([own.clearStorageData(), own.clearCache()]).catch((error: unknown) => {
      this.log.error('visit-storage-not-cleared', { error: String(error) })
    })
  }

  private openDock(rig: Rig, stage: Stage): void {
    const { x, width } = stage.window.getBounds()
    this.dock = openDock({
      preload: join(this.appPath, 'dist', 'dock-preload.cjs'),
      x: x + width,
      log: this.log,
      serveOn: (own) => {
        serve(own.protocol, this.sites(), this.fill)
      },
      onCommand: (command) => {
        rig.command(command)
      },
    })
    if (this.dockState !== null) this.dock.show(this.dockState)
  }

  private sites(): Sites {
    const fonts = join(this.appPath, 'dist', 'renderer', 'fonts')
    const sites = {
      [appHost]: { '': this.options.pages },
      [coverHost]: { '': join(this.appPath, 'dist', 'pages'), fonts },
    }
    return this.options.development ? { ...sites, [dockHost]: { '': join(this.appPath, 'dist', 'renderer') } } : sites
  }

  private readonly fill: Fill = (host, html) => {
    if (host !== coverHost) return html
    const phone = this.helpPhone()
    const technician = this.cover.kind === 'out-of-service' ? this.cover.technician : ''
    return html
      .replace('{{technician}}', () => escapeHtml(technician))
      .replace('{{phone}}', () => (phone === null ? '' : `，电话 ${escapeHtml(phone)}`))
  }

  private mustBeOpen(): Opened {
    if (this.opened === null) throw new Error('the window is not open yet')
    return this.opened
  }
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}
