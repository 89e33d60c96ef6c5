import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeIpp } from './decode.ts'
import { encodeIpp } from './encode.ts'
import { parseIppServer } from './server.ts'
import {
  attribute,
  collection,
  enumerated,
  flag,
  integer,
  TEXT_TAGS,
  type IppAttribute,
  type IppMessage,
  type IppValue,
  type TextKind,
} from './value.ts'

const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replace(/\s/g, ''), 'hex'))
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** Get-Printer-Attributes of `ipp://localhost/printers/a4`, written out by hand from RFC 8010 section 3. */
const request: IppMessage = {
  version: [2, 0],
  code: 0x000b,
  requestId: 1,
  groups: [
    {
      kind: 'operation',
      attributes: [
        attribute('attributes-charset', 'charset', 'utf-8'),
        attribute('printer-uri', 'uri', 'ipp://localhost/printers/a4'),
        attribute('requested-attributes', 'keyword', 'printer-state', 'marker-levels'),
      ],
    },
  ],
  data: new Uint8Array(0),
}
const requestBytes = bytesOf(`
  0200 000b 00000001 01
  47 0012 617474726962757465732d63686172736574 0005 7574662d38
  45 000b 7072696e7465722d757269 001b 6970703a2f2f6c6f63616c686f73742f7072696e746572732f6134
  44 0014 7265717565737465642d61747472696275746573 000d 7072696e7465722d7374617465
  44 0000 000d 6d61726b65722d6c6576656c73
  03`)

const mediaCol = collection(
  'media-col',
  collection('media-size', integer('x-dimension', 21_000)),
  attribute('media-source', 'keyword', 'tray-2'),
)
const mediaBytes = bytesOf(`
  34 0009 6d656469612d636f6c 0000
  4a 0000 000a 6d656469612d73697a65
  34 0000 0000
  4a 0000 000b 782d64696d656e73696f6e
  21 0000 0004 00005208
  37 0000 0000
  4a 0000 000c 6d656469612d736f75726365
  44 0000 0006 747261792d32
  37 0000 0000`)

