import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReportDecoder } from './hid-framing.ts'
import { lengthPrefixed64 } from './hid-length-prefixed.ts'
import { hidPos } from './hid-pos.ts'
import { rawReports } from './hid-raw.ts'
import { readerReports, scannerReports } from './simulated-hid.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const encodeWith = (framing: { encode?: (bytes: Uint8Array) => readonly Uint8Array[] }, bytes: Uint8Array) =>
  framing.encode?.(bytes) ?? []

/** What a decoder hands on of `reports`, coming `ms` apart. */
function heard(decoder: ReportDecoder, reports: readonly Uint8Array[], ms = 1, from = 0): Uint8Array {
  const chunks = reports.map((report, at) => decoder.take(report, from + at * ms))
  return Buffer.concat(chunks.map((chunk) => (chunk.kind === 'bytes' ? chunk.bytes : new Uint8Array(0))))
}

const message = fc.uint8Array({ maxLength: 1400 })

describe('length-prefixed reports of 64 bytes', () => {
  it('carry a short command as id 0, its length, the bytes and padding', () => {
    const find = Buffer.from('aaaaaa966900032001 22'.replace(' ', ''), 'hex')
    expect(encodeWith(lengthPrefixed64, find).map(hex)).toEqual([`000a${hex(find)}${'00'.repeat(53)}`])
  })

  it('cut 126 and 127 bytes into full reports and a rest', () => {
    const lengths = (count: number) => encodeWith(lengthPrefixed64, new Uint8Array(count)).map((report) => report[1])
    expect(lengths(126)).toEqual([63, 63])
    expect(lengths(127)).toEqual([63, 63, 1])
  })

  it('acknowledge what they deliver with FF in a report of its own', () => {
    const report = Uint8Array.of(3, 7, 8, 9, ...new Uint8Array(60))
    expect(lengthPrefixed64.decoder().take(report, 0)).toEqual({
      kind: 'bytes',
      bytes: Uint8Array.of(7, 8, 9),
      acknowledgement: Uint8Array.of(0, 0xff, ...new Uint8Array(63)),
    })
    expect(lengthPrefixed64.decoder().take(Uint8Array.of(0xff, ...new Uint8Array(63)), 0)).toEqual({
      kind: 'send-next',
    })
  })

  it('bring any message through, to the device and from it', () => {
    fc.assert(
      fc.property(message, (bytes) => {
        const sent = encodeWith(lengthPrefixed64, bytes)
        expect(sent.every((report) => report.length === 65 && report[0] === 0)).toBe(true)
        const arrived = sent.flatMap((report) => [...report.subarray(2, 2 + (report[1] ?? 0))])
        expect(hex(Uint8Array.from(arrived))).toBe(hex(bytes))
        expect(hex(heard(lengthPrefixed64.decoder(), readerReports.cut(bytes)))).toBe(hex(bytes))
      }),
    )
  })

  it('of any content never give more than 63 bytes, and junk between them changes nothing', () => {
    const junk = fc.oneof(
      fc.uint8Array({ maxLength: 64 }).filter(([first = 0]) => first === 0 || first > 63),
      fc.integer({ min: 2, max: 63 }).map((length) => Uint8Array.of(length, 1)),
    )
    fc.assert(
      fc.property(message, fc.array(junk, { maxLength: 8 }), fc.nat(30), (bytes, junks, at) => {
        const reports: Uint8Array[] = [...readerReports.cut(bytes)]
        reports.splice(at, 0, ...junks)
        expect(hex(heard(lengthPrefixed64.decoder(), reports))).toBe(hex(bytes))
      }),
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (report) => {
        expect(heard(lengthPrefixed64.decoder(), [report]).length).toBeLessThanOrEqual(63)
      }),
    )
  })
})

