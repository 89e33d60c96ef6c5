/**
 * `npm run face -- pairs --csv FILE --root DIR --json OUT [--models FILE]`: judges pairs of pictures with the
 * engine of the kiosk (effort `reference`) and writes scores and rates as JSON. Progress goes to standard error.
 */
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../lib/clock.ts'
import { err, ok, type Result } from '../lib/result.ts'
import { FaceEngine } from './engine.ts'
import { judgePairs } from './pairs-run.ts'
import { readPairs } from './pairs-file.ts'

const USAGE = 'npm run face -- pairs --csv FILE --root DIR --json OUT [--models FILE]'
const SHIPPED_MODELS = path.join(import.meta.dirname, '../../assets/models/models.json')

async function run(args: readonly string[]): Promise<Result<string, string>> {
  const options = readOptions(args)
  if (!options.ok) return options
  const { csv, root, json, models } = options.value
  const text = await readFile(csv, 'utf8').catch(() => undefined)
  if (text === undefined) return err(`cannot read ${csv}`)
  const pairs = readPairs(text)
  if (!pairs.ok) return err(`${csv}, line ${pairs.error.line}: ${pairs.error.detail}`)
  const engine = await FaceEngine.load(models, systemClock)
  if (!engine.ok) return err(`${engine.error.code}: ${engine.error.file}`)
  const report = await judgePairs(engine.value, pairs.value, root, systemClock, showProgress)
  await engine.value.close()
  try {
    await writeFile(json, `${JSON.stringify(report, null, 2)}\n`)
  } catch (problem) {
    return err(`cannot write ${json}: ${problem instanceof Error ? problem.message : 'unknown'}`)
  }
  return ok(JSON.stringify({ threshold: report.threshold, ...report.summary }, null, 2))
}

interface Options {
  readonly csv: string
  readonly root: string
  readonly json: string
  readonly models: string
}

function readOptions(args: readonly string[]): Result<Options, string> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        csv: { type: 'string' },
        root: { type: 'string' },
        json: { type: 'string' },
        models: { type: 'string' },
      },
    })
    const { csv, root, json, models } = values
    if (positionals.length !== 1 || positionals[0] !== 'pairs') return err(USAGE)
    if (csv === undefined || json === undefined) return err(USAGE)
    return ok({ csv, root: root ?? path.dirname(csv), json, models: models ?? SHIPPED_MODELS })
  } catch (problem) {
    return err(`${problem instanceof Error ? problem.message : 'unreadable options'}\n${USAGE}`)
  }
}

function showProgress(done: number, total: number): void {
  if (done % 10 === 0 || done === total) process.stderr.write(`${done}/${total} pictures\n`)
}

const outcome = await run(process.argv.slice(2))
if (outcome.ok) process.stdout.write(`${outcome.value}\n`)
else process.stderr.write(`${outcome.error}\n`)
process.exitCode = outcome.ok ? 0 : 1
