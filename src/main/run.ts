import { app } from 'electron'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { Children } from './children.ts'
import type { ShellOptions } from './options.ts'
import { guardClose, quitOrderly } from './quit.ts'
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
  const shell: Shell = new Shell({
    clock,
    log,
    trace,
    startKiosk: () => children.startKiosk(),
    createPage: (events, kiosk) => screens.openPage(events, kiosk),
    showCover: (cover) => {
      screens.showCover(cover)
    },
    forgetVisit: () => {
      screens.forgetVisit()
    },
  })
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
    shell.pages.stop()
    await shell.kiosk.stop()
    rig?.stop()
  })
}
