import { app, utilityProcess } from 'electron'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DockState } from '../ipc/rig.ts'
import { electronCanRunKiosk, plainNode } from './child/choose.ts'
import type { ChildLink, Spawn } from './child/link.ts'
import { nodeSpawn } from './child/node-child.ts'
import { utilitySpawn } from './child/utility-child.ts'
import type { ShellOptions } from './options.ts'
import { attachRig, type Rig } from './rig.ts'

export interface ChildrenWishes {
  /** The kiosk process may be started. */
  readonly kiosk: () => void
  /** It never can be. */
  readonly refuse: (code: string, technician: string) => void
  readonly dockState: (state: DockState) => void
}

/** The processes beside this one: where their code is, which Node runs them and what they are told at their start. */
export class Children {
  private readonly options: ShellOptions
  private readonly appPath: string
  private readonly plain: Spawn
  private site: string | null

  constructor({ options, appPath }: { options: ShellOptions; appPath: string }) {
    this.options = options
    this.appPath = appPath
    this.plain = nodeSpawn(plainNode(process.env, appPath))
    this.site = options.site
  }

  /** Starts what must be there before the kiosk; the rig is returned so that the dock can speak with it. */
  begin(wishes: ChildrenWishes): Rig | null {
    const whenPossible = (): void => {
      // Electron's utility processes exist only once it is ready; a plain child need not wait.
      if (inElectron) void app.whenReady().then(wishes.kiosk)
      else wishes.kiosk()
    }
    if (this.site !== null) {
      whenPossible()
      return null
    }
    const rigModule = join(this.appPath, 'dist', 'rig.mjs')
    if (!this.options.development || !existsSync(rigModule)) {
      wishes.refuse('NO_SITE_FILE', 'KIOSK_SITE is not set: name the site file of this kiosk (docs/site.schema.json)')
      return null
    }
    return attachRig(this.plain({ name: 'rig', modulePath: rigModule, env: this.env() }), {
      onReady: (sitePath) => {
        this.site = sitePath
        whenPossible()
      },
      onDockState: wishes.dockState,
      onFailed: (detail) => {
        wishes.refuse('RIG', detail)
      },
    })
  }

  startKiosk(): ChildLink {
    const spawn = inElectron ? utilitySpawn((...how) => utilityProcess.fork(...how)) : this.plain
    return spawn({ name: 'kiosk', modulePath: this.options.kioskEntry, env: this.env() })
  }

  private env(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      KIOSK_DATA: this.options.data,
      NODE_COMPILE_CACHE: join(this.options.data, 'compile-cache'),
      ...(this.site === null ? {} : { KIOSK_SITE: this.site }),
    }
  }
}

const inElectron = electronCanRunKiosk(process.versions['napi'])
