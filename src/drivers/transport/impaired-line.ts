import type { CancelTimer, Clock } from '../../lib/clock.ts'
import { seededRandom, type Random } from '../../lib/random.ts'
import type { DeviceLine } from './device-line.ts'

/** What a bad or slow cable does to the bytes a simulator sends. Everything is replayable: noise comes from `seed`. */
export interface LineImpairment {
  /** Largest number of bytes delivered at once. */
  readonly chunk?: number
  /** Pause before each chunk, milliseconds. */
  readonly delayMs?: number
  /** Delivers no faster than a wire at this rate (8N1: ten bits a byte), which a pty does not do by itself. */
  readonly baud?: number
  /** Random bytes put in front of each message. */
  readonly noiseBytes?: number
  readonly seed?: number
}

/** Puts `impairment` between a simulator and its line; what the simulator hears is not changed. */
export function impair(line: DeviceLine, impairment: LineImpairment, clock: Clock): DeviceLine {
  return new ImpairedLine(line, impairment, clock)
}

const BITS_PER_BYTE = 10

class ImpairedLine implements DeviceLine {
  private readonly line: DeviceLine
  private readonly impairment: LineImpairment
  private readonly clock: Clock
  private readonly random: Random
  private readonly queue: { readonly bytes: Uint8Array; readonly due: number }[] = []
  /** When the wire has carried everything queued so far. */
  private busyUntil = 0
  private cancelTimer: CancelTimer | undefined
  private hangingUp = false

  constructor(line: DeviceLine, impairment: LineImpairment, clock: Clock) {
    this.line = line
    this.impairment = impairment
    this.clock = clock
    this.random = seededRandom(impairment.seed ?? 1)
    line.onClosed(() => this.stop())
  }

  onBytes(listener: (bytes: Uint8Array) => void): () => void {
    return this.line.onBytes(listener)
  }

  onClosed(listener: () => void): () => void {
    return this.line.onClosed(listener)
  }

  send(bytes: Uint8Array): void {
    const { chunk = DEFAULT_CHUNK, delayMs = 0, baud, noiseBytes = 0 } = this.impairment
    const noise = Uint8Array.from({ length: noiseBytes }, () => Math.floor(this.random() * 256))
    const message = Buffer.concat([noise, bytes])
    const step = baud === undefined && this.impairment.chunk === undefined ? Math.max(1, message.length) : chunk
    for (let at = 0; at < message.length; at += step) {
      const piece = message.subarray(at, at + step)
      const wireMs = baud === undefined ? 0 : (piece.length * BITS_PER_BYTE * 1000) / baud
      this.busyUntil = Math.max(this.busyUntil, this.clock.monotonic()) + delayMs + wireMs
      this.queue.push({ bytes: piece, due: this.busyUntil })
    }
    this.deliver()
  }

  /** Takes effect when the bytes sent before it have gone out. */
  hangUp(): void {
    this.hangingUp = true
    this.deliver()
  }

  private deliver(): void {
    if (this.cancelTimer) return
    for (let next = this.queue[0]; next; next = this.queue[0]) {
      const wait = next.due - this.clock.monotonic()
      if (wait > 0) {
        this.cancelTimer = this.clock.setTimer(Math.ceil(wait), () => {
          this.cancelTimer = undefined
          this.deliver()
        })
        return
      }
      this.queue.shift()
      this.line.send(next.bytes)
    }
    if (this.hangingUp) this.line.hangUp()
  }

  private stop(): void {
    this.cancelTimer?.()
    this.queue.length = 0
  }
}

/** Bytes a UART driver hands up at once when paced: the usual FIFO. */
const DEFAULT_CHUNK = 16
