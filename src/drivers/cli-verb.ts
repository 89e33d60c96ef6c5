import type { Clock } from '../lib/clock.ts'

/**
 * The common shape of a device's command-line verbs. Each `src/drivers/<device>/cli.ts` exports `verbs: Verbs`;
 * `src/drivers/cli.ts` parses the line, keeps the time, prints the one JSON object and exits.
 */
export type Verbs = Readonly<Record<string, Verb>>

export interface Verb {
  /** One line for the usage text. */
  readonly summary: string
  /** Time-out in milliseconds where `--timeout` is absent; 0 means until SIGTERM (simulators). */
  readonly defaultTimeoutMs: number
  /** Flags beyond `--port` and `--timeout`, without the dashes. */
  readonly flags: Readonly<Record<string, FlagSpec>>
  /**
   * Does the work and answers. It releases the port before it resolves and keeps to `call.timeoutMs` by itself; a moment
   * after that `call.signal` is aborted, and a moment later the dispatcher answers `TIMED_OUT` in its place.
   */
  run(call: VerbCall): Promise<VerbAnswer>
}

export interface FlagSpec {
  readonly type: 'string' | 'boolean'
  readonly summary: string
  readonly required?: boolean
}

export interface VerbCall {
  /** The text of `--port`. */
  readonly port: string
  /** Whole time the verb may take; `Infinity` for a simulator without `--timeout`. */
  readonly timeoutMs: number
  /** Aborted at SIGINT, SIGTERM, and 250 ms after `timeoutMs`: stop and answer. */
  readonly signal: AbortSignal
  readonly clock: Clock
  flag(name: string): string | undefined
  isSet(name: string): boolean
  /** Prints the answer now (a simulator: "ready"); what `run` resolves to later only decides the exit code. */
  answerNow(answer: VerbAnswer): void
  /** A line for people on standard error. */
  say(line: string): void
}

export type VerbAnswer =
  | ({ readonly ok: true } & Readonly<Record<string, unknown>>)
  | ({
      readonly ok: false
      readonly error: { readonly code: string; readonly message: string; readonly sw3?: string }
    } & Readonly<Record<string, unknown>>)

/** The answer of a verb that failed. `extra` carries what machines want beside the words. */
export function failed(code: string, message: string, extra: { readonly sw3?: string } = {}): VerbAnswer {
  return { ok: false, error: { code, message, ...extra } }
}
