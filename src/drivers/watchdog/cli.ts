import { readJson } from '../asset/read-json.ts'
import { failed, type Verb, type VerbAnswer, type VerbCall, type Verbs } from '../cli-verb.ts'
import { parseTransport } from '../transport/parse.ts'
import { StickFaultScript } from './faults.ts'
import { LONGEST_TIMEOUT_SECONDS, SHORTEST_TIMEOUT_SECONDS } from './stick-codec.ts'
import { StickWatchdog } from './stick.ts'
import type { WatchdogFault } from './timer.ts'

const BAUD = 9600

/** Verbs of the USB stick. `/dev/watchdog` has none: to open it is to start it. */
export const verbs: Verbs = {
  status: {
    summary: 'asks the stick whether it lives',
    defaultTimeoutMs: 3000,
    flags: {},
    run: (call) => withStick(call, (stick) => stick.alive()),
  },
  kick: {
    summary: 'tells the stick once to wait --seconds',
    defaultTimeoutMs: 3000,
    flags: {
      seconds: { type: 'string', summary: `${SHORTEST_TIMEOUT_SECONDS} to ${LONGEST_TIMEOUT_SECONDS}, default 170` },
    },
    run: (call) => withStick(call, (stick) => stick.kick()),
  },
  reset: {
    summary: 'starts the computer anew at once; asks for --yes',
    defaultTimeoutMs: 3000,
    flags: { yes: { type: 'boolean', summary: 'really' } },
    run: (call) =>
      call.isSet('yes')
        ? withStick(call, (stick) => stick.resetNow())
        : Promise.resolve(failed('USAGE', 'This starts the computer anew at once: say --yes.')),
  },
  simulate: simulateVerb(),
}

async function withStick(
  call: VerbCall,
  work: (stick: StickWatchdog) => ReturnType<StickWatchdog['alive']>,
): Promise<VerbAnswer> {
  const seconds = Number(call.flag('seconds') ?? 170)
  if (!(seconds >= SHORTEST_TIMEOUT_SECONDS && seconds <= LONGEST_TIMEOUT_SECONDS))
    return failed('USAGE', `--seconds is ${SHORTEST_TIMEOUT_SECONDS} to ${LONGEST_TIMEOUT_SECONDS}`)
  const transport = parseTransport(call.port, BAUD)
  if (!transport.ok) return failed('USAGE', transport.error.detail)
  const stick = new StickWatchdog(transport.value, call.clock, seconds)
  try {
    const done = await work(stick)
    return done.ok ? { ok: true } : failure(done.error)
  } finally {
    await stick.close()
  }
}

function failure(fault: WatchdogFault): VerbAnswer {
  switch (fault.code) {
    case 'PORT':
      return failed(`PORT_${fault.cause.code}`, fault.cause.detail)
    case 'NO_ANSWER':
      return failed('NO_ANSWER', 'The stick does not answer.')
    case 'NOT_SUPERVISED':
      return failed('NOT_SUPERVISED', 'systemd does not wait for us.')
    case 'FAILED':
      return failed('FAILED', fault.detail)
  }
}

function simulateVerb(): Verb {
  return {
    summary: 'is a stick at --port (a path becomes a pty, HOST:PORT listens) until SIGTERM or --timeout',
    defaultTimeoutMs: 0,
    flags: { faults: { type: 'string', summary: 'script.json, see docs/devices/watchdog.md' } },
    run: simulate,
  }
}

async function simulate(call: VerbCall): Promise<VerbAnswer> {
  const [{ StickSimulator }, { hostSimulator }] = await Promise.all([
    import('./simulator.ts'),
    import('../transport/host.ts'),
  ])
  const file = call.flag('faults')
  const script = file === undefined ? undefined : await readJson(file, StickFaultScript)
  if (script && !script.ok) return failed('USAGE', script.error.detail)
  const simulator = new StickSimulator(call.clock, script?.value ?? {})
  const hosted = await hostSimulator(call.port, BAUD, simulator.serve)
  if (!hosted.ok) return failed(`PORT_${hosted.error.code}`, hosted.error.detail)
  const answer: VerbAnswer = { ok: true, simulating: 'watchdog', port: hosted.value.address }
  call.answerNow(answer)
  await new Promise<void>((resolve) => {
    if (call.signal.aborted) resolve()
    call.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  simulator.unplug()
  await hosted.value.close()
  return { ...answer, resets: simulator.resets }
}
