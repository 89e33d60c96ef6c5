import type { CancelTimer, Clock } from '../../lib/clock.ts'
import type { Lettering } from '../raster/lettering.ts'
import type { DeviceLine } from '../transport/device-line.ts'
import { impair } from '../transport/impaired-line.ts'
import { SimulatedAnswers } from '../transport/simulated-answers.ts'
import { FORGET_SLIP } from './codec.ts'
import type { AnswerKind, CertificatePrinterFaults } from './faults.ts'
import type { CertificatePrinterProfile } from './profile.ts'
import { simulatedHead, type SimulatedHead } from './simulated-head.ts'
import { interpreter, type Interpreter } from './simulated-interpreters.ts'
import { SimulatedSheet } from './simulated-sheet.ts'

export interface CertificatePrinterSimulatorOptions {
  readonly profile: CertificatePrinterProfile
  readonly clock: Clock
  /** Without lettering no dots are drawn; texts and positions are still kept. */
  readonly lettering: Lettering | undefined
  readonly faults?: CertificatePrinterFaults
  readonly realSpeed?: boolean
  /** Obeys DEL of PR2 in its turn only, as the manuals leave open; otherwise as soon as it comes. */
  readonly forgetsInTurn?: boolean
  /** Hands that insert a sheet into an empty printer and take an ejected one, each after so many milliseconds. */
  readonly hands?: { readonly insertMs: number; readonly removeMs: number; readonly sheet: () => SimulatedSheet }
}

type Trouble = 'COVER_OPEN' | 'JAM'
type Place = 'none' | 'in' | 'ejected'

/** Without power, and testing itself after it, milliseconds. */
const RESET_MS = 2_000

/** A passbook printer of this world: it obeys bytes, inks the page that is in it, and says how it is. */
export class CertificatePrinterSimulator {
  readonly received: number[] = []
  /** Sheets taken out by hand, in order. */
  readonly taken: SimulatedSheet[] = []
  /** Ink that landed beside a page: each is a bug of ours. */
  readonly platenInk: string[] = []
  private planned: CertificatePrinterFaults
  private readonly answers: SimulatedAnswers<AnswerKind>
  private readonly options: CertificatePrinterSimulatorOptions
  private readonly head: SimulatedHead
  private readonly troubles = new Set<Trouble>()
  private program: Interpreter
  private sheetInside: SimulatedSheet | undefined
  private place: Place = 'none'
  private line: DeviceLine | undefined
  private buffer: number[] = []
  private recent: number[] = []
  private linesFired = 0
  private busyUntil = 0
  /** Without power until then. */
  private darkUntil = -Infinity
  private timer: CancelTimer | undefined

  constructor(options: CertificatePrinterSimulatorOptions) {
    this.options = options
    this.planned = options.faults ?? {}
    this.answers = new SimulatedAnswers(options.clock)
    this.answers.misbehave(this.planned.answers ?? [])
    this.head = simulatedHead(
      () => (this.place === 'in' ? this.sheetInside : undefined),
      options.lettering,
      () => this.lineFired(),
      (text) => this.platenInk.push(text),
    )
    this.program = this.freshProgram()
    this.handsInsert()
  }

  get faults(): CertificatePrinterFaults {
    return this.planned
  }

  /** Other faults from now on; what its line does to answers stays as it was when it was connected. */
  set faults(faults: CertificatePrinterFaults) {
    this.planned = faults
    this.answers.misbehave(faults.answers ?? [])
  }

  /** Set-up commands it refused because a document was in. */
  get refused(): readonly string[] {
    return this.program.refused
  }

  /** Commands it did not know. */
  get unknown(): readonly string[] {
    return this.program.unknown
  }

  /** The sheet in the slot, if any. */
  get sheet(): SimulatedSheet | undefined {
    return this.sheetInside
  }

  /** Lines of print so far, over its whole life. */
  get linesPrinted(): number {
    return this.linesFired
  }

  get documentPlace(): Place {
    return this.place
  }

  readonly serve = (bare: DeviceLine): (() => void) => {
    const line = this.faults.line === undefined ? bare : impair(bare, this.faults.line, this.options.clock)
    this.line = line
    const stop = line.onBytes((bytes) => this.receive(bytes))
    return () => {
      stop()
      if (this.line === line) this.line = undefined
    }
  }

  /** A person puts a sheet into the slot; it is drawn in at once. */
  insert(sheet: SimulatedSheet): void {
    if (this.place !== 'none') throw new Error('there is a document in the slot already')
    this.sheetInside = sheet
    this.place = 'in'
    this.head.xMm = 0
    this.head.yMm = 0
    this.pump()
  }

  /** A person takes the sheet, wherever it is. */
  remove(): SimulatedSheet | undefined {
    const sheet = this.sheetInside
    if (sheet !== undefined) this.taken.push(sheet)
    this.sheetInside = undefined
    this.place = 'none'
    this.handsInsert()
    return sheet
  }

  trouble(trouble: Trouble): void {
    this.troubles.add(trouble)
  }

  mend(trouble?: Trouble): void {
    if (trouble === undefined) this.troubles.clear()
    else this.troubles.delete(trouble)
    this.pump()
  }

  /** Power goes and comes back: buffers are lost, the sheet stays where it is. */
  powerCycle(): void {
    this.buffer = []
    this.recent = []
    this.timer?.()
    this.timer = undefined
    this.head.drop()
    this.program = this.freshProgram()
  }