describe('HID-POS reports', () => {
  const qr = scannerReports(']Q1')
  const code128 = scannerReports(']C0')
  const text = fc.uint8Array({ minLength: 1, maxLength: 3000 }).map((bytes) => bytes.map((byte) => byte || 0x30))
  const whole = (bytes: Uint8Array): string => {
    const kept = bytes.filter((byte) => byte !== 13 && byte !== 10)
    return kept.length === 0 ? '' : `5d5131${hex(kept)}0d`
  }

  it('give the symbology, the text and CR', () => {
    const report = Buffer.alloc(64)
    report.set([0x02, 0x03, 0x5d, 0x51, 0x31, 0x41, 0x42, 0x43])
    report[61] = 0x73
    expect(heard(hidPos.decoder(), [report])).toEqual(Buffer.from(']Q1ABC\r'))
  })

  it('are joined until bit 0 of byte 63 is clear, whatever the code', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (codes) => {
        const stream = heard(
          hidPos.decoder(),
          codes.flatMap((code) => qr.cut(code)),
        )
        expect(hex(stream)).toBe(codes.map(whole).join(''))
      }),
    )
  })

  it('keep a code with line ends in it one code, and an empty one none', () => {
    expect(heard(hidPos.decoder(), qr.cut(Buffer.from('A\r\nB\nC\r\n')))).toEqual(Buffer.from(']Q1ABC\r'))
    expect(hidPos.decoder().take(Uint8Array.of(2, ...new Uint8Array(63)), 0)).toEqual({ kind: 'nothing' })
  })

  it('interrupted in the middle never come out, joined or alone, once half a second has passed', () => {
    fc.assert(
      fc.property(text, text, fc.nat(100), fc.integer({ min: 501, max: 9000 }), (half, next, cut, pause) => {
        const decoder = hidPos.decoder()
        const reports = qr.cut(half)
        const sent = reports.slice(0, Math.min(cut, reports.length - 1))
        expect(heard(decoder, sent).length).toBe(0)
        expect(hex(heard(decoder, qr.cut(next), 1, sent.length + pause))).toBe(whole(next))
      }),
    )
  })

  it('that come within half a second of each other still belong together', () => {
    expect(heard(hidPos.decoder(), qr.cut(Buffer.alloc(100, 'x')), 500).length).toBe(104)
    expect(heard(hidPos.decoder(), qr.cut(Buffer.alloc(100, 'x')), 501).length).not.toBe(104)
  })

  it('of another symbology begin another code, at once', () => {
    const [half = new Uint8Array(0)] = qr.cut(Buffer.alloc(100, 'x'))
    expect(heard(hidPos.decoder(), [half, ...code128.cut(Buffer.from('NEW'))])).toEqual(Buffer.from(']C0NEW\r'))
  })

  it('with one damaged report lose that code and no other', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 57, maxLength: 600 }),
        fc.nat(),
        fc.constantFrom('too long', 'cut short'),
        (code, which, damage) => {
          const reports = qr.cut(code).map((report) => new Uint8Array(report))
          // The last one cut short leaves open whether the code was over: the pause decides, see above.
          const at = which % (damage === 'cut short' ? reports.length - 1 : reports.length)
          const victim = reports[at] ?? new Uint8Array(0)
          if (damage === 'too long') victim[1] = 57
          else reports[at] = victim.slice(0, 40)
          const next = qr.cut(Buffer.from('NEXT'))
          expect(heard(hidPos.decoder(), [...reports, ...next])).toEqual(Buffer.from(']Q1NEXT\r'))
        },
      ),
    )
  })

  it('without end are kept in bounds; the driver sees that it is too long', () => {
    const given = heard(hidPos.decoder(), qr.cut(Buffer.alloc(1_000_000, 'x')))
    expect(given.length).toBe(8196)
  })

  it('among any junk of other reports come out whole', () => {
    const other = fc.uint8Array({ maxLength: 80 }).filter(([id]) => id !== 2)
    fc.assert(
      fc.property(text, fc.array(other, { maxLength: 8 }), fc.nat(60), (code, junk, at) => {
        const reports: Uint8Array[] = [...qr.cut(code)]
        reports.splice(at, 0, ...junk)
        expect(hex(heard(hidPos.decoder(), reports))).toBe(whole(code))
      }),
    )
  })

  it('of any content give nothing or one text that ends with CR', () => {
    const report = fc.tuple(fc.constantFrom(2, 2, 2, 0), fc.uint8Array({ minLength: 55, maxLength: 66 }))
    fc.assert(
      fc.property(fc.array(report, { maxLength: 20 }), (given) => {
        const decoder = hidPos.decoder()
        for (const [id, rest] of given) {
          const chunk = heard(decoder, [Uint8Array.of(id, ...rest)])
          expect(chunk.subarray(0, -1).includes(13)).toBe(false)
          expect(chunk.at(-1) ?? 13).toBe(13)
        }
      }),
    )
  })

  it('without report id, as WebHID gives them, stand one byte earlier; some keep the symbology where it was', () => {
    const withId = qr.cut(Buffer.alloc(100, 'x'))
    const webHid = withId.map((report) => report.slice(1))
    expect(heard(hidPos.decoder(), webHid)).toEqual(heard(hidPos.decoder(), withId))
    const padded = webHid.map((report) => Uint8Array.of(...report, 0))
    expect(heard(hidPos.decoder(), padded)).toEqual(heard(hidPos.decoder(), withId))
    const shifted = new Uint8Array(63)
    shifted.set([0x03, 0x00, 0x5d, 0x51, 0x31, 0x41, 0x42, 0x43])
    expect(heard(hidPos.decoder(), [shifted])).toEqual(Buffer.from(']Q1ABC\r'))
  })

  it('are asked for by a feature report of Honeywell and Youjie only', () => {
    const features = [0x0c2e, 0x23d0, 0x05e0].map((vendor) => hidPos.openingFeature?.(vendor))
    expect(features).toEqual([Uint8Array.of(0xfe, 1), Uint8Array.of(0xfe, 1), undefined])
  })
})

describe('raw reports', () => {
  it('carry bytes 64 at a time behind id 0, and come as they are', () => {
    const sent = encodeWith(rawReports, new Uint8Array(65).fill(7))
    expect(sent.map(hex)).toEqual([`00${'07'.repeat(64)}`, `0007${'00'.repeat(63)}`])
    expect(heard(rawReports.decoder(), [Uint8Array.of(1, 2), Uint8Array.of(3)])).toEqual(Buffer.of(1, 2, 3))
  })
})
