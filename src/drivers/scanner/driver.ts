import type { CancelTimer, Clock } from '../../lib/clock.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import type { Transport, TransportError } from '../transport/transport.ts'
import { ScanAssembler, type RawScan } from './codec.ts'

/** A scanner that sends no suffix has finished a code when it has been silent for this long (50–100 ms is usual). */
const SILENCE_MS = 100

/** Listens to a serial scanner, which talks whenever somebody shows it a code, and cuts what it says into codes. */
export class ScannerDriver {
  private readonly transport: Transport
  private readonly clock: Clock
  private readonly onScan: (scan: RawScan) => void
  private assembler = new ScanAssembler()
  private cancelSilence: CancelTimer = () => undefined
  private opening: Promise<Result<void, TransportError>> | undefined
  private open = false

  constructor(
    transport: Transport,
    clock: Clock,
    onScan: (scan: RawScan) => void,
    onGone: (why: TransportError) => void,
  ) {
    this.transport = transport
    this.clock = clock
    this.onScan = onScan
    transport.onBytes((bytes) => this.take(bytes))
    transport.onGone((why) => {
      this.forget()
      onGone(why)
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

  async stop(): Promise<void> {
    await this.opening
    this.forget()
    await this.transport.close()
  }

  private take(bytes: Uint8Array): void {
    this.cancelSilence()
    for (const scan of this.assembler.push(bytes)) this.onScan(scan)
    if (!this.assembler.midCode) return
    this.cancelSilence = this.clock.setTimer(SILENCE_MS, () => {
      for (const scan of this.assembler.endBySilence()) this.onScan(scan)
    })
  }

  /** A code cut off by a lost line is not a code. */
  private forget(): void {
    this.open = false
    this.cancelSilence()
    this.assembler = new ScanAssembler()
  }
}
