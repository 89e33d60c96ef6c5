import net from 'node:net'
import type { Clock } from '../../lib/clock.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { TransportListeners } from '../transport/listeners.ts'
import type { Transport, TransportError } from '../transport/transport.ts'

/** Where pcscd listens; Debian, UOS and Kylin build it so. */
export const PCSCD_SOCKET = '/run/pcscd/pcscd.comm'

const CONNECT_MS = 2000

/** A Unix-domain socket of this machine. */
export function unixTransport(path: string, clock: Clock): Transport {
  const listeners = new TransportListeners()
  const name = `unix:${path}`
  let socket: net.Socket | undefined

  const lose = (which: net.Socket, why: TransportError) => {
    if (socket !== which) return
    socket = undefined
    which.destroy()
    listeners.gone(why)
  }

  return {
    name,
    onBytes: (listener) => listeners.onBytes(listener),
    onGone: (listener) => listeners.onGone(listener),
    async open(): Promise<Result<void, TransportError>> {
      if (socket) throw new Error(`${name} is already open`)
      const opening = new net.Socket()
      const connected = await withDeadline(clock, CONNECT_MS, () => connect(opening, path))
      if (!connected.ok || connected.value) {
        opening.destroy()
        if (!connected.ok) return err({ code: 'TIMED_OUT', detail: `${name} did not answer within ${CONNECT_MS} ms` })
        return err({
          code: CODES[connected.value?.code ?? ''] ?? 'REFUSED',
          detail: `${name}: ${connected.value?.message ?? ''}`,
        })
      }
      socket = opening
      opening.on('data', (bytes) => {
        if (socket === opening) listeners.bytes(bytes)
      })
      opening.on('error', (error) => lose(opening, { code: 'LOST', detail: `${name}: ${error.message}` }))
      opening.on('close', () => lose(opening, { code: 'LOST', detail: `${name} hung up` }))
      return ok()
    },
    async write(bytes, deadlineMs): Promise<Result<void, TransportError>> {
      const open = socket
      if (!open) return err({ code: 'NOT_OPEN', detail: `${name} is not open` })
      const written = await withDeadline(
        clock,
        deadlineMs,
        () => new Promise<Error | undefined>((resolve) => open.write(bytes, (error) => resolve(error ?? undefined))),
      )
      if (!written.ok) return err({ code: 'TIMED_OUT', detail: `${name} took no bytes for ${deadlineMs} ms` })
      if (!written.value) return ok()
      const why: TransportError = { code: 'LOST', detail: `${name}: ${written.value.message}` }
      lose(open, why)
      return err(why)
    },
    close() {
      socket?.destroy()
      socket = undefined
      return Promise.resolve()
    },
  }
}

const CODES: Readonly<Record<string, TransportError['code'] | undefined>> = {
  ENOENT: 'NOT_FOUND',
  EACCES: 'NO_PERMISSION',
  ECONNREFUSED: 'REFUSED',
}

function connect(socket: net.Socket, path: string): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    socket.once('error', resolve)
    socket.connect(path, () => {
      socket.off('error', resolve)
      // Until the caller listens, a late error must not end the process.
      socket.on('error', () => undefined)
      resolve(undefined)
    })
  })
}
