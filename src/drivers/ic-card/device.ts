import { delay, type Clock } from '../../lib/clock.ts'
import { Lock } from '../../lib/lock.ts'
import { hide, type Log, type Sensitive } from '../../lib/log.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import type { DeviceReport } from '../report.ts'
import type { Transport } from '../transport/transport.ts'
import type { ApduChannel } from './apdu/command.ts'
import type { PcscFault } from '../pcsc/client.ts'
import { CardSlot, type SlotFault } from '../pcsc/slot.ts'
import { runScript, type ApduScript, type CardFields, type ScriptFailure } from './script.ts'
import { reportOf, type IcCardReaderStatus } from './status.ts'

export type IcCardError = SlotFault | ScriptFailure | { readonly code: 'NO_CARD' } | { readonly code: 'CANCELLED' }

export interface IcCardReaderParts {
  /** To pcscd; see `unixTransport`. */
  readonly transport: Transport
  readonly clock: Clock
  readonly log: Log
  /** Part of the reader's name, where there are several. */
  readonly reader?: string
}

/** Work with a card while it is held. */
export type CardWork<T, E> = (channel: ApduChannel<PcscFault>, atr: Uint8Array) => Promise<Result<T, E>>

/** Asking pcscd costs microseconds; a hand needs longer than this to put a card in. */
const POLL_MS = 300

/** A contact or contactless card reader behind pcscd. One conversation at a time; verbs may be called concurrently. */
export class IcCardReader {
  private readonly slot: CardSlot
  private readonly clock: Clock
  private readonly log: Log
  private readonly lock = new Lock()

  constructor(parts: IcCardReaderParts) {
    this.slot = new CardSlot(parts.transport, parts.clock, parts.reader)
    this.clock = parts.clock
    this.log = parts.log
  }

  async status(): Promise<IcCardReaderStatus> {
    const reader = await this.lock.run(() => this.slot.look())
    if (reader.ok) return { state: 'READY', cardPresent: reader.value.cardPresent }
    const { error } = reader
    switch (error.code) {
      case 'PORT':
        return { state: 'UNPLUGGED', cause: error.cause }
      case 'VERSION':
        return { state: 'VERSION', version: error.version }
      case 'NO_PERMISSION':
        return { state: 'NO_PERMISSION' }
      case 'NO_READER':
      case 'READER_GONE':
        return { state: 'NO_READER' }
      default:
        return { state: 'SILENT' }
    }
  }

  /**
   * Waits for a card and reads it as `script` says.
   * @param deadlineMs the wait for the card, milliseconds; the reading has its own deadlines, 5 s for each command
   */
  async read(
    script: ApduScript,
    signal: AbortSignal,
    deadlineMs: number,
  ): Promise<Result<Sensitive<CardFields>, IcCardError>> {
    const read = await this.withCard(signal, deadlineMs, (channel, atr) => runScript(script, channel, atr))
    if (!read.ok) return read
    this.log.info('ic-card.read', { script: script.name, fields: Object.keys(read.value).length })
    return ok(hide(read.value))
  }

  /** Waits for a card, holds it for `work` alone, and lets go of it whatever happens. */
  async withCard<T, E>(
    signal: AbortSignal,
    deadlineMs: number,
    work: CardWork<T, E>,
  ): Promise<Result<T, E | IcCardError>> {
    const until = this.clock.monotonic() + deadlineMs
    for (;;) {
      const outcome = await this.lock.run(async (): Promise<Result<T, E | IcCardError> | undefined> => {
        const reader = await this.slot.look()
        if (!reader.ok) return reader
        if (!reader.value.cardPresent) return undefined
        return this.slot.hold(reader.value, (channel) => work(channel, reader.value.atr))
      })
      if (outcome) return outcome
      if (signal.aborted) return err({ code: 'CANCELLED' })
      const left = until - this.clock.monotonic()
      if (left <= 0) return err({ code: 'NO_CARD' })
      await this.rest(Math.min(left, POLL_MS), signal)
    }
  }

  /** Waits until the reader is empty. `TIMED_OUT` when the card is still in. */
  async waitForRemoval(signal: AbortSignal, deadlineMs: number): Promise<Result<void, IcCardError>> {
    const until = this.clock.monotonic() + deadlineMs
    for (;;) {
      const reader = await this.lock.run(() => this.slot.look())
      if (!reader.ok) return reader
      if (!reader.value.cardPresent) return ok()
      if (signal.aborted) return err({ code: 'CANCELLED' })
      const left = until - this.clock.monotonic()
      if (left <= 0) return err({ code: 'TIMED_OUT' })
      await this.rest(Math.min(left, POLL_MS), signal)
    }
  }

  /** Bounded by the deadlines below; ends early when nobody waits any more. */
  async report(signal: AbortSignal): Promise<DeviceReport> {
    const gone = new Promise<IcCardReaderStatus>((resolve) => {
      signal.addEventListener('abort', () => resolve({ state: 'SILENT' }), { once: true })
    })
    return reportOf(signal.aborted ? { state: 'SILENT' } : await Promise.race([this.status(), gone]))
  }

  close(): Promise<void> {
    return this.lock.run(() => this.slot.close())
  }

  private rest(ms: number, signal: AbortSignal): Promise<void> {
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    return Promise.race([delay(this.clock, ms), aborted])
  }
}
