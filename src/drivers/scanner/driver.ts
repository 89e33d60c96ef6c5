import type { CancelTimer, Clock } from '../../lib/clock.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import type { Transport, TransportError } from '../transport/transport.ts'
import type { RawScan } from './codec.ts'
import type { Command, Heard, ScannerProtocol, ScannerStream, Verdict } from './protocol/protocol.ts'

/** A scanner that sends no suffix has finished a code when it has been silent for this long (50–100 ms is usual). */
const SILENCE_MS = 100
/** How long an answer to a command may take, and how often a command is given. */
const ANSWER_MS = 300
const TRIES = 2

/** What came of commands. silent: no answer to any try. */
export type Obeyed = 'done' | 'refused' | 'silent'

export interface DriverEars {
  readonly scan: (scan: RawScan) => void
  readonly gone: (why: TransportError) => void
}

/** Speaks with one scanner as its protocol says: commands it one at a time, and cuts what it sends into codes. */
export class ScannerDriver {
  private readonly transport: Transport
  private readonly clock: Clock
  private readonly protocol: ScannerProtocol
  private readonly ears: DriverEars
  private stream: ScannerStream
  private cancelSilence: CancelTimer = () => undefined
  private opening: Promise<Result<void, TransportError>> | undefined
  private open = false
  private isSetUp = false
  /** Commands wait for those before them: a scanner answers without saying what. */
  private busy: Promise<unknown> = Promise.resolve()
  private answer: (verdict: Verdict | 'gone') => void = () => undefined

  constructor(transport: Transport, clock: Clock, protocol: ScannerProtocol, ears: DriverEars) {
    this.transport = transport
    this.clock = clock
    this.protocol = protocol
    this.ears = ears
    this.stream = protocol.stream()
    transport.onBytes((bytes) => this.take(bytes))
    transport.onGone((why) => {
      this.forget()
      ears.gone(why)
    })
  }

  /** Opens the port if it is not open, waiting at most `ms`. */
  async start(ms: number): Promise<Result<void, TransportError>> {
    if (this.open) return ok()
    this.opening ??= this.transport.open().then((opened) => {
      this.opening = undefined
      this.open = opened.ok
      return opened
    })
    const { opening } = this
    const opened = await withDeadline(this.clock, ms, () => opening)
    if (opened.ok) return opened.value
    return err({ code: 'TIMED_OUT', detail: `${this.transport.name} did not open in ${ms} ms` })
  }

  /**
   * Gives commands in order, after the protocol's set-up where that has not been done since the port opened. Goes on after
   * one that was refused; the worst outcome counts. Takes at most 600 ms for each command that is answered.
   */
  async perform(commands: readonly Command[], signal?: AbortSignal): Promise<Result<Obeyed, TransportError>> {
    const turn = this.busy.then(() => this.performNow(commands, signal))
    this.busy = turn.catch(() => undefined)
    return turn
  }

  async stop(): Promise<void> {
    await this.opening
    this.forget()
    await this.transport.close()
  }

  private async performNow(
    commands: readonly Command[],
    signal?: AbortSignal,
  ): Promise<Result<Obeyed, TransportError>> {
    let worst: Obeyed = 'done'
    const setUp = this.isSetUp ? [] : this.protocol.setUp
    for (const command of [...setUp, ...commands]) {
      if (signal?.aborted) break
      const obeyed = await this.give(command, signal)
      if (!obeyed.ok) return obeyed
      if (obeyed.value !== 'done' && worst !== 'silent') worst = obeyed.value
      if (setUp.at(-1) === command) this.isSetUp = obeyed.value !== 'silent'
    }
    return ok(worst)
  }

  private async give(command: Command, signal?: AbortSignal): Promise<Result<Obeyed, TransportError>> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      this.stream.expect?.(command)
      const verdict = command.answered ? this.nextVerdict(signal) : Promise.resolve('done' as const)
      const bytes = attempt === 0 ? command.bytes : (command.again ?? command.bytes)
      const written = await this.transport.write(bytes, ANSWER_MS)
      if (!written.ok) {
        this.answer('gone')
        return written.error.code === 'TIMED_OUT' ? ok('silent') : written
      }
      const heard = await verdict
      if (heard === 'gone') return err({ code: 'LOST', detail: `${this.transport.name} went away` })
      if (heard === 'done' || heard === 'refused') return ok(heard)
      if (signal?.aborted) break
    }
    return ok('silent')
  }

  private nextVerdict(signal?: AbortSignal): Promise<Verdict | 'gone' | 'silent'> {
    return new Promise((resolve) => {
      const finish = (verdict: Verdict | 'gone' | 'silent'): void => {
        this.answer = () => undefined
        cancel()
        signal?.removeEventListener('abort', giveUp)
        resolve(verdict)
      }
      const giveUp = (): void => finish('silent')
      const cancel = this.clock.setTimer(ANSWER_MS, giveUp)
      signal?.addEventListener('abort', giveUp, { once: true })
      this.answer = finish
    })
  }

  private take(bytes: Uint8Array): void {
    this.cancelSilence()
    this.pass(this.stream.push(bytes))
    if (!this.stream.midCode) return
    this.cancelSilence = this.clock.setTimer(SILENCE_MS, () => this.pass(this.stream.endBySilence()))
  }

  private pass(heard: readonly Heard[]): void {
    for (const one of heard) {
      if (one.kind === 'answer') this.answer(one.verdict)
      else if (one.kind === 'reply') void this.transport.write(one.bytes, ANSWER_MS).then(() => undefined)
      else this.ears.scan(one)
    }
  }

  /** A code cut off by a lost line is not a code; a scanner that comes back has to be set up again. */
  private forget(): void {
    this.open = false
    this.isSetUp = false
    this.cancelSilence()
    this.stream = this.protocol.stream()
    this.answer('gone')
  }
}
