import { silentLog } from '../../lib/log.ts'
import { readJson } from '../asset/read-json.ts'
import { failed, type Verb, type VerbAnswer, type VerbCall, type Verbs } from '../cli-verb.ts'
import { parseTransport } from '../transport/parse.ts'
import { NUT_NAME } from './codec/nut.ts'
import { Ups, type UpsOptions } from './device.ts'
import { megatecDriver, nutDriver } from './driver.ts'
import { UpsFaultScript } from './faults.ts'
import type { UpsFlags } from './reading.ts'
import { reportOf } from './status.ts'

/** Megatec units know no other rate. */
const BAUD = 2400

const dialect = {
  nut: { type: 'string', summary: 'name of the UPS at upsd; --port is then HOST:3493' },
} as const

export const verbs: Verbs = {
  status: {
    summary: 'asks the UPS how it is',
    defaultTimeoutMs: 5000,
    flags: dialect,
    run: (call) =>
      withUps(call, {}, async (ups) => {
        const status = await ups.status(call.signal)
        const report = reportOf(status)
        if (!report.answered || status.state === 'REFUSED') return failed(status.state, report.remedy)
        const estimate = ups.estimate()
        return { ok: true, status, remedy: report.remedy, estimate: estimate.ok ? estimate.value : estimate.error }
      }),
  },
  shutdown: {
    summary: 'takes the power away after --minutes (unverified on hardware); asks for --yes',
    defaultTimeoutMs: 5000,
    flags: {
      minutes: { type: 'string', summary: '0.2 to 0.9, or 1 to 10', required: true },
      'on-again': { type: 'string', summary: 'minutes until it switches on again, 1 to 9999' },
      yes: { type: 'boolean', summary: 'really' },
    },
    run: (call) =>
      withUps(call, { allowShutdown: call.isSet('yes') }, async (ups) => {
        const again = call.flag('on-again')
        const told = await ups.shutdown(Number(call.flag('minutes')), again === undefined ? undefined : Number(again))
        return told.ok ? { ok: true } : failed(told.error.code, SHUTDOWN_WORDS[told.error.code])
      }),
  },
  simulate: simulateVerb(),
}

const SHUTDOWN_WORDS = {
  NOT_ALLOWED: 'This takes the power away: say --yes.',
  NOT_SUPPORTED: 'upsd does this, not the kiosk.',
  OUT_OF_RANGE: 'Minutes are 0.2 to 0.9 or 1 to 10; --on-again 1 to 9999.',
  PORT: 'The port cannot be used.',
  NO_ANSWER: 'The UPS does not answer.',
  GARBLED: 'The UPS answers nonsense.',
  REFUSED: 'upsd refuses.',
  CANCELLED: 'Cancelled.',
} as const

async function withUps(
  call: VerbCall,
  options: UpsOptions,
  work: (ups: Ups) => Promise<VerbAnswer>,
): Promise<VerbAnswer> {
  const transport = parseTransport(call.port, BAUD)
  if (!transport.ok) return failed('USAGE', transport.error.detail)
  const name = call.flag('nut')
  if (name !== undefined && !NUT_NAME.test(name)) return failed('USAGE', '--nut is the name of a UPS')
  const driver =
    name === undefined ? megatecDriver(transport.value, call.clock) : nutDriver(transport.value, call.clock, name)
  const ups = new Ups(driver, call.clock, silentLog, options)
  try {
    return await work(ups)
  } finally {
    await ups.close()
  }
}

const STATES: Readonly<Record<string, Partial<UpsFlags> | undefined>> = {
  online: {},
  'on-battery': { utilityFail: true },
  'battery-low': { utilityFail: true, batteryLow: true },
  fault: { failed: true },
  bypass: { bypass: true },
  test: { testing: true },
  overloaded: { overloaded: true },
}

function simulateVerb(): Verb {
  return {
    summary: 'is a UPS at --port (a path becomes a pty, HOST:PORT listens) until SIGTERM or --timeout',
    defaultTimeoutMs: 0,
    flags: {
      ...dialect,
      state: { type: 'string', summary: Object.keys(STATES).join(', ') },
      'state-after': { type: 'string', summary: 'milliseconds until --state begins, default 0' },
      faults: { type: 'string', summary: 'script.json, see docs/devices/ups.md' },
    },
    run: simulate,
  }
}

async function simulate(call: VerbCall): Promise<VerbAnswer> {
  const [{ UpsSimulator }, { hostSimulator }] = await Promise.all([
    import('./simulator.ts'),
    import('../transport/host.ts'),
  ])
  const name = call.flag('state') ?? 'online'
  const flags = Object.hasOwn(STATES, name) ? STATES[name] : undefined
  if (!flags) return failed('USAGE', `--state is one of ${Object.keys(STATES).join(', ')}`)
  const after = Number(call.flag('state-after') ?? 0)
  if (!(after >= 0)) return failed('USAGE', '--state-after is a number of milliseconds')
  const file = call.flag('faults')
  const script = file === undefined ? undefined : await readJson(file, UpsFaultScript)
  if (script && !script.ok) return failed('USAGE', script.error.detail)
  const simulator = new UpsSimulator(call.clock, script?.value ?? {})
  call.clock.setTimer(after, () => simulator.set(flags))
  const nut = call.flag('nut')
  const serve = nut === undefined ? simulator.serve : simulator.serveNut(nut)
  const hosted = await hostSimulator(call.port, BAUD, serve)
  if (!hosted.ok) return failed(`PORT_${hosted.error.code}`, hosted.error.detail)
  const answer: VerbAnswer = { ok: true, simulating: 'ups', port: hosted.value.address, state: name }
  call.answerNow(answer)
  await new Promise<void>((resolve) => {
    if (call.signal.aborted) resolve()
    call.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await hosted.value.close()
  return answer
}
