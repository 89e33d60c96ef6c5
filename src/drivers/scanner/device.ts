import { isAborted } from '../../lib/aborted.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import type { DeviceReport } from '../report.ts'
import type { Transport, TransportError } from '../transport/transport.ts'
import { decodeScan, type RawScan, type ScannedText, type Undecodable } from './codec.ts'
import { ScannerDriver, type Obeyed } from './driver.ts'
import type { ScannerProtocol } from './protocol/protocol.ts'
import { serial } from './protocol/serial.ts'
import { scannerReport, type ScannerStatus } from './report.ts'

interface Scan extends ScannedText {
  /** Length of the code as it came, bytes; without the symbology. */
  readonly bytes: number
  /** `]Q1` (AIM) or `ssi:1c`, as the scanner named it; null where it did not. */
  readonly symbology: string | null
}

export type ScannerError =
  /** Nobody showed a code in the time given. */
  | { readonly code: 'NO_SCAN' }
  /** The code is longer than 4096 bytes. */
  | { readonly code: 'TOO_LONG' }
  | Undecodable
  /** A scanner in keyboard mode whose letters were eaten: it has to be switched to HID-POS. */
  | { readonly code: 'WEDGE_UNREADABLE' }
  | { readonly code: 'PORT'; readonly cause: TransportError }
  | { readonly code: 'CANCELLED' }

/** Codes kept while nobody asks; two shown in quick succession both count, a forgotten pile does not. */
const MAX_WAITING = 8
/** How long a report waits for the port. */
const REPORT_OPEN_MS = 1500

type Outcome = Result<Scan, ScannerError>

/**
 * The code scanner as the kiosk sees it: it listens while open, hands out codes in the order they were shown, and where
 * its protocol has a trigger, its light is on only while somebody waits for a code.
 */
export class Scanner {
  private readonly driver: ScannerDriver
  private readonly protocol: ScannerProtocol
  private readonly clock: Clock
  private readonly log: Log
  private readonly waiting: Outcome[] = []
  private reading = false
  private reader: ((outcome: Outcome) => void) | undefined
  private current: ScannerStatus = { state: 'closed' }
  /** What the scanner made of the last commands. */
  private obeyed: Obeyed = 'done'
  private keysLost = false

  constructor(transport: Transport, clock: Clock, log: Log, protocol: ScannerProtocol = serial) {
    this.clock = clock
    this.log = log
    this.protocol = protocol
    this.driver = new ScannerDriver(transport, clock, protocol, {
      scan: (scan) => this.hand(this.understand(scan)),
      gone: (cause) => this.lost(cause),
    })
  }

  get status(): ScannerStatus {
    return this.current
  }

  /**
   * The next code: one already waiting, else the next shown. One caller at a time. The light goes on at the start and off
   * at the end, however it ends; a scanner that does not obey its trigger is listened to all the same.
   * @param deadlineMs the time for showing a code, milliseconds; when it passes, `NO_SCAN`. Putting out the light of a
   * scanner that has stopped answering takes up to 1.2 s more.
   */
  async read(signal: AbortSignal, deadlineMs: number): Promise<Outcome> {
    if (this.reading) throw new Error('somebody is already waiting for a code')
    this.reading = true
    try {
      return this.waiting.shift() ?? (await this.readNext(signal, deadlineMs))
    } finally {
      this.reading = false
    }
  }

  /**
   * How the scanner is: opens the port, and asks where the protocol has a question. Never throws. While somebody waits for
   * a code it answers from what is known. Takes at most 2.7 s.
   */
  async report(signal: AbortSignal): Promise<DeviceReport> {
    if (!this.reading && !signal.aborted) await this.lookAfter(signal)
    const { current, obeyed, keysLost, protocol } = this
    return scannerReport({ status: current, obeyed, keysLost, driver: protocol.name })
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

  private async readNext(signal: AbortSignal, deadlineMs: number): Promise<Outcome> {
    const until = this.clock.monotonic() + deadlineMs
    if (signal.aborted) return err({ code: 'CANCELLED' })
    const started = await this.start(deadlineMs)
    if (!started.ok) return started
    if (isAborted(signal)) return err({ code: 'CANCELLED' })
    try {
      const lit = await this.light('lightOn', signal)
      if (!lit.ok) return lit
      if (isAborted(signal)) return err({ code: 'CANCELLED' })
      return this.waiting.shift() ?? (await this.nextScan(signal, until - this.clock.monotonic()))
    } finally {
      if (this.current.state === 'listening') await this.light('lightOff').then(() => undefined)
    }
  }

  private async lookAfter(signal: AbortSignal): Promise<void> {
    const started = await this.start(REPORT_OPEN_MS)
    const { probe } = this.protocol
    if (!started.ok || probe === null) return
    const answered = await this.driver.perform([probe], signal)
    if (!isAborted(signal)) this.note(answered)
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

  private async light(which: 'lightOn' | 'lightOff', signal?: AbortSignal): Promise<Result<void, ScannerError>> {
    const commands = this.protocol[which]
    if (commands.length === 0) return ok()
    const obeyed = await this.driver.perform(commands, signal)
    if (signal?.aborted !== true) this.note(obeyed)
    return obeyed.ok ? ok() : err({ code: 'PORT', cause: obeyed.error })
  }

  private note(obeyed: Result<Obeyed, TransportError>): void {
    if (!obeyed.ok) {
      this.current = { state: 'unplugged', cause: obeyed.error }
      return
    }
    if (obeyed.value !== this.obeyed) this.log.info('scanner.trigger', { outcome: obeyed.value })
    this.obeyed = obeyed.value
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
    this.keysLost = scan.kind === 'keys-lost'
    if (scan.kind === 'too-long') return err({ code: 'TOO_LONG' })
    if (scan.kind === 'keys-lost') return err({ code: 'WEDGE_UNREADABLE' })
    const { bytes, symbology } = scan
    const decoded = decodeScan(bytes)
    return decoded.ok ? ok({ ...decoded.value, bytes: bytes.length, symbology }) : decoded
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
