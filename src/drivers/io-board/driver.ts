import { delay, type Clock } from '../../lib/clock.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { Conversation } from '../conversation.ts'
import type { Transport, TransportError } from '../transport/transport.ts'
import { ModbusAnswerStream } from './codec/answer-stream.ts'
import { BUSY, encodeRequest, EXCEPTIONS, type ModbusAnswer, type ModbusRequest } from './codec/modbus.ts'

export type ModbusFault =
  | { readonly code: 'PORT'; readonly cause: TransportError }
  | { readonly code: 'NO_ANSWER' }
  /** The board refuses; `detail` says why. Usually the wrong register map. */
  | { readonly code: 'REFUSED'; readonly exception: number; readonly detail: string }

/** Boards answer within some ten milliseconds; a question and an answer take 20 ms at 9600. */
const ANSWER_MS = 300
const ATTEMPTS = 2
const WRITE_MS = 500
/** After silence the line is left alone for this long, so that a late answer is not taken for the next one. */
const LULL_MS = 100
const BUSY_MS = 100

/** The smallest silence between two frames: 3.5 characters of 11 bits; never below 1.75 ms, by the specification. */
export function frameGapMs(baud: number): number {
  return Math.max(1.75, (3.5 * 11 * 1000) / baud)
}

/** One board on a half-duplex line. Not safe for two callers at once: `IoBoard` holds the lock. */
export class ModbusDriver {
  private readonly clock: Clock
  private readonly address: number
  private readonly gapMs: number
  private readonly stream: ModbusAnswerStream
  private readonly line: Conversation<ModbusAnswer>
  /** When the line may be spoken on again, monotonic. */
  private freeAt = 0

  constructor(transport: Transport, clock: Clock, address: number, baud: number) {
    this.clock = clock
    this.address = address
    this.gapMs = frameGapMs(baud)
    this.stream = new ModbusAnswerStream(address)
    this.line = new Conversation(transport, clock, this.stream)
  }

  /** Asks; an unanswered question is asked once more, so `request` must do no harm when it is done twice. */
  async ask(request: ModbusRequest): Promise<Result<readonly number[], ModbusFault>> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.askOnce(request)
      if (!answer.ok && (answer.error.code === 'PORT' || attempt === ATTEMPTS)) return answer
      if (!answer.ok) continue
      if (answer.value.kind === 'values') return ok(answer.value.values)
      if (answer.value.kind === 'written') return ok([])
      const { code } = answer.value
      if (code !== BUSY || attempt === ATTEMPTS)
        return err({ code: 'REFUSED', exception: code, detail: EXCEPTIONS[code] ?? `exception ${code}` })
      await delay(this.clock, BUSY_MS)
    }
  }

  close(): Promise<void> {
    return this.line.close()
  }

  private async askOnce(request: ModbusRequest): Promise<Result<ModbusAnswer, ModbusFault>> {
    const opened = await this.line.open()
    if (!opened.ok) return err({ code: 'PORT', cause: opened.error })
    const wait = this.freeAt - this.clock.monotonic()
    if (wait > 0) await delay(this.clock, Math.ceil(wait))
    this.stream.expect(request)
    const stop = new AbortController()
    const answer = this.line.next(ANSWER_MS, (each) => each, stop.signal)
    const written = await this.line.write(encodeRequest(this.address, request), WRITE_MS)
    if (!written.ok) {
      stop.abort()
      return err({ code: 'PORT', cause: written.error })
    }
    const heard = await answer
    this.stream.reset()
    this.freeAt = this.clock.monotonic() + (heard === 'SILENCE' ? LULL_MS : this.gapMs)
    if (heard === 'LINE_LOST') return err({ code: 'PORT', cause: { code: 'LOST', detail: 'the line was lost' } })
    return heard === 'SILENCE' ? err({ code: 'NO_ANSWER' }) : ok(heard.heard)
  }
}
