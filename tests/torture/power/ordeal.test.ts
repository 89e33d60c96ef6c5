import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/lib/random.ts'
import { ordeals, type Ordeal } from './ordeal.ts'
import { dealt } from './run.ts'

function first(n: number, all: Iterable<Ordeal>): Ordeal[] {
  const found: Ordeal[] = []
  for (const ordeal of all) if (found.push(ordeal) === n) break
  return found
}

const listOf = (seed: number, n: number): Ordeal[] => first(n, ordeals(seededRandom(seed)))

describe('the ordeals of a seed', () => {
  it('are the same list for ever, so that a run that was told by its seed can be played again', () => {
    const list = listOf(20261123, 135)
    const digest = createHash('sha256').update(JSON.stringify(list)).digest('hex')
    expect(digest).toBe('1c7ace5389c53f724221f91fbac38f66079c2ca9a47d8fea2891f2387b502cf2')
  })

  it('are dealt out to the halls in turn: together the halls play the list', () => {
    const halls = [0, 1].map((n) => first(50, dealt(ordeals(seededRandom(7)), n, 2)))
    expect(halls.flat().sort((one, other) => one.n - other.n)).toEqual(listOf(7, 100))
  })

  it('know every moment of a kill and every mishap', () => {
    const list = listOf(1, 1_000)
    const moments = new Set(list.map(({ kill }) => kill.at))
    const mishaps = new Set(list.map(({ mishap }) => mishap?.kind ?? 'NONE'))
    expect([...moments].sort()).toEqual(['CALL', 'NEVER', 'ROW_BYTE', 'SCREEN', 'SLIP_BYTE', 'START'])
    expect([...mishaps].sort()).toEqual([
      ...['COVER_OPEN', 'DISK_FULL', 'HANG', 'JAM', 'NONE', 'POWER_LOSS', 'PULLED', 'SILENT', 'SLIP_PAPER_OUT'],
      'WEATHER',
    ])
  })
})
