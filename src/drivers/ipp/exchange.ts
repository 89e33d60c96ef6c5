import { request, type IncomingMessage } from 'node:http'
import type { Clock } from '../../lib/clock.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { decodeIpp } from './decode.ts'
import { encodeIpp } from './encode.ts'
import type { IppServer } from './server.ts'
import type { IppMessage } from './value.ts'

export type ExchangeFault =
  /** Nobody listens there: nothing was sent. */
  | { readonly code: 'NO_SERVER'; readonly detail: string }
  /** The server was reached, and then the line broke, the answer was no IPP, or too long. It may have acted. */
  | { readonly code: 'BAD_ANSWER'; readonly detail: string }
  /** No complete answer in time. It may have acted. */
  | { readonly code: 'TIMED_OUT'; readonly detail: string }

export interface ExchangeOptions {
  readonly server: IppServer
  /** `/printers/NAME`, or `/` for the server itself. */
  readonly path: string
  readonly clock: Clock
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** The longest answer that is read: a printer's whole attributes are some tens of kilobytes. */
const MAX_ANSWER_BYTES = 1024 * 1024

/** Sends one message and reads the answer; a connection of its own, closed afterwards (RFC 8010 section 4). */
export async function exchange(
  message: IppMessage,
  options: ExchangeOptions,
): Promise<Result<IppMessage, ExchangeFault>> {
  const { clock, timeoutMs, signal } = options
  const outcome = await withDeadline(clock, timeoutMs, (expired) =>
    post(encodeIpp(message), options, signal === undefined ? expired : AbortSignal.any([expired, signal])),
  )
  if (!outcome.ok) return err({ code: 'TIMED_OUT', detail: `no answer within ${timeoutMs} ms` })
  if (!outcome.value.ok) return outcome.value
  const answer = decodeIpp(outcome.value.value)
  if (!answer.ok) return err({ code: 'BAD_ANSWER', detail: `${answer.error.why} at byte ${answer.error.at}` })
  if (answer.value.requestId !== message.requestId)
    return err({ code: 'BAD_ANSWER', detail: 'the answer to something else' })
  return ok(answer.value)
}

function post(
  body: Uint8Array,
  options: ExchangeOptions,
  signal: AbortSignal,
): Promise<Result<Uint8Array, ExchangeFault>> {
  return new Promise((resolve) => {
    let connected = false
    const fail = (cause: Error): void => {
      resolve(err({ code: connected ? 'BAD_ANSWER' : 'NO_SERVER', detail: cause.message }))
    }
    const sent = request(
      {
        ...place(options.server),
        path: options.path,
        method: 'POST',
        agent: false,
        headers: { 'content-type': 'application/ipp', 'content-length': body.length },
        signal,
      },
      (answer) => {
        void read(answer).then(resolve, fail)
      },
    )
    sent.once('socket', (socket) => {
      socket.once('connect', () => (connected = true))
    })
    sent.once('error', fail)
    sent.end(body)
  })
}

/** CUPS answers a name in `Host` that is not its own with 400; over a socket it wants `localhost`. */
function place(server: IppServer): { socketPath: string; host: string } | { host: string; port: number } {
  return server.kind === 'socket'
    ? { socketPath: server.path, host: 'localhost' }
    : { host: server.host, port: server.port }
}

async function read(answer: IncomingMessage): Promise<Result<Uint8Array, ExchangeFault>> {
  const { statusCode = 0 } = answer
  const type = answer.headers['content-type'] ?? ''
  if (statusCode !== 200 || !type.startsWith('application/ipp')) {
    answer.destroy()
    return err({ code: 'BAD_ANSWER', detail: `HTTP ${statusCode} ${type}` })
  }
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_ANSWER_BYTES) {
      answer.destroy()
      return err({ code: 'BAD_ANSWER', detail: `more than ${MAX_ANSWER_BYTES} bytes` })
    }
    chunks.push(chunk)
  }
  return ok(new Uint8Array(Buffer.concat(chunks)))
}
