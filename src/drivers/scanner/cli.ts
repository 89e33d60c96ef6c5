import { readFile } from 'node:fs/promises'
import { silentLog } from '../../lib/log.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { failed, type VerbAnswer, type VerbCall, type Verbs } from '../cli-verb.ts'
import { parseTransport } from '../transport/parse.ts'
import { Scanner, type ScannerError } from './device.ts'
import { scannerProtocol } from './protocol/choose.ts'
import { SCANNER_DRIVERS, type ScannerDriverName } from './protocol/protocol.ts'
import { scannerSelfTests } from './self-test.ts'
import type { ScannerSettings } from './simulator.ts'

/** Factory setting of most serial scanners; Honeywell's USB-serial ignores the rate. */
const BAUD = 9600

const PROTOCOL_SUMMARY = `${SCANNER_DRIVERS.filter((name) => name !== 'keyboard-wedge').join(', ')}; default serial`

export const verbs: Verbs = {
  read: {
    summary: 'waits for a code and prints its text',
    defaultTimeoutMs: 30_000,
    flags: protocolFlags(),
    run: read,
  },
  status: {
    summary: 'says how the scanner is, without reading',
    defaultTimeoutMs: 5000,
    flags: protocolFlags(),
    run: (call) =>
      withScanner(call, async (scanner) => {
        const report = await scanner.report(call.signal)
        return report.answered ? { ok: true, ...report } : failed(report.state, report.remedy)
      }),
  },
  test: {
    summary: 'light on, any code, light off: says symbology, bytes and milliseconds, never the text',
    defaultTimeoutMs: 35_000,
    flags: protocolFlags(),
    run: test,
  },
  simulate: {
    summary: 'is a scanner at --port (a path becomes a pty, HOST:PORT listens) until SIGTERM or --timeout',
    defaultTimeoutMs: 0,
    flags: {
      code: { type: 'string', summary: 'text of the code shown, default SPECIMEN-0001' },
      every: { type: 'string', summary: 'milliseconds between two showings, default 1000' },
      encoding: { type: 'string', summary: 'utf-8 (default) or gb18030' },
      suffix: { type: 'string', summary: 'cr (default), lf, crlf or none' },
      protocol: { type: 'string', summary: PROTOCOL_SUMMARY },
      fault: { type: 'string', summary: 'NAME[=VALUE][@COMMAND][*TIMES],…, see docs/devices/scanner.md' },
      faults: { type: 'string', summary: 'a fault script, FILE.json' },
    },
    run: simulate,
  },
}

const WORDS: Readonly<Record<Exclude<ScannerError['code'], 'PORT'>, string>> = {
  NO_SCAN: 'No code was shown in the time given.',
  TOO_LONG: 'The code is longer than 4096 bytes and was thrown away.',
  UNDECODABLE: 'The code is neither UTF-8 nor GB18030 text.',
  WEDGE_UNREADABLE: 'The scanner types, and an input method ate its letters: switch it to HID-POS.',
  CANCELLED: 'Cancelled.',
}

function protocolFlags(): Verbs[string]['flags'] {
  return {
    protocol: { type: 'string', summary: PROTOCOL_SUMMARY },
    unverified: { type: 'boolean', summary: 'use commands that no manual was at hand for' },
  }
}

/** The wedge needs a page that catches keys, which a command line does not have. */
function protocolOf(call: VerbCall): Result<ScannerDriverName, string> {
  const named = call.flag('protocol') ?? 'serial'
  const found = SCANNER_DRIVERS.find((name) => name === named)
  return found === undefined || found === 'keyboard-wedge' ? err(`--protocol is ${PROTOCOL_SUMMARY}`) : ok(found)
}

async function withScanner(call: VerbCall, work: (scanner: Scanner) => Promise<VerbAnswer>): Promise<VerbAnswer> {
  const transport = parseTransport(call.port, BAUD, 'hid-pos')
  if (!transport.ok) return failed('USAGE', transport.error.detail)
  const protocol = protocolOf(call)
  if (!protocol.ok) return failed('USAGE', protocol.error)
  const chosen = scannerProtocol(protocol.value, call.isSet('unverified'))
  const scanner = new Scanner(transport.value, call.clock, silentLog, chosen)
  try {
    return await work(scanner)
  } finally {
    await scanner.close()
  }
}

function read(call: VerbCall): Promise<VerbAnswer> {
  return withScanner(call, async (scanner) => {
    const scan = await scanner.read(call.signal, call.timeoutMs)
    if (scan.ok) return { ok: true, ...scan.value }
    const { error } = scan
    if (error.code === 'PORT')
      return failed(`PORT_${error.cause.code}`, `The port cannot be used: ${error.cause.detail}`)
    return failed(error.code, WORDS[error.code])
  })
}

function test(call: VerbCall): Promise<VerbAnswer> {
  return withScanner(call, async (scanner) => {
    const results: Record<string, unknown> = {}
    for (const selfTest of scannerSelfTests(scanner, call.clock)) {
      const say = (): void => call.say('Show any code to the scanner.')
      const passed = await selfTest.run({ signal: call.signal, say, ask: () => Promise.resolve(true) })
      if (!passed.ok) return failed(passed.error.key, `${selfTest.id}: ${passed.error.detail}`)
      results[selfTest.id] = passed.value.measured
    }
    return { ok: true, passed: results }
  })
}

const SUFFIXES: Readonly<Record<string, ScannerSettings['suffix'] | undefined>> = {
  cr: '\r',
  lf: '\n',
  crlf: '\r\n',
  none: '',
}

async function simulate(call: VerbCall): Promise<VerbAnswer> {
  const [{ ScannerSimulator }, faultScript, { hostSimulator }] = await Promise.all([
    import('./simulator.ts'),
    import('./fault-script.ts'),
    import('../transport/host.ts'),
  ])
  const encoding = call.flag('encoding') ?? 'utf-8'
  if (encoding !== 'utf-8' && encoding !== 'gb18030') return failed('USAGE', '--encoding is utf-8 or gb18030')
  const suffix = SUFFIXES[call.flag('suffix') ?? 'cr']
  if (suffix === undefined) return failed('USAGE', '--suffix is cr, lf, crlf or none')
  const every = Number(call.flag('every') ?? 1000)
  if (!(every >= 10)) return failed('USAGE', '--every is at least 10 milliseconds')
  const protocol = protocolOf(call)
  if (!protocol.ok) return failed('USAGE', protocol.error)
  const file = call.flag('faults')
  const script =
    file === undefined
      ? faultScript.parseScannerFaults(call.flag('fault') ?? '')
      : faultScript.parseScannerFaultScript(await readJson(file))
  if (!script.ok) return failed('USAGE', script.error.detail)

  const { line, faults = [] } = script.value
  const settings = { encoding, suffix, faults, protocol: protocol.value, ...(line && { line }) } as const
  const simulator = new ScannerSimulator(call.clock, settings)
  const hosted = await hostSimulator(call.port, BAUD, simulator.serve)
  if (!hosted.ok) return failed(`PORT_${hosted.error.code}`, hosted.error.detail)
  const code = call.flag('code') ?? 'SPECIMEN-0001'
  const answer: VerbAnswer = { ok: true, simulating: 'scanner', port: hosted.value.address, code }
  call.answerNow(answer)
  const timer = setInterval(() => simulator.show(code), every)
  await new Promise<void>((resolve) => {
    if (call.signal.aborted) resolve()
    call.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  clearInterval(timer)
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
