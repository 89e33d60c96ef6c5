import { readdirSync } from 'node:fs'
import { startKiosk } from '../../../src/kiosk/kiosk.ts'
import { ToKiosk } from '../../../src/ipc/messages.ts'
import type { FromSoak, ToSoak } from './messages.ts'
import { SteppingClock } from './stepping-clock.ts'

/** The kiosk as its own program does it, on a clock that the harness steps; run with `--expose-gc`. */
const clock = new SteppingClock()
const tell = (message: FromSoak): void => void process.send?.(message)
/** Exit code when the kiosk asked for a fresh process. */
const RESTART = 75
let leave = (code: number): void => process.exit(code)

process.on('message', (message: ToSoak) => {
  if (message.type === 'step') clock.step(message.ms)
  if (message.type === 'leap') clock.leap(message.ms)
})

const started = await startKiosk({
  sitePath: process.env['KIOSK_SITE'] ?? '',
  dataDir: process.env['KIOSK_DATA'] ?? '',
  faceEntry: '',
  logLevel: 'info',
  clock,
  post: (message) => tell({ type: 'said', message }),
  restart: () => leave(RESTART),
})
if (!started.ok) throw new Error(`${started.error.code}: ${started.error.technician}`)
const kiosk = started.value
leave = (code) => void kiosk.stop().then(() => process.exit(code))
process.on('message', (message: ToSoak) => {
  if (message.type === 'say') kiosk.receive(ToKiosk.parse(message.message))
  if (message.type === 'end') leave(0)
  if (message.type === 'sample') void sample()
})
process.on('disconnect', () => leave(0))
kiosk.start()

/** What the process takes when its garbage is gone. */
async function sample(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { rss, heapUsed, external } = process.memoryUsage()
  tell({ type: 'sampled', rss, heap: heapUsed + external, handles: readdirSync('/proc/self/fd').length })
}