  private freshProgram(): Interpreter {
    return interpreter(this.options.profile, this.head, {
      hasDocument: () => this.place !== 'none',
      eject: () => this.eject(),
      answerStatus: () => this.answerPr2Status(),
      answerDocument: () => this.answerPr2Document(),
      answerLength: () => this.answerPr2Length(),
    })
  }

  private receive(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (this.options.clock.monotonic() < this.darkUntil) return
      this.received.push(byte)
      if (this.hangs()) return
      if (this.received.length === this.faults.powerLossAtByte) {
        this.powerCycle()
        this.line?.hangUp()
        return
      }
      if (this.received.length === this.faults.resetAtByte) {
        this.powerCycle()
        if (this.place === 'in') this.place = 'ejected'
        this.darkUntil = this.options.clock.monotonic() + RESET_MS
        return
      }
      if (this.received.length === this.faults.hangUpAtByte) {
        this.line?.hangUp()
        break
      }
      this.buffer.push(byte)
      this.recent = [...this.recent.slice(-9), byte]
      this.obeyRealTime(byte)
    }
    this.pump()
  }

  /** Status questions and the commands that empty the buffer are obeyed on reception. */
  private obeyRealTime(byte: number): void {
    const [dle, eot, n = 0] = this.recent.slice(-3)
    if (dle === 0x10 && eot === 0x04) this.answerSlip(n)
    const { profile, forgetsInTurn } = this.options
    if (forgetsInTurn === true) return
    if (
      profile.protocol === 'pr2'
        ? byte === 0x7f
        : FORGET_SLIP.every((expected, index) => this.recent[index] === expected)
    )
      this.powerCycle()
  }

  private hangs(): boolean {
    return this.faults.hangAtByte !== undefined && this.received.length >= this.faults.hangAtByte
  }

  private pump(): void {
    while (this.buffer.length > 0 && this.troubles.size === 0) {
      const wait = this.busyUntil - this.options.clock.monotonic()
      if (wait > 0) {
        this.timer ??= this.options.clock.setTimer(wait, () => {
          this.timer = undefined
          this.pump()
        })
        return
      }
      this.program.take(this.buffer.shift() ?? 0)
    }
  }

  private lineFired(): void {
    this.linesFired++
    if (this.options.realSpeed === true) this.busy(this.options.profile.msPerLine / 2)
    if (this.linesFired === this.faults.jamAtLine) this.trouble('JAM')
    if (this.linesFired === this.faults.coverOpenAtLine) this.trouble('COVER_OPEN')
    if (this.linesFired === this.faults.pulledAtLine) this.remove()
  }

  private eject(): void {
    if (this.place !== 'in') return
    if (this.faults.jamAtEject === true) {
      this.trouble('JAM')
      return
    }
    if (this.options.realSpeed === true) this.busy(this.options.profile.msPerLine)
    this.place = 'ejected'
    const { hands, clock } = this.options
    if (hands !== undefined) clock.setTimer(hands.removeMs, () => void this.remove())
  }

  private busy(ms: number): void {
    this.busyUntil = Math.max(this.busyUntil, this.options.clock.monotonic()) + ms
  }

  private handsInsert(): void {
    const { hands, clock } = this.options
    if (hands === undefined) return
    clock.setTimer(hands.insertMs, () => {
      if (this.place === 'none') this.insert(hands.sheet())
    })
  }

  private answerSlip(n: number): void {
    if (this.options.profile.statusMethod !== 'dle-eot-slip') return
    const jam = this.troubles.has('JAM')
    const cover = this.troubles.has('COVER_OPEN')
    if (n === 1) this.answer('printer', [0x12 | (jam || cover ? 0x08 : 0)])
    if (n === 2) this.answer('offline', [0x12 | (cover ? 0x04 : 0) | (jam ? 0x40 : 0)])
    if (n === 3) this.answer('error', [0x12 | (jam ? 0x04 : 0)])
    if (n === 5) this.answer('slip', [0x12 | (this.place === 'in' ? 0 : 0x04) | (this.place === 'none' ? 0x60 : 0)])
  }

  private answerPr2Status(): void {
    const codes = this.options.profile.pr2
    if (codes === undefined) return
    const list = this.troubles.has('JAM') ? codes.jam : this.troubles.has('COVER_OPEN') ? codes.coverOpen : codes.ready
    this.answer('status', [0x1b, 0x72, list[0] ?? 0])
  }

  private answerPr2Document(): void {
    const codes = this.options.profile.pr2
    if (codes === undefined) return
    const byPlace = { none: codes.documentAbsent, in: codes.documentPresent, ejected: codes.documentEjected }
    this.answer('document', [0x1b, 0x42, 0x35, byPlace[this.place][0] ?? 0, 0x1b, 0x5a])
  }

  private answerPr2Length(): void {
    const { measureUnitMm: unit, measureDigits = 0 } = this.options.profile.pr2 ?? {}
    if (unit === undefined || this.sheetInside === undefined) return
    const measured = this.faults.measuredUnits ?? Math.round(this.sheetInside.heightMm / unit)
    const figures = measureDigits === 0 ? [measured] : [...Buffer.from(String(measured).padStart(measureDigits, '0'))]
    this.answer('length', [0x1b, 0x53, ...figures])
  }

  private answer(kind: AnswerKind, bytes: readonly number[]): void {
    if (!this.hangs()) this.answers.send(this.line, kind, bytes)
  }
}
