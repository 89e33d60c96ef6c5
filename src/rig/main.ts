import { type FromRig, ToRig } from '../ipc/rig.ts'
import { shellPort } from '../ipc/port.ts'
import { systemClock } from '../lib/clock.ts'
import { Rig } from './rig.ts'

/** The rig as a child of the shell (`npm start` without a site file). Not in a production build. */
const port = shellPort<FromRig>()
if (port === null) {
  process.stderr.write('The rig is started by the shell.\n')
  process.exit(2)
}

/** How often the dock is told what is new, in milliseconds. */
const DOCK_MS = 500

const rig = await Rig.start({ clock: systemClock, realSpeed: true })
const leave = (): void => void rig.close().finally(() => process.exit(0))
port.onMessage((raw) => {
  const message = ToRig.parse(raw)
  if (message.type === 'shutdown') leave()
  else rig.command(message.command)
})
port.onClose(leave)
process.on('SIGTERM', leave)
port.post({ type: 'ready', sitePath: rig.sitePath })
await rig.registerPortraits()

let told = ''
setInterval(() => {
  const state = rig.state()
  const text = JSON.stringify(state)
  if (text !== told) port.post({ type: 'dock-state', state })
  told = text
}, DOCK_MS)
