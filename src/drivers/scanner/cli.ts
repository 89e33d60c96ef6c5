import { silentLog } from '../../lib/log.ts'
import { failed, type VerbAnswer, type VerbCall, type Verbs } from '../cli-verb.ts'
import { parseTransport } from '../transport/parse.ts'
import { Scanner, type ScannerError } from './device.ts'
import type { ScannerSettings } from './simulator.ts'

/** Factory setting of most serial scanners; Honeywell's USB-serial ignores the rate. */
const BAUD = 9600

export const verbs: Verbs = {
  read: {
    summary: 'waits for a code and prints its text',
    defaultTimeoutMs: 30_000,
    flags: {},
    run: read,
  },
  simulate: {
    summary: 'is a scanner at --port (a path becomes a pty, HOST:PORT listens) until SIGTERM or --timeout',
    defaultTimeoutMs: 0,
    flags: {
      code: { type: 'string', summary: 'text of the code shown, default SPECIMEN-0001' },
      every: { type: 'string', summary: 'milliseconds between two showings, default 1000' },
      encoding: { type: 'string', summary: 'utf-8 (default) or gb18030' },
      suffix: { type: 'string', summary: 'cr (default), lf, crlf or none' },
      fault: { type: 'string', summary: 'chop[=N], slow[=MS], paced[=BAUD], noise[=N], twice, too-long, hang-up[=N]' },
    },
    run: simulate,
  },
}

const WORDS: Readonly<Record<Exclude<ScannerError['code'], 'PORT'>, string>> = {
  NO_SCAN: 'No code was shown in the time given.',
  TOO_LONG: 'The code is longer than 4096 bytes and was thrown away.',
  UNDECODABLE: 'The code is neither UTF-8 nor GB18030 text.',
  CANCELLED: 'Cancelled.',
}

async function read(call: VerbCall): Promise<VerbAnswer> {
  const transport = parseTransport(call.port, BAUD, 'hid-pos')
  if (!transport.ok) return failed('USAGE', transport.error.detail)
  const scanner = new Scanner(transport.value, call.clock, silentLog)
  const scan = await scanner.read(call.signal, call.timeoutMs)
  await scanner.close()
  if (scan.ok) return { ok: true, ...scan.value }
  const { error } = scan
  if (error.code === 'PORT') return failed(`PORT_${error.cause.code}`, `The port cannot be used: ${error.cause.detail}`)
  return failed(error.code, WORDS[error.code])
}

const SUFFIXES: Readonly<Record<string, ScannerSettings['suffix'] | undefined>> = {
  cr: '\r',
  lf: '\n',
  crlf: '\r\n',
  none: '',
}

async function simulate(call: VerbCall): Promise<VerbAnswer> {
  const [{ ScannerSimulator }, { parseScannerFaults }, { hostSimulator }] = await Promise.all([
    import('./simulator.ts'),
    import('./faults.ts'),
    import('../transport/host.ts'),
  ])
  const encoding = call.flag('encoding') ?? 'utf-8'
  if (encoding !== 'utf-8' && encoding !== 'gb18030') return failed('USAGE', '--encoding is utf-8 or gb18030')
  const suffix = SUFFIXES[call.flag('suffix') ?? 'cr']
  if (suffix === undefined) return failed('USAGE', '--suffix is cr, lf, crlf or none')
  const every = Number(call.flag('every') ?? 1000)
  if (!(every >= 10)) return failed('USAGE', '--every is at least 10 milliseconds')
  const faults = parseScannerFaults(call.flag('fault') ?? '')
  if (!faults.ok) return failed('USAGE', faults.error.detail)

  const { line, trick } = faults.value
  const simulator = new ScannerSimulator(call.clock, { encoding, suffix, ...(line && { line }) })
  const hosted = await hostSimulator(call.port, BAUD, simulator.serve)
  if (!hosted.ok) return failed(`PORT_${hosted.error.code}`, hosted.error.detail)
  const code = call.flag('code') ?? 'SPECIMEN-0001'
  const answer: VerbAnswer = { ok: true, simulating: 'scanner', port: hosted.value.address, code }
  call.answerNow(answer)
  const timer = setInterval(() => trick(simulator, code), every)
  await new Promise<void>((resolve) => {
    if (call.signal.aborted) resolve()
    call.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  clearInterval(timer)
  await hosted.value.close()
  return answer
}
