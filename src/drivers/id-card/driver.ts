import type { Clock } from '../../lib/clock.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { interruptible } from './interruptible.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import type { Transport, TransportError } from '../transport/transport.ts'
import type { Answer, CommandName } from './codec/command.ts'
import type { Dialect } from './dialect.ts'
import { Exchange, type ExchangeFailure } from './exchange.ts'
import { isTunable } from '../transport/tunable.ts'

/** Why the reader could not be talked to. What it *said* (an SW3) is an `Answer`, not a fault. */
export type ReaderFault =
  /** The port cannot be opened, is gone, or takes no bytes. */
  | { readonly code: 'PORT'; readonly cause: TransportError }
  /** This reader's protocol has no such question. */
  | { readonly code: 'NOT_OFFERED' }
  /** Not even 11 FF on a freshly opened port is answered, at no speed the line can have. */
  | { readonly code: 'NO_ANSWER' }
  /** The reader lives (11 FF is answered) but this command stays without an answer. */
  | { readonly code: 'COMMAND_UNANSWERED' }
  /** Answers come, but damaged or broken off, also when asked again. */
  | { readonly code: 'GARBLED'; readonly brokenOff: boolean }
  /** The caller's time was over; `heard` is what had come by then. */
  | { readonly code: 'OUT_OF_TIME'; readonly heard: 'nothing' | 'damaged' | 'broken-off' }
  | { readonly code: 'CANCELLED' }

/** How long the caller will wait: a moment of `clock.monotonic()`, and a signal. */
export interface Patience {
  readonly until: number
  readonly signal: AbortSignal
}

/** Times each command may take to its first byte, milliseconds; the field's own values are between half and five times these. */
const DEADLINES: Readonly<Record<CommandName, number>> = {
  find: 500,
  select: 1000,
  read: 3000,
  readWithFingerprint: 3000,
  newestAddress: 500,
  status: 500,
  samId: 500,
  reset: 1000,
  baud115200: 500,
  baud57600: 500,
  baud38400: 500,
  baud19200: 500,
  baud9600: 500,
  sleep: 500,
  wake: 500,
}

/** How often a command is sent before the reader itself is doubted (11 FF, then a fresh port). */
const ATTEMPTS: Partial<Record<CommandName, number>> = { read: 2, readWithFingerprint: 2, newestAddress: 1 }
const DEFAULT_ATTEMPTS = 3

/** With less time than this left no question is begun: the answer could not come. */
const SHORTEST_QUESTION_MS = 10

/**
 * A maker asks for at least this between two questions for a card (faster, readers heat up and miss cards). Only after a
 * card was read may the next find follow at once.
 */
const FIND_PAUSE_MS = 300

const SW3_OK = 0x90
const SW3_BAD_CHECKSUM = 0x10
const SW3_BAD_LENGTH = 0x11

/**
 * The conversation with the reader: one question at a time, a deadline on each, repetition where the line was
 * at fault. Not safe for two callers at once: `IdCardReader` holds the lock.
 */
export class SamDriver {
  private readonly transport: Transport
  private readonly clock: Clock
  private readonly dialect: Dialect
  private readonly exchange: Exchange
  private mayFindAt = -Infinity
  private open = false
  private opening: Promise<Result<void, TransportError>> | undefined

  constructor(transport: Transport, clock: Clock, dialect: Dialect) {
    this.transport = transport
    this.clock = clock
    this.dialect = dialect
    this.exchange = new Exchange(transport, clock, dialect)
    transport.onGone(() => (this.open = false))
  }

  /** Bits per second of the line, where it has a speed. After a search it is the one the reader answered at. */
  get lineSpeed(): number | undefined {
    return isTunable(this.transport) ? this.transport.speed : undefined
  }

  /**
   * Asks and returns whatever status the reader answers. The port is opened when it is not open. A question the line
   * garbled (either way) is asked once more; an unanswered one as often as `ATTEMPTS` says, then the reader is revived.
   */
  async ask(command: CommandName, patience: Patience): Promise<Result<Answer, ReaderFault>> {
    const attempts = ATTEMPTS[command] ?? DEFAULT_ATTEMPTS
    let garbled = 0
    let brokenOff = false
    for (let silent = 0; silent < attempts;) {
      const answer = await this.askOnce(command, patience)
      if (answer.ok) {
        if (!lineWasAtFault(answer.value) || ++garbled > 1) return answer
      } else if (isFinal(answer.error)) {
        const inVain = brokenOff && answer.error.code === 'OUT_OF_TIME'
        return err(inVain ? { code: 'GARBLED', brokenOff } : answer.error)
      } else if (answer.error.code === 'SILENT' && !brokenOff) {
        silent++
      } else {
        // An answer that breaks off and is not given again is not a silent reader: its source has gone.
        brokenOff ||= answer.error.code === 'BROKEN_OFF'
        if (++garbled > 1) return err({ code: 'GARBLED', brokenOff })
      }
    }
    return attempts > 1 ? this.reviveAndAsk(command, patience) : err({ code: 'COMMAND_UNANSWERED' })
  }

  /** Closes the port; the next question opens it again. */
  async close(): Promise<void> {
    await this.opening
    this.open = false
    await this.transport.close()
  }

