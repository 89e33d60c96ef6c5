import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Desk, whatIsSearched } from './desk.ts'
import { canReadMemory } from './scanner.ts'
import { FACE_VISITS, FORGOTTEN_VISITS, missedBy, type Remains, type Visit } from './visits.ts'

const here = canReadMemory()
if (!here) console.warn('The memory of other processes cannot be read here (Linux, root): no scan.')

const desks: Desk[] = []
let atTheCamera: Desk
/** Visits that wait for their own end leave the processors to the others, so they are played beside them. */
const waiting = new Map<Visit, Promise<Remains>>()

beforeAll(async () => {
  if (!here) return
  const searched = await whatIsSearched()
  const open = async (): Promise<Desk> => {
    const desk = await Desk.open(searched)
    desks.push(desk)
    return desk
  }
  atTheCamera = await open()
  for (const visit of FORGOTTEN_VISITS) {
    const remains = visit.play(await open())
    // Whoever awaits it below is told.
    remains.catch(() => undefined)
    waiting.set(visit, remains)
  }
}, 60_000)
afterAll(() => Promise.all(desks.map((desk) => desk.close())), 60_000)

function expectNothingLeft(visit: Visit, remains: Remains): void {
  // The scan would find what is there: while she was at the machine it did.
  expect(missedBy(visit, remains)).toEqual([])
  expect(remains.left).toEqual([])
  console.info(`a visit that ${visit.ending}: nothing found from ${Math.round(remains.ms)} ms after it on`)
}

describe.skipIf(!here)('of a citizen, in no process and no file of the kiosk, anything is found after a visit', () => {
  it.each(FACE_VISITS)(
    'that $ending',
    async (visit) => {
      expectNothingLeft(visit, await visit.play(atTheCamera))
    },
    90_000,
  )

  it.each(FORGOTTEN_VISITS)(
    'that $ending',
    async (visit) => {
      const remains = await waiting.get(visit)
      if (remains === undefined) throw new Error('it was begun before the others')
      expectNothingLeft(visit, remains)
    },
    120_000,
  )
})
