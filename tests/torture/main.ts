import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../../scripts/electron/paths.ts'
import { centralTorture } from './central/run.ts'
import { codecs } from './codecs.ts'
import { power } from './power/run.ts'
import { soak } from './soak/run.ts'
import { tornLog } from './torn-log.ts'

/**
 * `npm run torture -- codecs|power|torn|central|soak …`: one JSON report on standard output, progress on standard error; exit 0 when no
 * promise was broken, 1 otherwise, 2 for a wrong line. The same seed gives the same misfortunes.
 */
const USAGE = `npm run torture -- codecs [--frames 1000000] [--seed 1] [--only NAME]
npm run torture -- power [--kills 500] [--seed 1]
npm run torture -- torn [--stride 1]
npm run torture -- central [--restarts 100] [--seed 1]
npm run torture -- soak [--hours 24] [--visits 20]   (visits in each hour; nothing is left to chance, so it has no seed)`

interface Verdict {
  readonly report: unknown
  readonly violations: readonly string[]
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ frames: { type: 'string' }, kills: { type: 'string' }, seed: { type: 'string' }, stride: { type: 'string' } },
    ...{ restarts: { type: 'string' }, hours: { type: 'string' }, visits: { type: 'string' } },
    only: { type: 'string' },
  },
})

function number(name: keyof typeof values, standard: number): number {
  const given = Number(values[name] ?? standard)
  if (!Number.isInteger(given) || given < 1) throw new Error(`--${name} is a whole number from 1`)
  return given
}

const tell = (line: string): void => void process.stderr.write(`${line}\n`)

const tortures: Readonly<Record<string, () => Promise<Verdict>>> = {
  async codecs() {
    const { only = '' } = values
    const report = await codecs({ frames: number('frames', 1_000_000), seed: number('seed', 1), only, tell })
    return {
      report,
      violations: report.flatMap(({ name, violations }) => violations.map((each) => `${name}: ${each}`)),
    }
  },
  async power() {
    const built = spawnSync(process.execPath, ['scripts/build.ts'], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    if (built.status !== 0) throw new Error('the build failed')
    const entry = join(root, 'dist', 'kiosk.mjs')
    const report = await power({ kills: number('kills', 500), seed: number('seed', 1), entry, tell })
    return { report, violations: report.violations }
  },
  async central() {
    const report = await centralTorture({ restarts: number('restarts', 100), seed: number('seed', 1), tell })
    return { report, violations: report.violations }
  },
  async soak() {
    const report = await soak({ hours: number('hours', 24), visitsPerHour: number('visits', 20), tell })
    return { report, violations: report.violations }
  },
  torn() {
    const report = tornLog(number('stride', 1))
    return Promise.resolve({ report, violations: report.violations })
  },
}

const torture = tortures[positionals.join(' ')]
if (torture === undefined) {
  process.stderr.write(`${USAGE}\n`)
  process.exitCode = 2
} else {
  const { report, violations } = await torture()
  process.stdout.write(`${JSON.stringify({ torture: positionals[0], ok: violations.length === 0, report }, null, 2)}\n`)
  process.exitCode = violations.length === 0 ? 0 : 1
}
