import type { Clock } from '../../lib/clock.ts'
import { Lock } from '../../lib/lock.ts'
import { hide, reveal, type Log } from '../../lib/log.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import type { Transport } from '../transport/transport.ts'
import type { IdCard } from './card.ts'
import { ALREADY_READ, MIN_POLL_MS, RE_PLACE, REPORT_MS, SELECT_TRIES, type CardReader } from './card-reader.ts'
import type { CommandName, Answer } from './codec/command.ts'
import { decodeSamId, type SamId } from './codec/sam-id.ts'
import { describeSw3, sw3Hex } from './codec/sw3.ts'
import { cardReadOf, type CardRead } from './card-read.ts'
import { decodeAddress } from './codec/text.ts'
import { DIALECTS, type Dialect, type IdCardProtocol } from './dialect.ts'
import { SamDriver, type Patience } from './driver.ts'
import { interruptible } from './interruptible.ts'
import { fault, isNobody, readFault, refusal, type IdCardError } from './errors.ts'
import { reportOf, type IdCardReaderStatus } from './reader-report.ts'
import type { DeviceReport } from '../report.ts'

export type { CardRead } from './card-read.ts'
export type { CardReader } from './card-reader.ts'
export type { IdCardError } from './errors.ts'
export type { IdCardReaderStatus } from './reader-report.ts'

export interface IdCardReaderOptions {
  /** Time between two questions for a card, milliseconds, at least 300 (below that readers heat up and miss cards). */
  readonly pollMs?: number
  /** What the reader speaks, default `sam-v`. */
  readonly protocol?: IdCardProtocol
}

const DEFAULT_POLL_MS = 400
/** Answers to 30 03 that only a card in the field can give. */
const STILL_THERE: ReadonlySet<string> = new Set(['OK', 'ITEM_ABSENT'])
const ADDRESS_KINDS: ReadonlySet<IdCard['kind']> = new Set(['resident', 'residence-permit'])

const NOBODY_YET: IdCardError = { code: 'NO_ANSWER' }

/** One wait for a card. */
interface Waiting {
  readonly patience: Patience
  readonly onFound: () => void
  /** What is answered when the time is over. */
  latest: IdCardError
  unselectable: number
}

/** A reader with a security module behind a line of ours. One conversation at a time; verbs may be called concurrently. */
export class IdCardReader implements CardReader {
  private readonly driver: SamDriver
  private readonly clock: Clock
  private readonly log: Log
  private readonly pollMs: number
  private readonly lock = new Lock()
  private readonly dialect: Dialect
  /** What a card that has not been seen to leave since is answered with: the error it gave, or that it was read. */
  private mustLeave: IdCardError | undefined

  constructor(transport: Transport, clock: Clock, log: Log, options: IdCardReaderOptions = {}) {
    this.dialect = DIALECTS[options.protocol ?? 'sam-v']
    this.driver = new SamDriver(transport, clock, this.dialect)
    this.clock = clock
    this.log = log
    this.pollMs = Math.max(MIN_POLL_MS, options.pollMs ?? DEFAULT_POLL_MS)
  }

  /**
   * Waits for a card and reads it. Every error but "no card" ends the wait at once. After a read error a card that still
   * lies there is refused with that error until it has been seen gone.
   * @param deadlineMs the whole time, milliseconds; when it passes with no card, `NO_CARD`
   * @param onFound called at most once, when a card lies ready and its reading begins; the call then ends with it
   */
  async waitForCard(
    signal: AbortSignal,
    deadlineMs: number,
    onFound: () => void = () => undefined,
  ): Promise<Result<CardRead, IdCardError>> {
    const waiting: Waiting = {
      patience: this.patience(signal, deadlineMs),
      onFound,
      latest: NOBODY_YET,
      unselectable: 0,
    }
    return this.poll(
      waiting.patience,
      () => this.lookOnce(waiting),
      () => waiting.latest,
    )
  }

