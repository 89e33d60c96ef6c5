import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeShutdown, encodeStatusLine, MegatecStream, parseStatusLine, Q1 } from './codec/megatec.ts'
import { NutStream, parseNutLine, readingOf } from './codec/nut.ts'
import { CALM, type UpsReading } from './reading.ts'

const latin1 = (text: string) => Buffer.from(text, 'latin1')
const EXAMPLE = '(208.4 140.0 208.4 034 59.9 2.05 35.0 00110000'

describe('a Megatec status line', () => {
  it('is asked for with Q1 and a carriage return', () => expect(Buffer.from(Q1).toString('latin1')).toBe('Q1\r'))

  it('gives its fields in their units', () => {
    expect(parseStatusLine(EXAMPLE)).toEqual({
      ok: true,
      value: {
        inputVolts: 208.4,
        outputVolts: 208.4,
        loadPercent: 34,
        frequencyHz: 59.9,
        battery: { volts: 2.05, per: 'cell' },
        temperatureC: 35,
        chargePercent: null,
        runtimeSeconds: null,
        flags: { ...CALM, bypass: true, failed: true },
      },
    })
  })

  it.each([
    ['10000000', 'utilityFail'],
    ['01000000', 'batteryLow'],
    ['00100000', 'bypass'],
    ['00010000', 'failed'],
    ['00000100', 'testing'],
    ['00000010', 'shuttingDown'],
  ])('%s means %s and nothing else', (bits, flag) => {
    expect(parseStatusLine(EXAMPLE.replace('00110000', bits))).toMatchObject({
      value: { flags: { ...CALM, [flag]: true } },
    })
  })

  it('of a standby UPS that regulates is not a bypass', () => {
    expect(parseStatusLine(EXAMPLE.replace('00110000', '00101000'))).toMatchObject({ value: { flags: CALM } })
  })

  it('tells volts of the battery from volts of a cell', () => {
    expect(parseStatusLine(EXAMPLE.replace('2.05', '27.0'))).toMatchObject({
      value: { battery: { volts: 27, per: 'battery' } },
    })
  })

  it('with dashes has numbers that are not known', () => {
    expect(parseStatusLine(EXAMPLE.replace('208.4 140.0', '---.- ---.-').replace('35.0', '--.-'))).toMatchObject({
      value: { inputVolts: null, temperatureC: null, outputVolts: 208.4 },
    })
  })

  it.each(['', '(', EXAMPLE.slice(1), EXAMPLE.slice(0, -1), EXAMPLE.replace('034', '0x4'), `${EXAMPLE} 1`])(
    '%j is none',
    (line) => expect(parseStatusLine(line)).toEqual({ ok: false, error: 'NOT_A_STATUS' }),
  )

  it('is found behind noise and cut anywhere', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }).map((noise) => noise.filter((byte) => byte !== 0x0d)),
        fc.integer({ min: 1, max: 20 }),
        (noise, size) => {
          const stream = new MegatecStream()
          const bytes = Buffer.concat([noise, latin1(`${EXAMPLE}\r`)])
          const answers = []
          for (let at = 0; at < bytes.length; at += size) answers.push(...stream.push(bytes.subarray(at, at + size)))
          expect(answers).toMatchObject([{ kind: 'status' }])
        },
      ),
    )
  })

  it('survives being written and read again', () => {
    const tenth = (max: number) => fc.option(fc.integer({ min: 0, max: max * 10 }).map((value) => value / 10))
    const flags = fc.record({ utilityFail: fc.boolean(), batteryLow: fc.boolean(), failed: fc.boolean() })
    fc.assert(
      fc.property(
        tenth(999),
        tenth(99),
        fc.option(fc.integer({ min: 0, max: 100 })),
        flags,
        (volts, hz, load, bits) => {
          const reading: UpsReading = {
            inputVolts: volts,
            outputVolts: volts,
            loadPercent: load,
            frequencyHz: hz,
            battery: { volts: 13.5, per: 'battery' },
            temperatureC: hz,
            chargePercent: null,
            runtimeSeconds: null,
            flags: { ...CALM, ...bits },
          }
          expect(new MegatecStream().push(encodeStatusLine(reading))).toEqual([{ kind: 'status', reading }])
        },
      ),
    )
  })

  it('that never ends is thrown away and the next one read', () => {
    const stream = new MegatecStream()
    expect(stream.push(latin1('9'.repeat(100_000)))).toEqual([])
    expect(stream.push(latin1(`\r${EXAMPLE}\r`))).toMatchObject([{ kind: 'damaged' }, { kind: 'status' }])
  })
})

describe('a shutdown command', () => {
  it.each([
    [0.5, undefined, 'S.5\r'],
    [3, undefined, 'S03\r'],
    [1, 20, 'S01R0020\r'],
  ])('in %d minutes', (off, on, text) => {
    expect(encodeShutdown(off, on)).toEqual({ ok: true, value: latin1(text) })
  })

  it.each([
    [0, undefined],
    [11, undefined],
    [1.5, undefined],
    [Number.NaN, undefined],
    [1, 0],
    [1, 10_000],
  ])('of %d and %s minutes is refused', (off, on) => {
    expect(encodeShutdown(off, on)).toEqual({ ok: false, error: 'OUT_OF_RANGE' })
  })
})

describe('a line of upsd', () => {
  it('gives a variable with its quotes taken off', () => {
    expect(parseNutLine('VAR kiosk ups.mfr "a \\"b\\" \\\\"')).toEqual({
      kind: 'var',
      ups: 'kiosk',
      name: 'ups.mfr',
      value: 'a "b" \\',
    })
  })

  it('is told from a refusal', () => {
    expect(parseNutLine('ERR DATA-STALE')).toEqual({ kind: 'err', words: 'DATA-STALE' })
  })

  it('of any kind of bytes is some answer, and all lines together at most as many as line feeds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
        const lines = new NutStream().push(bytes)
        expect(lines.length).toBe(bytes.filter((byte) => byte === 0x0a).length)
      }),
    )
  })

  it('without ups.status says nothing about the UPS', () => {
    expect(readingOf(new Map([['ups.load', '3']]))).toBeUndefined()
  })

  it('with OB LB means on battery and low', () => {
    const reading = readingOf(
      new Map([
        ['ups.status', 'OB LB DISCHRG'],
        ['battery.runtime', '95'],
        ['ups.load', 'abc'],
      ]),
    )
    expect(reading).toMatchObject({
      runtimeSeconds: 95,
      loadPercent: null,
      flags: { utilityFail: true, batteryLow: true, failed: false },
    })
  })
})
