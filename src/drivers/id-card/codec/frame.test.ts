import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeFrame, SAM_FRAME } from './frame-shape.ts'
import { FrameParser, type FrameEvent } from './frame.ts'

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const bodies = (events: readonly FrameEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'frame' ? [Buffer.from(event.body).toString('hex')] : []))

const FIND_OK = hex('AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97')
const FIND_OK_BODY = '00009f00000000'
const NO_CARD = hex('AA AA AA 96 69 00 04 00 00 80 84')

describe('frames of the security module', () => {
  it('puts preamble, big-endian length and XOR round a body', () => {
    expect(encodeFrame(hex('20 01'))).toEqual(hex('AA AA AA 96 69 00 03 20 01 22'))
    const long = encodeFrame(new Uint8Array(1291).fill(0x5a))
    expect(long.subarray(5).reduce((sum, byte) => sum ^ byte, 0)).toBe(0)
  })

  it('is recognised however it is cut', () => {
    for (let cut = 1; cut < FIND_OK.length; cut++) {
      const parser = new FrameParser(3)
      expect(parser.push(FIND_OK.subarray(0, cut))).toEqual([])
      expect(bodies(parser.push(FIND_OK.subarray(cut)))).toEqual([FIND_OK_BODY])
      expect(parser.midFrame).toBe(false)
    }
  })

  it('is found behind garbage, behind runs of AA and between other frames', () => {
    const noise = hex('00 FF AA 96 69 AA AA 96 AA AA AA AA AA')
    const stream = Buffer.concat([noise, FIND_OK, noise, hex('AA AA'), NO_CARD])
    expect(bodies(new FrameParser(3).push(stream))).toEqual([FIND_OK_BODY, '000080'])
  })

  it('may contain the preamble, even a whole frame, in its body', () => {
    const body = Buffer.concat([hex('00 00 90'), NO_CARD, hex('AA AA AA 96 69')])
    expect(bodies(new FrameParser(3).push(encodeFrame(body)))).toEqual([body.toString('hex')])
  })

  it('with a wrong checksum is reported damaged and hides no good frame inside or behind', () => {
    const bad = Uint8Array.from(FIND_OK)
    bad[14] = 0x98
    expect(new FrameParser(3).push(bad)).toEqual([{ kind: 'damaged' }])
    const parser = new FrameParser(3)
    expect(bodies(parser.push(Buffer.concat([bad, NO_CARD])))).toEqual(['000080'])
    const swallowing = encodeFrame(Buffer.concat([hex('00 00 90'), NO_CARD]))
    swallowing[swallowing.length - 1] = (swallowing.at(-1) ?? 0) ^ 1
    expect(bodies(new FrameParser(3).push(swallowing))).toEqual(['000080'])
  })

  it('is refused with a length above 4096 or too short for a status', () => {
    const oversize = hex('AA AA AA 96 69 10 01')
    expect(bodies(new FrameParser(3).push(Buffer.concat([oversize, FIND_OK])))).toEqual([FIND_OK_BODY])
    const ownEcho = hex('AA AA AA 96 69 00 03 20 01 22')
    expect(bodies(new FrameParser(3).push(Buffer.concat([ownEcho, FIND_OK])))).toEqual([FIND_OK_BODY])
    expect(() => encodeFrame(new Uint8Array(SAM_FRAME.maxLengthField))).toThrow(RangeError)
  })

  it('inside what a damaged one claimed is in doubt, the next outside it is not', () => {
    const damaged = encodeFrame(Buffer.concat([hex('00 00 90'), NO_CARD, hex('00')]))
    damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1
    const parser = new FrameParser(3)
    const events = parser.push(damaged)
    expect(events).toMatchObject([{ kind: 'damaged' }, { kind: 'frame', inDoubt: true }])
    expect(parser.endsWithFrame).toBe(false)
    expect(parser.push(FIND_OK)).toMatchObject([{ kind: 'frame', inDoubt: false }])
    expect(parser.endsWithFrame).toBe(true)
  })

  it('of the longest legal length passes', () => {
    const body = new Uint8Array(SAM_FRAME.maxLengthField - 1).fill(0xaa)
    const parser = new FrameParser(3)
    for (let round = 0; round < 20; round++) expect(bodies(parser.push(encodeFrame(body)))).toHaveLength(1)
  })

  it('that was torn gives way to the complete one behind it once the line is silent', () => {
    const torn = encodeFrame(new Uint8Array(1291)).subarray(0, 40)
    const parser = new FrameParser(3)
    expect(parser.push(Buffer.concat([torn, FIND_OK]))).toEqual([])
    expect(parser.midFrame).toBe(true)
    expect(bodies(parser.recover())).toEqual([FIND_OK_BODY])
    expect(bodies(parser.push(NO_CARD))).toEqual(['000080'])
  })

  it('that is only slow is not given up for a frame in its own body', () => {
    const body = Buffer.concat([hex('00 00 90'), NO_CARD, new Uint8Array(300)])
    const whole = encodeFrame(body)
    const parser = new FrameParser(3)
    parser.push(whole.subarray(0, 200))
    expect(parser.recover()).toEqual([])
    expect(bodies(parser.push(whole.subarray(200)))).toEqual([body.toString('hex')])
  })

  it('the vendor time-out frame, which breaks the length rule, does not swallow the answer behind it', () => {
    const vendor = hex('AA AA AA 96 69 00 05 05 05 05')
    expect(bodies(new FrameParser(3).push(Buffer.concat([vendor, FIND_OK])))).toEqual([FIND_OK_BODY])
  })

  it('are found in order in any stream of frames and noise, cut anywhere', () => {
    const noise = fc.uint8Array({ maxLength: 40 }).map((bytes) => bytes.map((byte) => (byte === 0x96 ? 0 : byte)))
    const body = fc.uint8Array({ minLength: 3, maxLength: 200 })
    const parts = fc.array(fc.tuple(noise, body), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(parts, fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (frames, cuts) => {
        const stream = Buffer.concat(frames.flatMap(([before, inside]) => [before, encodeFrame(inside)]))
        const parser = new FrameParser(3)
        const events: FrameEvent[] = []
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const step = cuts[turn % cuts.length] ?? 1
          events.push(...parser.push(stream.subarray(at, at + step)))
          at += step
        }
        expect(bodies(events)).toEqual(frames.map(([, inside]) => Buffer.from(inside).toString('hex')))
      }),
      { numRuns: 300 },
    )
  })

  it('are never invented, and a good one is always found after any mutilation and a silence', () => {
    const mutated = fc.tuple(fc.uint8Array({ minLength: 3, maxLength: 60 }), fc.nat(), fc.nat(255))
    fc.assert(
      fc.property(fc.array(mutated, { maxLength: 8 }), fc.uint8Array({ maxLength: 300 }), (frames, tail) => {
        const parser = new FrameParser(3)
        for (const [body, at, value] of frames) {
          const frame = encodeFrame(body)
          frame[at % frame.length] = value
          for (const event of parser.push(frame))
            if (event.kind === 'frame') expect(event.body.length).toBeGreaterThan(2)
        }
        parser.push(tail)
        parser.reset()
        expect(bodies(parser.push(FIND_OK))).toEqual([FIND_OK_BODY])
      }),
      { numRuns: 300 },
    )
  })

  it('cost the same per byte however hostile the stream', () => {
    // Every preamble claims the longest frame: without running sums each would be summed over again.
    const claim = hex('AA AA AA 96 69 0F FF')
    const hostile = Buffer.concat(Array.from({ length: 30_000 }, () => claim))
    const parser = new FrameParser(3)
    const events = parser.push(hostile)
    expect(bodies(events)).toEqual([])
    expect(events.length).toBeGreaterThan(29_000)
  })
})
