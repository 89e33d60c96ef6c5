import { Bitmap } from '../raster/bitmap.ts'
import { qrSymbol, type QrLevel } from '../raster/qr.ts'
import { characterOfPair, type GlyphZone } from '../typeset/printer-font.ts'
import { isRealTimePair } from '../raster/real-time.ts'
import type { PenStyle, SimulatedPaper } from './simulated-paper.ts'

/** What the interpreter makes the mechanism do beyond inking. */
export interface Mechanism {
  /** The paper has moved; the mechanism takes its time, and may run out of paper. */
  advanced(dots: number): void
  /** Whether the knife could be driven. */
  cut(): void
  answerBarrier(): void
  answerProcessId(id: string): void
  setAutomaticStatus(mask: number): void
  /** The piece in the mouth is drawn in. */
  retract(): void
  /** The loop has come to a command to forget the buffer. */
  clearReached(): void
}

const PLAIN: PenStyle = { widthScale: 1, heightScale: 1, bold: false, inverse: false }
const DEFAULT_PITCH = 34

type Reader<T> = Generator<undefined, T, number>

/**
 * Obeys buffered ESC/POS bytes one at a time, as a printer's main loop does. Written as a coroutine that asks for the
 * next byte, so a command may be cut anywhere. Unknown commands are listed, not guessed.
 */
export class Interpreter {
  /** Commands this printer does not know, as hex, for tests that must not send any. */
  readonly unknown: string[] = []
  /** Real-time pairs seen inside picture or symbol data: each would have been obeyed by a real printer. */
  realTimeInData = 0
  private readonly paper: SimulatedPaper
  private readonly mechanism: Mechanism
  private readonly glyphs: GlyphZone
  private program: Generator<undefined, void, number>
  private style = PLAIN
  private pitch = DEFAULT_PITCH
  private centred = false
  private chinese = true
  private qr: { module: number; level: QrLevel; data: Uint8Array } = { module: 3, level: 'L', data: new Uint8Array() }

  constructor(paper: SimulatedPaper, mechanism: Mechanism, glyphs: GlyphZone) {
    this.paper = paper
    this.mechanism = mechanism
    this.glyphs = glyphs
    this.program = this.run()
    this.program.next()
  }

  take(byte: number): void {
    this.program.next(byte)
  }

  /** Power-on: a half-received command, the line buffer and all settings are gone. */
  restart(): void {
    this.paper.dropLineBuffer()
    this.reset()
    this.program = this.run()
    this.program.next()
  }

  private reset(): void {
    this.style = PLAIN
    this.pitch = DEFAULT_PITCH
    this.centred = false
    this.chinese = true
  }

  private *run(): Reader<void> {
    for (;;) {
      const byte = yield
      if (byte === 0x0a) this.mechanism.advanced(this.paper.lineFeed(this.pitch, this.centred))
      else if (byte === 0x10) yield* this.skipRealTime()
      else if (byte === 0x1b) yield* this.escape()
      else if (byte === 0x1c) yield* this.fieldSeparator()
      else if (byte === 0x1d) yield* this.groupSeparator()
      else if (byte >= 0x20) yield* this.character(byte)
    }
  }

  private *character(lead: number): Reader<void> {
    if (lead < 0x80 || !this.chinese) {
      this.print(String.fromCharCode(lead))
      return
    }
    const trail = yield
    this.print(characterOfPair(lead, trail, this.glyphs) ?? '\ufffd')
  }

  private print(character: string): void {
    const moved = this.paper.write(character, this.style, this.pitch, this.centred)
    if (moved > 0) this.mechanism.advanced(moved)
  }

  /** Obeyed on reception already; here the bytes only pass by. */
  private *skipRealTime(): Reader<void> {
    const kind = yield
    if (kind === 0x04 || kind === 0x05) yield
    else if (kind === 0x14) {
      const fn = yield
      yield* this.bytes(7)
      if (fn === 0x08) this.mechanism.clearReached()
    }
  }

