import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeKeypadAnswer, encodeKeypadAnswer, KeypadStream } from './codec.ts'

const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))

describe('an answer of the keypad', () => {
  it.each([
    ['02 02 AA A8 03', 'OK'],
    ['02 03 55 E1 B7 03', 'BAD_COMMAND'],
    ['02 03 55 E0 B6 03', 'BAD_CHECK'],
  ])('%s means %s, as published', (text, outcome) => {
    expect(decodeKeypadAnswer(bytesOf(text))).toMatchObject({ outcome })
    expect(new KeypadStream().push(bytesOf(text))).toMatchObject([{ outcome }])
  })

  it('survives being written and read again, cut anywhere, behind noise that cannot begin one', () => {
    const noise = fc.array(fc.integer({ min: 3, max: 255 }), { maxLength: 20 })
    fc.assert(
      fc.property(
        fc.nat(255),
        fc.uint8Array({ maxLength: 200 }),
        noise,
        fc.integer({ min: 1, max: 9 }),
        (status, data, before, size) => {
          const bytes = Buffer.concat([Uint8Array.from(before), encodeKeypadAnswer(status, data)])
          const stream = new KeypadStream()
          const heard = []
          for (let at = 0; at < bytes.length; at += size) heard.push(...stream.push(bytes.subarray(at, at + size)))
          expect(heard).toMatchObject([{ status, data }])
        },
      ),
    )
  })

  it('is believed only whole: one changed bit and it is none', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.uint8Array({ maxLength: 20 }), fc.nat(), fc.nat(7), (status, data, place, bit) => {
        const frame = encodeKeypadAnswer(status, data)
        const at = place % frame.length
        expect(
          decodeKeypadAnswer(frame.map((byte, index) => (index === at ? byte ^ (1 << bit) : byte))),
        ).toBeUndefined()
      }),
    )
  })

  it('any bytes are taken without a throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => void new KeypadStream().push(bytes)))
  })
})
