import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  askSlip,
  CertificateAnswerParser,
  escp2,
  FORGET_SLIP,
  originUnits,
  pr2,
  type CertificateAnswer,
} from './codec.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe('commands of ESC/P2', () => {
  it.each([
    // ESC @, unit 1/360", page of 297 mm = 4209 units, no margins, 15 cpi, Chinese mode without spacing
    [
      'begin',
      escp2.begin(297),
      '1b40' + '1b285501000a' + '1b284302007110' + '1b2863040000007110' + '1b67' + '1c26' + '1c530000',
    ],
    ['absolute vertical, 25.4 mm = 360 units', escp2.down(25.4), '1b285602006801'],
    ['absolute horizontal, 12.7 mm = 180 units', escp2.across(12.7), '1b24b400'],
    ['never left of the page', escp2.across(-3), '1b240000'],
    ['two columns of 24 pins', escp2.graphics(Uint8Array.of(1, 2, 3, 4, 5, 6)), '1b2a270200010203040506'],
    ['print line', escp2.printLine, '0d'],
    ['eject', escp2.eject, '1b1952'],
    ['forget', FORGET_SLIP, '10140801031401060208'],
    ['status 1', askSlip(1), '100401'],
    ['status 2', askSlip(2), '100402'],
    ['status 3', askSlip(3), '100403'],
    ['status 5', askSlip(5), '100405'],
  ])('%s', (_, bytes, expected) => {
    expect(hex(bytes)).toBe(expected)
  })
})

describe('commands of PR2', () => {
  it.each([
    // empty buffer, clear error, front station, automatic feed, origin 94/120"
    ['set-up', pr2.setUp(originUnits(20, 0)), '7f7f7f7f7f7f' + '1b6c' + '1b5335' + '1b2e' + '1b7c41303934'],
    ['pitch', pr2.pitch, '1b3e'],
    ['Chinese', pr2.chinese, '1c26'],
    ['absolute vertical from the top', pr2.down(288), '1b2f3130323838'],
    ['never above the page', pr2.down(-8), '1b2f3130303030'],
    ['absolute horizontal, column 15', pr2.across(23, 1.53), '1b48303135'],
    ['eject', pr2.eject, '1b4f'],
    ['forget', pr2.forget, '7f7f7f7f7f7f1b6c'],
    ['status', pr2.askStatus, '1b6a'],
    ['document', pr2.askDocument, '1b2042'],
    ['length', pr2.askLength, '1b2d'],
  ])('%s', (_, bytes, expected) => {
    expect(hex(bytes)).toBe(expected)
  })

  it('an origin moves by its calibration alone, to half a step of 1/120", wherever it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 1000 }), fc.integer({ min: -100, max: 100 }), (base, dx) => {
        const moved = ((originUnits(base / 10, dx / 10) - originUnits(base / 10, 0)) / 120) * 25.4
        expect(Math.abs(moved - dx / 10)).toBeLessThan(0.107)
      }),
    )
  })

  it('an origin stays within its three figures', () => {
    expect([originUnits(5, -10), originUnits(600, 0)]).toEqual([0, 999])
  })
})

describe('answers of certificate printers', () => {
  const parse = (...bytes: number[]) => new CertificateAnswerParser().push(Uint8Array.from(bytes))

  it('are told apart', () => {
    expect(parse(0x12, 0x1b, 0x72, 0x30, 0x1b, 0x42, 0x35, 0x31, 0x1b, 0x5a, 0x1b, 0x53, 0x46)).toEqual([
      { kind: 'real-time', byte: 0x12 },
      { kind: 'pr2-status', code: 0x30 },
      { kind: 'pr2-document', code: 0x31 },
      { kind: 'pr2-length', value: 0x46 },
    ])
  })

  it('that break off give way to the next', () => {
    expect(parse(0x1b, 0x42, 0x1b, 0x72, 0x31)).toEqual([{ kind: 'pr2-status', code: 0x31 }])
  })

  it('never depend on how the line cut them, and no bytes make the parser throw', () => {
    const byte = fc.constantFrom(0x1b, 0x72, 0x42, 0x35, 0x5a, 0x53, 0x12, 0x16, 0x00, 0xff)
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 80 }), (bytes) => {
        const one = new CertificateAnswerParser()
        const single: CertificateAnswer[] = bytes.flatMap((value) => [...one.push(Uint8Array.of(value))])
        expect(single).toEqual(parse(...bytes))
      }),
    )
  })

  it('with a length in figures wait for all of them, and a broken one gives way', () => {
    const parser = new CertificateAnswerParser(3)
    expect(parser.push(Buffer.from('\x1bS21'))).toEqual([])
    expect(parser.push(Buffer.from('0'))).toEqual([{ kind: 'pr2-length', value: 210 }])
    expect(parser.push(Buffer.from('\x1bS2\x1br0'))).toEqual([{ kind: 'pr2-status', code: 0x30 }])
  })

  it('keep no more than one answer, whatever comes', () => {
    const parser = new CertificateAnswerParser()
    const answers = parser.push(new Uint8Array(100_000).fill(0x1b))
    expect([answers.length, parser.noise]).toEqual([0, 99_999])
  })
})
