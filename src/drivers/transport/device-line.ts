/** The device's end of a line: what a simulator holds. Bytes sent keep their order; nothing is framed. */
export interface DeviceLine {
  send(bytes: Uint8Array): void
  /** Called with what the kiosk sent, cut anywhere. Returns its removal. */
  onBytes(listener: (bytes: Uint8Array) => void): () => void
  /** Called once when the kiosk's side closed or the line was hung up. */
  onClosed(listener: () => void): () => void
  /** Pulls the plug: the kiosk loses the line. Bytes not yet delivered are lost. */
  hangUp(): void
}

/** Lets a simulator speak on a line; the returned function makes it stop. */
export type ServeDevice = (line: DeviceLine) => () => void

/** Listener bookkeeping every device line shares. */
export class DeviceLineListeners {
  private readonly bytesListeners = new Set<(bytes: Uint8Array) => void>()
  private readonly closedListeners = new Set<() => void>()

  onBytes(listener: (bytes: Uint8Array) => void): () => void {
    this.bytesListeners.add(listener)
    return () => this.bytesListeners.delete(listener)
  }

  onClosed(listener: () => void): () => void {
    this.closedListeners.add(listener)
    return () => this.closedListeners.delete(listener)
  }

  bytes(bytes: Uint8Array): void {
    for (const listener of [...this.bytesListeners]) listener(bytes)
  }

  closed(): void {
    const listeners = [...this.closedListeners]
    this.closedListeners.clear()
    for (const listener of listeners) listener()
  }
}
