import { type CancelTimer, type Clock } from '../../lib/clock.ts'
import type { Bitmap } from '../raster/bitmap.ts'
import type { Lettering } from '../raster/lettering.ts'
import { toPng } from '../raster/png.ts'
import type { DeviceLine } from '../transport/device-line.ts'
import { impair } from '../transport/impaired-line.ts'
import { SimulatedAnswers } from '../transport/simulated-answers.ts'
import { CLEAR_BY_DC4 } from './codec.ts'
import type { AnswerKind, ReceiptPrinterFaults } from './faults.ts'
import type { ReceiptPrinterProfile } from './profile.ts'
import { Interpreter } from './simulated-interpreter.ts'
import { SimulatedPaper } from './simulated-paper.ts'
import {
  automaticStatus,
  fullStatus,
  paperStatus,
  realTimeStatus,
  type Condition,
  type Trouble,
} from './simulated-status.ts'

export interface ReceiptPrinterSimulatorOptions {
  readonly profile: ReceiptPrinterProfile
  readonly clock: Clock
  /** Without lettering nothing is drawn (counts and texts are still kept). */
  readonly lettering: Lettering | undefined
  readonly faults?: ReceiptPrinterFaults
  /** Takes the time a real mechanism takes; otherwise prints at once. */
  readonly realSpeed?: boolean
  /** A clone that obeys a command to forget its buffer only when it comes to it, behind all that was to be forgotten. */
  readonly clearsInOrder?: boolean
}

/** A receipt printer of this world: what it is told, what comes out of it, and what it says about that. */
export class ReceiptPrinterSimulator {
  readonly paper: SimulatedPaper
  readonly interpreter: Interpreter
  /** Every byte received since the beginning. */
  readonly received: number[] = []
  /** Numbers of the pieces, counted from 1, that were drawn into the bin and reach nobody. */
  readonly retracted: number[] = []
  private planned: ReceiptPrinterFaults = {}
  private readonly options: ReceiptPrinterSimulatorOptions
  private readonly answers: SimulatedAnswers<AnswerKind>
  private readonly troubles = new Set<Trouble>()
  /** Scraps that are still in the knife or the paper path: trying again does not help. */
  private readonly causes = new Set<Trouble>()
  private inMouth = false
  private line: DeviceLine | undefined
  private buffer: number[] = []
  private recent: number[] = []
  private lines = 0
  /** Bytes the main loop has taken out of the buffer. */
  obeyedBytes = 0
  private cutAttempts = 0
  private automaticMask = 0
  private busyUntil = 0
  private timer: CancelTimer | undefined

  constructor(options: ReceiptPrinterSimulatorOptions) {
    this.options = options
    this.answers = new SimulatedAnswers(options.clock)
    this.faults = options.faults ?? {}
    this.paper = new SimulatedPaper(options.profile.dots, options.lettering)
    this.interpreter = new Interpreter(
      this.paper,
      {
        advanced: (dots) => this.advanced(dots),
        cut: () => this.cut(),
        answerBarrier: () => this.answers.send(this.line, 'barrier', [paperStatus(this.condition())]),
        answerProcessId: (id) =>
          this.answers.send(this.line, 'process-id', [0x37, 0x22, ...Buffer.from(id, 'latin1'), 0]),
        setAutomaticStatus: (mask) => this.setAutomaticStatus(mask),
        retract: () => this.retract(),
        clearReached: () => {
          if (this.options.clearsInOrder === true && this.options.profile.clearBuffer === 'dle-dc4-8') this.buffer = []
        },
      },
      options.profile.glyphs,
    )
  }

  get faults(): ReceiptPrinterFaults {
    return this.planned
  }

  /** What goes wrong from now on; `line` counts from the next connection. */
  set faults(faults: ReceiptPrinterFaults) {
    this.planned = faults
    this.answers.misbehave(faults.answers ?? [])
  }

