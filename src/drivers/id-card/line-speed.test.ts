import { describe, expect, it } from 'vitest'
import { SimulatedClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { memoryPair } from '../transport/memory.ts'
import type { Transport } from '../transport/transport.ts'
import { parseAddress } from '../transport/address.ts'
import { expectOk } from '../../lib/result.ts'
import { IdCardReader } from './device.ts'
import { isTunable } from '../transport/tunable.ts'
import { readerLine, TunableSerial } from './line-speed.ts'
import { SAMPLE_CARDS } from './sample-cards.ts'
import { SamSimulator } from './simulator.ts'

const never = new AbortController().signal

const serial = {
  kind: 'serial',
  path: '/dev/ttyS9',
  baudRate: 115_200,
  dataBits: 8,
  parity: 'none',
  stopBits: 1,
  rtscts: false,
  xonxoff: false,
} as const

/** A reader set to one speed on a cable: at any other speed it hears noise, and what it says would be noise to us. */
function bench(readerSpeed: number | null, address = serial) {
  const clock = new SimulatedClock(0)
  const simulator = new SamSimulator(clock)
  simulator.insertCard(SAMPLE_CARDS.resident)
  const opened: number[] = []
  let speed = readerSpeed
  const lineAt = ({ baudRate }: { baudRate: number }): Transport => {
    const pair = memoryPair(`cable@${baudRate}`)
    pair.device.onBytes(() => {
      if (baudRate !== speed) pair.device.send(Uint8Array.of(0xf8, 0x00, 0xaa))
    })
    simulator.serve({
      ...pair.device,
      onBytes: (listener) =>
        pair.device.onBytes((bytes) => {
          if (baudRate === speed) listener(bytes)
        }),
    })
    return {
      ...pair.host,
      open: () => {
        opened.push(baudRate)
        return pair.host.open()
      },
    }
  }
  const line = new TunableSerial(address, lineAt)
  const reader = new IdCardReader(line, clock, silentLog)
  return {
    clock,
    simulator,
    opened,
    line,
    reader,
    setReader: (baud: number | null) => (speed = baud),
    status: async (ms: number) => {
      const asked = reader.status(never, ms)
      await clock.advance(ms)
      return asked
    },
  }
}

describe('the speed of a reader', () => {
  it.each([115_200, 57_600, 38_400, 19_200, 9600])('of %i baud is found, from the top down', async (baud) => {
    const { opened, reader, status } = bench(baud)
    expect(await status(8000)).toEqual({ state: 'ready' })
    expect(reader.lineSpeed).toBe(baud)
    const tried = [...new Set(opened)]
    expect(tried).toEqual([115_200, 57_600, 38_400, 19_200, 9600].slice(0, tried.length))
    expect(tried.at(-1)).toBe(baud)
  })

  it('once found is kept: the next question goes out at once', async () => {
    const { clock, reader, status, opened } = bench(9600)
    await status(8000)
    const before = opened.length
    const read = reader.waitForCard(never, 1000)
    await clock.advance(400)
    expect(await read).toMatchObject({ ok: true })
    expect(opened).toHaveLength(before)
  })

  it('is searched for in bounded time, then named silent, and searched from the top again', async () => {
    const { clock, line, opened, status } = bench(null)
    const began = clock.monotonic()
    expect(await status(8000)).toEqual({ state: 'silent' })
    expect(clock.monotonic() - began).toBeLessThanOrEqual(8000)
    expect(new Set(opened)).toEqual(new Set([115_200, 57_600, 38_400, 19_200, 9600]))
    expect(line.speed).toBe(115_200)
  })

  it('is searched for across many short questions, none of which has the time for all', async () => {
    const { reader, status } = bench(9600)
    for (let round = 0; round < 12; round++) await status(2300)
    expect(await status(2300)).toEqual({ state: 'ready' })
    expect(reader.lineSpeed).toBe(9600)
  })

  it('that changes behind our back, as after a power-off, is found again', async () => {
    const { reader, status, setReader } = bench(9600)
    await status(8000)
    setReader(115_200)
    expect(await status(8000)).toEqual({ state: 'ready' })
    expect(reader.lineSpeed).toBe(115_200)
  })

  it('named in the address is tried before the others', async () => {
    const { opened, status } = bench(38_400, { ...serial, baudRate: 19_200 as 115_200 })
    await status(8000)
    expect([...new Set(opened)]).toEqual([19_200, 115_200, 57_600, 38_400])
  })

  it('is a matter of serial lines only, and never changed while one is open', async () => {
    const tcp = readerLine(expectOk(parseAddress('10.0.0.5:4001', 115_200), 'an address'))
    expect(isTunable(tcp)).toBe(false)
    const line = readerLine(expectOk(parseAddress('/dev/ttyS0', 115_200), 'an address'))
    expect(isTunable(line) && line.speeds).toEqual([115_200, 57_600, 38_400, 19_200, 9600])
    const { line: open } = bench(115_200)
    expectOk(await open.open(), 'the line')
    expect(() => open.tune(9600)).toThrow('cannot be tuned')
    await open.close()
    open.tune(9600)
    expect(open.speed).toBe(9600)
  })
})
