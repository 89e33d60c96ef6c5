import { reveal, silentLog } from '../../lib/log.ts'
import { readJson } from '../asset/read-json.ts'
import { failed, type Verb, type VerbAnswer, type VerbCall, type Verbs } from '../cli-verb.ts'
import { parseTransport } from '../transport/parse.ts'
import { IcCardReader, type IcCardError } from './device.ts'
import { IcCardFaultScript } from '../pcsc/faults.ts'
import { IcCardModule } from './jt808/module.ts'
import { unixTransport } from '../pcsc/unix-transport.ts'
import { ApduScript, danglingSteps } from './script.ts'
import { reportOf } from './status.ts'

/** Of the module's line; the source names none. */
const MODULE_BAUD = 9600

const reader = { type: 'string', summary: "part of the reader's name, where there are several" } as const
const module = { type: 'boolean', summary: '--port is the line of a JT/T 808 card module' } as const

export const verbs: Verbs = {
  status: {
    summary: 'asks pcscd (--port /run/pcscd/pcscd.comm) for its reader, or a module for its life',
    defaultTimeoutMs: 8000,
    flags: { reader, module },
    run: async (call) => {
      const device = open(call)
      if ('ok' in device) return device
      try {
        const status = await device.status()
        return status.state === 'READY' ? { ok: true, status } : failed(status.state, reportOf(status).remedy)
      } finally {
        await device.close()
      }
    },
  },
  read: {
    summary: 'waits for a card and reads it as --script says',
    defaultTimeoutMs: 30_000,
    flags: { reader, script: { type: 'string', summary: 'APDU script, see docs/devices/ic-card.md', required: true } },
    run: readCard,
  },
  simulate: simulateVerb(),
}

function open(call: VerbCall): IcCardReader | IcCardModule | VerbAnswer {
  if (!call.isSet('module')) return readerAt(call)
  const transport = parseTransport(call.port, MODULE_BAUD)
  return transport.ok
    ? new IcCardModule(transport.value, call.clock, silentLog)
    : failed('USAGE', transport.error.detail)
}

function readerAt(call: VerbCall): IcCardReader {
  const name = call.flag('reader')
  const transport = unixTransport(call.port, call.clock)
  return new IcCardReader({ transport, clock: call.clock, log: silentLog, ...(name !== undefined && { reader: name }) })
}

async function readCard(call: VerbCall): Promise<VerbAnswer> {
  const script = await readJson(call.flag('script') ?? '', ApduScript)
  if (!script.ok) return failed('USAGE', script.error.detail)
  const dangling = danglingSteps(script.value)
  if (dangling.length > 0) return failed('USAGE', `the script has no step ${dangling.join(', ')}`)
  const device = readerAt(call)
  try {
    const read = await device.read(script.value, call.signal, call.timeoutMs)
    return read.ok ? { ok: true, fields: reveal(read.value) } : failed(read.error.code, wordsOf(read.error))
  } finally {
    await device.close()
  }
}

function wordsOf(error: IcCardError): string {
  switch (error.code) {
    case 'PORT':
      return error.cause.detail
    case 'VERSION':
      return `pcscd speaks protocol ${error.version}`
    case 'REFUSED_BY_CARD':
      return `step ${error.step}: ${error.sw}, ${error.words}`
    case 'NOT_THIS_CARD':
      return `step ${error.step}: this is not the card the script is for`
    case 'FIELD_MISSING':
      return `the field ${error.field} is not where the script says`
    default:
      return WORDS[error.code]
  }
}

const WORDS = {
  NO_READER: 'No reader, or none of this name.',
  NO_CARD: 'No card was put in.',
  CANCELLED: 'Cancelled.',
  TIMED_OUT: 'The card or the service did not answer in time.',
  BAD_ANSWER: 'The card answered nonsense.',
  CARD_REMOVED: 'The card was taken out too early.',
  CARD_MUTE: 'The card does not answer: turn it round, clean it.',
  READER_GONE: 'The reader was unplugged.',
  IN_USE: 'Another program uses the card.',
  NO_PERMISSION: 'The kiosk may not use the card service.',
  NO_SERVICE: 'The card service has stopped.',
  FAILED: 'The reader could not do it.',
} as const

function simulateVerb(): Verb {
  return {
    summary: 'is a pcscd with a reader and a card at the Unix socket --port, or with --module a module, until SIGTERM',
    defaultTimeoutMs: 0,
    flags: {
      module,
      result: { type: 'string', summary: 'with --module: OK (default), LOCKED, KEY_REFUSED …; none: no card' },
      faults: { type: 'string', summary: 'script.json, see docs/devices/ic-card.md' },
    },
    run: simulate,
  }
}

async function simulate(call: VerbCall): Promise<VerbAnswer> {
  const file = call.flag('faults')
  const script = file === undefined ? undefined : await readJson(file, IcCardFaultScript)
  if (script && !script.ok) return failed('USAGE', script.error.detail)
  const hosted = await (call.isSet('module') ? hostModule : hostPcscd)(call, script?.value ?? {})
  if ('ok' in hosted) return hosted
  const answer: VerbAnswer = { ok: true, simulating: 'ic-card', port: hosted.address }
  call.answerNow(answer)
  await new Promise<void>((resolve) => {
    if (call.signal.aborted) resolve()
    call.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await hosted.close()
  return answer
}

interface Hosted {
  readonly address: string
  close(): Promise<void>
}

async function hostPcscd(call: VerbCall, script: IcCardFaultScript): Promise<Hosted | VerbAnswer> {
  const [{ PcscdSimulator }, { specimenCard }, { hostOnUnixSocket }] = await Promise.all([
    import('../pcsc/simulator.ts'),
    import('../pcsc/simulated-card.ts'),
    import('../pcsc/host.ts'),
  ])
  const simulator = new PcscdSimulator(call.clock, script)
  simulator.insertCard(specimenCard())
  return { address: call.port, close: await hostOnUnixSocket(simulator.serve, call.port) }
}

async function hostModule(call: VerbCall, script: IcCardFaultScript): Promise<Hosted | VerbAnswer> {
  const [{ ModuleSimulator }, { READ_RESULTS }, { hostSimulator }] = await Promise.all([
    import('./jt808/simulator.ts'),
    import('./jt808/read-result.ts'),
    import('../transport/host.ts'),
  ])
  const wanted = call.flag('result') ?? 'OK'
  const result = READ_RESULTS.find((each) => each === wanted)
  if (result === undefined && wanted !== 'none')
    return failed('USAGE', `--result is one of ${READ_RESULTS.join(', ')}, none`)
  const simulator = new ModuleSimulator(call.clock, script)
  if (result) simulator.insertCard(result)
  const hosted = await hostSimulator(call.port, MODULE_BAUD, simulator.serve)
  return hosted.ok ? hosted.value : failed(`PORT_${hosted.error.code}`, hosted.error.detail)
}
