import type { Clock } from '../../lib/clock.ts'
import { err, type Result } from '../../lib/result.ts'
import { TransportListeners } from '../transport/listeners.ts'
import type { Transport, TransportError } from '../transport/transport.ts'
import { isTunable, type TunableTransport } from '../transport/tunable.ts'

/** What a gate says of its line: `SHUT` while it may not be opened, `TRIAL` from then until it has kept quiet. */
type FloodState = 'CALM' | 'SHUT' | 'TRIAL'

export interface FloodGate extends Transport {
  readonly flood: FloodState
  /** Told at the moment the line is shut. Returns its removal. */
  onFlood(listener: () => void): () => void
}

const WINDOW_MS = 1_000
/** An opened line that keeps below the ceiling for this long is believed. */
const CALM_AFTER_MS = 5_000
const FIRST_REST_MS = 5_000
const LONGEST_REST_MS = 60_000

/**
 * Puts a ceiling on what a line may deliver. A device that sends more within one second is cut off: its line is closed,
 * the driver hears `LOST`, and opening is refused for 5 s, then 10 s, up to a minute. So a babbling device costs the
 * kiosk one second of parsing, not its screens. A line that can be tuned can be tuned through its gate.
 * @param bytesPerSecond well above what the device can have to say, well below what could slow anybody
 */
export function floodGate(line: Transport, bytesPerSecond: number, clock: Clock): FloodGate {
  return isTunable(line) ? new TunableGate(line, bytesPerSecond, clock) : new Gate(line, bytesPerSecond, clock)
}

class Gate implements FloodGate {
  private readonly line: Transport
  private readonly ceiling: number
  private readonly clock: Clock
  private readonly listeners = new TransportListeners()
  private readonly floodListeners = new Set<() => void>()
  private windowFrom = 0
  private inWindow = 0
  private shutUntil: number | undefined
  private openedAt: number | undefined
  private restMs = FIRST_REST_MS

  constructor(line: Transport, bytesPerSecond: number, clock: Clock) {
    this.line = line
    this.ceiling = bytesPerSecond
    this.clock = clock
    line.onBytes((bytes) => this.take(bytes))
    line.onGone((why) => {
      this.openedAt = undefined
      this.listeners.gone(why)
    })
  }

  get name(): string {
    return this.line.name
  }

  get flood(): FloodState {
    if (this.shutUntil === undefined) return 'CALM'
    const now = this.clock.monotonic()
    if (now < this.shutUntil) return 'SHUT'
    if (this.openedAt === undefined || now - this.openedAt < CALM_AFTER_MS) return 'TRIAL'
    this.shutUntil = undefined
    this.restMs = FIRST_REST_MS
    return 'CALM'
  }

  onFlood(listener: () => void): () => void {
    this.floodListeners.add(listener)
    return () => this.floodListeners.delete(listener)
  }

  onBytes(listener: (bytes: Uint8Array) => void): () => void {
    return this.listeners.onBytes(listener)
  }

  onGone(listener: (why: TransportError) => void): () => void {
    return this.listeners.onGone(listener)
  }

  async open(): Promise<Result<void, TransportError>> {
    if (this.flood === 'SHUT')
      return err({ code: 'REFUSED', detail: `${this.name} was closed because the device sent without end` })
    const opened = await this.line.open()
    if (opened.ok) {
      this.openedAt = this.windowFrom = this.clock.monotonic()
      this.inWindow = 0
    }
    return opened
  }

  write(bytes: Uint8Array, deadlineMs: number): Promise<Result<void, TransportError>> {
    return this.line.write(bytes, deadlineMs)
  }

  close(): Promise<void> {
    this.openedAt = undefined
    return this.line.close()
  }

  private take(bytes: Uint8Array): void {
    if (this.openedAt === undefined) return
    const now = this.clock.monotonic()
    if (now - this.windowFrom >= WINDOW_MS) {
      this.windowFrom = now
      this.inWindow = 0
    }
    this.inWindow += bytes.length
    if (this.inWindow > this.ceiling) this.shut(now)
    else this.listeners.bytes(bytes)
  }

  private shut(now: number): void {
    if (this.shutUntil !== undefined) this.restMs = Math.min(this.restMs * 2, LONGEST_REST_MS)
    this.shutUntil = now + this.restMs
    this.openedAt = undefined
    void this.line.close()
    this.listeners.gone({ code: 'LOST', detail: `${this.name} sent more than ${this.ceiling} bytes in a second` })
    for (const listener of [...this.floodListeners]) listener()
  }
}

class TunableGate extends Gate implements TunableTransport {
  private readonly tunable: TunableTransport

  constructor(line: TunableTransport, bytesPerSecond: number, clock: Clock) {
    super(line, bytesPerSecond, clock)
    this.tunable = line
  }

  get speed(): number {
    return this.tunable.speed
  }

  get speeds(): readonly number[] {
    return this.tunable.speeds
  }

  tune(speed: number): void {
    this.tunable.tune(speed)
  }
}
