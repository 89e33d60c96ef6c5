import { app, clipboard } from 'electron'
import type { Clock } from '../lib/clock.ts'
import { forgetMemory } from '../lib/forget-memory.ts'
import { overwriteFreedBuffers } from '../lib/freed-buffers.ts'
import type { Log } from '../lib/log.ts'
import { Children } from './children.ts'
import { openDocumentWindow } from './document/document-window.ts'
import { DocumentPress } from './document/document-press.ts'
import { Forgetting } from './forget.ts'
import type { ShellOptions } from './options.ts'
import { guardClose, quitOrderly } from './quit.ts'
import { watchByService } from './service-watch.ts'
import { Shell } from './shell.ts'
import { Screens } from './stage/screens.ts'
import type { Trace } from './trace.ts'

export interface RunParts {
  readonly options: ShellOptions
  readonly log: Log
  readonly trace: Trace
  readonly clock: Clock
  /** Folder that holds `dist/`. */
  readonly appPath: string
}

/** Starts the processes at once and the window as soon as Electron is ready; both meet in the `Shell`. */
export function run(parts: RunParts): void {
  const { options, log, trace, clock, appPath } = parts
  const children = new Children({ options, appPath })
  const screens = new Screens({ options, log, appPath, helpPhone: () => shell.helpPhone })
  const press = new DocumentPress({ clock, log, open: (document) => openDocumentWindow(document, appPath, log) })
  const forgetting = new Forgetting({
    clock,
    forgetMemory: () => {
      forgetMemory()
      overwriteFreedBuffers()
    },
  })
  const shell: Shell = new Shell({
    clock,
    log,
    trace,
    startKiosk: () => children.startKiosk(),
    createPage: (events, kiosk) => screens.openPage(events, kiosk),
    showCover: (cover) => {
      screens.showCover(cover)
    },
    renderDocument: (document) => press.render(document),
    forgetVisit: () => {
      screens.forgetVisit()
      // Nothing gets there by hand; what a script of the page put there goes with the visit.
      clipboard.clear()
      forgetting.visitEnded()
    },
    renew: () => {
      log.info('shell-renews-itself')
      // Under a service manager the end is enough; it starts us again.
      if (service === null) app.relaunch()
      app.quit()
    },
  })
  const service = watchByService({ env: process.env, clock, log, health: () => shell.vitality.health() })
  const rig = children.begin({
    kiosk: () => {
      shell.kiosk.start()
    },
    refuse: (code, technician) => {
      shell.refuse(code, technician)
    },
    dockState: (state) => {
      screens.showDock(state)
    },
  })
  void app.whenReady().then(() => {
    trace('app-ready')
    const window = screens.open(rig)
    trace('window')
    guardClose(app, window, options.development)
    shell.pages.start()
    app.on('second-instance', () => {
      window.focus()
    })
  })
  quitOrderly(app, async () => {
    service?.stop()
    forgetting.stop()
    shell.pages.stop()
    await shell.kiosk.stop()
    rig?.stop()
  })
}
