import { ScanAssembler } from '../codec.ts'
import type { Heard, ScannerStream, Verdict } from './protocol.ts'

/** Whether bytes are the beginning of an answer, one whole answer, something to leave out, or none of these. */
export type Recognised = 'no' | 'partial' | 'noise' | Verdict

/** Longest answer of any family, bytes; a candidate that grows beyond it is no answer. */
const MAX_ANSWER = 256

/**
 * Codes cut by CR, LF or silence, with answers to commands between them. An answer is looked for only where a code may
 * begin, so nothing inside a code can be taken for one.
 */
export class AnswersBetweenCodes implements ScannerStream {
  private readonly codes = new ScanAssembler()
  private readonly recognise: (bytes: readonly number[]) => Recognised
  /** A broken-off answer is binary and can be no code: thrown away. */
  private readonly binary: boolean
  private candidate: number[] = []

  constructor(recognise: (bytes: readonly number[]) => Recognised, { binary }: { readonly binary: boolean }) {
    this.recognise = recognise
    this.binary = binary
  }

  get midCode(): boolean {
    return this.codes.midCode || this.candidate.length > 0
  }

  push(chunk: Uint8Array): Heard[] {
    const heard: Heard[] = []
    for (const byte of chunk) {
      if (this.codes.midCode) heard.push(...this.codes.push(Uint8Array.of(byte)))
      else this.consider(byte, heard)
    }
    return heard
  }

  endBySilence(): Heard[] {
    const begun = this.candidate
    this.candidate = []
    if (this.binary && begun.length > 1) return this.codes.endBySilence()
    return [...this.codes.push(Uint8Array.from(begun)), ...this.codes.endBySilence()]
  }

  private consider(byte: number, heard: Heard[]): void {
    this.candidate.push(byte)
    const found = this.candidate.length > MAX_ANSWER ? 'no' : this.recognise(this.candidate)
    if (found === 'partial') return
    const bytes = Uint8Array.from(this.candidate)
    this.candidate = []
    if (found === 'no') heard.push(...this.codes.push(bytes))
    else if (found !== 'noise') heard.push({ kind: 'answer', verdict: found })
  }
}
