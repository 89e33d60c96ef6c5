import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeFrame, WRAPPER_FRAME } from './frame-shape.ts'
import { FrameParser, type FrameEvent } from './frame.ts'
import { joinPayload } from './payload.ts'
import {
  answersWrapper,
  decodeWrapperAnswer,
  decodeWrapperCommand,
  encodeBeep,
  encodeWrapperAnswer,
  encodeWrapperCommand,
  splitWrapperPayload,
  type WrapperCommand,
} from './wrapper.ts'

const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase()
const bodies = (events: readonly FrameEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'frame' ? [toHex(event.body)] : []))
const parser = (): FrameParser => new FrameParser(2, WRAPPER_FRAME)
const NO_CARD = encodeWrapperAnswer(0x8000)

describe('commands of the multi-function wrapper', () => {
  it.each<[WrapperCommand, string]>([
    ['readAll', '020003CA0100CB03'],
    ['readNumber', '020003CA0101CA03'],
    ['readNameAndNumber', '020003CA0102C903'],
    ['readText', '020003CA0103C803'],
    ['version', '02000231112003'],
    ['reset', '02000231122303'],
  ])('%s is %s on the wire', (command, bytes) => {
    expect(toHex(encodeWrapperCommand(command))).toBe(bytes)
    expect(decodeWrapperCommand(encodeWrapperCommand(command).subarray(3, -2))).toBe(command)
  })

  it('beep carries milliseconds and how often', () => {
    expect(toHex(encodeBeep(500, 2))).toBe('020005311301F402D503')
    expect(decodeWrapperCommand(encodeBeep(500, 2).subarray(3, -2))).toBe('beep')
    expect(decodeWrapperCommand(Uint8Array.of(0x31, 0x99))).toBeUndefined()
  })
})

describe('answers of the multi-function wrapper', () => {
  it.each([
    [0x9000, 0x90],
    [0x8000, 0x80],
    [0x3100, 0x31],
    [0x4100, 0x41],
    [0x6600, 0x66],
    [0x0000, 0x90],
    [0x00f1, 0x11],
    [0x00f2, 0x11],
    [0x00f3, 0x10],
    [0x00f4, 0x21],
    [0x00fd, 0x41],
    [0x00fe, 0x41],
    [0x2001, 0x20],
    [0x3002, 0x30],
  ])('%i means what the security module calls %i', (status, sw3) => {
    expect(decodeWrapperAnswer(encodeWrapperAnswer(status).subarray(3, -2)).sw3).toBe(sw3)
  })

  it('no card is 02 00 02 80 00 80 03', () => {
    expect(toHex(NO_CARD)).toBe('02000280008003')
  })

  it('to one command are not taken for answers to the next', () => {
    const answer = (status: number, length = 0) =>
      decodeWrapperAnswer(encodeWrapperAnswer(status, new Uint8Array(length)).subarray(3, -2))
    expect(answersWrapper('version', answer(0x8000))).toBe(false)
    expect(answersWrapper('version', answer(0x9000, 1284))).toBe(false)
    expect(answersWrapper('readAll', answer(0x9000, 8))).toBe(false)
    expect(answersWrapper('readAll', answer(0x8000))).toBe(true)
    expect(answersWrapper('reset', answer(0x00f3))).toBe(true)
    expect(answersWrapper('readAll', answer(0x9000, 1284))).toBe(true)
  })

  it('with a card may carry lengths or come bare', () => {
    const text = new Uint8Array(256).fill(1)
    const portrait = new Uint8Array(1024).fill(2)
    const expected = { ok: true, value: { text, portrait, fingerprintBytes: 0 } }
    expect(splitWrapperPayload(joinPayload(text, portrait))).toEqual(expected)
    expect(splitWrapperPayload(Buffer.concat([text, portrait]))).toEqual(expected)
    expect(splitWrapperPayload(text)).toMatchObject({ value: { text, portrait: new Uint8Array(0) } })
    expect(splitWrapperPayload(new Uint8Array(300))).toMatchObject({ ok: false })
  })
})

describe('frames of the multi-function wrapper', () => {
  it('are recognised however they are cut', () => {
    for (let cut = 1; cut < NO_CARD.length; cut++) {
      const one = parser()
      expect(bodies([...one.push(NO_CARD.subarray(0, cut)), ...one.push(NO_CARD.subarray(cut))])).toEqual(['8000'])
    }
  })

  it('with a wrong LRC or end mark are damaged and hide no good one behind', () => {
    for (const at of [5, 6]) {
      const bad = NO_CARD.map((byte, index) => (index === at ? byte ^ 0x40 : byte))
      const events = parser().push(Buffer.concat([bad, NO_CARD]))
      expect(events[0]).toEqual({ kind: 'damaged' })
      expect(bodies(events)).toEqual(['8000'])
    }
  })

  it('with every body are given back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 4096 }), (body) => {
        expect(bodies(parser().push(encodeFrame(body, WRAPPER_FRAME)))).toEqual([toHex(body)])
      }),
      { numRuns: 100 },
    )
  })

  it('are found behind any garbage, at the latest when the line has fallen silent', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (garbage) => {
        const one = parser()
        const events = one.push(Buffer.concat([garbage, encodeWrapperAnswer(0x9000, new Uint8Array(40).fill(7))]))
        if (!bodies(events).some((body) => body.startsWith('9000'))) events.push(...one.recover())
        expect(bodies(events).at(-1)).toMatch(/^9000(07){40}$/)
      }),
      { numRuns: 300 },
    )
  })

  it('cost the same per byte however hostile the stream', () => {
    const claim = Uint8Array.of(0x02, 0x0f, 0xff)
    const steps = (count: number): number => {
      const stream = Buffer.concat(Array.from({ length: count }, () => claim))
      return parser().push(stream).length
    }
    // One event at most per claim: nothing is looked at twice.
    expect(steps(40_000)).toBeLessThanOrEqual(40_000)
  })
})
