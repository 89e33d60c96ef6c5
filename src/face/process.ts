/**
 * The face process: started by the kiosk with `fork(…, { serialization: 'advanced' })` or as an Electron
 * `utilityProcess`, with the path of `models.json` as its one argument. It holds no data beyond the picture in hand
 * and the reference of the visit; it may die at any moment.
 */
import { systemClock } from '../lib/clock.ts'
import { forgetMemory, keepNoCopies } from '../lib/forget-memory.ts'
import { FaceEngine } from './engine.ts'
import { parentPort } from './message-port.ts'
import { FaceService } from './service.ts'

keepNoCopies()
const port = parentPort()
const manifestFile = process.argv[2]
if (port === undefined || manifestFile === undefined) {
  process.stderr.write('The face process is started by the kiosk, with the path of models.json.\n')
  process.exit(2)
}
const service = new FaceService({
  port,
  clock: systemClock,
  load: () => FaceEngine.load(manifestFile, systemClock),
  forgetMemory,
  exit: (code) => process.exit(code),
})
await service.start()
