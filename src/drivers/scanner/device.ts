import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import type { Transport, TransportError } from '../transport/transport.ts'
import { decodeScan, type RawScan, type ScannedText, type Undecodable } from './codec.ts'
import { ScannerDriver } from './driver.ts'

interface Scan extends ScannedText {
  /** Length of the code as it came, bytes. */
  readonly bytes: number
}

export type ScannerError =
  /** Nobody showed a code in the time given. */
  | { readonly code: 'NO_SCAN' }
  /** The code is longer than 4096 bytes. */
  | { readonly code: 'TOO_LONG' }
  | Undecodable
  | { readonly code: 'PORT'; readonly cause: TransportError }
  | { readonly code: 'CANCELLED' }

export type ScannerStatus =
  | { readonly state: 'listening' }
  | { readonly state: 'closed' }
  | { readonly state: 'unplugged'; readonly cause: TransportError }

/** Codes kept while nobody asks; two shown in quick succession both count, a forgotten pile does not. */
const MAX_WAITING = 8

type Outcome = Result<Scan, ScannerError>

/** The code scanner as the kiosk sees it: it listens while open and hands out codes in the order they were shown. */
export class Scanner {
  private readonly driver: ScannerDriver
  private readonly clock: Clock
  private readonly log: Log
  private readonly waiting: Outcome[] = []
  private reader: ((outcome: Outcome) => void) | undefined
  private current: ScannerStatus = { state: 'closed' }

  constructor(transport: Transport, clock: Clock, log: Log) {
    this.clock = clock
    this.log = log
    this.driver = new ScannerDriver(
      transport,
      clock,
      (scan) => this.hand(this.understand(scan)),
      (cause) => this.lost(cause),
    )
  }

  get status(): ScannerStatus {
    return this.current
  }

  /**
   * The next code: one already waiting, else the next shown. One caller at a time.
   * @param deadlineMs the whole time, milliseconds; when it passes, `NO_SCAN`
   */
  async read(signal: AbortSignal, deadlineMs: number): Promise<Outcome> {
    if (this.reader) throw new Error('somebody is already waiting for a code')
    const until = this.clock.monotonic() + deadlineMs
    const waiting = this.waiting.shift()
    if (waiting) return waiting
    if (signal.aborted) return err({ code: 'CANCELLED' })
    const started = await this.start(deadlineMs)
    if (!started.ok) return started
    if (isAborted(signal)) return err({ code: 'CANCELLED' })
    return this.waiting.shift() ?? this.nextScan(signal, until - this.clock.monotonic())
  }

  /** Throws away codes shown before now: call it when a new visit begins, so that no code passes from one to the next. */
  forget(): void {
    this.waiting.length = 0
  }

  async close(): Promise<void> {
    this.forget()
    this.current = { state: 'closed' }
    await this.driver.stop()
  }

  private async start(ms: number): Promise<Result<void, ScannerError>> {
    const started = await this.driver.start(ms)
    if (started.ok) {
      this.current = { state: 'listening' }
      return started
    }
    this.current = { state: 'unplugged', cause: started.error }
    return err({ code: 'PORT', cause: started.error })
  }

  private nextScan(signal: AbortSignal, ms: number): Promise<Outcome> {
    return new Promise((resolve) => {
      const finish = (outcome: Outcome): void => {
        this.reader = undefined
        cancel()
        signal.removeEventListener('abort', abort)
        resolve(outcome)
      }
      const abort = (): void => finish(err({ code: 'CANCELLED' }))
      const cancel = this.clock.setTimer(Math.max(0, ms), () => finish(err({ code: 'NO_SCAN' })))
      signal.addEventListener('abort', abort, { once: true })
      this.reader = finish
    })
  }

  private understand(scan: RawScan): Outcome {
    if (scan.kind === 'too-long') return err({ code: 'TOO_LONG' })
    const decoded = decodeScan(scan.bytes)
    return decoded.ok ? ok({ ...decoded.value, bytes: scan.bytes.length }) : decoded
  }

  private hand(outcome: Outcome): void {
    this.log.info('scanner.code', outcome.ok ? { bytes: outcome.value.bytes } : { refused: outcome.error.code })
    if (this.reader) this.reader(outcome)
    else if (this.waiting.length < MAX_WAITING) this.waiting.push(outcome)
  }

  private lost(cause: TransportError): void {
    this.current = { state: 'unplugged', cause }
    this.reader?.(err({ code: 'PORT', cause }))
  }
}

/** Asked anew, since the compiler believes that a signal cannot change while the port opens. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted
}
