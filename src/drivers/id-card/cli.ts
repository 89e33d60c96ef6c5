import { readFile } from 'node:fs/promises'
import { reveal, silentLog } from '../../lib/log.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { failed, type Verb, type VerbAnswer, type VerbCall, type Verbs } from '../cli-verb.ts'
import { unixTransport } from '../pcsc/unix-transport.ts'
import { parseAddress } from '../transport/address.ts'
import type { CardKind, IdCard } from './card.ts'
import { IdCardReader, type CardReader, type IdCardError } from './device.ts'
import { ID_CARD_PROTOCOLS } from './dialect.ts'
import { describeIdCardError } from './errors.ts'
import { readerLine } from './line-speed.ts'
import { PcscIdCardReader } from './pcsc-reader.ts'

/** Factory setting of SAM readers. */
const BAUD = 115_200
/** Time for the search through all speeds, milliseconds. */
const SEARCH_MS = 8000

const SPOKEN = [...ID_CARD_PROTOCOLS, 'pcsc'] as const

const SIMULATED_FLAG = {
  protocol: { type: 'string', summary: 'sam-v (default), bank-module or pcsc' },
} as const
const PROTOCOL_FLAG = {
  protocol: {
    type: 'string',
    summary: 'sam-v (default), bank-module, or pcsc with --port the socket of pcscd (/run/pcscd/pcscd.comm)',
  },
  reader: { type: 'string', summary: "with pcsc: part of the reader's name, where there are several" },
} as const

export const verbs: Verbs = {
  find: {
    summary: 'asks once whether a card lies on the reader',
    defaultTimeoutMs: 5000,
    flags: PROTOCOL_FLAG,
    run: (call) =>
      withReader(call, async (reader) => {
        const found = await reader.findCard(call.signal, call.timeoutMs)
        if (!found.ok) return failure(found.error)
        return found.value ? { ok: true, found: true } : failure({ code: 'NO_CARD', sw3: '80' })
      }),
  },
  read: {
    summary: 'waits for a card and reads it',
    defaultTimeoutMs: 30_000,
    flags: PROTOCOL_FLAG,
    run: (call) =>
      withReader(call, async (reader) => {
        const read = await reader.waitForCard(call.signal, call.timeoutMs)
        if (!read.ok) return failure(read.error)
        return { ok: true, card: shown(reveal(read.value.card)), portraitBytes: read.value.portraitBytes }
      }),
  },
  status: {
    summary: 'asks the security module how it is, on a serial port at each speed until one is answered',
    defaultTimeoutMs: SEARCH_MS,
    flags: PROTOCOL_FLAG,
    run: (call) =>
      withReader(call, async (reader) => {
        const status = await reader.status(call.signal, call.timeoutMs)
        switch (status.state) {
          case 'ready':
            return { ok: true, status, ...foundSpeed(reader) }
          case 'unplugged':
            return failure({ code: 'PORT', cause: status.cause })
          case 'out-of-service':
            return failure({ code: 'OUT_OF_SERVICE', sw3: status.sw3 })
          case 'silent':
            return failure({ code: 'NO_ANSWER' })
        }
      }),
  },
  'sam-id': {
    summary: 'prints the registered identity of the security module',
    defaultTimeoutMs: 5000,
    flags: PROTOCOL_FLAG,
    run: (call) =>
      withReader(call, async (reader) => {
        const id = await reader.samId(call.signal, call.timeoutMs)
        if (!id.ok) return failure(id.error)
        return { ok: true, samId: id.value.text, raw: Buffer.from(id.value.raw).toString('hex').toUpperCase() }
      }),
  },
  reset: {
    summary: 'restarts the security module',
    defaultTimeoutMs: 5000,
    flags: PROTOCOL_FLAG,
    run: (call) =>
      withReader(call, async (reader) => {
        const reset = await reader.reset(call.signal, call.timeoutMs)
        return reset.ok ? { ok: true } : failure(reset.error)
      }),
  },
  report: {
    summary: 'says how the reader is in the words all devices share',
    defaultTimeoutMs: 5000,
    flags: PROTOCOL_FLAG,
    run: (call) => withReader(call, async (reader) => ({ ok: true, report: await reader.report(call.signal) })),
  },
  simulate: simulateVerb(),
}

/** Told only where it is not the factory's: then the site file should name it, and starting up takes no search. */
function foundSpeed(reader: CardReader): { readonly baud?: number } {
  const { lineSpeed } = reader
  return lineSpeed === undefined || lineSpeed === BAUD ? {} : { baud: lineSpeed }
}

