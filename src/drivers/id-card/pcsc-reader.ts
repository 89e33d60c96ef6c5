import type { Clock } from '../../lib/clock.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { Lock } from '../../lib/lock.ts'
import { reveal, type Log } from '../../lib/log.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import type { PcscFault } from '../pcsc/client.ts'
import type { ReaderState } from '../pcsc/message.ts'
import { CardSlot, type SlotFault } from '../pcsc/slot.ts'
import type { DeviceReport } from '../report.ts'
import type { Transport } from '../transport/transport.ts'
import { ALREADY_READ, MIN_POLL_MS, RE_PLACE, REPORT_MS, SELECT_TRIES, type CardReader } from './card-reader.ts'
import type { CardRead } from './card-read.ts'
import type { IdCardError } from './errors.ts'
import { interruptible } from './interruptible.ts'
import { idCardErrorOf, statusOf } from './pcsc-errors.ts'
import { readOverPcsc, type PcscReadingError } from './pcsc-reading.ts'
import { reportOf, type IdCardReaderStatus } from './reader-report.ts'

export interface PcscIdCardReaderParts {
  /** To pcscd; see `unixTransport`. */
  readonly transport: Transport
  readonly clock: Clock
  readonly log: Log
  /** Part of the reader's name, where there are several. */
  readonly reader?: string
}

const NO_CARD: IdCardError = { code: 'NO_CARD', sw3: '80' }

/** One wait for a card. */
interface Waiting {
  readonly onFound: () => void
  /** What is answered when the time is over. */
  latest: IdCardError
  mute: number
}

/**
 * An ID card reader behind pcscd that decodes the card itself (`FF B0`). **Unverified** on hardware; one open program reads
 * so. pcscd counts what is put in and taken out, so a card that was read and one put in its place are told apart.
 */
export class PcscIdCardReader implements CardReader {
  readonly lineSpeed = undefined
  private readonly slot: CardSlot
  private readonly clock: Clock
  private readonly log: Log
  private readonly lock = new Lock()
  /** The card that must leave before the next is read, and what it is answered with while it stays. */
  private mustLeave: { readonly events: number; readonly error: IdCardError } | undefined

  constructor({ transport, clock, log, reader }: PcscIdCardReaderParts) {
    this.slot = new CardSlot(transport, clock, reader)
    this.clock = clock
    this.log = log
  }

  waitForCard(
    signal: AbortSignal,
    deadlineMs: number,
    onFound: () => void = () => undefined,
  ): Promise<Result<CardRead, IdCardError>> {
    const waiting: Waiting = { onFound, latest: NO_CARD, mute: 0 }
    return this.poll(
      signal,
      deadlineMs,
      (reader) => this.lookOnce(reader, waiting),
      () => waiting.latest,
    )
  }

  waitForRemoval(signal: AbortSignal, deadlineMs: number): Promise<Result<void, IdCardError>> {
    return this.poll(
      signal,
      deadlineMs,
      (reader) => Promise.resolve(this.lies(reader) ? undefined : ok()),
      () => ({ code: 'TIMED_OUT' }),
    )
  }

  async findCard(): Promise<Result<boolean, IdCardError>> {
    const reader = await this.lock.run(() => this.slot.look())
    if (!reader.ok) return err(idCardErrorOf(reader.error))
    return ok(this.lies(reader.value) && this.mustLeave?.error !== ALREADY_READ)
  }

  async status(signal: AbortSignal, deadlineMs: number): Promise<IdCardReaderStatus> {
    if (signal.aborted) return { state: 'silent' }
    const looked = await withDeadline(this.clock, deadlineMs, () => this.lock.run(() => this.slot.look()))
    if (!looked.ok) return { state: 'silent' }
    return looked.value.ok ? { state: 'ready' } : statusOf(looked.value.error)
  }

  samId(): Promise<Result<never, IdCardError>> {
    return Promise.resolve(err({ code: 'NOT_OFFERED' }))
  }

  reset(): Promise<Result<never, IdCardError>> {
    return Promise.resolve(err({ code: 'NOT_OFFERED' }))
  }

  async report(signal: AbortSignal): Promise<DeviceReport> {
    return reportOf(await this.status(signal, REPORT_MS))
  }

  close(): Promise<void> {
    return this.lock.run(() => this.slot.close())
  }

  /** Whether a card lies there; one that was to leave and has been away, or was changed for another, is forgotten. */
  private lies({ cardPresent, events }: ReaderState): boolean {
    if (!cardPresent || this.mustLeave?.events !== events) this.mustLeave = undefined
    return cardPresent
  }

  private async lookOnce(reader: ReaderState, waiting: Waiting): Promise<Result<CardRead, IdCardError> | undefined> {
    if (!this.lies(reader)) {
      waiting.latest = NO_CARD
      return undefined
    }
    if (this.mustLeave) {
      if (this.mustLeave.error !== ALREADY_READ) return err(this.mustLeave.error)
      waiting.latest = ALREADY_READ
      return undefined
    }
    const read = await this.slot.hold<CardRead, PcscReadingError<PcscFault>>(reader, (channel) => {
      waiting.onFound()
      return readOverPcsc(channel)
    })
    if (!read.ok) return this.refused(reader, read.error, waiting)
    this.mustLeave = { events: reader.events, error: ALREADY_READ }
    const { card, portraitBytes } = read.value
    this.log.info('id-card.read', { kind: reveal(card).kind, portraitBytes })
    return read
  }

  /** What went wrong with the card; undefined while it may only be sliding into place. */
  private refused(
    { events }: ReaderState,
    cause: PcscReadingError<PcscFault> | SlotFault,
    waiting: Waiting,
  ): Result<never, IdCardError> | undefined {
    const error = idCardErrorOf(cause)
    this.log.warn('id-card.refused', { code: error.code, cause: cause.code })
    if (RE_PLACE.has(error.code)) this.mustLeave = { events, error }
    waiting.latest = error
    return error.code === 'SELECT_FAILED' && ++waiting.mute < SELECT_TRIES ? undefined : err(error)
  }

  /** Looks every 300 ms until `step` has a result, or time or caller are gone. */
  private async poll<T>(
    signal: AbortSignal,
    deadlineMs: number,
    step: (reader: ReaderState) => Promise<Result<T, IdCardError> | undefined>,
    whenOver: () => IdCardError,
  ): Promise<Result<T, IdCardError>> {
    const until = this.clock.monotonic() + deadlineMs
    for (;;) {
      const result = await this.lock.run(async () => {
        const reader = await this.slot.look()
        return reader.ok ? step(reader.value) : err(idCardErrorOf(reader.error))
      })
      if (result) return result
      if (signal.aborted) return err({ code: 'CANCELLED' })
      const left = until - this.clock.monotonic()
      if (left <= 0) return err(whenOver())
      await interruptible(this.clock, Math.min(left, MIN_POLL_MS), signal)
    }
  }
}
