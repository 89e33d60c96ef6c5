import type { Clock } from '../../lib/clock.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { Conversation, type AnswerStream, type Heard } from '../conversation.ts'
import type { Transport, TransportError } from '../transport/transport.ts'
import { encodeShutdown, MegatecStream, Q1, type MegatecAnswer } from './codec/megatec.ts'
import { encodeListVar, NutStream, readingOf, type NutLine } from './codec/nut.ts'
import type { UpsReading } from './reading.ts'

/** Why nothing is known of the UPS. */
export type UpsFault =
  | { readonly code: 'PORT'; readonly cause: TransportError }
  | { readonly code: 'NO_ANSWER' }
  | { readonly code: 'GARBLED' }
  /** upsd refused; `words` are its own: `UNKNOWN-UPS`, `ACCESS-DENIED`. */
  | { readonly code: 'REFUSED'; readonly words: string }
  | { readonly code: 'CANCELLED' }

/** One way of talking to a UPS. Not safe for two callers at once: `Ups` holds the lock. */
export interface UpsDriver {
  read(signal: AbortSignal): Promise<Result<UpsReading, UpsFault>>
  /** Sends the command that takes the power away; absent where this way cannot. */
  readonly shutdown?: (offInMinutes: number, onAgainMinutes?: number) => Promise<Result<void, UpsFault | OutOfRange>>
  close(): Promise<void>
}

export interface OutOfRange {
  readonly code: 'OUT_OF_RANGE'
}

/** 46 characters at 2400 baud take 200 ms; slow firmware thinks for half a second. */
const ANSWER_MS = 1000
const ATTEMPTS = 2

/** A UPS on a serial line. */
export function megatecDriver(transport: Transport, clock: Clock): UpsDriver {
  const line = new Asking(transport, clock, new MegatecStream())
  const ask = (signal: AbortSignal) => line.question<MegatecAnswer>(Q1, signal, (answer) => answer)
  return {
    async read(signal) {
      let worst: UpsFault = { code: 'NO_ANSWER' }
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const answer = await ask(signal)
        if (!answer.ok) {
          if (answer.error.code !== 'NO_ANSWER') return answer
        } else if (answer.value.kind === 'status') {
          return ok(answer.value.reading)
        } else {
          worst = { code: 'GARBLED' }
        }
      }
      await line.close()
      return err(worst)
    },
    async shutdown(offInMinutes, onAgainMinutes) {
      const command = encodeShutdown(offInMinutes, onAgainMinutes)
      return command.ok ? line.tell(command.value) : err({ code: 'OUT_OF_RANGE' })
    },
    close: () => line.close(),
  }
}

/** A UPS that Network UPS Tools looks after. @param ups its name there, as `NUT_NAME` */
export function nutDriver(transport: Transport, clock: Clock, ups: string): UpsDriver {
  const line = new Asking(transport, clock, new NutStream())
  return {
    async read(signal) {
      const variables = new Map<string, string>()
      const spoilt = { damaged: false }
      const ended = await line.question<NutLine>(encodeListVar(ups), signal, (answer) => {
        if (answer.kind === 'begin') variables.clear()
        if (answer.kind === 'var' && answer.ups === ups) variables.set(answer.name, answer.value)
        spoilt.damaged ||= answer.kind === 'damaged'
        return answer.kind === 'end' || answer.kind === 'err' ? answer : undefined
      })
      if (!ended.ok) {
        await line.close()
        return spoilt.damaged && ended.error.code === 'NO_ANSWER' ? err({ code: 'GARBLED' }) : ended
      }
      // upsd lives, the UPS behind it does not answer.
      if (ended.value.kind === 'err') {
        const { words } = ended.value
        return err(SILENT_WORDS.has(words) ? { code: 'NO_ANSWER' } : { code: 'REFUSED', words })
      }
      const reading = readingOf(variables)
      return reading ? ok(reading) : err({ code: 'GARBLED' })
    },
    close: () => line.close(),
  }
}

const SILENT_WORDS: ReadonlySet<string> = new Set(['DATA-STALE', 'DRIVER-NOT-CONNECTED'])

/** A line that is asked: opened when needed, left-overs forgotten before each question, a deadline on each answer. */
class Asking<A> extends Conversation<A> {
  private readonly answers: AnswerStream<A>

  constructor(transport: Transport, clock: Clock, answers: AnswerStream<A>) {
    super(transport, clock, answers)
    this.answers = answers
  }

  async question<T>(
    bytes: Uint8Array,
    signal: AbortSignal,
    pick: (answer: A) => T | undefined,
  ): Promise<Result<T, UpsFault>> {
    if (signal.aborted) return err({ code: 'CANCELLED' })
    const opened = await this.open()
    if (!opened.ok) return err({ code: 'PORT', cause: opened.error })
    this.answers.reset()
    const failed = new AbortController()
    const answer = this.next(ANSWER_MS, pick, AbortSignal.any([signal, failed.signal]))
    const written = await this.write(bytes, ANSWER_MS)
    if (!written.ok) {
      failed.abort()
      return err({ code: 'PORT', cause: written.error })
    }
    return this.outcome(await answer, signal)
  }

  async tell(bytes: Uint8Array): Promise<Result<void, UpsFault>> {
    const opened = await this.open()
    if (!opened.ok) return err({ code: 'PORT', cause: opened.error })
    const written = await this.write(bytes, ANSWER_MS)
    return written.ok ? ok() : err({ code: 'PORT', cause: written.error })
  }

  private outcome<T>(heard: Heard<T>, signal: AbortSignal): Result<T, UpsFault> {
    if (heard === 'LINE_LOST') return err({ code: 'PORT', cause: { code: 'LOST', detail: 'the line was lost' } })
    if (heard === 'SILENCE') return err({ code: signal.aborted ? 'CANCELLED' : 'NO_ANSWER' })
    return ok(heard.heard)
  }
}
