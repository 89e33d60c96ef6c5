import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fuzzTargets } from './fuzz-target.ts'

describe.each(fuzzTargets)('$name', (target) => {
  const { seeds } = target
  const feed = (bytes: Uint8Array): void => target.feed(bytes)

  it('takes any bytes without a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => feed(bytes)),
      { numRuns: 200 },
    )
  })

  it('takes its own frames with bytes changed, cut out and doubled', () => {
    const mutation = fc.record({ at: fc.nat(), value: fc.nat(255), kind: fc.constantFrom('set', 'cut', 'double') })
    fc.assert(
      fc.property(fc.nat(seeds.length - 1), fc.array(mutation, { maxLength: 8 }), (which, mutations) => {
        let bytes = [...(seeds[which] ?? [])]
        for (const { at, value, kind } of mutations) {
          const place = at % Math.max(1, bytes.length)
          if (kind === 'set') bytes[place] = value
          else if (kind === 'cut') bytes.splice(place, 1 + (value % 8))
          else bytes = [...bytes.slice(0, place + 1), ...bytes.slice(place)]
        }
        feed(Uint8Array.from(bytes))
      }),
      { numRuns: 200 },
    )
  })

  it('has sound seeds', () => {
    expect(seeds.length).toBeGreaterThan(0)
    for (const seed of seeds) feed(seed)
  })
})
