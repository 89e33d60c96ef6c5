/**
 * One end of the channel between the kiosk and the face process, so that the same code runs as a child of
 * `child_process.fork` and as an Electron `utilityProcess`.
 */
export interface MessagePort {
  send(message: object): void
  /** Every message of the other end. */
  onMessage(listener: (message: unknown) => void): void
  /** Once, when the other end is gone. */
  onClose(listener: () => void): void
}

/** The parent's end inside Electron's `utilityProcess`, as far as it is used here. */
interface ElectronParentPort {
  postMessage(message: object): void
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void
}

/** The channel to the process that started this one; `undefined` when it was started by hand. */
export function parentPort(): MessagePort | undefined {
  const electron = (process as { readonly parentPort?: ElectronParentPort }).parentPort
  if (electron !== undefined) return fromElectron(electron)
  return process.connected ? fromFork() : undefined
}

function fromElectron(port: ElectronParentPort): MessagePort {
  return {
    send: (message) => {
      port.postMessage(message)
    },
    onMessage: (listener) => {
      port.on('message', (event) => {
        listener(event.data)
      })
    },
    // Electron ends a utility process with its parent; the heartbeat covers the rest.
    onClose: () => undefined,
  }
}

function fromFork(): MessagePort {
  return {
    send: (message) => {
      // A parent that is gone is reported by 'disconnect'; the failed write itself says nothing more.
      process.send?.(message, undefined, undefined, () => undefined)
    },
    onMessage: (listener) => {
      process.on('message', listener)
    },
    onClose: (listener) => {
      process.on('disconnect', listener)
    },
  }
}
