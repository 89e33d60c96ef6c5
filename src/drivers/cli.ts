import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { systemClock } from '../lib/clock.ts'
import { err, ok, type Result } from '../lib/result.ts'
import { OneAnswer } from './cli-answer.ts'
import { failed, type Verb, type VerbAnswer, type VerbCall, type Verbs } from './cli-verb.ts'

/**
 * `npm run device -- <device> <verb> --port PATH_OR_HOST:PORT [--timeout MS] …`
 *
 * Prints exactly one JSON object on standard output and exits 0 when its `ok` is true, else 1. Whatever happens (a bad
 * line, a bug, a stuck port) there is an object, and it comes at the latest a moment after the time-out.
 */
const DEVICES: Readonly<Record<string, (() => Promise<{ readonly verbs: Verbs }>) | undefined>> = {
  'id-card': () => import('./id-card/cli.ts'),
  scanner: () => import('./scanner/cli.ts'),
  'receipt-printer': () => import('./receipt-printer/cli.ts'),
  'certificate-printer': () => import('./certificate-printer/cli.ts'),
  'document-printer': () => import('./document-printer/cli.ts'),
  ups: () => import('./ups/cli.ts'),
  'io-board': () => import('./io-board/cli.ts'),
  watchdog: () => import('./watchdog/cli.ts'),
  'ic-card': () => import('./ic-card/cli.ts'),
}

/** How long after its time a verb is told to stop, and how long after it is answered for. */
const STOP_AFTER_MS = 250
const CUT_OFF_AFTER_MS = 1500
const MAX_TIMEOUT_MS = 86_400_000

interface Request {
  readonly verb: Verb
  readonly port: string
  readonly timeoutMs: number
  readonly values: Readonly<Record<string, string | boolean | undefined>>
}

async function main(): Promise<void> {
  const answer = new OneAnswer()
  answer.answerForCrashes()
  const request = await parseRequest(process.argv.slice(2))
  if (!request.ok) {
    answer.exit(failed('USAGE', request.error))
    return
  }
  answer.exit(await run(request.value, answer))
}

async function run(request: Request, answer: OneAnswer): Promise<VerbAnswer> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())
  const cutOff = new Promise<VerbAnswer>((resolve) => {
    if (request.timeoutMs === Infinity) return
    setTimeout(() => stop.abort(), request.timeoutMs + STOP_AFTER_MS)
    const late = failed('TIMED_OUT', `no answer within ${request.timeoutMs} ms`)
    setTimeout(() => resolve(late), request.timeoutMs + CUT_OFF_AFTER_MS)
  })
  return Promise.race([request.verb.run(callOf(request, stop.signal, answer)), cutOff])
}

function callOf(request: Request, signal: AbortSignal, answer: OneAnswer): VerbCall {
  return {
    port: request.port,
    timeoutMs: request.timeoutMs,
    signal,
    clock: systemClock,
    flag: (name) => {
      const value = request.values[name]
      return typeof value === 'string' ? value : undefined
    },
    isSet: (name) => request.values[name] === true,
    answerNow: (now) => answer.print(now),
    say: (line) => void process.stderr.write(`${line}\n`),
  }
}

async function parseRequest(argv: readonly string[]): Promise<Result<Request, string>> {
  const [device = '', verbName = '', ...rest] = argv
  const load = Object.hasOwn(DEVICES, device) ? DEVICES[device] : undefined
  if (!load) return err(`usage: <device> <verb> --port PORT …; devices: ${Object.keys(DEVICES).join(', ')}`)
  const { verbs } = await load()
  const verb = Object.hasOwn(verbs, verbName) ? verbs[verbName] : undefined
  if (!verb) return err(`${device} has the verbs: ${verbsInWords(verbs)}`)
  return parseFlags(verb, `${device} ${verbName}`, rest)
}

function parseFlags(verb: Verb, name: string, argv: readonly string[]): Result<Request, string> {
  const options: ParseArgsOptionsConfig = { port: { type: 'string' }, timeout: { type: 'string' } }
  for (const [flag, spec] of Object.entries(verb.flags)) options[flag] = { type: spec.type }
  let values: Request['values']
  try {
    values = parseArgs({ args: [...argv], options, strict: true }).values as Request['values']
  } catch (cause) {
    return err(`${name}: ${cause instanceof Error ? cause.message : String(cause)}; flags: ${flagsInWords(verb)}`)
  }
  const { port, timeout } = values as { port?: string; timeout?: string }
  if (port === undefined || port === '') return err(`${name} needs --port PATH_OR_HOST:PORT`)
  const missing = Object.entries(verb.flags).find(
    ([flag, spec]) => spec.required === true && values[flag] === undefined,
  )
  if (missing) return err(`${name} needs --${missing[0]}: ${missing[1].summary}`)
  const timeoutMs = timeout === undefined ? verb.defaultTimeoutMs || Infinity : Number(timeout)
  if (timeout !== undefined && !(Number.isInteger(timeoutMs) && timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS))
    return err(`--timeout is a whole number of milliseconds from 1 to ${MAX_TIMEOUT_MS}`)
  return ok({ verb, port, timeoutMs, values })
}

function verbsInWords(verbs: Verbs): string {
  return Object.entries(verbs)
    .map(([name, verb]) => `${name} (${verb.summary})`)
    .join('; ')
}

function flagsInWords(verb: Verb): string {
  return ['port', 'timeout', ...Object.keys(verb.flags)].map((flag) => `--${flag}`).join(' ')
}

await main()
