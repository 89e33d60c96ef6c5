import type { AnswerStream } from '../../conversation.ts'
import { answerBytes, decodeAnswer, EXCEPTION_BYTES, type ModbusAnswer, type ModbusRequest } from './modbus.ts'

/**
 * Finds the answer to the question asked last. RTU frames carry no length and no mark: the question says how long the
 * answer is, the CRC whether it is one. Noise, frames of other boards and answers to older questions are passed over.
 */
export class ModbusAnswerStream implements AnswerStream<ModbusAnswer> {
  private readonly address: number
  private asked: ModbusRequest | undefined
  private pending: Uint8Array = new Uint8Array(0)

  constructor(address: number) {
    this.address = address
  }

  /** From now on only the answer to `request` counts; what came before is forgotten. */
  expect(request: ModbusRequest): void {
    this.asked = request
    this.pending = new Uint8Array(0)
  }

  push(bytes: Uint8Array): readonly ModbusAnswer[] {
    const { asked } = this
    if (!asked) return []
    const whole = answerBytes(asked)
    const joined = this.pending.length === 0 ? bytes : Buffer.concat([this.pending, bytes])
    for (let at = 0; at < joined.length; at++) {
      if (joined[at] !== this.address) continue
      const answer =
        decodeAnswer(this.address, asked, joined.subarray(at, at + whole)) ??
        decodeAnswer(this.address, asked, joined.subarray(at, at + EXCEPTION_BYTES))
      if (!answer) continue
      this.reset()
      return [answer]
    }
    // What is shorter than an answer may be its beginning.
    this.pending = joined.slice(Math.max(0, joined.length - Math.max(whole, EXCEPTION_BYTES) + 1))
    return []
  }

  reset(): void {
    this.asked = undefined
    this.pending = new Uint8Array(0)
  }
}
