import type { CancelTimer, Clock } from '../../lib/clock.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import type { Transport, TransportError } from '../transport/transport.ts'
import type { Answer, CommandName } from './codec/command.ts'
import type { FrameEvent, FrameParser } from './codec/frame.ts'
import type { Dialect } from './dialect.ts'

/** How one question went wrong. */
export type ExchangeFailure =
  | { readonly code: 'PORT'; readonly cause: TransportError }
  /** Nothing that could be an answer came in time. */
  | { readonly code: 'SILENT' }
  /** Only frames with a wrong checksum came. */
  | { readonly code: 'DAMAGED' }
  /** An answer began and never ended. */
  | { readonly code: 'BROKEN_OFF' }

export interface ExchangeLimits {
  /** Time to the first byte of the answer, milliseconds. A frame that has begun may take longer while it moves. */
  readonly ms: number
  /** The moment (`clock.monotonic()`) at which the caller stops waiting in any case. */
  readonly until: number
  readonly signal: AbortSignal
}

/** A line this long silent in the middle of a frame is searched for a complete frame behind a torn one. */
const LULL_MS = 100
/** A frame that does not move for this long has broken off. */
const STALL_MS = 1000
/** However slowly it trickles, an answer takes at most this many times its deadline. */
const SLOWEST = 5
const WRITE_DEADLINE_MS = 500

/** Asks one question and waits for its answer, throwing away everything that answers another question. */
export class Exchange {
  private readonly transport: Transport
  private readonly clock: Clock
  private readonly dialect: Dialect

  constructor(transport: Transport, clock: Clock, dialect: Dialect) {
    this.transport = transport
    this.clock = clock
    this.dialect = dialect
  }

  /** @param question the bytes of `command` in the dialect */
  async ask(
    command: CommandName,
    question: Uint8Array,
    limits: ExchangeLimits,
  ): Promise<Result<Answer, ExchangeFailure>> {
    const { transport, clock, dialect } = this
    const wait = new AnswerWait(transport, clock, dialect, command, limits)
    const left = Math.max(1, limits.until - this.clock.monotonic())
    const sent = await this.transport.write(question, Math.min(WRITE_DEADLINE_MS, left))
    if (!sent.ok) {
      wait.end(err({ code: 'PORT', cause: sent.error }))
    }
    return wait.result
  }
}

/** The wait for one answer. It listens from before the question is written, so nothing can slip by. */
class AnswerWait {
  readonly result: Promise<Result<Answer, ExchangeFailure>>
  private settle: (result: Result<Answer, ExchangeFailure>) => void = () => undefined
  private readonly parser: FrameParser
  private readonly clock: Clock
  private readonly dialect: Dialect
  private readonly command: CommandName
  private readonly limits: ExchangeLimits
  private readonly began: number
  private readonly cleanups: (() => void)[]
  private lastByteAt: number
  private damaged = false
  /** An answer out of the bytes of a damaged frame: believed only if nothing follows it. */
  private doubtful: Answer | undefined
  private cancelTimer: CancelTimer = () => undefined

  constructor(transport: Transport, clock: Clock, dialect: Dialect, command: CommandName, limits: ExchangeLimits) {
    this.clock = clock
    this.dialect = dialect
    this.parser = dialect.parser()
    this.command = command
    this.limits = limits
    this.began = this.lastByteAt = clock.monotonic()
    this.result = new Promise((resolve) => (this.settle = resolve))
    const onAbort = (): void => this.end(this.failure())
    limits.signal.addEventListener('abort', onAbort, { once: true })
    this.cleanups = [
      transport.onBytes((bytes) => this.take(bytes)),
      transport.onGone((cause) => this.end(err({ code: 'PORT', cause }))),
      () => limits.signal.removeEventListener('abort', onAbort),
      () => this.cancelTimer(),
    ]
    this.arm()
  }

  end(result: Result<Answer, ExchangeFailure>): void {
    for (const cleanup of this.cleanups) cleanup()
    this.settle(result)
  }

  private take(bytes: Uint8Array): void {
    this.lastByteAt = this.clock.monotonic()
    this.doubtful = undefined
    if (!this.consider(this.parser.push(bytes))) this.arm()
  }

  /** Ends the wait when one of the frames is the answer. */
  private consider(events: readonly FrameEvent[]): boolean {
    for (const event of events) {
      if (event.kind === 'damaged') {
        this.damaged = true
        continue
      }
      const answer = this.dialect.decode(event.body)
      if (!this.dialect.answers(this.command, answer)) continue
      if (event.inDoubt) {
        this.doubtful = event === events.at(-1) && this.parser.endsWithFrame ? answer : undefined
        continue
      }
      this.end(ok(answer))
      return true
    }
    return false
  }

  /** Sets the one timer to the next moment at which something is to be decided. */
  private arm(): void {
    this.cancelTimer()
    this.cancelTimer = this.clock.setTimer(Math.max(0, this.nextMoment() - this.clock.monotonic()), () => this.decide())
  }

  private nextMoment(): number {
    const quietSince = this.lastByteAt
    const now = this.clock.monotonic()
    const moments = [this.deadline()]
    if ((this.parser.midFrame || this.damaged) && quietSince + LULL_MS > now) moments.push(quietSince + LULL_MS)
    if (this.parser.midFrame) moments.push(quietSince + STALL_MS)
    return Math.min(...moments)
  }

  private deadline(): number {
    const { ms, until } = this.limits
    const moving = this.parser.midFrame ? Math.min(this.lastByteAt + STALL_MS, this.began + SLOWEST * ms) : 0
    return Math.min(until, Math.max(this.began + ms, moving))
  }

  private decide(): void {
    const now = this.clock.monotonic()
    const quiet = now - this.lastByteAt
    if (this.parser.midFrame && quiet >= LULL_MS && this.consider(this.parser.recover())) return
    if (this.doubtful && quiet >= LULL_MS) {
      this.end(ok(this.doubtful))
      return
    }
    const garbled = this.damaged && !this.parser.midFrame && quiet >= LULL_MS
    const stalled = this.parser.midFrame && quiet >= STALL_MS
    if (garbled || stalled || now >= this.deadline()) this.end(this.failure())
    else this.arm()
  }

  private failure(): Result<never, ExchangeFailure> {
    if (this.parser.midFrame) return err({ code: 'BROKEN_OFF' })
    return err({ code: this.damaged ? 'DAMAGED' : 'SILENT' })
  }
}
