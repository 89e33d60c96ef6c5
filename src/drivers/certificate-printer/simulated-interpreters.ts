import type { CertificatePrinterProfile } from './profile.ts'
import { decodePair, type SimulatedHead } from './simulated-head.ts'

type Reader<T> = Generator<undefined, T, number>

export interface Mechanism {
  eject(): void
  hasDocument(): boolean
  /** PR2 questions are answered in order with the other commands. */
  answerStatus(): void
  answerDocument(): void
  answerLength(): void
}

/** Obeys bytes one at a time; a coroutine asks for the next one, so commands may be cut anywhere. */
export interface Interpreter {
  take(byte: number): void
  /** Commands this printer does not know, as hex. */
  readonly unknown: readonly string[]
  /** Set-up commands that came when a document was in: PR2 printers answer them with an error. */
  readonly refused: readonly string[]
}

type Model = Pick<CertificatePrinterProfile, 'protocol' | 'wideMm' | 'pr2'>

export function interpreter(model: Model, head: SimulatedHead, mechanism: Mechanism): Interpreter {
  const unknown: string[] = []
  const refused: string[] = []
  const run =
    model.protocol === 'esc-p2'
      ? escp2(head, mechanism, unknown)
      : pr2({ head, mechanism, model, unknown, refused, originMm: 0 })
  run.next()
  return { unknown, refused, take: (byte) => void run.next(byte) }
}

/** ESC/P-K at 24 dots a character, 180 dpi. */
const ESCP2_WIDE_MM = (24 / 180) * 25.4

function* escp2(head: SimulatedHead, mechanism: Mechanism, unknown: string[]): Reader<void> {
  let unitMm = 25.4 / 360
  for (;;) {
    const byte = yield
    if (byte === 0x0d) head.fire()
    else if (byte === 0x0c) mechanism.eject()
    else if (byte === 0x18) head.drop()
    else if (byte === 0x10) {
      yield
      yield
    } else if (byte === 0x1c) {
      const command = yield
      if (command === 0x53) yield* bytes(2)
      else if (command !== 0x26 && command !== 0x2e) unknown.push(`1c ${hex(command)}`)
    } else if (byte === 0x1b) {
      const command = yield
      if (command === 0x24) head.xMm = (yield* word()) * unitMm
      else if (command === 0x28) unitMm = yield* extended(head, unitMm, unknown)
      else if (command === 0x2a) {
        if ((yield) !== 0x27) unknown.push('1b 2a')
        head.columns(yield* bytes((yield* word()) * 3))
      } else if (command === 0x19) {
        yield
        head.fire()
        mechanism.eject()
      } else if (command === 0x40) head.drop()
      else if (command !== 0x67) unknown.push(`1b ${hex(command)}`)
    } else if (byte >= 0x20) {
      head.character(byte < 0x80 ? String.fromCharCode(byte) : decodePair(byte, yield), ESCP2_WIDE_MM)
    }
  }
}

/** ESC ( <letter> nL nH …; returns the unit in force afterwards, millimetres. */
function* extended(head: SimulatedHead, unitMm: number, unknown: string[]): Reader<number> {
  const letter = yield
  const parameters = yield* bytes(yield* word())
  const value = (parameters[0] ?? 0) | ((parameters[1] ?? 0) << 8)
  if (letter === 0x55) return ((parameters[0] ?? 10) / 3600) * 25.4
  if (letter === 0x56) {
    head.fire()
    // The platen does not turn back.
    head.yMm = Math.max(head.yMm, value * unitMm)
  } else if (letter === 0x43 || letter === 0x63) head.yMm = 0
  else unknown.push(`1b 28 ${hex(letter)}`)
  return unitMm
}

/** A PR2 printer that is switched on: its origin is forgotten with its power. */
interface Pr2 {
  readonly head: SimulatedHead
  readonly mechanism: Mechanism
  readonly model: Model
  readonly unknown: string[]
  readonly refused: string[]
  originMm: number
}

function* pr2(printer: Pr2): Reader<void> {
  const { head, model } = printer
  for (;;) {
    const byte = yield
    if (byte === 0x7f) head.drop()
    else if (byte === 0x1c) yield
    else if (byte === 0x1b) yield* pr2Command(printer)
    else if (byte >= 0x20) {
      head.character(byte < 0x80 ? String.fromCharCode(byte) : decodePair(byte, yield), model.wideMm)
    }
  }
}

function* pr2Command(printer: Pr2): Reader<void> {
  const { head, mechanism, model, unknown } = printer
  const command = yield
  switch (command) {
    case 0x2f:
      head.fire()
      yield
      head.yMm = ((yield* decimal(4)) / (model.pr2?.stepsPerInch ?? 240)) * 25.4
      return
    case 0x48:
      head.xMm = printer.originMm + (yield* decimal(3)) * (model.wideMm / 2)
      return
    case 0x4f:
      head.fire()
      head.yMm = 0
      mechanism.eject()
      return
    case 0x6a:
      mechanism.answerStatus()
      return
    case 0x20:
      yield
      mechanism.answerDocument()
      return
    case 0x2d:
      mechanism.answerLength()
      return
    case 0x53:
      yield
      return
    case 0x7c:
      yield* origin(printer)
      return
    case 0x30:
    case 0x6c:
      head.drop()
      return
    case 0x2e:
    case 0x3e:
      return
    default:
      unknown.push(`1b ${hex(command)}`)
  }
}

function* origin(printer: Pr2): Reader<void> {
  const what = yield
  const steps = yield* decimal(3)
  if (what !== 0x41) printer.unknown.push(`1b 7c ${hex(what)}`)
  else if (printer.mechanism.hasDocument()) printer.refused.push('1b 7c 41')
  else printer.originMm = (steps / 120) * 25.4
}

function* decimal(count: number): Reader<number> {
  return Number(Buffer.from(yield* bytes(count)).toString('latin1'))
}

function* word(): Reader<number> {
  const low = yield
  return low | ((yield) << 8)
}

function* bytes(count: number): Reader<Uint8Array> {
  const out = new Uint8Array(count)
  for (let at = 0; at < count; at++) out[at] = yield
  return out
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
