import { createInterface } from 'node:readline'
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { OneAnswer } from '../drivers/cli-answer.ts'
import { failed, type VerbAnswer } from '../drivers/cli-verb.ts'
import { DEVICE_ROLES } from '../drivers/report.ts'
import { systemClock } from '../lib/clock.ts'
import { silentLog } from '../lib/log.ts'
import { err, ok, type Result } from '../lib/result.ts'
import { bindRole } from './bind-role.ts'
import { isLineRole, parseAddressFor, transportOf } from './device-lines.ts'
import { buildDevices } from './devices.ts'
import { findDevices } from './find-devices.ts'
import { runSelfTests, type Technician } from './run-self-tests.ts'
import { describeSiteError, loadSite } from './site/load-site.ts'
import { siteSchema, type Site } from './site/schema.ts'
import { writeDurably } from './technician/durable-file.ts'

/**
 * The technician's command line: `npm run device -- list|detect|bind|test|simulate …`, and every verb of a single device
 * (`npm run device -- id-card read --port …`), which `drivers/cli.ts` answers.
 *
 * Prints exactly one JSON object on standard output and exits 0 when its `ok` is true, else 1; questions and steps go to
 * standard error. docs/devices/README.md describes the objects.
 */
const OPTIONS = {
  site: { type: 'string' },
  role: { type: 'string' },
  port: { type: 'string' },
  driver: { type: 'string' },
  model: { type: 'string' },
  test: { type: 'string' },
  timeout: { type: 'string' },
  yes: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
} as const

type Flags = { readonly [Name in keyof typeof OPTIONS]?: string | boolean | undefined }

interface Call {
  readonly flags: Flags
  /** What stands before the flags: the device of `test`. */
  readonly words: readonly string[]
  readonly signal: AbortSignal
}

const VERBS: Readonly<
  Record<string, { readonly allows: readonly (keyof Flags)[]; run(call: Call): Promise<VerbAnswer> }>
> = {
  list: { allows: ['site', 'timeout'], run: (call) => look(call, false) },
  detect: { allows: ['site', 'port', 'timeout'], run: (call) => look(call, true) },
  bind: { allows: ['site', 'role', 'port', 'driver', 'model', 'dry-run', 'timeout'], run: bind },
  test: { allows: ['site', 'role', 'port', 'driver', 'model', 'test', 'yes', 'timeout'], run: test },
}

const DEFAULT_TIMEOUT_MS = 300_000

async function main(argv: readonly string[]): Promise<void> {
  const [verb = '', ...rest] = argv
  const known = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined
  if (known === undefined) {
    // `simulate ups …` is what a person says; `ups simulate …` is where it lives.
    if (verb === 'simulate') process.argv.splice(2, 2, rest[0] ?? '', 'simulate')
    await import('../drivers/cli.ts')
    return
  }
  const answer = new OneAnswer()
  answer.answerForCrashes()
  const parsed = parse(verb, known.allows, rest)
  if (!parsed.ok) {
    answer.exit(failed('USAGE', parsed.error))
    return
  }
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())
  setTimeout(() => stop.abort(), parsed.value.timeoutMs).unref()
  answer.exit(await known.run({ ...parsed.value, signal: stop.signal }))
}

