import type { Result } from '../../lib/result.ts'

/**
 * A duplex of bytes to one device: a serial line, a TCP socket, a HID handle or memory. It does not frame, retry or
 * interpret; it opens, writes with a deadline, delivers what arrives, and says why it is gone.
 */
export interface Transport {
  /** For people and logs: `serial:/dev/ttyUSB0@115200`, `tcp:10.0.0.5:9100`. */
  readonly name: string
  /** Opens the line. Opening an open transport is our bug. After `onGone` it may be opened again. */
  open(): Promise<Result<void, TransportError>>
  /** Resolves when the bytes have left this process (not: when the device has understood them). */
  write(bytes: Uint8Array, deadlineMs: number): Promise<Result<void, TransportError>>
  /** Called with every chunk that arrives, in order, cut anywhere. One listener at a time; returns its removal. */
  onBytes(listener: (bytes: Uint8Array) => void): () => void
  /** Called once when an open transport is lost (not when `close` was asked for). Returns its removal. */
  onGone(listener: (why: TransportError) => void): () => void
  /** Closes and releases the handle; safe to call at any time, any number of times. */
  close(): Promise<void>
}

export type TransportError =
  | { readonly code: 'NOT_FOUND'; readonly detail: string }
  | { readonly code: 'NO_PERMISSION'; readonly detail: string }
  | { readonly code: 'IN_USE'; readonly detail: string }
  | { readonly code: 'REFUSED'; readonly detail: string }
  | { readonly code: 'TIMED_OUT'; readonly detail: string }
  | { readonly code: 'NOT_OPEN'; readonly detail: string }
  | { readonly code: 'LOST'; readonly detail: string }