describe('IPP messages', () => {
  test('a request is the bytes of RFC 8010', () => {
    expect(hexOf(encodeIpp(request))).toBe(hexOf(requestBytes))
    expect(decodeIpp(requestBytes)).toEqual({ ok: true, value: request })
  })

  test('a collection in a collection is the bytes of RFC 8010 section 3.1.6', () => {
    const message: IppMessage = { ...request, groups: [{ kind: 'job', attributes: [mediaCol] }] }
    const bytes = new Uint8Array(Buffer.concat([bytesOf('0200000b00000001 02'), mediaBytes, bytesOf('03')]))
    expect(hexOf(encodeIpp(message))).toBe(hexOf(bytes))
    expect(decodeIpp(bytes)).toEqual({ ok: true, value: message })
  })

  test('negative levels, enums and booleans keep their values', () => {
    const attributes = [
      integer('marker-levels', -3),
      enumerated('printer-state', 5),
      flag('printer-is-accepting-jobs', false),
    ]
    const message: IppMessage = { ...request, groups: [{ kind: 'printer', attributes }], data: bytesOf('255044462d') }
    expect(decodeIpp(encodeIpp(message))).toEqual({ ok: true, value: message })
  })

  test.each([
    ['nothing', '', 'TRUNCATED'],
    ['a message without an end', '0200 000b 00000001 01', 'TRUNCATED'],
    ['an unknown group', '0200 000b 00000001 0f', 'UNKNOWN_GROUP'],
    ['a value longer than the message', '0200 000b 00000001 01 44 0001 61 ffff 61', 'TRUNCATED'],
    ['a second value without a first', '0200 000b 00000001 01 44 0000 0001 61 03', 'VALUE_WITHOUT_NAME'],
    ['an integer of two bytes', '0200 000b 00000001 01 21 0001 61 0002 0001 03', 'WRONG_LENGTH'],
    ['a collection that ends outside', '0200 000b 00000001 01 37 0001 61 0000 03', 'BROKEN_COLLECTION'],
    ['a member without a name', '0200 000b 00000001 01 34 0001 61 0000 21 0000 0004 00000001 03', 'BROKEN_COLLECTION'],
    [
      'nine collections in one another',
      `0200 000b 00000001 01 34 0001 61 0000 ${'4a 0000 0001 62 34 0000 0000'.repeat(8)}`,
      'TOO_DEEP',
    ],
  ])('%s is refused', (_what, hex, why) => {
    expect(decodeIpp(bytesOf(hex))).toMatchObject({ ok: false, error: { why } })
  })

  test('a value longer than the format can say is our bug', () => {
    const long = attribute('job-name', 'name', 'x'.repeat(0x8000))
    expect(() => encodeIpp({ ...request, groups: [{ kind: 'operation', attributes: [long] }] })).toThrow(/32768 bytes/)
  })

  const kinds = Object.keys(TEXT_TAGS) as TextKind[]
  const int = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff })
  const name = fc.stringMatching(/^[a-z][a-z-]{0,20}$/)
  const { value } = fc.letrec<{ value: IppValue; member: IppAttribute }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.record({ kind: fc.constantFrom('integer' as const, 'enum' as const), value: int }),
      fc.record({ kind: fc.constant('boolean' as const), value: fc.boolean() }),
      fc.record({ kind: fc.constantFrom(...kinds), value: fc.string({ unit: 'grapheme', maxLength: 40 }) }),
      fc.record({ kind: fc.constant('range' as const), lower: int, upper: int }),
      fc.record({ kind: fc.constant('none' as const), tag: fc.constantFrom(0x10, 0x12, 0x13) }),
      fc.record({
        kind: fc.constant('other' as const),
        tag: fc.constantFrom(0x30, 0x31, 0x32, 0x35),
        bytes: fc.uint8Array({ maxLength: 20 }),
      }),
      fc.record({ kind: fc.constant('collection' as const), members: fc.array(tie('member'), { maxLength: 3 }) }),
    ),
    member: fc.record({ name, values: fc.array(tie('value'), { minLength: 1, maxLength: 3 }) }),
  }))
  const depth = (one: IppValue): number =>
    one.kind === 'collection' ? 1 + Math.max(0, ...one.members.flatMap(({ values }) => values.map(depth))) : 0

  test('whatever can be said comes back as it was said', () => {
    const attributes = fc.array(fc.record({ name, values: fc.array(value, { minLength: 1, maxLength: 4 }) }), {
      maxLength: 5,
    })
    const groups = fc.array(
      fc.record({ kind: fc.constantFrom('operation' as const, 'job' as const, 'printer' as const), attributes }),
      { maxLength: 4 },
    )
    fc.assert(
      fc.property(groups, fc.uint8Array({ maxLength: 50 }), (some, data) => {
        fc.pre(some.every((group) => group.attributes.every((one) => one.values.every((each) => depth(each) <= 8))))
        const message: IppMessage = { version: [2, 0], code: 0x0002, requestId: 7, groups: some, data }
        expect(decodeIpp(encodeIpp(message))).toEqual({ ok: true, value: message })
      }),
      { numRuns: 300 },
    )
  })

  test('mutated messages are read or refused, never thrown at us', () => {
    const good = [...requestBytes.subarray(0, -1), 0x02, ...mediaBytes, 0x03]
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 6 }),
        fc.nat(good.length),
        (changes, cut) => {
          const bytes = Uint8Array.from(good)
          for (const [at, byte] of changes) bytes[at] = byte
          expect(typeof decodeIpp(bytes.subarray(0, cut)).ok).toBe('boolean')
        },
      ),
      { numRuns: 3000 },
    )
  })
})

describe('the address of a print server', () => {
  test.each([
    ['127.0.0.1:8631', { kind: 'tcp', host: '127.0.0.1', port: 8631 }],
    ['printhost', { kind: 'tcp', host: 'printhost', port: 631 }],
    ['[::1]:631', { kind: 'tcp', host: '::1', port: 631 }],
    ['/run/cups/cups.sock', { kind: 'socket', path: '/run/cups/cups.sock' }],
  ])('%s', (text, server) => {
    expect(parseIppServer(text)).toEqual({ ok: true, value: server })
  })

  test.each(['', 'a b', 'host:0', 'host:65536', 'ipp://host/'])('"%s" is none', (text) => {
    expect(parseIppServer(text).ok).toBe(false)
  })
})
