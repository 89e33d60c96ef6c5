/**
 * What a citizen, a cable or a network can cause is a `Result`; what only a bug can cause throws.
 * `E` is always a closed union, so the caller's switch is exhaustive. ESLint refuses a `Result` nobody looks at.
 */
export type Result<T, E> = Ok<T> | Err<E>

export interface Ok<T> {
  readonly ok: true
  readonly value: T
}

export interface Err<E> {
  readonly ok: false
  readonly error: E
}

export function ok(): Ok<void>
export function ok<T>(value: T): Ok<T>
export function ok<T>(value?: T): Ok<T | undefined> {
  return { ok: true, value }
}

export function err<const E>(error: E): Err<E> {
  return { ok: false, error }
}

/** Unwraps a result whose failure would be our own bug; throws with `why` otherwise. */
export function expectOk<T, E>(result: Result<T, E>, why: string): T {
  if (result.ok) return result.value
  throw new Error(`${why}: ${JSON.stringify(result.error)}`)
}

/** Marks a branch the type system proves unreachable; throws if the proof was wrong. */
export function unreachable(value: never): never {
  throw new Error(`unreachable case: ${JSON.stringify(value)}`)
}
