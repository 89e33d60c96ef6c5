import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ToKiosk, type ToShell } from '../../../src/ipc/messages.ts'
import { shellPort } from '../../../src/ipc/port.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { ShellRenderer } from '../../../src/kiosk/documents/renderer.ts'

/**
 * A kiosk process that has every document of the folder `DOCUMENTS` drawn by the shell: `wanted.json` lists
 * `{ name, html, css }`; the answer is `<name>.pdf` or `<name>.txt` with the code, and `done` at the end.
 */
const port = shellPort<ToShell>()
const folder = process.env['DOCUMENTS']
if (port === null || folder === undefined) throw new Error('this program is started by the document test')

const renderer = new ShellRenderer((message) => {
  port.post(message)
}, systemClock)

interface Wanted {
  readonly name: string
  readonly html: string
  readonly css: string
}

async function renderAll(): Promise<void> {
  const wanted = JSON.parse(readFileSync(join(folder ?? '', 'wanted.json'), 'utf8')) as readonly Wanted[]
  await Promise.all(
    wanted.map(async ({ name, html, css }) => {
      const from = performance.now()
      const pdf = await renderer.render({ html, css })
      if (pdf.ok) writeFileSync(join(folder ?? '', `${name}.pdf`), pdf.value)
      else writeFileSync(join(folder ?? '', `${name}.txt`), pdf.error.why)
      process.stderr.write(`document ${name}: ${Math.round(performance.now() - from)} ms\n`)
    }),
  )
  writeFileSync(join(folder ?? '', 'done'), '')
}

let asked = false
port.onClose(() => process.exit(0))
port.onMessage((raw) => {
  const message = ToKiosk.parse(raw)
  if (message.type === 'shutdown') process.exit(0)
  if (message.type === 'document-rendered') renderer.receive(message.id, message.outcome)
  if (message.type === 'renderer-ready' && !asked) {
    asked = true
    void renderAll()
  }
})
setInterval(() => {
  port.post({ type: 'heartbeat' })
}, 1_000)
port.post({
  type: 'snapshot',
  snapshot: {
    seq: 1,
    viewId: 1,
    header: { stationName: '测试站', kioskName: '1 号机', helpPhone: '0571-00000000', mode: 'demo' },
    display: { largePrint: false, highContrast: false, lowReach: false },
    countdown: null,
    staffCalled: false,
    problem: null,
    view: { screen: 'S00', tiles: [] },
  },
})