async function withReader(call: VerbCall, work: (reader: CardReader) => Promise<VerbAnswer>): Promise<VerbAnswer> {
  const reader = readerAt(call)
  if (!reader.ok) return failed('USAGE', reader.error)
  try {
    return await work(reader.value)
  } finally {
    await reader.value.close()
  }
}

function readerAt(call: VerbCall): Result<CardReader, string> {
  const { clock } = call
  const protocol = protocolOf(call)
  if (!protocol) return err(`--protocol is one of ${SPOKEN.join(', ')}`)
  if (protocol === 'pcsc') {
    const name = call.flag('reader')
    const transport = unixTransport(call.port, clock)
    return ok(new PcscIdCardReader({ transport, clock, log: silentLog, ...(name !== undefined && { reader: name }) }))
  }
  if (call.flag('reader') !== undefined) return err('--reader goes with --protocol pcsc')
  const address = parseAddress(call.port, BAUD, 'length-prefixed-64')
  if (!address.ok) return err(address.error.detail)
  return ok(new IdCardReader(readerLine(address.value), clock, silentLog, { protocol }))
}

function protocolOf(call: VerbCall): (typeof SPOKEN)[number] | undefined {
  const named = call.flag('protocol') ?? 'sam-v'
  return SPOKEN.find((each) => each === named)
}

function failure(error: IdCardError): VerbAnswer {
  const code = error.code === 'PORT' ? `PORT_${error.cause.code}` : error.code
  return failed(code, describeIdCardError(error), 'sw3' in error ? { sw3: error.sw3 } : {})
}

/** The card as the handle promises it: the fields of its kind, empty ones left out. */
function shown(card: IdCard): Readonly<Record<string, unknown>> {
  const fields: [string, unknown][] = Object.entries(card)
  return Object.fromEntries(fields.filter(([name, value]) => value !== '' && name !== 'formerNumberLink'))
}

function simulateVerb(): Verb {
  return {
    summary: 'is a reader at --port (a path becomes a pty, HOST:PORT listens) until SIGTERM or --timeout',
    defaultTimeoutMs: 0,
    flags: {
      ...SIMULATED_FLAG,
      card: { type: 'string', summary: 'resident (default), residence-permit, foreigner-2017, foreigner-2023, none' },
      fault: {
        type: 'string',
        summary: 'NAME[=VALUE][@COMMAND][*TIMES],… or a script.json, see docs/devices/id-card.md',
      },
      faults: { type: 'string', summary: 'a fault script.json (the same as --fault with a file)' },
      'card-after': { type: 'string', summary: 'milliseconds until the card is put on the reader, default 0' },
    },
    run: simulate,
  }
}

async function simulate(call: VerbCall): Promise<VerbAnswer> {
  const [{ SamSimulator }, { SAMPLE_CARDS }, faultScript, { hostSimulator }] = await Promise.all([
    import('./simulator.ts'),
    import('./sample-cards.ts'),
    import('./fault-script.ts'),
    import('../transport/host.ts'),
  ])
  const kind = call.flag('card') ?? 'resident'
  if (kind !== 'none' && !(kind in SAMPLE_CARDS)) return failed('USAGE', `there is no sample card "${kind}"`)
  const after = Number(call.flag('card-after') ?? 0)
  if (!(after >= 0)) return failed('USAGE', '--card-after is a number of milliseconds')
  const protocol = protocolOf(call)
  if (!protocol) return failed('USAGE', `--protocol is one of ${SPOKEN.join(', ')}`)
  if (protocol === 'pcsc') {
    const { simulatePcscd } = await import('./simulated-pcsc.ts')
    return simulatePcscd(call, kind === 'none' ? undefined : SAMPLE_CARDS[kind as CardKind], after)
  }

  const faults = call.flag('faults') ?? call.flag('fault') ?? ''
  const script =
    call.flag('faults') !== undefined || faults.endsWith('.json')
      ? faultScript.parseFaultScript(await readJson(faults))
      : faultScript.parseFaultNames(faults)
  if (!script.ok) return failed('USAGE', script.error.detail)
  const simulator = new SamSimulator(call.clock, script.value, protocol)
  if (kind !== 'none') call.clock.setTimer(after, () => simulator.insertCard(SAMPLE_CARDS[kind as CardKind]))
  const hosted = await hostSimulator(call.port, BAUD, simulator.serve)
  if (!hosted.ok) return failed(`PORT_${hosted.error.code}`, hosted.error.detail)
  const answer: VerbAnswer = { ok: true, simulating: 'id-card', port: hosted.value.address, card: kind }
  call.answerNow(answer)
  await new Promise<void>((resolve) => {
    if (call.signal.aborted) resolve()
    call.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await hosted.value.close()
  return answer
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown
  } catch (cause) {
    return `cannot read ${file}: ${cause instanceof Error ? cause.message : String(cause)}`
  }
}
