import { systemClock } from '../../src/lib/clock.ts'
import { DockCommand } from '../../src/ipc/rig.ts'
import { Rig } from '../../src/rig/rig.ts'

/**
 * The rig in a process of its own, so that the simulated devices and the centre take neither time nor memory of what
 * is measured. Unlike the one of `npm start` it speaks only when the portraits are registered.
 */
const rig = await Rig.start({ clock: systemClock, realSpeed: true })
await rig.registerPortraits()
process.on('message', (message) => rig.command(DockCommand.parse(message)))
process.once('disconnect', () => void rig.close().finally(() => process.exit(0)))
process.send?.({ sitePath: rig.sitePath })
