import { SAMPLE_CARDS } from '../../src/drivers/id-card/sample-cards.ts'
import { SamSimulator } from '../../src/drivers/id-card/simulator.ts'
import type { DeviceLine } from '../../src/drivers/transport/device-line.ts'
import { hostOnPty } from '../../src/drivers/transport/host.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { expectOk } from '../../src/lib/result.ts'

/**
 * An ID card reader on a pty, in a process of its own so that its pacing is not disturbed by what is measured. Answers
 * crawl as on a wire (`baud` of the simulator), and so do the questions here: a pty carries both at once.
 */
const BAUD = 115_200
const simulator = new SamSimulator(systemClock, { line: { baud: BAUD } })

/** Lets the simulator hear each question only when a wire would have carried it. */
function pacedIn(line: DeviceLine): DeviceLine {
  return {
    send: (bytes) => line.send(bytes),
    onClosed: (listener) => line.onClosed(listener),
    hangUp: () => line.hangUp(),
    onBytes: (listener) =>
      line.onBytes((bytes) => {
        setTimeout(() => listener(bytes), (bytes.length * 10_000) / BAUD)
      }),
  }
}

const hosted = expectOk(await hostOnPty((line) => simulator.serve(pacedIn(line))), 'a pty for the reader')
process.once('disconnect', () => void hosted.close().finally(() => process.exit(0)))
process.on('message', () => {
  // A fresh card: one that was read is not found again until it was lifted.
  simulator.removeCard()
  simulator.insertCard(SAMPLE_CARDS.resident)
  process.send?.({ placed: true })
})
process.send?.({ port: hosted.address })
