import type { TransportError } from './transport.ts'

/** The two listeners of a transport, shared by every kind: bytes go to one listener, a loss is told once per opening. */
export class TransportListeners {
  private bytesListener: ((bytes: Uint8Array) => void) | undefined
  private readonly goneListeners = new Set<(why: TransportError) => void>()

  onBytes(listener: (bytes: Uint8Array) => void): () => void {
    this.bytesListener = listener
    return () => {
      if (this.bytesListener === listener) this.bytesListener = undefined
    }
  }

  onGone(listener: (why: TransportError) => void): () => void {
    this.goneListeners.add(listener)
    return () => {
      this.goneListeners.delete(listener)
    }
  }

  bytes(bytes: Uint8Array): void {
    this.bytesListener?.(bytes)
  }

  gone(why: TransportError): void {
    for (const listener of [...this.goneListeners]) listener(why)
  }
}
