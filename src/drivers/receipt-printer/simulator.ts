import { delay, type CancelTimer, type Clock } from '../../lib/clock.ts'
import type { Bitmap } from '../raster/bitmap.ts'
import type { Lettering } from '../raster/lettering.ts'
import { toPng } from '../raster/png.ts'
import type { DeviceLine } from '../transport/device-line.ts'
import type { ReceiptPrinterProfile } from './profile.ts'
import { Interpreter } from './simulated-interpreter.ts'
import { SimulatedPaper } from './simulated-paper.ts'

/** What goes wrong, and when; all off by default. Lines are counted over the life of the simulator, from 1. */
export interface ReceiptPrinterFaults {
  readonly paperOutAtLine?: number
  readonly coverOpenAtLine?: number
  readonly jamAtLine?: number
  readonly overheatAtLine?: number
  /** The nth cut jams the knife. */
  readonly cutterErrorAtCut?: number
  readonly nearEnd?: boolean
  /** Prints but says nothing, like a printer whose transmit wire is broken or a plain TCP sink. */
  readonly silent?: boolean
  /** Switched off: takes bytes, does nothing. */
  readonly off?: boolean
  readonly noProcessId?: boolean
  readonly noBarrier?: boolean
  /** Pushes its status after every so many received bytes. */
  readonly statusStormEveryBytes?: number
  /** Loses power when it has received so many bytes, and the line hangs up. */
  readonly powerLossAtByte?: number
  /** Answers come in single bytes, so many milliseconds apart. */
  readonly chopMs?: number
  /** Every answer comes this much later. */
  readonly answerDelayMs?: number
  /** A byte of line noise precedes every answer. */
  readonly noise?: boolean
}

export interface ReceiptPrinterSimulatorOptions {
  readonly profile: ReceiptPrinterProfile
  readonly clock: Clock
  /** Without lettering nothing is drawn (counts and texts are still kept). */
  readonly lettering: Lettering | undefined
  readonly faults?: ReceiptPrinterFaults
  /** Takes the time a real mechanism takes; otherwise prints at once. */
  readonly realSpeed?: boolean
}

type Trouble = 'PAPER_OUT' | 'COVER_OPEN' | 'JAM' | 'CUTTER' | 'HOT'

/** A receipt printer of this world: what it is told, what comes out of it, and what it says about that. */
export class ReceiptPrinterSimulator {
  readonly paper: SimulatedPaper
  readonly interpreter: Interpreter
  /** Every byte received since the beginning. */
  readonly received: number[] = []
  faults: ReceiptPrinterFaults
  private readonly options: ReceiptPrinterSimulatorOptions
  private readonly troubles = new Set<Trouble>()
  private line: DeviceLine | undefined
  private buffer: number[] = []
  private recent: number[] = []
  private lines = 0
  private cutAttempts = 0
  private automaticMask = 0
  private busyUntil = 0
  private timer: CancelTimer | undefined
  private answers: Promise<void> = Promise.resolve()

  constructor(options: ReceiptPrinterSimulatorOptions) {
    this.options = options
    this.faults = options.faults ?? {}
    this.paper = new SimulatedPaper(options.profile.dots, options.lettering)
    this.interpreter = new Interpreter(
      this.paper,
      {
        advanced: (dots) => this.advanced(dots),
        cut: () => this.cut(),
        answerBarrier: () => this.faults.noBarrier !== true && this.answer([this.paperByte()]),
        answerProcessId: (id) =>
          this.faults.noProcessId !== true && this.answer([0x37, 0x22, ...Buffer.from(id, 'latin1'), 0]),
        setAutomaticStatus: (mask) => this.setAutomaticStatus(mask),
      },
      options.profile.glyphs,
    )
  }

  /** Speaks on a line. Paper, buffer and troubles belong to the printer and outlive the line. */
  readonly serve = (line: DeviceLine): (() => void) => {
    this.line = line
    const stop = line.onBytes((bytes) => this.receive(bytes))
    return () => {
      stop()
      if (this.line === line) this.line = undefined
    }
  }

  /** A person opens the cover, loads paper, removes a jam or lets it cool; `undefined` removes every trouble. */
  mend(trouble?: Trouble): void {
    if (trouble === undefined) this.troubles.clear()
    else this.troubles.delete(trouble)
    this.pushAutomatic()
    this.pump()
  }

  /** A person causes trouble. */
  trouble(trouble: Trouble): void {
    this.troubles.add(trouble)
    this.pushAutomatic()
  }

  /** Power comes back, or goes and comes back: buffers and settings are lost, paper and troubles stay. */
  powerCycle(): void {
    this.buffer = []
    this.automaticMask = 0
    this.timer?.()
    this.timer = undefined
    this.interpreter.restart()
  }

  /** The last piece in the tray, or what is under the head if nothing was cut. */
  picture(): Bitmap {
    return (this.paper.documents.at(-1) ?? this.paper.piece()).picture
  }

  /** The same as a PNG, 1 bit per dot. */
  toPng(): Uint8Array {
    return toPng(this.picture())
  }

