import { build } from '../../scripts/build.ts'
import { resolveElectron } from '../../scripts/electron/resolve.ts'

/** Before the first test file: finds Electron and builds. Each file opens a display of its own: some look at all its windows. */
export default async function setup(): Promise<void> {
  await resolveElectron()
  await build()
  process.env['KIOSK_BUILT'] = '1'
}
