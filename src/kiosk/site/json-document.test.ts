import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJsonDocument } from './json-document.ts'

describe('a JSON text that remembers its places', () => {
  it('reads every JSON value as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(undefined, 2), (text, indent) => {
        const pretty = JSON.stringify(JSON.parse(text), null, indent)
        expect(parseJsonDocument(pretty)).toMatchObject({ ok: true, value: { value: JSON.parse(pretty) } })
      }),
    )
  })

  it('accepts and refuses the same damaged texts as JSON.parse, apart from keys written twice', () => {
    const damaged = fc
      .tuple(
        fc.json({ maxDepth: 3 }),
        fc.nat(),
        fc.constantFrom('"', '{', '}', ',', ':', '0', '-', '\\', ' ', '\n', 'e', ''),
      )
      .map(([text, at, mark]) => {
        const place = at % (text.length + 1)
        return text.slice(0, place) + mark + text.slice(place + 1)
      })
    fc.assert(
      fc.property(damaged, (text) => {
        const mine = parseJsonDocument(text)
        if (!mine.ok && mine.error.reason.endsWith('is written twice')) return
        expect(mine.ok).toBe(parses(text))
      }),
      { numRuns: 1000 },
    )
  })

  it.each([
    ['{\n  "a": 1,\n  "b": 2,\n}', 4, 1, 'a comma before a closing brace'],
    ['{ "a": 1 "b": 2 }', 1, 10, 'a comma or a closing brace is expected'],
    ['{\r\n  a: 1 }', 2, 3, 'a key in double quotes is expected'],
    ['{ "a": \'x\' }', 1, 8, "'x' is not a value; a text needs double quotes"],
    ['{ "a": "C:\\ports" }', 1, 11, 'a backslash must be written twice: \\\\'],
    ['{ "a": "x\n}', 1, 8, 'a text is not closed: its second double quote is missing'],
    ['{ "a": 1, // why\n "b": 2 }', 1, 11, 'a key in double quotes is expected'],
    ['{ "a": /* 1 */ 2 }', 1, 8, 'comments are not allowed'],
    ['{ "a": 1', 1, 9, 'the file ends too early'],
    ['', 1, 1, 'the file ends too early'],
    ['{ "a": 01 }', 1, 8, '01 is not a value; a text needs double quotes'],
    ['{ "a": 1,\n  "a": 2 }', 2, 3, 'the key "a" is written twice'],
    ['{} {}', 1, 4, 'nothing may follow the closing brace'],
    ['\uFEFF{ "a" 1 }', 1, 7, 'a colon is expected after "a"'],
    ['['.repeat(70), 1, 66, 'nested deeper than 64'],
  ])('points at the place in %j', (text, line, column, reason) => {
    expect(parseJsonDocument(text)).toEqual({ ok: false, error: { line, column, reason } })
  })

  it('finds a member, and for a missing one the nearest around it', () => {
    const document = parseJsonDocument('{\n  "devices": {\n    "scanner": { "args": ["x", 7] }\n  }\n}')
    if (!document.ok) throw new Error('it is JSON')
    expect(document.value.locate(['devices', 'scanner', 'args', 1])).toEqual({ line: 3, column: 32 })
    expect(document.value.locate(['devices', 'scanner', 'driver'])).toEqual({ line: 3, column: 5 })
    expect(document.value.locate(['centre', 'url'])).toEqual({ line: 1, column: 1 })
  })

  it('keeps a member called __proto__ an ordinary member', () => {
    const document = parseJsonDocument('{ "__proto__": { "a": 1 } }')
    expect(document.ok && Object.keys(document.value.value as object)).toEqual(['__proto__'])
  })
})

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
