import { delay, type Clock } from '../../lib/clock.ts'
import { Lock } from '../../lib/lock.ts'
import { hide, type Log, type Sensitive } from '../../lib/log.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import type { Transport, TransportError } from '../transport/transport.ts'
import type { IdCard } from './card.ts'
import type { CommandName, Answer } from './codec/command.ts'
import { splitPayload } from './codec/payload.ts'
import { decodeSamId, type SamId } from './codec/sam-id.ts'
import { describeSw3, sw3Hex, type Sw3Failure } from './codec/sw3.ts'
import { decodeAddress, decodeCardText } from './codec/text.ts'
import { SamDriver, type Patience, type ReaderFault } from './driver.ts'

/** A card as the reader gave it. Personal: it lives in the visit and is never logged. */
export interface CardRead {
  readonly card: Sensitive<IdCard>
  /** WLT-compressed portrait, opaque without a vendor's decoder; may be empty. */
  readonly portrait: Sensitive<Uint8Array>
  readonly portraitBytes: number
}

/** Everything that can stand between a citizen and a read card. `describeIdCardError` says it in words. */
export type IdCardError =
  /** The reader refused with a status; `sw3` is its two hexadecimal digits. */
  | { readonly code: Sw3Failure; readonly sw3: string }
  /** The answer broke off or the reader fell silent while the card was being read. */
  | { readonly code: 'CARD_LIFTED' }
  /** The card's data does not have the form of any known card. */
  | { readonly code: 'UNREADABLE_CARD'; readonly detail: string }
  | { readonly code: 'PORT'; readonly cause: TransportError }
  | { readonly code: 'NO_ANSWER' }
  | { readonly code: 'GARBLED' }
  /** The time given was over in the middle of the conversation. */
  | { readonly code: 'TIMED_OUT' }
  | { readonly code: 'CANCELLED' }

/** What a technician and the home screen are told about the reader. */
export type IdCardReaderStatus =
  | { readonly state: 'ready' }
  /** The security module is defective or not authorised: the maker must replace it. */
  | { readonly state: 'out-of-service'; readonly sw3: string }
  /** The port is missing, taken, or gone. */
  | { readonly state: 'unplugged'; readonly cause: TransportError }
  /** The port is there, nothing sensible answers: power, cable, baud rate. */
  | { readonly state: 'silent' }

export interface IdCardReaderOptions {
  /** Time between two questions for a card, milliseconds, at least 300 (below that readers heat up and miss cards). */
  readonly pollMs?: number
}

const MIN_POLL_MS = 300
const DEFAULT_POLL_MS = 400
/** A card still sliding into place is found but cannot be selected; after this many times in a row it is an error. */
const SELECT_TRIES = 3
/** Answers to 30 03 that only a card in the field can give. */
const STILL_THERE: ReadonlySet<string> = new Set(['OK', 'ITEM_ABSENT'])
const ADDRESS_KINDS: ReadonlySet<IdCard['kind']> = new Set(['resident', 'residence-permit'])

/** The ID card reader as the kiosk sees it. One conversation at a time; verbs may be called concurrently. */
export class IdCardReader {
  private readonly driver: SamDriver
  private readonly clock: Clock
  private readonly log: Log
  private readonly pollMs: number
  private readonly lock = new Lock()

  constructor(transport: Transport, clock: Clock, log: Log, options: IdCardReaderOptions = {}) {
    this.driver = new SamDriver(transport, clock)
    this.clock = clock
    this.log = log
    this.pollMs = Math.max(MIN_POLL_MS, options.pollMs ?? DEFAULT_POLL_MS)
  }

