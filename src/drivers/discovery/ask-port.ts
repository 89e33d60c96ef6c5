import type { Clock } from '../../lib/clock.ts'
import type { Transport } from '../transport/transport.ts'
import { line, type Guess, type PluggedIn, type ReportLine } from './found.ts'
import { PROBES, type Probe } from './probes.ts'

export interface AskedPort {
  readonly guess: Guess | null
  readonly report: readonly ReportLine[]
}

export interface AskSurroundings {
  readonly clock: Clock
  /** The line to a port at a speed, not yet open. */
  readonly lineAt: (path: string, baud: number) => Transport
  readonly signal: AbortSignal
  /** What is being tried now. */
  readonly tell: (step: ReportLine) => void
}

const WRITE_MS = 500
/** More than any answer has; what sends more is not answering us. */
const MAX_ANSWER_BYTES = 512

/** Puts the questions to one serial port until one is understood. Ends early, with what is known, when cancelled. */
export async function askPort(port: PluggedIn, around: AskSurroundings): Promise<AskedPort> {
  const report: ReportLine[] = []
  for (const probe of PROBES.filter(({ suits }) => suits?.(port) ?? true)) {
    for (const baud of probe.bauds) {
      if (around.signal.aborted) return { guess: null, report: [...report, line('cancelled')] }
      around.tell(line('step', { port: port.at, probe: probe.name, baud }))
      const attempt = await askOnce(port.at, probe, baud, around)
      report.push(attempt.line)
      if (attempt.guess !== null) return { guess: attempt.guess, report }
      // A port that does not open at one speed opens at none.
      if (attempt.unusable) return { guess: null, report }
    }
  }
  return { guess: null, report }
}

interface Attempt {
  readonly guess: Guess | null
  readonly line: ReportLine
  readonly unusable?: boolean
}

async function askOnce(path: string, probe: Probe, baud: number, around: AskSurroundings): Promise<Attempt> {
  const transport = around.lineAt(path, baud)
  const heard = new Heard()
  transport.onBytes((bytes) => heard.take(bytes))
  const opened = await transport.open()
  if (!opened.ok)
    return { guess: null, line: line('notOpened', { port: path, why: opened.error.detail }), unusable: true }
  try {
    const facts = { probe: probe.name, baud }
    const first = await question(transport, probe.ask, probe.judge, probe.waitMs, heard, around)
    if (first === null) {
      const bytes = heard.bytes.length
      // What was heard is counted, never shown: a scanner may have sent a citizen's code meanwhile.
      return { guess: null, line: bytes === 0 ? line('silent', facts) : line('notUnderstood', { ...facts, bytes }) }
    }
    const answered = line('answered', { ...facts, answer: hex(heard.bytes) })
    if (probe.then === undefined) return { guess: first, line: answered }
    heard.forget()
    const second = await question(transport, probe.then.ask, probe.then.judge, probe.waitMs, heard, around)
    return { guess: second ?? first, line: answered }
  } finally {
    await transport.close()
  }
}

async function question(
  transport: Transport,
  bytes: Uint8Array,
  judge: Probe['judge'],
  waitMs: number,
  heard: Heard,
  { clock, signal }: AskSurroundings,
): Promise<Guess | null> {
  const written = await transport.write(bytes, WRITE_MS)
  if (!written.ok) return null
  return new Promise((resolve) => {
    const finish = (): void => {
      cancel()
      signal.removeEventListener('abort', finish)
      heard.onMore = () => undefined
      resolve(judge(heard.bytes))
    }
    const cancel = clock.setTimer(waitMs, finish)
    signal.addEventListener('abort', finish, { once: true })
    heard.onMore = () => {
      if (judge(heard.bytes) !== null || heard.bytes.length > MAX_ANSWER_BYTES) finish()
    }
    if (signal.aborted) finish()
  })
}

class Heard {
  bytes = new Uint8Array()
  onMore: () => void = () => undefined

  take(more: Uint8Array): void {
    if (this.bytes.length > MAX_ANSWER_BYTES) return
    this.bytes = Uint8Array.from([...this.bytes, ...more.subarray(0, MAX_ANSWER_BYTES + 1)])
    this.onMore()
  }

  forget(): void {
    this.bytes = new Uint8Array()
  }
}

function hex(bytes: Uint8Array): string {
  const shown = Buffer.from(bytes.subarray(0, 16))
    .toString('hex')
    .toUpperCase()
    .replace(/..(?=.)/g, '$& ')
  return bytes.length > 16 ? `${shown} …` : shown
}
