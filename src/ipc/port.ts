/**
 * The line from a child process to the shell, the same whether the child is Electron's utility process or a plain Node
 * process. What comes in is not checked here: parse it with the schema of the line (`ToKiosk`, `ToRig`).
 */
export interface Port<Outgoing> {
  post(message: Outgoing): void
  onMessage(listener: (message: unknown) => void): void
  /** The shell is gone: the child has nobody to work for and ends itself. */
  onClose(listener: () => void): void
}

/** What Electron puts on `process` in a utility process. */
interface UtilityPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { data: unknown }) => void): void
}

/** The port to the process that started this one, or null when it was started by hand. */
export function shellPort<Outgoing>(): Port<Outgoing> | null {
  const utility = (process as unknown as { parentPort?: UtilityPort | null }).parentPort
  if (utility !== undefined && utility !== null) return utilityPort(utility)
  return process.send === undefined ? null : nodePort()
}

function utilityPort<Outgoing>(port: UtilityPort): Port<Outgoing> {
  return {
    post: (message) => {
      port.postMessage(message)
    },
    onMessage: (listener) => {
      port.on('message', (event) => {
        listener(event.data)
      })
    },
    // Electron ends its utility processes itself.
    onClose: () => undefined,
  }
}

function nodePort<Outgoing>(): Port<Outgoing> {
  return {
    post: (message) => {
      // A shell that died in the middle of it is told by `onClose`.
      if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
    },
    onMessage: (listener) => {
      process.on('message', listener)
    },
    onClose: (listener) => {
      process.once('disconnect', listener)
    },
  }
}
