import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { offerTestPackages } from './electron/debian.ts'

/**
 * `npm test`: builds, then runs the unit and integration tests and the end-to-end tests in real Electron, and ends with
 * one line `N passed, N failed` over all of them. Exits 1 when anything failed or when a run had no tests.
 */
interface Counts {
  readonly passed: number
  readonly failed: number
}

const suites = [
  { name: 'unit and integration', config: 'vitest.config.ts' },
  { name: 'end to end, in Electron', config: 'vitest.e2e.config.ts' },
]

function run(command: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env: process.env })
    child.on('error', () => resolve(127))
    child.on('close', (code) => resolve(code ?? 1))
  })
}

function countsIn(file: string): Counts | null {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as { numPassedTests: number; numFailedTests: number }
    return { passed: report.numPassedTests, failed: report.numFailedTests }
  } catch {
    return null
  }
}

offerTestPackages()
const scratch = mkdtempSync(join(tmpdir(), 'kiosk-test-'))
let passed = 0
let failed = 0
let broken = (await run(process.execPath, ['scripts/build.ts'])) !== 0
for (const suite of suites) {
  if (broken) break
  console.log(`\n== ${suite.name} ==`)
  const file = join(scratch, `${suite.config}.json`)
  const code = await run(process.execPath, [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config',
    suite.config,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ])
  const counts = countsIn(file)
  passed += counts?.passed ?? 0
  failed += counts?.failed ?? 0
  if (counts === null || counts.passed + counts.failed === 0) {
    console.error(`${suite.name}: no test ran`)
    broken = true
  } else if (code !== 0 && counts.failed === 0) {
    console.error(`${suite.name}: the runner failed outside a test`)
    broken = true
  }
}
rmSync(scratch, { recursive: true, force: true })
if (broken) failed += 1
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
