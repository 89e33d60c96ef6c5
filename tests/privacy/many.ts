/**
 * Plays every visit of the scan many times and counts what is left of the citizen:
 * `node tests/privacy/many.ts --runs 15 --busy 2`, where `--busy` is how many processors are kept busy meanwhile.
 * Prints one line for each visit and, for each find, the bytes around it. Ends with 1 when anything was found.
 */
import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import { Desk, whatIsSearched, type Searched } from './desk.ts'
import { canReadMemory } from './scanner.ts'
import { FACE_VISITS, FORGOTTEN_VISITS, missedBy, type Visit } from './visits.ts'

/** Ends with this process, also when that is killed. */
const BUSY =
  "process.once('disconnect', () => process.exit()); setInterval(() => { for (const end = Date.now() + 100; Date.now() < end;); })"
const { values } = parseArgs({ options: { runs: { type: 'string' }, busy: { type: 'string' } } })
const runs = Number(values.runs ?? 15)
if (!canReadMemory()) {
  process.stderr.write('The memory of other processes cannot be read here (Linux, root).\n')
  process.exit(2)
}
// For the reader of this output: what was found, and what it lies in.
process.env['KIOSK_PRIVACY_CONTEXT'] = '1'
const busy = Array.from({ length: Number(values.busy ?? 0) }, () =>
  spawn('nice', [process.execPath, '-e', BUSY], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
)

const tally = { clean: 0, found: 0, broken: 0 }
const searched = await whatIsSearched()
const lanes = [FACE_VISITS, ...FORGOTTEN_VISITS.map((visit) => [visit])]
await Promise.all(lanes.map((visits) => lane(visits, searched)))
for (const loop of busy) loop.disconnect()
console.log(JSON.stringify({ runs, visits: runs * lanes.flat().length, ...tally }))
process.exitCode = tally.found + tally.broken > 0 ? 1 : 0

async function lane(visits: readonly Visit[], searched: Searched): Promise<void> {
  const desk = await Desk.open(searched)
  for (let run = 1; run <= runs; run++) for (const visit of visits) await once(run, visit, desk)
  await desk.close()
}

async function once(run: number, visit: Visit, desk: Desk): Promise<void> {
  try {
    const remains = await visit.play(desk)
    const { left, ms } = remains
    const missed = missedBy(visit, remains)
    const outcome = missed.length > 0 ? 'broken' : left.length > 0 ? 'found' : 'clean'
    tally[outcome] += 1
    console.log(`${run} ${visit.ending}: ${outcome} ${Math.round(ms)} ms ${missed.join(', ')}`)
    for (const line of left) console.log(line)
  } catch (error) {
    tally.broken += 1
    console.log(`${run} ${visit.ending}: broken ${String(error)}`)
  }
}