  private receive(bytes: Uint8Array): void {
    if (this.faults.off === true) return
    for (const byte of bytes) {
      this.received.push(byte)
      if (this.received.length === this.faults.powerLossAtByte) {
        this.powerCycle()
        this.line?.hangUp()
        return
      }
      const storm = this.faults.statusStormEveryBytes
      if (storm !== undefined && this.received.length % storm === 0) this.answer(this.automaticBytes())
      this.buffer.push(byte)
      this.obeyRealTime(byte)
    }
    this.pump()
  }

  /** DLE commands are obeyed on reception, wherever they stand in the stream. */
  private obeyRealTime(byte: number): void {
    this.recent = [...this.recent.slice(-9), byte]
    const [dle, kind, n = 0] = this.recent.slice(-3)
    if (dle === 0x10 && kind === 0x04) this.answerRealTime(n)
    else if (dle === 0x10 && kind === 0x05 && n === 2) this.clear()
    else if (CLEAR_ALL.every((expected, index) => this.recent[index] === expected)) this.clear()
  }

  private clear(): void {
    this.buffer = []
    this.recent = []
    this.interpreter.restart()
    this.troubles.delete('CUTTER')
    this.troubles.delete('JAM')
    this.pushAutomatic()
  }

  private pump(): void {
    while (this.buffer.length > 0 && !this.isOffline()) {
      const wait = this.busyUntil - this.options.clock.monotonic()
      if (wait > 0) {
        this.timer ??= this.options.clock.setTimer(wait, () => {
          this.timer = undefined
          this.pump()
        })
        return
      }
      this.interpreter.take(this.buffer.shift() ?? 0)
    }
  }

  private advanced(dots: number): void {
    this.lines++
    if (this.options.realSpeed === true) {
      const from = Math.max(this.busyUntil, this.options.clock.monotonic())
      this.busyUntil = from + (dots / this.options.profile.dotLinesPerSecond) * 1000
    }
    if (this.lines === this.faults.paperOutAtLine) this.trouble('PAPER_OUT')
    if (this.lines === this.faults.coverOpenAtLine) this.trouble('COVER_OPEN')
    if (this.lines === this.faults.jamAtLine) this.trouble('JAM')
    if (this.lines === this.faults.overheatAtLine) this.trouble('HOT')
  }

  private cut(): void {
    this.cutAttempts++
    if (this.cutAttempts === this.faults.cutterErrorAtCut) this.trouble('CUTTER')
    else this.paper.cut()
  }

  private isOffline(): boolean {
    return this.troubles.size > 0
  }

  private has(trouble: Trouble): boolean {
    return this.troubles.has(trouble)
  }

  private setAutomaticStatus(mask: number): void {
    this.automaticMask = this.options.profile.automaticStatus ? mask : 0
    this.pushAutomatic()
  }

  private pushAutomatic(): void {
    if (this.automaticMask !== 0) this.answer(this.automaticBytes())
  }

  private answerRealTime(n: number): void {
    if (!this.options.profile.realTimeStatus) return
    const bit = (mask: number, set: boolean) => (set ? mask : 0)
    const nearEnd = this.faults.nearEnd === true || this.has('PAPER_OUT')
    const error = this.has('CUTTER') || this.has('JAM') || this.has('HOT')
    if (n === 1) this.answer([0x12 | bit(0x08, this.isOffline())])
    if (n === 2)
      this.answer([0x12 | bit(0x04, this.has('COVER_OPEN')) | bit(0x20, this.has('PAPER_OUT')) | bit(0x40, error)])
    if (n === 3)
      this.answer([0x12 | bit(0x04, this.has('JAM')) | bit(0x08, this.has('CUTTER')) | bit(0x40, this.has('HOT'))])
    if (n === 4) this.answer([0x12 | bit(0x0c, nearEnd) | bit(0x60, this.has('PAPER_OUT'))])
  }

  private automaticBytes(): readonly number[] {
    const first = 0x10 | (this.isOffline() ? 0x08 : 0) | (this.has('COVER_OPEN') ? 0x20 : 0)
    const second = (this.has('JAM') ? 0x04 : 0) | (this.has('CUTTER') ? 0x08 : 0) | (this.has('HOT') ? 0x40 : 0)
    return [first, second, this.paperByte(), 0x0f]
  }

  private paperByte(): number {
    return this.has('PAPER_OUT') ? 0x0f : this.faults.nearEnd === true ? 0x03 : 0
  }

  /** Sends an answer as the faults say: late, in pieces, after noise, or not at all. Answers keep their order. */
  private answer(bytes: readonly number[]): void {
    const { silent, noise, chopMs, answerDelayMs } = this.faults
    if (silent === true) return
    const whole = noise === true ? [0xff, ...bytes] : bytes
    if (chopMs === undefined && answerDelayMs === undefined) {
      this.line?.send(Uint8Array.from(whole))
      return
    }
    const pieces = chopMs === undefined ? [whole] : whole.map((byte) => [byte])
    this.answers = this.answers.then(async () => {
      await delay(this.options.clock, answerDelayMs ?? 0)
      for (const piece of pieces) {
        await delay(this.options.clock, chopMs ?? 0)
        this.line?.send(Uint8Array.from(piece))
      }
    })
  }
}

/** DLE DC4 fn 8. */
const CLEAR_ALL = [0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08]
