import { silentLog } from '../../lib/log.ts'
import { readJson } from '../asset/read-json.ts'
import { failed, type Verb, type VerbAnswer, type VerbCall, type Verbs } from '../cli-verb.ts'
import { parseAddress } from '../transport/address.ts'
import { transportAt } from '../transport/parse.ts'
import { IoBoard, type IoBoardError } from './device.ts'
import { BoardFaultScript } from './faults.ts'
import { readRegisterMap } from './map-file.ts'
import { reportOf } from './status.ts'
import { checkWiring, IoWiring, LAMPS, type Lamp } from './wiring.ts'

const DEFAULT_MODEL = 'waveshare-relay'
const model = { type: 'string', summary: `register map under assets/io-boards, default ${DEFAULT_MODEL}` } as const
const wiring = {
  type: 'string',
  summary: 'JSON: {"outputs":{"card-slot":1},"inputs":{"tamper":{"channel":1,…}}}',
} as const

export const verbs: Verbs = {
  status: {
    summary: 'asks for the contacts',
    defaultTimeoutMs: 5000,
    flags: { model, wiring },
    run: (call) =>
      withBoard(call, async (board) => {
        const status = await board.status()
        const report = reportOf(status)
        return 'inputs' in status ? { ok: true, status, remedy: report.remedy } : failed(status.state, report.remedy)
      }),
  },
  light: {
    summary: 'switches a lamp on until Ctrl-C or --timeout',
    defaultTimeoutMs: 5000,
    flags: { model, wiring, name: { type: 'string', summary: LAMPS.join(', '), required: true } },
    run: (call) =>
      withBoard(call, async (board) => {
        const lamp = LAMPS.find((each) => each === call.flag('name'))
        if (!lamp) return failed('USAGE', `--name is one of ${LAMPS.join(', ')}`)
        return lightFor(board, lamp, call)
      }),
  },
  pulse: {
    summary: 'opens the door lock for --ms',
    defaultTimeoutMs: 5000,
    flags: { model, wiring, ms: { type: 'string', summary: 'milliseconds, default 3000' } },
    run: (call) =>
      withBoard(call, async (board) => {
        const ms = Number(call.flag('ms') ?? 3000)
        if (!(ms >= 1 && ms <= 60_000)) return failed('USAGE', '--ms is 1 to 60000')
        const opened = await board.pulse('door-lock', ms)
        return opened.ok ? { ok: true, ms: opened.value.ms } : failure(opened.error)
      }),
  },
  simulate: simulateVerb(),
}

async function lightFor(board: IoBoard, lamp: Lamp, call: VerbCall): Promise<VerbAnswer> {
  const lit = await board.light(lamp, true)
  if (!lit.ok) return failure(lit.error)
  call.say(`${lamp} is on`)
  const answer: VerbAnswer = { ok: true, lamp }
  call.answerNow(answer)
  await untilStopped(call)
  return answer
}

async function withBoard(call: VerbCall, work: (board: IoBoard) => Promise<VerbAnswer>): Promise<VerbAnswer> {
  const map = await readRegisterMap(call.flag('model') ?? DEFAULT_MODEL)
  if (!map.ok) return failed('USAGE', map.error.detail)
  const wired = parseWiring(call.flag('wiring') ?? '{}')
  if (typeof wired === 'string') return failed('USAGE', wired)
  const fits = checkWiring(map.value, wired)
  if (!fits.ok) return failed('USAGE', fits.error.detail)
  const address = parseAddress(call.port, map.value.baud)
  if (!address.ok) return failed('USAGE', address.error.detail)
  const board = new IoBoard({
    transport: transportAt(address.value),
    map: map.value,
    wiring: wired,
    ...(address.value.kind === 'serial' && { baud: address.value.baudRate }),
    clock: call.clock,
    log: silentLog,
  })
  try {
    return await work(board)
  } finally {
    await board.close()
  }
}

function parseWiring(text: string): IoWiring | string {
  try {
    const parsed = IoWiring.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : `--wiring: ${parsed.error.message}`
  } catch (cause) {
    return `--wiring is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`
  }
}

function failure(error: IoBoardError): VerbAnswer {
  switch (error.code) {
    case 'PORT':
      return failed(`PORT_${error.cause.code}`, error.cause.detail)
    case 'REFUSED':
      return failed('REFUSED', error.detail)
    case 'NO_ANSWER':
      return failed('NO_ANSWER', 'The board does not answer.')
    case 'NOT_WIRED':
      return failed('NOT_WIRED', 'Give its channel with --wiring.')
    case 'NO_TIMED_PULSE':
      return failed('NO_TIMED_PULSE', 'This board cannot release a lock by itself.')
  }
}

function simulateVerb(): Verb {
  return {
    summary: 'is a board at --port (a path becomes a pty, HOST:PORT listens) until SIGTERM or --timeout',
    defaultTimeoutMs: 0,
    flags: {
      model,
      closed: { type: 'string', summary: 'input channels whose contact is closed: 1,3' },
      faults: { type: 'string', summary: 'script.json, see docs/devices/io-board.md' },
    },
    run: simulate,
  }
}

async function simulate(call: VerbCall): Promise<VerbAnswer> {
  const [{ IoBoardSimulator }, { hostSimulator }] = await Promise.all([
    import('./simulator.ts'),
    import('../transport/host.ts'),
  ])
  const map = await readRegisterMap(call.flag('model') ?? DEFAULT_MODEL)
  if (!map.ok) return failed('USAGE', map.error.detail)
  const file = call.flag('faults')
  const script = file === undefined ? undefined : await readJson(file, BoardFaultScript)
  if (script && !script.ok) return failed('USAGE', script.error.detail)
  const simulator = new IoBoardSimulator(call.clock, map.value, script?.value ?? {})
  for (const channel of (call.flag('closed') ?? '').split(',').filter((each) => each !== ''))
    simulator.setInput(Number(channel), true)
  const hosted = await hostSimulator(call.port, map.value.baud, simulator.serve)
  if (!hosted.ok) return failed(`PORT_${hosted.error.code}`, hosted.error.detail)
  const answer: VerbAnswer = { ok: true, simulating: 'io-board', port: hosted.value.address, model: map.value.name }
  call.answerNow(answer)
  await untilStopped(call)
  await hosted.value.close()
  return answer
}

function untilStopped(call: VerbCall): Promise<void> {
  return new Promise((resolve) => {
    if (call.signal.aborted) resolve()
    call.signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