  /**
   * Waits until the card was lifted. A card once read is invisible to find, so its extra address is asked for instead:
   * that works as long as the card stays, and fails when it has gone. `TIMED_OUT` when it still lies there.
   */
  async waitForRemoval(signal: AbortSignal, deadlineMs: number): Promise<Result<void, IdCardError>> {
    const patience = this.patience(signal, deadlineMs)
    const step = async (): Promise<Result<void, IdCardError> | undefined> => {
      const item = await this.driver.ask('newestAddress', patience)
      if (item.ok && STILL_THERE.has(describeSw3(item.value.sw3).outcome)) return undefined
      const found = await this.say('find', patience)
      if (found.ok || found.error.code === 'TIMED_OUT') return undefined
      if (found.error.code !== 'NO_CARD') return found
      this.mustLeave = undefined
      return ok()
    }
    return this.poll(patience, step, () => ({ code: 'TIMED_OUT' }))
  }

  /** Whether a card lies on the reader now. A card already read counts as absent until it was lifted. */
  async findCard(signal: AbortSignal, deadlineMs: number): Promise<Result<boolean, IdCardError>> {
    const found = await this.locked(() => this.say('find', this.patience(signal, deadlineMs)))
    if (found.ok) return ok(this.mustLeave !== ALREADY_READ)
    if (found.error.code !== 'NO_CARD') return found
    this.mustLeave = undefined
    return ok(false)
  }

  async status(signal: AbortSignal, deadlineMs: number): Promise<IdCardReaderStatus> {
    const answer = await this.locked(() => this.say('status', this.patience(signal, deadlineMs)))
    if (answer.ok) return { state: 'ready' }
    const { error } = answer
    if (error.code === 'PORT') return { state: 'unplugged', cause: error.cause }
    if (error.code === 'OUT_OF_SERVICE') return { state: 'out-of-service', sw3: error.sw3 }
    return { state: 'silent' }
  }

  /** The identity of the security module, as the authority registered it. */
  async samId(signal: AbortSignal, deadlineMs: number): Promise<Result<SamId, IdCardError>> {
    const answer = await this.locked(() => this.say('samId', this.patience(signal, deadlineMs)))
    return answer.ok ? ok(decodeSamId(answer.value.data)) : answer
  }

  /** Restarts the security module (10 FF). A card must be found again afterwards. */
  async reset(signal: AbortSignal, deadlineMs: number): Promise<Result<void, IdCardError>> {
    const answer = await this.locked(() => this.say('reset', this.patience(signal, deadlineMs)))
    return answer.ok ? ok() : answer
  }

  /** Bits per second of the line, where it has a speed: after a search the one at which the reader answered. */
  get lineSpeed(): number | undefined {
    return this.driver.lineSpeed
  }

  /** How the reader is, for supervisor and board. Never throws and takes at most three seconds. */
  async report(signal: AbortSignal): Promise<DeviceReport> {
    return reportOf(await this.status(signal, REPORT_MS))
  }

  /** Releases the port. The next verb opens it again. */
  close(): Promise<void> {
    return this.driver.close()
  }

  /** Runs `step` under the lock every `pollMs` until it has a result, or time or caller are gone. */
  private async poll<T>(
    patience: Patience,
    step: () => Promise<Result<T, IdCardError> | undefined>,
    whenOver: () => IdCardError,
  ): Promise<Result<T, IdCardError>> {
    for (;;) {
      const began = this.clock.monotonic()
      const result = await this.locked(step)
      if (result) return result
      if (patience.signal.aborted) return err({ code: 'CANCELLED' })
      const left = patience.until - this.clock.monotonic()
      if (left <= 0) return err(whenOver())
      await interruptible(this.clock, Math.min(left, began + this.pollMs - this.clock.monotonic()), patience.signal)
    }
  }

