import { describe, expect, it } from 'vitest'
import { parseFaultNames, parseFaultScript } from './fault-script.ts'

describe('a fault script', () => {
  it('says what goes wrong at which line, byte and answer, and what the line does', () => {
    const script = {
      line: { chunk: 1, delayMs: 2, baud: 9600, noiseBytes: 3, seed: 7 },
      faults: [
        { kind: 'jam', line: 3 },
        { kind: 'cover-open', line: 4 },
        { kind: 'pulled', line: 5 },
        { kind: 'jam-at-eject' },
        { kind: 'power-loss', byte: 100 },
        { kind: 'unplugged', byte: 120 },
        { kind: 'hang', byte: 140 },
        { kind: 'length', units: 150 },
        { kind: 'late', on: 'slip', ms: 800, skip: 1 },
        { kind: 'duplicate', times: 0 },
      ],
    }
    expect(parseFaultScript(script)).toEqual({
      ok: true,
      value: {
        jamAtLine: 3,
        coverOpenAtLine: 4,
        pulledAtLine: 5,
        jamAtEject: true,
        powerLossAtByte: 100,
        hangUpAtByte: 120,
        hangAtByte: 140,
        measuredUnits: 150,
        answers: [
          { kind: 'late', on: 'slip', ms: 800, skip: 1 },
          { kind: 'duplicate', times: 0 },
        ],
        line: { chunk: 1, delayMs: 2, baud: 9600, noiseBytes: 3, seed: 7 },
      },
    })
  })

  it.each([
    ['an unknown fault', { faults: [{ kind: 'fire' }] }, 'kind'],
    ['a line that counts from 0', { faults: [{ kind: 'jam', line: 0 }] }, 'line'],
    ['an answer this printer does not give', { faults: [{ kind: 'silence', on: 'process-id' }] }, 'on'],
    ['a word too many', { faults: [], why: 'test' }, 'why'],
  ])('is refused with its place for %s', (_, script, place) => {
    const read = parseFaultScript(script)
    expect(read).toMatchObject({ ok: false, error: { code: 'BAD_FAULT' } })
    expect(read.ok ? '' : read.error.detail).toContain(place)
  })

  it('has a short form', () => {
    expect(parseFaultNames('jam@3,late@50,chop@2,paced@9600')).toEqual({
      ok: true,
      value: {
        jamAtLine: 3,
        answers: [{ kind: 'late', ms: 50, times: 0 }],
        line: { chunk: 1, delayMs: 2, baud: 9600 },
      },
    })
    expect(parseFaultNames('jam@x')).toMatchObject({ ok: false, error: { detail: 'jam@x: the number counts from 1' } })
    expect(parseFaultNames('fire')).toMatchObject({ ok: false })
  })
})
