import type { ImpersonalText, Personal } from './personal.ts'

/**
 * The logger every room receives. Fields are flat, scalar and never personal: `Sensitive` values do not fit the type,
 * so handing a citizen's data to the log is a compile error. The pino instance behind it is made in `kiosk/log.ts`.
 */
export interface Log {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
  /** A logger that adds `fields` to every line. */
  with(fields: LogFields): Log
}

export type LogFields = Readonly<Record<string, ImpersonalText | number | boolean | null>>

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => silentLog,
}

declare const sensitive: unique symbol

/**
 * Personal data of a citizen. It is not a string to the type system, so it fits neither `LogFields`, nor a row of
 * the store, nor a template that asks for a string; `reveal` is the one visible way out, and easy to search for.
 */
export interface Sensitive<T> extends Personal {
  readonly [sensitive]: T
}

class Hidden<T> {
  readonly #value: T
  constructor(value: T) {
    this.#value = value
  }
  reveal(): T {
    return this.#value
  }
  toString(): string {
    return '[personal]'
  }
  toJSON(): string {
    return '[personal]'
  }
}

/** Wraps a citizen's datum: printing it, logging it or turning it to JSON shows `[personal]`. */
export function hide<T>(value: T): Sensitive<T> {
  return new Hidden(value) as unknown as Sensitive<T>
}

/** The datum behind `hide`. Call it only where the value is shown to its owner, compared, or sent to the centre. */
export function reveal<T>(hidden: Sensitive<T>): T {
  return (hidden as unknown as Hidden<T>).reveal()
}
