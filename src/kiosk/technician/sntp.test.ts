import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../lib/clock.ts'
import { askTime, decodeAnswer, encodeRequest } from './sntp.ts'

const MARK = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8])

/** A server's answer: received and sent at `at` (Unix milliseconds). */
function answer(mark: Uint8Array, at: number, change: (packet: Uint8Array) => void = () => undefined): Uint8Array {
  const packet = new Uint8Array(48)
  packet[0] = (4 << 3) | 4
  packet[1] = 2
  packet.set(mark, 24)
  const view = new DataView(packet.buffer)
  for (const place of [32, 40]) {
    view.setUint32(place, Math.floor(at / 1000) + 2_208_988_800)
    view.setUint32(place + 4, Math.round(((at % 1000) / 1000) * 2 ** 32))
  }
  change(packet)
  return packet
}

describe('the time server', () => {
  it('is asked with 48 bytes, version 4, client', () => {
    const request = encodeRequest(MARK)
    expect([request.length, request[0], [...request.subarray(40)]]).toEqual([48, 0x23, [...MARK]])
  })

  it('tells how far our clock is off, give or take half the round trip (RFC 4330)', () => {
    const read = decodeAnswer(answer(MARK, 1_000_500), MARK, 1_000_000, 1_000_200)
    expect(read).toMatchObject({ ok: true, value: { roundTripMs: 200, stratum: 2 } })
    expect(read.ok && read.value.offsetMs).toBeCloseTo(400, 3)
  })

  it.each<[string, (packet: Uint8Array) => void]>([
    ['an answer to somebody else', (packet) => (packet[24] = 9)],
    ['a server without time', (packet) => (packet[0] = 0xe4)],
    ['a kiss of death', (packet) => (packet[1] = 0)],
    ['a client', (packet) => (packet[0] = 0x23)],
  ])('%s is not believed', (_what, change) => {
    expect(decodeAnswer(answer(MARK, 1, change), MARK, 0, 0)).toMatchObject({ ok: false, error: { code: 'NONSENSE' } })
  })

  it('never throws, whatever comes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (packet) => void decodeAnswer(packet, MARK, 0, 1)))
  })

  it('is asked over a real socket', async () => {
    const server = createSocket('udp4')
    server.on('message', (packet, from) =>
      server.send(answer(packet.subarray(40, 48), Date.now() + 5_000), from.port, from.address),
    )
    server.bind(0, '127.0.0.1')
    await once(server, 'listening')
    const read = await askTime(`127.0.0.1:${server.address().port}`, systemClock)
    server.close()
    expect(read.ok && Math.round(read.value.offsetMs / 1000)).toBe(5)
  })
})
