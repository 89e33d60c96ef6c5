import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SimulatedClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { Scanner } from './device.ts'
import { KeyboardSource } from './keyboard-source.ts'
import { scannerProtocol } from './protocol/choose.ts'
import { WedgeAssembler, type WedgeHeard } from './wedge.ts'

const never = new AbortController().signal

/** The keys of a code, and Enter. */
const keysOf = (text: string): string[] => [...Array.from(text), 'Enter']

/** What came of keys, `gap` milliseconds apart. */
function typed(keys: readonly string[], gap: number, prefix = ''): WedgeHeard[] {
  const assembler = new WedgeAssembler({ prefix, maxGapMs: 30 })
  const heard = keys.map((key, at) => assembler.take({ key, at: 1000 + at * gap }))
  return [...heard, assembler.endBySilence()].filter((one) => one !== undefined)
}
const code = (text: string): WedgeHeard[] => [{ kind: 'code', text }]

describe('keys of a scanner in keyboard mode', () => {
  it('that come in haste and end with Enter are a code', () => {
    expect(typed(keysOf('SL20261123000001'), 8)).toEqual(code('SL20261123000001'))
    expect(typed(['Shift', 'A', 'Shift', 'B', '1', '2', 'Enter'], 30)).toEqual(code('AB12'))
  })

  it('typed by a person are never a code, not even fast ones', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...keysOf('ABC123')), { maxLength: 60 }),
        fc.integer({ min: 31, max: 900 }),
        (keys, gap) => {
          expect(typed(keys, gap)).toEqual([])
        },
      ),
    )
  })

  it('count from the first hasty one on: what a person typed before is not part of the code', () => {
    const assembler = new WedgeAssembler()
    assembler.take({ key: '9', at: 0 })
    const heard = keysOf('ABCD').map((key, at) => assembler.take({ key, at: 500 + at * 5 }))
    expect(heard.at(-1)).toEqual({ kind: 'code', text: 'ABCD' })
  })

  it('need the prefix where one is agreed, and it is no part of the code', () => {
    expect(typed(keysOf('~~ABCD'), 5, '~~')).toEqual(code('ABCD'))
    expect(typed(keysOf('ABCDEF'), 5, '~~')).toEqual([])
    expect(typed(keysOf('~~'), 5, '~~')).toEqual([])
  })

  it('without Enter, or too few, or with a time that is none, are nothing', () => {
    expect(typed(Array.from('ABCDEF'), 5)).toEqual([])
    expect(typed(keysOf('AB'), 5)).toEqual([])
    expect(typed(keysOf('ABCDEF'), NaN)).toEqual([])
    expect(typed(keysOf('ABCDEF'), -5)).toEqual([])
  })

  it.each(['Process', 'Unidentified', 'Alt', '粤'])(
    'that an input method ate (%s) are told, with Enter or without',
    (key) => {
      expect(typed(['A', key, key, 'B', 'Enter'], 5)).toEqual([{ kind: 'keys-lost' }])
      expect(typed(['A', key, key, 'B'], 5)).toEqual([{ kind: 'keys-lost' }])
      expect(typed(['A', key, key, 'B'], 200)).toEqual([])
    },
  )

  it('of any kind at any time never throw and never make more than was typed', () => {
    const key = fc.record({ key: fc.oneof(fc.string({ maxLength: 3 }), fc.constant('Enter')), at: fc.double() })
    fc.assert(
      fc.property(fc.array(key, { maxLength: 100 }), (keys) => {
        const assembler = new WedgeAssembler()
        for (const one of keys) {
          const heard = assembler.take(one)
          if (heard?.kind === 'code') expect(heard.text).toMatch(/^[ -~]+$/)
        }
      }),
    )
  })
})

describe('the keyboard as a scanner', () => {
  function bench() {
    const clock = new SimulatedClock(0)
    const source = new KeyboardSource(clock)
    const scanner = new Scanner(source, clock, silentLog, scannerProtocol('keyboard-wedge'))
    const type = (keys: readonly string[]): void => keys.forEach((key, at) => source.feed({ key, at: at * 5 }))
    return { clock, scanner, type }
  }

  it('hands out codes, and asks to be switched to HID-POS', async () => {
    const { clock, scanner, type } = bench()
    const scan = scanner.read(never, 5000)
    await clock.advance(1)
    type(keysOf('440100165715'))
    await clock.advance(1)
    expect(await scan).toMatchObject({ value: { text: '440100165715' } })
    expect(await scanner.report(never)).toMatchObject({ state: 'KEYBOARD', tone: 'warning', usable: true })
  })

  it('whose letters are eaten is told by name', async () => {
    const { clock, scanner, type } = bench()
    const scan = scanner.read(never, 5000)
    await clock.advance(1)
    type(['Process', 'Process', 'Process', 'Process', '1'])
    await clock.advance(250)
    expect(await scan).toEqual({ ok: false, error: { code: 'WEDGE_UNREADABLE' } })
    expect(await scanner.report(never)).toMatchObject({ state: 'WEDGE_UNREADABLE', tone: 'warning' })
  })

  it('closed hears nothing', async () => {
    const { clock, scanner, type } = bench()
    type(keysOf('ABCDEF'))
    const scan = scanner.read(never, 100)
    await clock.advance(200)
    expect(await scan).toMatchObject({ error: { code: 'NO_SCAN' } })
    await scanner.close()
    expect((await scanner.report(AbortSignal.abort())).state).toBe('CLOSED')
  })
})
