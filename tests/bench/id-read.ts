import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { IdCardReader } from '../../src/drivers/id-card/device.ts'
import { parseTransport } from '../../src/drivers/transport/parse.ts'
import type { Transport } from '../../src/drivers/transport/transport.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { silentLog } from '../../src/lib/log.ts'
import { expectOk } from '../../src/lib/result.ts'
import { atMost, median, rounded, type BenchResult } from './figures.ts'

const BAUD = 115_200
/** 8N1: a byte is ten bits on the wire. */
const BITS_PER_BYTE = 10
const WARM_UP = 3
const READS = 25

/**
 * A card read by the product's `IdCardReader` through the real `serialport` on a pty paced at 115200 baud in both
 * directions, against the time a wire would need for the very bytes exchanged (find, select, read, newest address).
 * The simulated module answers at once, so whatever is above 1 is ours and the operating system's.
 */
export async function benchIdRead(): Promise<BenchResult> {
  const device = fork(join(import.meta.dirname, 'id-read-device.ts'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const { port } = (await nextMessage(device)) as { port: string }
  const line = counted(expectOk(parseTransport(port, BAUD), 'the port of the reader'))
  const reader = new IdCardReader(line, systemClock, silentLog)
  const times: number[] = []
  const ratios: number[] = []
  let bytesPerRead = 0
  // In the kiosk the port is open long before a card lies on the reader.
  await reader.status(new AbortController().signal, 2_000)
  for (let turn = 0; turn < WARM_UP + READS; turn++) {
    const placed = nextMessage(device)
    device.send('place')
    await placed
    const before = line.carried()
    const began = performance.now()
    expectOk(await reader.waitForCard(new AbortController().signal, 5_000), 'a card is read')
    const ms = performance.now() - began
    if (turn < WARM_UP) continue
    bytesPerRead = line.carried() - before
    times.push(ms)
    ratios.push(ms / wireMs(bytesPerRead))
  }
  await reader.close()
  device.disconnect()
  const worst = Math.max(...ratios)
  return {
    figures: [atMost('card read over wire time', median(ratios), 1.2)],
    details: {
      reads: READS,
      baud: BAUD,
      bytesPerRead,
      wireMs: rounded(wireMs(bytesPerRead)),
      readMs: rounded(median(times)),
      worstRatio: rounded(worst),
    },
  }
}

function wireMs(bytes: number): number {
  return (bytes * BITS_PER_BYTE * 1_000) / BAUD
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void =>
      reject(new Error(`the simulated reader ended with ${code ?? 'a signal'}`))
    child.once('exit', ended)
    child.once('message', (message) => {
      child.off('exit', ended)
      resolve(message)
    })
  })
}

/** Counts the bytes of a transport in both directions. */
function counted(line: Transport): Transport & { carried(): number } {
  let bytesCarried = 0
  return {
    name: line.name,
    carried: () => bytesCarried,
    open: () => line.open(),
    close: () => line.close(),
    onGone: (listener) => line.onGone(listener),
    write: (bytes, deadlineMs) => {
      bytesCarried += bytes.length
      return line.write(bytes, deadlineMs)
    },
    onBytes: (listener) =>
      line.onBytes((bytes) => {
        bytesCarried += bytes.length
        listener(bytes)
      }),
  }
}