  /**
   * Waits for a card and reads it. Every error but "no card" ends the wait at once; after a read error the citizen must
   * take the card away and put it down again before a new call can succeed.
   * @param deadlineMs the whole time, milliseconds; when it passes with no card, `NO_CARD`
   */
  async waitForCard(signal: AbortSignal, deadlineMs: number): Promise<Result<CardRead, IdCardError>> {
    const patience = this.patience(signal, deadlineMs)
    let latest: IdCardError = { code: 'NO_ANSWER' }
    let unselectable = 0
    const step = async (): Promise<Result<CardRead, IdCardError> | undefined> => {
      const found = await this.say('find', patience)
      if (!found.ok) {
        if (found.error.code === 'NO_CARD') latest = found.error
        return found.error.code === 'NO_CARD' || found.error.code === 'TIMED_OUT' ? undefined : found
      }
      const selected = await this.say('select', patience)
      if (selected.ok) return this.readSelected(patience)
      latest = selected.error
      const slidingIn = selected.error.code === 'SELECT_FAILED' && ++unselectable < SELECT_TRIES
      return slidingIn ? undefined : selected
    }
    return this.poll(patience, step, () => latest)
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
      return found.error.code === 'NO_CARD' ? ok() : found
    }
    return this.poll(patience, step, () => ({ code: 'TIMED_OUT' }))
  }

  /** Whether a card lies on the reader now. A card already read counts as absent until it was lifted. */
  async findCard(signal: AbortSignal, deadlineMs: number): Promise<Result<boolean, IdCardError>> {
    const found = await this.locked(() => this.say('find', this.patience(signal, deadlineMs)))
    if (found.ok) return ok(true)
    return found.error.code === 'NO_CARD' ? ok(false) : found
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

  private async readSelected(patience: Patience): Promise<Result<CardRead, IdCardError>> {
    const answer = await this.driver.ask('read', patience)
    if (!answer.ok) return err(readFault(answer.error))
    const refused = refusal(answer.value)
    if (refused) return err(refused)
    const payload = splitPayload(answer.value.data)
    if (!payload.ok) return err({ code: 'UNREADABLE_CARD', detail: payload.error.detail })
    const card = decodeCardText(payload.value.text)
    if (!card.ok) return err({ code: 'UNREADABLE_CARD', detail: card.error.detail })
    const whole = await this.withNewestAddress(card.value, patience)
    const { portrait } = payload.value
    this.log.info('id-card.read', { kind: whole.kind, portraitBytes: portrait.length })
    return ok({ card: hide(whole), portrait: hide(portrait), portraitBytes: portrait.length })
  }

  /** Asks for the address appended last. It is an extra: whatever goes wrong here, the card was read. */
  private async withNewestAddress(card: IdCard, patience: Patience): Promise<IdCard> {
    if (!ADDRESS_KINDS.has(card.kind)) return card
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

function refusal(answer: Answer): Extract<IdCardError, { code: Sw3Failure }> | undefined {
  const { outcome } = describeSw3(answer.sw3)
  return outcome === 'OK' ? undefined : { code: outcome, sw3: sw3Hex(answer.sw3) }
}

function fault(cause: ReaderFault): IdCardError {
  switch (cause.code) {
    case 'PORT':
      return cause
    case 'NO_ANSWER':
    case 'COMMAND_UNANSWERED':
      return { code: 'NO_ANSWER' }
    case 'GARBLED':
      return { code: 'GARBLED' }
    case 'CANCELLED':
      return cause
    case 'OUT_OF_TIME':
      return { code: cause.heard === 'nothing' ? 'TIMED_OUT' : 'GARBLED' }
  }
}

/** While the card is being read, an answer that breaks off or never comes means the card has left the field. */
function readFault(cause: ReaderFault): IdCardError {
  const lifted =
    cause.code === 'COMMAND_UNANSWERED' ||
    (cause.code === 'GARBLED' && cause.brokenOff) ||
    (cause.code === 'OUT_OF_TIME' && cause.heard === 'broken-off')
  return lifted ? { code: 'CARD_LIFTED' } : fault(cause)
}

function interruptible(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0) return Promise.resolve()
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  return Promise.race([delay(clock, ms), aborted])
}
