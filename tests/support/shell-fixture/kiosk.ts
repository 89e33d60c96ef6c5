import { PLANNED_RESTART } from '../../../src/ipc/exit-codes.ts'
import { intentFrom } from '../../../src/ipc/intent.ts'
import { ToKiosk, type ToShell } from '../../../src/ipc/messages.ts'
import { shellPort } from '../../../src/ipc/port.ts'
import type { Snapshot } from '../../../src/ipc/snapshot.ts'

/**
 * The smallest kiosk process that keeps the contract with the shell: it has one screen, and tells in `kioskName` what it
 * has heard, so that a test can read it off the page. `FIXTURE` asks it to misbehave.
 */
const behaviour = process.env['FIXTURE'] ?? ''
const port = shellPort<ToShell>()
if (port === null) throw new Error('this program is started by the shell')

const heard = { pid: process.pid, readies: 0, gone: [] as string[], frames: 0, frameBytes: 0, intents: [] as string[] }
let seq = 0

function snapshot(): Snapshot {
  seq += 1
  return {
    seq,
    viewId: 1,
    header: { stationName: '测试站', kioskName: JSON.stringify(heard), helpPhone: '0571-00000000', mode: 'demo' },
    display: { largePrint: false, highContrast: false, lowReach: false },
    countdown: null,
    staffCalled: false,
    problem: null,
    view: { screen: 'S00', tiles: [] },
  }
}

const show = (): void => {
  port.post({ type: 'snapshot', snapshot: snapshot() })
}

port.onClose(() => process.exit(0))
port.onMessage((raw) => {
  const message = ToKiosk.parse(raw)
  switch (message.type) {
    case 'heartbeat':
      return
    case 'shutdown':
      process.exit(0)
      return
    case 'renderer-ready':
      heard.readies += 1
      break
    case 'renderer-gone':
      heard.gone.push(message.why)
      break
    case 'frame':
      heard.frames += 1
      heard.frameBytes = message.frame.rgba.byteLength
      port.post({ type: 'frame-taken' })
      break
    case 'camera':
    case 'key':
    case 'document-rendered':
      break
    case 'intent': {
      const type = intentFrom(message.bytes)?.intent.type ?? 'nonsense'
      heard.intents.push(type)
      if (type === 'LEAVE') port.post({ type: 'visit-ended' })
      if (behaviour === 'busy' && type === 'CONTINUE') for (;;);
      if (behaviour === 'planned' && type === 'CONTINUE') process.exit(PLANNED_RESTART)
      break
    }
  }
  show()
})

if (behaviour === 'refuse') {
  port.post({ type: 'refused', code: 'SITE_FILE', technician: 'devices.idCard.port: 必须是字符串 <b>"</b>' })
} else {
  setInterval(() => {
    port.post({ type: 'heartbeat' })
  }, 1_000)
  show()
}
