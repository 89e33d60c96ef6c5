import { describe, expect, it } from 'vitest'
import { parseFaultNames, parseFaultScript } from './fault-script.ts'

describe('fault scripts', () => {
  it('of the common shape become faults of paper, knife, power and answers', () => {
    const script = {
      line: { baud: 9600, chunk: 1 },
      faults: [
        { kind: 'paper-out', line: 12 },
        { kind: 'cover-open', cut: 2 },
        { kind: 'silence', on: 'process-id', skip: 1, times: 2 },
        { kind: 'late', ms: 600 },
      ],
    }
    expect(parseFaultScript(script)).toEqual({
      ok: true,
      value: {
        line: { baud: 9600, chunk: 1 },
        paperOutAtLine: 12,
        coverOpenAtCut: 2,
        answers: [
          { kind: 'silence', on: 'process-id', skip: 1, times: 2 },
          { kind: 'late', ms: 600 },
        ],
      },
    })
  })

  it.each([
    [{ faults: [{ kind: 'explosion' }] }, 'kind'],
    [{ faults: [{ kind: 'silence', on: 'find' }] }, 'faults[0].on'],
    [{ faults: [{ kind: 'paper-out' }] }, 'faults[0].line'],
    [{ fault: [] }, 'fault'],
  ])('%j is refused with its place', (script, place) => {
    const parsed = parseFaultScript(script)
    expect(parsed.ok ? '' : parsed.error.detail).toContain(place)
  })

  it('have a short form on the command line', () => {
    expect(parseFaultNames('paper-out@12,near-end,no-process-id,chop@20,unplugged@300')).toEqual({
      ok: true,
      value: {
        line: { chunk: 1, delayMs: 20 },
        paperOutAtLine: 12,
        nearEnd: true,
        answers: [{ kind: 'silence', on: 'process-id', times: 0 }],
        hangUpAtByte: 300,
      },
    })
    expect(parseFaultNames('jam@0')).toMatchObject({ ok: false, error: { code: 'BAD_FAULT' } })
    expect(parseFaultNames('explosion')).toMatchObject({ ok: false, error: { code: 'BAD_FAULT' } })
  })
})
