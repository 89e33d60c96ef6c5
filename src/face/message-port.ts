import { isMainThread, parentPort as threadParent, type MessagePort as ThreadPort } from 'node:worker_threads'

/**
 * One end of the channel between the kiosk and the face process, so that the same code runs as a child of
 * `child_process.fork` and as a worker thread.
 */
export interface MessagePort {
  send(message: object): void
  /** Every message of the other end. */
  onMessage(listener: (message: unknown) => void): void
  /** Once, when the other end is gone. */
  onClose(listener: () => void): void
}

/** The channel to whatever started this; `undefined` when it was started by hand. */
export function parentPort(): MessagePort | undefined {
  if (!isMainThread && threadParent !== null) return fromThread(threadParent)
  return process.connected ? fromFork() : undefined
}

function fromThread(port: ThreadPort): MessagePort {
  return {
    send: (message) => {
      port.postMessage(message)
    },
    onMessage: (listener) => {
      port.on('message', listener)
    },
    onClose: (listener) => {
      port.once('close', listener)
    },
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
