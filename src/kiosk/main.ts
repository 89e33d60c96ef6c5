import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { existsSync } from 'node:fs'
import { PLANNED_RESTART } from '../ipc/exit-codes.ts'
import { ToKiosk, type ToShell } from '../ipc/messages.ts'
import { shellPort } from '../ipc/port.ts'
import { systemClock } from '../lib/clock.ts'
import { keepNoCopies } from '../lib/forget-memory.ts'
import { startKiosk } from './kiosk.ts'

/**
 * The kiosk process: Electron's utility process, or a plain Node child where that Electron is too old. It is told its
 * site file and data folder by the environment and speaks with the shell through one port.
 */
keepNoCopies()
const port = shellPort<ToShell>()
const sitePath = process.env['KIOSK_SITE']
const dataDir = process.env['KIOSK_DATA']
if (port === null || sitePath === undefined || dataDir === undefined) {
  process.stderr.write('The kiosk process is started by the shell with KIOSK_SITE and KIOSK_DATA.\n')
  process.exit(2)
}
mkdirSync(dataDir, { recursive: true, mode: 0o700 })

/** The bundle beside this one, or the source. */
const bundledFace = fileURLToPath(new URL('face.mjs', import.meta.url))
const faceEntry = existsSync(bundledFace) ? bundledFace : fileURLToPath(new URL('../face/process.ts', import.meta.url))

/** A device that does not let go must not keep a kiosk alive that nobody watches any more; the store needs no farewell. */
const LEAVE_MS = 10_000

/** Ends in order; before there is a kiosk there is nothing to end but the process. */
let leave = (code: number): void => process.exit(code)

const started = await startKiosk({
  sitePath,
  dataDir,
  faceEntry,
  logLevel: process.env['KIOSK_LOG_LEVEL'] ?? 'info',
  clock: systemClock,
  post: (message) => port.post(message),
  restart: () => leave(PLANNED_RESTART),
})
if (!started.ok) {
  port.post({ type: 'refused', ...started.error })
  process.stderr.write(`${started.error.code}: ${started.error.technician}\n`)
  port.onClose(() => process.exit(1))
} else {
  const kiosk = started.value
  leave = (code) => {
    systemClock.setTimer(LEAVE_MS, () => process.exit(code))
    void kiosk.stop().then(() => process.exit(code))
  }
  port.onMessage((raw) => {
    // Frames are the bulk of what comes; their bytes are checked by the face process, the rest here.
    const message = ToKiosk.parse(raw)
    if (message.type === 'shutdown') leave(0)
    else kiosk.receive(message)
  })
  port.onClose(() => leave(0))
  process.on('SIGTERM', () => leave(0))
  kiosk.start()
}
