import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { explore, type Explored } from './explore.ts'
import { ModelWorld } from './world.ts'

const { TMPDIR } = process.env
let world: ModelWorld
let explored: Explored

beforeAll(async () => {
  // What a disk does is another test's matter: here only its time would count.
  if (existsSync('/dev/shm')) process.env['TMPDIR'] = '/dev/shm'
  world = await ModelWorld.open()
  // About ten seconds of a processor; the limit is for one that many share.
  explored = await explore(world, { deeds: 2, everyVisit: false })
}, 300_000)
afterAll(() => {
  world.close()
  if (TMPDIR === undefined) delete process.env['TMPDIR']
  else process.env['TMPDIR'] = TMPDIR
})

describe('two kiosks and one centre, in every story of two deeds', () => {
  it('lose no endorsement, print none twice and leave none without an owner, wherever misfortune strikes', () => {
    expect(explored.violations.slice(0, 3)).toEqual([])
  })

  it('come to more states than anybody would write down', () => {
    expect(explored.states).toBeGreaterThan(120)
    expect(explored.stories).toBeGreaterThan(400)
  })
})