  private *escape(): Reader<void> {
    const command = yield
    switch (command) {
      case 0x40:
        this.paper.dropLineBuffer()
        this.reset()
        return
      case 0x32:
        this.pitch = DEFAULT_PITCH
        return
      case 0x33:
        this.pitch = yield
        return
      case 0x45:
        this.style = { ...this.style, bold: ((yield) & 1) === 1 }
        return
      case 0x61:
        this.centred = ((yield) & 0x0f) === 1
        return
      case 0x4a:
        this.mechanism.advanced(this.paper.feed(yield))
        return
      case 0x64:
        this.mechanism.advanced(this.paper.feed((yield) * this.pitch))
        return
      case 0x20: // spacing, font, underline, code table, upside down: one argument, no effect on our receipts
      case 0x2d:
      case 0x4d:
      case 0x74:
      case 0x7b:
        yield
        return
      default:
        this.unknown.push(`1b ${hex(command)}`)
    }
  }

  private *fieldSeparator(): Reader<void> {
    const command = yield
    if (command === 0x26) this.chinese = true
    else if (command === 0x2e) this.chinese = false
    else if (command === 0x2d) yield
    else if (command === 0x53) yield* this.bytes(2)
    else if (command === 0x28) {
      yield
      yield* this.bytes(yield* this.word())
    } else this.unknown.push(`1c ${hex(command)}`)
  }

  private *groupSeparator(): Reader<void> {
    const command = yield
    switch (command) {
      case 0x21: {
        const size = yield
        this.style = { ...this.style, widthScale: (size >> 4) + 1, heightScale: (size & 0x0f) + 1 }
        return
      }
      case 0x42:
        this.style = { ...this.style, inverse: ((yield) & 1) === 1 }
        return
      case 0x56:
        yield* this.cutCommand()
        return
      case 0x61:
        this.mechanism.setAutomaticStatus(yield)
        return
      case 0x65:
        if ((yield) === 2) this.mechanism.retract()
        return
      case 0x72:
        if (((yield) & 0x0f) === 1) this.mechanism.answerBarrier()
        return
      case 0x76:
        yield* this.raster()
        return
      case 0x28:
        yield* this.extended()
        return
      default:
        this.unknown.push(`1d ${hex(command)}`)
    }
  }

  private *cutCommand(): Reader<void> {
    const mode = yield
    if (mode === 0x41 || mode === 0x42) this.mechanism.advanced(this.paper.feed(yield))
    this.mechanism.cut()
  }

  private *raster(): Reader<void> {
    yield* this.bytes(2)
    const stride = yield* this.word()
    const height = yield* this.word()
    const data = yield* this.bytes(stride * height)
    this.countRealTime(data)
    this.mechanism.advanced(this.paper.picture(new Bitmap(stride * 8, height, data), this.centred))
  }

  /** GS ( <function> pL pH …: QR (k) and process id (H); others are skipped by their length. */
  private *extended(): Reader<void> {
    const family = yield
    const parameters = yield* this.bytes(yield* this.word())
    const [kind, fn] = parameters
    if (family === 0x48 && kind === 0x30 && fn === 0x30) {
      this.mechanism.answerProcessId(Buffer.from(parameters.subarray(2, 6)).toString('latin1'))
    } else if (family === 0x6b && kind === 0x31) this.symbol(fn ?? 0, parameters)
    else this.unknown.push(`1d 28 ${hex(family)}`)
  }

  private symbol(fn: number, parameters: Uint8Array): void {
    if (fn === 0x43) this.qr = { ...this.qr, module: parameters[2] ?? 3 }
    else if (fn === 0x45) this.qr = { ...this.qr, level: QR_LEVELS[(parameters[2] ?? 0x30) - 0x30] ?? 'L' }
    else if (fn === 0x50) {
      this.countRealTime(parameters)
      this.qr = { ...this.qr, data: parameters.slice(3) }
    } else if (fn === 0x51) {
      const symbol = qrSymbol(this.qr.data, this.qr.level)
      const drawn = new Bitmap(symbol.width * this.qr.module, symbol.height * this.qr.module)
      drawn.stamp(symbol, 0, 0, this.qr.module, this.qr.module)
      this.mechanism.advanced(this.paper.picture(drawn, this.centred))
    }
  }

  private countRealTime(data: Uint8Array): void {
    for (let at = 0; at + 1 < data.length; at++) {
      if (isRealTimePair(data[at] ?? 0, data[at + 1] ?? 0)) this.realTimeInData++
    }
  }

  private *word(): Reader<number> {
    const low = yield
    return low | ((yield) << 8)
  }

  private *bytes(count: number): Reader<Uint8Array> {
    const out = new Uint8Array(count)
    for (let at = 0; at < count; at++) out[at] = yield
    return out
  }
}

const QR_LEVELS: readonly QrLevel[] = ['L', 'M', 'Q', 'H']

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