  /** Speaks on a line. Paper, buffer and troubles belong to the printer and outlive the line. */
  readonly serve = (bare: DeviceLine): (() => void) => {
    const line = this.faults.line === undefined ? bare : impair(bare, this.faults.line, this.options.clock)
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
    this.removeScraps(trouble)
    this.pushAutomatic()
    this.pump()
  }

  /** A person causes trouble. */
  trouble(trouble: Trouble): void {
    this.troubles.add(trouble)
    this.causes.add(trouble)
    this.pushAutomatic()
  }

  /** A person takes the scraps out of knife and paper path; the printer stays stopped until it is told to try again. */
  removeScraps(trouble?: Trouble): void {
    if (trouble === undefined) this.causes.clear()
    else this.causes.delete(trouble)
  }

  /** Somebody takes the receipt out of the mouth. */
  take(): void {
    this.inMouth = false
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
      if (this.received.length === this.faults.hangUpAtByte) {
        this.line?.hangUp()
        break
      }
      const storm = this.faults.statusStormEveryBytes
      if (storm !== undefined && this.received.length % storm === 0) this.sendAutomatic()
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
    else if (dle === 0x10 && kind === 0x05 && n === 2) this.enquiry()
    else if (this.obeysClear() && CLEAR_BY_DC4.every((expected, index) => this.recent[index] === expected)) this.clear()
  }

  private obeysClear(): boolean {
    return this.options.profile.clearBuffer === 'dle-dc4-8' && this.options.clearsInOrder !== true
  }

  /** DLE ENQ 2 is obeyed in a recoverable error only: out of paper, or with an open cover, it does nothing. */
  private enquiry(): void {
    const { recovery, clearBuffer } = this.options.profile
    const known = recovery === 'dle-enq-2' || clearBuffer === 'dle-enq-2'
    if (known && (this.troubles.has('CUTTER') || this.troubles.has('JAM'))) this.clear()
  }

  private retract(): void {
    if (this.options.profile.retract === 'none' || !this.inMouth) return
    this.inMouth = false
    this.retracted.push(this.paper.documents.length)
  }

  /** Buffers are forgotten; knife and paper path are tried again, and stop again while something is still in them. */
  private clear(): void {
    this.buffer = []
    this.recent = []
    this.interpreter.restart()
    for (const trouble of ['CUTTER', 'JAM'] as const) if (!this.causes.has(trouble)) this.troubles.delete(trouble)
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
      this.obeyedBytes++
      const { stop } = this.faults
      if (this.obeyedBytes === stop?.byte) this.trouble(stop.trouble)
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
    if (this.cutAttempts === this.faults.cutterErrorAtCut) {
      this.trouble('CUTTER')
      return
    }
    this.paper.cut()
    if (this.options.profile.presenter !== 'none') this.inMouth = true
    if (this.cutAttempts === this.faults.exitBlockedAtCut) this.trouble('JAM')
    if (this.cutAttempts === this.faults.coverOpenAtCut) this.trouble('COVER_OPEN')
  }

  private isOffline(): boolean {
    return this.troubles.size > 0
  }

  private condition(): Condition {
    return { troubles: this.troubles, nearEnd: this.faults.nearEnd === true, inMouth: this.inMouth }
  }

  private setAutomaticStatus(mask: number): void {
    this.automaticMask = this.options.profile.automaticStatus ? mask : 0
    this.pushAutomatic()
  }

  private pushAutomatic(): void {
    if (this.automaticMask !== 0) this.sendAutomatic()
  }

  private sendAutomatic(): void {
    this.answers.send(this.line, 'automatic', automaticStatus(this.condition()))
  }

  private answerRealTime(n: number): void {
    if (!this.options.profile.realTimeStatus) return
    if (n === 20 && this.options.profile.presenter !== 'none')
      this.answers.send(this.line, 'presenter', fullStatus(this.condition()))
    if (n >= 1 && n <= 4) this.answers.send(this.line, 'real-time', [realTimeStatus(n, this.condition())])
  }
}
