import { AnswersBetweenCodes, type Recognised } from './answers-between-codes.ts'
import type { Command, Heard, ScannerProtocol, ScannerStream } from './protocol.ts'

const SYN = 0x16
const CR = 0x0d
const ACK = 0x06
const ENQ = 0x05
const NAK = 0x15
const FULL_STOP = 0x2e
const EXCLAMATION = 0x21

/**
 * A menu command: SYN M CR, then tag, subtag and data. `!` keeps it until power off, `.` for good; `?` asks the current
 * value, `^` the default, `*` the range. The scanner repeats it and adds ACK, ENQ (no such tag) or NAK (bad data).
 */
export function menuCommand(name: Command['name'], text: string, end: '!' | '.'): Command {
  const bytes = Uint8Array.from(Buffer.concat([Uint8Array.of(SYN, 0x4d, CR), Buffer.from(text + end, 'latin1')]))
  return { name, bytes, answered: true, echo: text.replace(/[?^*]$/, '') }
}

/** Honeywell N86, N43XX, 1900 and their kin (N431X and N86 manuals). The trigger works in manual trigger mode only. */
export const honeywell: ScannerProtocol = {
  name: 'honeywell',
  setUp: [menuCommand('set-up', 'TRGMOD0', '!')],
  lightOn: [{ name: 'light-on', bytes: Uint8Array.of(SYN, 0x54, CR), answered: false }],
  lightOff: [{ name: 'light-off', bytes: Uint8Array.of(SYN, 0x55, CR), answered: false }],
  probe: menuCommand('probe', 'TRGMOD?', '.'),
  stream: () => new HoneywellStream(),
}

/** Answers are printable text, so one is known only by the command that was sent. */
class HoneywellStream implements ScannerStream {
  private expected: readonly number[] = []
  /** The end sign of the command may stand before the verdict or behind it. */
  private endSignMayFollow = false
  private readonly inner = new AnswersBetweenCodes((bytes) => this.recognise(bytes), { binary: false })

  get midCode(): boolean {
    return this.inner.midCode
  }

  expect(command: Command): void {
    this.expected = [...Buffer.from(command.echo ?? '', 'latin1')]
  }

  push(chunk: Uint8Array): Heard[] {
    return this.inner.push(chunk)
  }

  endBySilence(): Heard[] {
    return this.inner.endBySilence()
  }

  /** The command, a value perhaps, and the verdict. */
  private recognise(bytes: readonly number[]): Recognised {
    const last = bytes.at(-1) ?? 0
    const endSign = this.endSignMayFollow && (last === FULL_STOP || last === EXCLAMATION)
    this.endSignMayFollow = false
    if (endSign) return 'noise'
    if (this.expected.length === 0) return 'no'
    if (bytes.length <= this.expected.length) return last === this.expected[bytes.length - 1] ? 'partial' : 'no'
    if (bytes.length > this.expected.length + LONGEST_VALUE) return 'no'
    if (!isVerdict(last)) return last >= 0x20 && last <= 0x7e ? 'partial' : 'no'
    this.expected = []
    this.endSignMayFollow = true
    return last === ACK ? 'done' : 'refused'
  }
}

/** Longest value behind a command in an answer, bytes. */
const LONGEST_VALUE = 64

function isVerdict(byte: number): boolean {
  return byte === ACK || byte === ENQ || byte === NAK
}
