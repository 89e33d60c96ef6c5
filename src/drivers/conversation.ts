import type { Clock } from '../lib/clock.ts'
import { ok, type Result } from '../lib/result.ts'
import type { Transport, TransportError } from './transport/transport.ts'

/** Takes a byte stream apart into answers; cut anywhere, never throws. */
export interface AnswerStream<A> {
  push(bytes: Uint8Array): readonly A[]
  /** Forgets a half-received answer. */
  reset(): void
}

/** What a wait ended with. */
export type Heard<T> = { readonly heard: T } | 'SILENCE' | 'LINE_LOST'

/** One device's line: opened when needed, its bytes turned into answers that a driver can wait for with a deadline. */
export class Conversation<A> {
  protected readonly clock: Clock
  private readonly transport: Transport
  private readonly stream: AnswerStream<A>
  private readonly listeners = new Set<(answer: A | 'LINE_LOST') => void>()
  private isOpen = false

  constructor(transport: Transport, clock: Clock, stream: AnswerStream<A>) {
    this.transport = transport
    this.clock = clock
    this.stream = stream
    transport.onBytes((bytes) => {
      for (const answer of stream.push(bytes)) this.deliver(answer)
    })
    transport.onGone(() => {
      this.forget()
      this.deliver('LINE_LOST')
    })
  }

  async open(): Promise<Result<void, TransportError>> {
    if (this.isOpen) return ok()
    const opened = await this.transport.open()
    this.isOpen = opened.ok
    return opened
  }

  async close(): Promise<void> {
    this.forget()
    await this.transport.close()
  }

  /** Writes; a line that cannot be written is closed, so that the next `open` starts afresh. */
  async write(bytes: Uint8Array, deadlineMs: number): Promise<Result<void, TransportError>> {
    const written = await this.transport.write(bytes, deadlineMs)
    if (!written.ok && written.error.code !== 'TIMED_OUT') await this.close()
    return written
  }

  /**
   * Waits at most `ms` for an answer that `pick` turns into a value. Begin waiting before writing the question;
   * `stop` ends the wait early as a silence.
   */
  next<T>(ms: number, pick: (answer: A) => T | undefined, stop?: AbortSignal): Promise<Heard<T>> {
    return new Promise((resolve) => {
      const finish = (result: Heard<T>) => {
        cancel()
        this.listeners.delete(listener)
        stop?.removeEventListener('abort', silence)
        resolve(result)
      }
      const silence = () => finish('SILENCE')
      const listener = (answer: A | 'LINE_LOST') => {
        if (answer === 'LINE_LOST') {
          finish('LINE_LOST')
          return
        }
        const value = pick(answer)
        if (value !== undefined) finish({ heard: value })
      }
      const cancel = this.clock.setTimer(ms, silence)
      stop?.addEventListener('abort', silence)
      this.listeners.add(listener)
    })
  }

  /** Writes a question and waits for its answer. */
  async ask<T>(question: Uint8Array, ms: number, pick: (answer: A) => T | undefined): Promise<Heard<T>> {
    const stop = new AbortController()
    const answer = this.next(ms, pick, stop.signal)
    const written = await this.write(question, ms)
    if (written.ok) return answer
    stop.abort()
    return written.error.code === 'TIMED_OUT' ? 'SILENCE' : 'LINE_LOST'
  }

  /** Hears every answer for good, before those who wait for one. For the constructor of a talkative device. */
  protected hearAll(listener: (answer: A) => void): void {
    this.listeners.add((answer) => {
      if (answer !== 'LINE_LOST') listener(answer)
    })
  }

  /** The line is gone or closed: nothing known about it holds any more. */
  protected forget(): void {
    this.isOpen = false
    this.stream.reset()
  }

  private deliver(answer: A | 'LINE_LOST'): void {
    for (const listener of [...this.listeners]) listener(answer)
  }
}