function parse(
  verb: string,
  allows: readonly string[],
  argv: readonly string[],
): Result<{ readonly flags: Flags; readonly words: readonly string[]; readonly timeoutMs: number }, string> {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: OPTIONS,
      strict: true,
      allowPositionals: true,
    })
    const alien = Object.keys(values).find((name) => !allows.includes(name))
    if (alien !== undefined || positionals.length > (verb === 'test' ? 1 : 0))
      return err(`${verb} takes ${allows.map((name) => `--${name}`).join(' ')}`)
    const timeoutMs = values.timeout === undefined ? DEFAULT_TIMEOUT_MS : Number(values.timeout)
    if (!Number.isInteger(timeoutMs) || timeoutMs < 1) return err('--timeout is a whole number of milliseconds')
    return ok({ flags: values, words: positionals, timeoutMs })
  } catch (cause) {
    return err(`${verb}: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}

/** `list` only looks; `detect` also asks the ports that no role of the site uses. */
async function look({ flags, signal }: Call, ask: boolean): Promise<VerbAnswer> {
  const site = await siteOf(flags)
  if (!site.ok) return site.error
  const named = textOf(flags, 'port')
  const { found, troubles } = await findDevices(site.value ?? { devices: {} }, {
    signal,
    ask,
    tell: ({ key, params }) => say(`${key.split('.').at(-1) ?? ''} ${Object.values(params ?? {}).join(' ')}`),
    ...(named !== undefined && { alsoPorts: named.split(',') }),
  })
  return { ok: true, found, troubles, cancelled: signal.aborted }
}

/** Writes the port of a role into the site file: validated as a whole first, then replaced in one step. */
async function bind({ flags }: Call): Promise<VerbAnswer> {
  const file = textOf(flags, 'site')
  const role = textOf(flags, 'role')
  const port = textOf(flags, 'port')
  if (file === undefined || role === undefined || port === undefined)
    return failed('USAGE', 'bind needs --site FILE --role ROLE --port ADDRESS')
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    return failed('SITE_UNREADABLE', cause instanceof Error ? cause.message : String(cause))
  }
  const bound = bindRole(text, file, { role, port, driver: textOf(flags, 'driver'), model: textOf(flags, 'model') })
  if (!bound.ok) return failed(bound.error.code, bound.error.message)
  const { before, after, text: changed } = bound.value
  if (flags['dry-run'] !== true) writeDurably(file, changed)
  return {
    ok: true,
    role,
    before,
    after,
    written: flags['dry-run'] !== true,
    restart: 'the kiosk reads it at its next start',
  }
}

async function test(call: Call): Promise<VerbAnswer> {
  const { flags, words, signal } = call
  const role = DEVICE_ROLES.find((each) => each === (words[0] ?? textOf(flags, 'role')))
  if (role === undefined) return failed('USAGE', `test needs a device or --role: ${DEVICE_ROLES.join(', ')}`)
  const site = await siteUnderTest(flags, role)
  if (!site.ok) return site.error
  const devices = await buildDevices(site.value, systemClock, silentLog)
  if (!devices.ok) return failed(devices.error.code, devices.error.detail)
  try {
    const only = textOf(flags, 'test')
    return await runSelfTests(devices.value, site.value, { role, only, signal, technician: atTheTerminal(flags) })
  } finally {
    await Promise.all(devices.value.supervised.map(({ device }) => device.close()))
  }
}

/** The site file's devices, or one device at `--port` that no site file knows yet. */
async function siteUnderTest(flags: Flags, role: string): Promise<Result<Site, VerbAnswer>> {
  const port = textOf(flags, 'port')
  if (port === undefined) {
    const site = await siteOf(flags)
    if (!site.ok) return site
    return site.value === undefined ? err(failed('USAGE', 'test needs --site FILE, or --port ADDRESS')) : ok(site.value)
  }
  if (!isLineRole(role)) return err(failed('USAGE', `${role} is not reached by a port; name it in a site file`))
  const address = parseAddressFor(role, port)
  if (!address.ok) return err(failed(address.error.code, address.error.detail))
  const [driver, model] = [textOf(flags, 'driver') ?? FIRST_DRIVER[role], textOf(flags, 'model')]
  const device = { driver, transport: transportOf(address.value), ...(model !== undefined && { model }) }
  const devices = siteSchema.shape.devices.safeParse({ [role]: device })
  if (!devices.success) return err(failed('USAGE', `${role}: ${devices.error.issues[0]?.message ?? 'not a device'}`))
  return ok({ ...BARE_SITE, devices: devices.data })
}

const FIRST_DRIVER = {
  'id-card': 'sam-v',
  scanner: 'serial',
  'receipt-printer': 'esc-pos',
  'certificate-printer': 'escp2',
  ups: 'megatec',
  'io-board': 'modbus-rtu',
} as const

/** As much of a site as devices are built from. */
const BARE_SITE: Site = siteSchema.parse({
  mode: 'demo',
  site: {
    ...{ stationCode: 'TEST', stationName: 'TEST', stationKind: 'INSPECTION_STATION' },
    ...{ areaCode: '990001', helpPhone: '12328' },
  },
  kiosk: { kioskId: 'device-test', name: 'TEST' },
  province: 'guangdong',
  centre: { url: 'http://127.0.0.1:9' },
})

async function siteOf(flags: Flags): Promise<Result<Site | undefined, VerbAnswer>> {
  const file = textOf(flags, 'site')
  if (file === undefined) return ok(undefined)
  const site = await loadSite(file)
  return site.ok ? site : err(failed(site.error.code, describeSiteError(site.error)))
}

function textOf(flags: Flags, name: keyof Flags): string | undefined {
  const value = flags[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** Says and asks on standard error and standard input; `--yes` answers every question with yes. */
function atTheTerminal(flags: Flags): Technician {
  return {
    say: (words) => say(words),
    ask: (question, signal) => {
      say(`${question} [y/n]`)
      if (flags.yes === true) return Promise.resolve(true)
      const input = createInterface({ input: process.stdin })
      return new Promise<boolean>((resolve) => {
        const finish = (yes: boolean): void => {
          signal.removeEventListener('abort', no)
          input.close()
          resolve(yes)
        }
        const no = (): void => finish(false)
        signal.addEventListener('abort', no, { once: true })
        // Nobody there, or the end of a script: not confirmed.
        input.once('close', no)
        input.once('line', (line) => finish(/^\s*(y|yes|是)/i.test(line)))
      })
    },
  }
}

await main(process.argv.slice(2))