  /**
   * 11 FF, and if that is not answered either, a fresh port and 11 FF again, on a serial line at each speed a module can
   * be set to; then the command a last time. The speed that was answered stays. When the caller's time is over before all
   * were tried, the next call goes on from there.
   */
  private async reviveAndAsk(command: CommandName, patience: Patience): Promise<Result<Answer, ReaderFault>> {
    for (const { fresh, speed } of this.revivals(command)) {
      if (fresh) await this.close()
      if (isTunable(this.transport) && speed !== undefined && speed !== this.transport.speed) this.transport.tune(speed)
      const status = await this.askOnce('status', patience)
      if (!status.ok && isFinal(status.error)) return err(status.error)
      if (!status.ok) continue
      const answer = command === 'status' ? status : await this.askOnce(command, patience)
      if (answer.ok) return answer
      return err(isFinal(answer.error) ? answer.error : { code: 'COMMAND_UNANSWERED' })
    }
    if (isTunable(this.transport)) {
      await this.close()
      this.transport.tune(this.transport.speeds[0] ?? this.transport.speed)
    }
    return err({ code: 'NO_ANSWER' })
  }

  /**
   * The port as it is (in vain where 11 FF itself was not answered), the same port fresh, then the other speeds in their
   * order, beginning behind the present one.
   */
  private revivals(command: CommandName): readonly { readonly fresh: boolean; readonly speed?: number }[] {
    const asItIs = command === 'status' && isTunable(this.transport) ? [] : [{ fresh: false }]
    if (!isTunable(this.transport)) return [...asItIs, { fresh: true }]
    const { speed, speeds } = this.transport
    const at = speeds.indexOf(speed)
    const others = [...speeds.slice(at + 1), ...speeds.slice(0, at)]
    return [...asItIs, ...[speed, ...others].map((each) => ({ fresh: true, speed: each }))]
  }

  private async askOnce(command: CommandName, patience: Patience): Promise<Result<Answer, OnceFailure>> {
    const question = this.dialect.encode(command)
    if (!question) return err({ code: 'NOT_OFFERED' })
    if (calledOff(patience)) return err({ code: 'CANCELLED' })
    if (this.timeLeft(patience) < SHORTEST_QUESTION_MS) return err({ code: 'OUT_OF_TIME', heard: 'nothing' })
    const opened = await this.ensureOpen(patience)
    if (!opened.ok) return err({ code: 'PORT', cause: opened.error })
    if (command === this.dialect.steps[0]) await this.pauseBeforeFind(patience)
    if (calledOff(patience)) return err({ code: 'CANCELLED' })
    const answer = await this.exchange.ask(command, question, { ...patience, ms: DEADLINES[command] })
    if (answer.ok && command === this.dialect.steps.at(-1) && answer.value.sw3 === SW3_OK) this.mayFindAt = -Infinity
    if (answer.ok) return answer
    if (answer.error.code === 'PORT') await this.close()
    if (calledOff(patience)) return err({ code: 'CANCELLED' })
    const over = this.timeLeft(patience) <= 0
    if (answer.error.code === 'PORT') {
      const cutShort = over && answer.error.cause.code === 'TIMED_OUT'
      return cutShort ? err({ code: 'OUT_OF_TIME', heard: 'nothing' }) : answer
    }
    return over ? err({ code: 'OUT_OF_TIME', heard: HEARD[answer.error.code] }) : answer
  }

  private async pauseBeforeFind(patience: Patience): Promise<void> {
    const now = this.clock.monotonic()
    await interruptible(this.clock, Math.min(this.mayFindAt, patience.until) - now, patience.signal)
    this.mayFindAt = this.clock.monotonic() + FIND_PAUSE_MS
  }

  private timeLeft(patience: Patience): number {
    return patience.until - this.clock.monotonic()
  }

  /** Opens the port within the caller's time. An opening that takes longer goes on and serves the next question. */
  private async ensureOpen(patience: Patience): Promise<Result<void, TransportError>> {
    if (this.open) return ok()
    this.opening ??= this.transport.open().then((opened) => {
      this.opening = undefined
      this.open = opened.ok
      return opened
    })
    const { opening } = this
    const opened = await withDeadline(this.clock, this.timeLeft(patience), () => opening)
    if (opened.ok) return opened.value
    return err({ code: 'TIMED_OUT', detail: `${this.transport.name} did not open in ${opened.error.afterMs} ms` })
  }
}

/** How one question, asked once, went wrong. */
type OnceFailure = ExchangeFailure | Extract<ReaderFault, { code: 'OUT_OF_TIME' | 'CANCELLED' | 'NOT_OFFERED' }>
type FinalFailure = Exclude<OnceFailure, { code: 'SILENT' | 'DAMAGED' | 'BROKEN_OFF' }>

const HEARD = { SILENT: 'nothing', DAMAGED: 'damaged', BROKEN_OFF: 'broken-off' } as const

/** Asking again cannot help. */
function isFinal(failure: OnceFailure): failure is FinalFailure {
  return failure.code !== 'SILENT' && failure.code !== 'DAMAGED' && failure.code !== 'BROKEN_OFF'
}

function calledOff(patience: Patience): boolean {
  return patience.signal.aborted
}

/** 10 and 11: our question arrived damaged, so the reader did nothing. */
function lineWasAtFault(answer: Answer): boolean {
  return answer.sw3 === SW3_BAD_CHECKSUM || answer.sw3 === SW3_BAD_LENGTH
}