  /** Looks for a card once and reads it; `undefined`: nobody came yet. */
  private async lookOnce(waiting: Waiting): Promise<Result<CardRead, IdCardError> | undefined> {
    const { patience } = waiting
    if (this.dialect.steps[0] === 'read' && !this.mustLeave) return this.readInOne(waiting)
    const found = await this.say('find', patience)
    if (!found.ok) {
      if (found.error.code === 'NO_CARD') this.noCard(waiting, found.error)
      return isNobody(found.error) ? undefined : found
    }
    if (this.mustLeave) {
      if (this.mustLeave !== ALREADY_READ) return err(this.mustLeave)
      waiting.latest = ALREADY_READ
      return undefined
    }
    const selected = await this.say('select', patience)
    if (selected.ok) {
      waiting.onFound()
      return this.readSelected(patience)
    }
    waiting.latest = selected.error
    const slidingIn = selected.error.code === 'SELECT_FAILED' && ++waiting.unselectable < SELECT_TRIES
    return slidingIn ? undefined : selected
  }

  private noCard(waiting: Waiting, error: IdCardError): void {
    waiting.latest = error
    this.mustLeave = undefined
  }

  private async readSelected(patience: Patience): Promise<Result<CardRead, IdCardError>> {
    const read = this.keepInMind(await this.readData(patience))
    if (!read.ok || !ADDRESS_KINDS.has(reveal(read.value.card).kind)) return read
    return ok({ ...read.value, card: hide(await this.withNewestAddress(reveal(read.value.card), patience)) })
  }

  /**
   * Readers without find and select read at once; a card is there when they have read it. They would read a card left
   * lying again and again, so it counts as absent until it was lifted, as the security module itself does it.
   */
  private async readInOne(waiting: Waiting): Promise<Result<CardRead, IdCardError> | undefined> {
    const read = this.keepInMind(await this.readData(waiting.patience))
    if (read.ok) {
      this.mustLeave = ALREADY_READ
      waiting.onFound()
    } else if (read.error.code === 'NO_CARD') {
      waiting.latest = read.error
    }
    return !read.ok && isNobody(read.error) ? undefined : read
  }

  private keepInMind(read: Result<CardRead, IdCardError>): Result<CardRead, IdCardError> {
    if (!read.ok && RE_PLACE.has(read.error.code)) this.mustLeave = read.error
    return read
  }

  private async readData(patience: Patience): Promise<Result<CardRead, IdCardError>> {
    const answer = await this.driver.ask('read', patience)
    if (!answer.ok) return err(readFault(answer.error))
    const refused = refusal(answer.value)
    if (refused) return err(refused)
    const payload = this.dialect.payload(answer.value.data)
    if (!payload.ok) return err({ code: 'UNREADABLE_CARD', detail: payload.error.detail })
    const read = cardReadOf(payload.value)
    if (read.ok) {
      this.log.info('id-card.read', { kind: reveal(read.value.card).kind, portraitBytes: read.value.portraitBytes })
    }
    return read
  }

  /** Asks for the address appended last. It is an extra: whatever goes wrong here, the card was read. */
  private async withNewestAddress(card: IdCard, patience: Patience): Promise<IdCard> {
    const answer = await this.driver.ask('newestAddress', patience)
    if (!answer.ok || refusal(answer.value)) return card
    const newestAddress = decodeAddress(answer.value.data)
    return newestAddress === '' ? card : ({ ...card, newestAddress } as IdCard)
  }

  /** Asks, and turns a refusal into an error. A confused module is reset once and asked again. */
  private async say(command: CommandName, patience: Patience): Promise<Result<Answer, IdCardError>> {
    for (let resets = 0; ; resets++) {
      const answer = await this.driver.ask(command, patience)
      if (!answer.ok) return err(fault(answer.error))
      const refused = refusal(answer.value)
      if (!refused) return answer
      if (refused.code !== 'NO_CARD') this.log.warn('id-card.refused', { command, sw3: sw3Hex(answer.value.sw3) })
      if (refused.code !== 'READER_CONFUSED' || resets > 0) return err(refused)
      const reset = await this.driver.ask('reset', patience)
      if (!reset.ok) return err(fault(reset.error))
    }
  }

  private locked<T>(work: () => Promise<T>): Promise<T> {
    return this.lock.run(work)
  }

  private patience(signal: AbortSignal, deadlineMs: number): Patience {
    return { until: this.clock.monotonic() + deadlineMs, signal }
  }
}
