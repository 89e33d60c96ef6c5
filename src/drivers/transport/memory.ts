import { err, ok, type Result } from '../../lib/result.ts'
import { DeviceLineListeners, type DeviceLine } from './device-line.ts'
import { TransportListeners } from './listeners.ts'
import type { Transport, TransportError } from './transport.ts'

/** Both ends of a line that exists only in this process. */
export interface MemoryPair {
  readonly host: Transport
  readonly device: DeviceLine & {
    /** Makes the next openings of the host's end fail, as a pulled cable does; `undefined` plugs it in again. */
    refuseOpen(why: TransportError | undefined): void
    /** While stuck, writes of the host time out, as with a device that stopped reading. */
    stick(stuck: boolean): void
  }
}

/** A connected pair: what `host` writes arrives at `device` in a later microtask, and the other way round. */
export function memoryPair(name = 'memory'): MemoryPair {
  const hostListeners = new TransportListeners()
  const deviceListeners = new DeviceLineListeners()
  let open = false
  let stuck = false
  let refusal: TransportError | undefined
  let generation = 0

  const host: Transport = {
    name: `memory:${name}`,
    onBytes: (listener) => hostListeners.onBytes(listener),
    onGone: (listener) => hostListeners.onGone(listener),
    open() {
      if (open) throw new Error(`memory:${name} is already open`)
      if (refusal) return Promise.resolve(err(refusal))
      open = true
      generation++
      return Promise.resolve(ok())
    },
    write(bytes, deadlineMs): Promise<Result<void, TransportError>> {
      if (!open) return Promise.resolve(err({ code: 'NOT_OPEN', detail: `memory:${name} is not open` }))
      if (stuck) return Promise.resolve(err({ code: 'TIMED_OUT', detail: `no bytes taken for ${deadlineMs} ms` }))
      const copy = new Uint8Array(bytes)
      queueMicrotask(() => deviceListeners.bytes(copy))
      return Promise.resolve(ok())
    },
    close() {
      if (open) {
        open = false
        queueMicrotask(() => deviceListeners.closed())
      }
      return Promise.resolve()
    },
  }

  const device: MemoryPair['device'] = {
    onBytes: (listener) => deviceListeners.onBytes(listener),
    onClosed: (listener) => deviceListeners.onClosed(listener),
    send(bytes) {
      const copy = new Uint8Array(bytes)
      const sentTo = generation
      queueMicrotask(() => {
        if (open && sentTo === generation) hostListeners.bytes(copy)
      })
    },
    hangUp() {
      queueMicrotask(() => {
        if (!open) return
        open = false
        hostListeners.gone({ code: 'LOST', detail: `memory:${name} hung up` })
        deviceListeners.closed()
      })
    },
    refuseOpen(why) {
      refusal = why
    },
    stick(isStuck) {
      stuck = isStuck
    },
  }
  return { host, device }
}
