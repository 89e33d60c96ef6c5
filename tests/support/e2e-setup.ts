import { build } from '../../scripts/build.ts'
import { resolveElectron } from '../../scripts/electron/resolve.ts'

/** Before the first test file: finds Electron, builds, and opens one display for all of them. */
export default async function setup(): Promise<void> {
  const electron = await resolveElectron()
  Object.assign(process.env, electron.env)
  await build()
  process.env['KIOSK_BUILT'] = '1'
}
