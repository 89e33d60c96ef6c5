import type { Result } from '../../lib/result.ts'
import type { DeviceReport } from '../report.ts'
import type { CardRead } from './card-read.ts'
import type { SamId } from './codec/sam-id.ts'
import type { IdCardError } from './errors.ts'
import type { IdCardReaderStatus } from './reader-report.ts'

/** An ID card reader as the kiosk sees it, whatever it speaks. Verbs may be called concurrently; deadlines are milliseconds. */
export interface CardReader {
  /**
   * Waits for a card and reads it. Every error but "no card" ends the wait at once. After a read error a card that still
   * lies there is refused with that error until it has been seen gone.
   * @param deadlineMs the whole time; when it passes with no card, `NO_CARD`
   * @param onFound called at most once, when a card lies ready and its reading begins; the call then ends with it
   */
  waitForCard(signal: AbortSignal, deadlineMs: number, onFound?: () => void): Promise<Result<CardRead, IdCardError>>
  /** Waits until the card was lifted. `TIMED_OUT` when it still lies there. */
  waitForRemoval(signal: AbortSignal, deadlineMs: number): Promise<Result<void, IdCardError>>
  /** Whether a card lies on the reader now. A card already read counts as absent until it was lifted. */
  findCard(signal: AbortSignal, deadlineMs: number): Promise<Result<boolean, IdCardError>>
  status(signal: AbortSignal, deadlineMs: number): Promise<IdCardReaderStatus>
  /** The identity of the security module; `NOT_OFFERED` where the reader keeps it to itself. */
  samId(signal: AbortSignal, deadlineMs: number): Promise<Result<SamId, IdCardError>>
  /** Restarts the security module; `NOT_OFFERED` where the reader has no such command. */
  reset(signal: AbortSignal, deadlineMs: number): Promise<Result<void, IdCardError>>
  /** Bits per second of the line, where it has a speed. */
  readonly lineSpeed: number | undefined
  /** How the reader is, for supervisor and board. Never throws and takes at most three seconds. */
  report(signal: AbortSignal): Promise<DeviceReport>
  close(): Promise<void>
}

/** Time between two questions for a card, milliseconds: below 300 readers heat up and miss cards. */
export const MIN_POLL_MS = 300
/** Time the supervisor gives one report, milliseconds. */
export const REPORT_MS = 3000
/** A card still sliding into place is found but cannot be selected; after this many times in a row it is an error. */
export const SELECT_TRIES = 3
/**
 * After these the card must leave the field before it is read again: a module that failed in the middle of a card goes on
 * failing with it. One that merely could not be selected, or was never looked at, may stay.
 */
export const RE_PLACE: ReadonlySet<IdCardError['code']> = new Set([
  'READ_FAILED',
  'CARD_LIFTED',
  'CARD_REJECTS_READER',
  'CARD_NOT_GENUINE',
  'CARD_NOT_VERIFIED',
  'NOT_AN_ID_CARD',
  'UNREADABLE_CARD',
  'GARBLED',
])
/** What a card that was read and not lifted since counts as, in the words of the security module. */
export const ALREADY_READ: IdCardError = { code: 'NO_CARD', sw3: '80' }
