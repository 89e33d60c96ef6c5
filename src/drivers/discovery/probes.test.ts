import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PROBES, type Probe } from './probes.ts'

const probe = (name: string): Probe => {
  const found = PROBES.find((each) => each.name === name)
  if (!found) throw new Error(`no question ${name}`)
  return found
}
const text = (words: string): Uint8Array => Buffer.from(words, 'latin1')
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase()

describe('the questions', () => {
  it.each([
    ['bank module 31 11', '020002311120' + '03'],
    ['Newland C11*', '7E0130303030234331312A3B03'],
    ['Honeywell TRGMOD?', '164D0D5452474D4F443F21'],
  ])('%s is asked byte by byte as in the manual', (name, bytes) => {
    expect(hex(probe(name).ask)).toBe(bytes)
  })

  it('that could print on a mute printer come last', () => {
    const endsLine = PROBES.map(({ ask }) => ask.includes(0x0d) || ask.includes(0x0a))
    expect(endsLine).toEqual([...endsLine].sort())
    expect(endsLine.at(-1)).toBe(true)
  })

  it('to scanners set nothing: a query, and never for good', () => {
    for (const { ask, name } of PROBES.filter(({ name }) => /Newland|Honeywell/.test(name))) {
      const words = Buffer.from(ask).toString('latin1')
      expect(words, name).toMatch(/[?*](?:!|;\x03)$/)
      expect(words, name).not.toContain('@')
    }
  })

  it('begin with the one byte that a watchdog stick does not take for a time', () => {
    expect(PROBES[0]?.ask).toEqual(Uint8Array.of(0x80))
  })
})

describe('the answers', () => {
  it.each([
    ['bank module 31 11', Uint8Array.of(0x02, 0, 5, 0, 0, 0x31, 0x2e, 0x30, 0x2f, 3), 'bank-module', 'LIKELY'],
    ['bank module 31 11', Uint8Array.of(0x02, 0, 2, 0x00, 0xf4, 0xf4, 3), 'bank-module', 'LIKELY'],
    ['Newland C11*', text('\x02\x010000#C11ENA0,MIN4\x06;\x03'), 'newland', 'LIKELY'],
    ['Newland C11*', text('\x02\x010000#C11*\x05;\x03'), 'newland', 'LIKELY'],
    ['Honeywell TRGMOD?', text('TRGMOD0\x06!'), 'honeywell', 'CERTAIN'],
    ['Honeywell TRGMOD?', text('TRGMOD?\x05!'), 'honeywell', 'LIKELY'],
  ] as const)('to %s are understood: %j', (name, answer, driver, certainty) => {
    expect(probe(name).judge(answer)).toMatchObject({ driver, certainty })
  })

  it.each([
    ['bank module 31 11', Uint8Array.of(0x02, 0, 2, 0x00, 0xf4, 0xf5, 3), 'a wrong check byte'],
    ['bank module 31 11', Uint8Array.of(0x02, 0x02, 0xaa, 0xa8, 0x03), 'the answer of a metal keypad'],
    ['bank module 31 11', Uint8Array.of(0x02, 0x00, 0x02, 0x31, 0x11, 0x20, 0x03), 'our own bytes come back'],
    ['Newland C11*', text('~\x010000#C11*;\x03'), 'our own bytes come back'],
    ['Honeywell TRGMOD?', text('\x16M\rTRGMOD?!'), 'our own bytes come back'],
    ['Honeywell TRGMOD?', text('990001198512311235\r'), 'a code somebody scans meanwhile'],
    ['Newland C11*', text('990001198512311235\r'), 'a code somebody scans meanwhile'],
  ] as const)('to %s are not taken from elsewhere: %j, %s', (name, answer, whence) => {
    expect(probe(name).judge(answer), whence).toBeNull()
  })

  it('of any bytes never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 512 }), (bytes) => {
        for (const { judge, then } of PROBES) {
          judge(bytes)
          then?.judge(bytes)
        }
      }),
    )
  })

  it('are not found in the question itself, which a line that echoes sends back', () => {
    for (const { ask, judge, name } of PROBES) expect(judge(ask), name).toBeNull()
  })
})
