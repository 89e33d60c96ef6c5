import { spawn } from 'node:child_process'

/**
 * `npm run check`: types, lint, format, floors of the house and unused code, two at a time, the longest first. Each says what it
 * has to say when it has ended; one that failed fails the run, and the others are told all the same.
 */
const CHECKS: readonly (readonly [name: string, ...command: string[]])[] = [
  ['lint', 'npm', 'run', '--silent', 'lint'],
  ['types', 'npm', 'run', '--silent', 'typecheck'],
  ['format', 'npx', 'prettier', '--check', '.'],
  ['floors', 'npm', 'run', '--silent', 'floors'],
  ['unused', 'npm', 'run', '--silent', 'unused'],
]
const AT_ONCE = 2

function run(program: string, args: readonly string[]): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    // On Windows npm and npx are scripts, which only a shell can start.
    const child = spawn(program, args, { shell: process.platform === 'win32' })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString()
      })
    child.on('error', (error) => resolve({ code: 127, said: String(error) }))
    child.on('close', (code) => resolve({ code: code ?? 1, said }))
  })
}

const waiting = [...CHECKS]
async function lane(): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [name, program = '', ...args] = next
    const from = performance.now()
    const { code, said } = await run(program, args)
    console.log(`== ${name}: ${code === 0 ? 'ok' : 'FAILED'}, ${Math.round((performance.now() - from) / 1_000)} s`)
    if (said.trim() !== '') console.log(said.trimEnd())
    if (code !== 0) process.exitCode = 1
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, lane))
