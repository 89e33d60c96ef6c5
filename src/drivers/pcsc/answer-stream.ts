import type { AnswerStream } from '../conversation.ts'
import { answerLength, type PcscCommand } from './message.ts'

/** Collects the answer to the question asked last; answers carry no header, so bytes nobody asked for are dropped. */
export class PcscAnswerStream implements AnswerStream<Uint8Array> {
  private asked: PcscCommand | undefined
  private chunks: Uint8Array[] = []
  private length = 0

  expect(command: PcscCommand): void {
    this.reset()
    this.asked = command
  }

  push(bytes: Uint8Array): readonly Uint8Array[] {
    const { asked } = this
    if (!asked) return []
    this.chunks.push(bytes)
    this.length += bytes.length
    const head = this.joined(HEAD_BYTES)
    const whole = answerLength(asked, head)
    if (whole === undefined || this.length < whole) return []
    const answer = Uint8Array.from(this.joined(whole))
    this.reset()
    return [answer]
  }

  reset(): void {
    this.asked = undefined
    this.chunks = []
    this.length = 0
  }

  /** The first `count` bytes; only as many chunks are joined as it takes. */
  private joined(count: number): Uint8Array {
    const [first] = this.chunks
    if (first && first.length >= count) return first.subarray(0, count)
    const needed: Uint8Array[] = []
    let have = 0
    for (const chunk of this.chunks) {
      if (have >= count) break
      needed.push(chunk)
      have += chunk.length
    }
    return Buffer.concat(needed).subarray(0, count)
  }
}

/** Enough of any answer to know its length. */
const HEAD_BYTES = 32
