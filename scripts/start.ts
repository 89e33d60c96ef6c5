import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { build } from './build.ts'
import { cameraSwitches } from './electron/camera.ts'
import { root } from './electron/paths.ts'
import { resolveElectron } from './electron/resolve.ts'

/**
 * `npm start`: the product for hands and eyes. Builds what changed, finds an Electron and opens the kiosk in a window on
 * the rig (`KIOSK_WINDOWED=0` for full screen; `KIOSK_SITE` for real devices; `KIOSK_FAKE_CAMERA=/path/face.mjpeg`).
 */
async function start(): Promise<number> {
  const [electron] = await Promise.all([resolveElectron(), build()])
  const camera = process.env['KIOSK_FAKE_CAMERA']
  const file = camera === undefined || camera === '' ? undefined : resolve(camera)
  const child = spawn(
    electron.executablePath,
    [...electron.args, ...cameraSwitches(file), root, ...process.argv.slice(2)],
    {
      stdio: 'inherit',
      env: { KIOSK_WINDOWED: '1', KIOSK_NODE: process.execPath, ...process.env, ...electron.env },
    },
  )
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  return new Promise((done, fail) => {
    child.once('error', fail)
    child.once('exit', (code) => {
      done(code ?? 1)
    })
  })
}

try {
  process.exitCode = await start()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
