import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { build } from '../../scripts/build.ts'
import { root } from '../../scripts/electron/paths.ts'
import { power } from './power/run.ts'
import { tornLog } from './torn-log.ts'

const entry = join(root, 'dist', 'kiosk.mjs')
beforeAll(build, 60_000)

/** `npm run torture -- power --kills 500` goes on from there. */
const KILLS = 100

it('a kiosk killed again and again in the middle of visits has lost nothing, doubled nothing and explains everything', async () => {
  const report = await power({ kills: KILLS, seed: 20261123, entry, tell: () => undefined })
  expect(report.violations).toEqual([])
  expect(report.kills).toBe(KILLS)
  // A run in which nothing was endorsed would prove nothing.
  expect(report.confirmed).toBeGreaterThan(5)
  expect(report.wholeRows).toBe(report.confirmed)
}, 900_000)

it('a log torn at any place of its last transaction holds what was stored before, and nothing half', () => {
  const report = tornLog(41)
  expect(report.violations).toEqual([])
  expect(report.cuts).toBeGreaterThan(100)
}, 120_000)
