import fc from 'fast-check'
import { describe, it } from 'vitest'
import { fuzzTargets } from './fuzz-target.ts'

describe.each(fuzzTargets)('$name', (target) => {
  const { seeds } = target
  it('survives any bytes and any mixture of sound answers', () => {
    const piece = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(...seeds))
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => target.feed(Uint8Array.from(Buffer.concat(pieces)))),
      { numRuns: 500 },
    )
  })
})
