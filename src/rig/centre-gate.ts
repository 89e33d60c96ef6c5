import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Weather } from '../ipc/rig.ts'
import { delay, type Clock } from '../lib/clock.ts'

const SLOW_MS = 4_000

/** A call on its way, as somebody beside the wire sees it. */
export interface Call {
  readonly method: string
  readonly url: string
  readonly phase: 'asked' | 'answered'
}

/** Stands before the embedded centre: lets calls through, lets them wait, loses them or their answers, or repeats them. */
export class CentreGate {
  state: Weather = 'UP'
  /** Hears every call before the centre does, and again when its answer is on the way. */
  onCall: (call: Call) => void = () => undefined

  constructor(app: FastifyInstance, clock: Clock) {
    app.addHook('onRequest', async (request, reply) => {
      if (isRepetition(request)) return
      this.onCall({ method: request.method, url: request.url, phase: 'asked' })
      if (this.state === 'SLOW') await delay(clock, SLOW_MS)
      if (this.state !== 'DOWN') return
      reply.hijack()
      request.raw.socket.destroy()
    })
    app.addHook('onSend', async (request, reply) => {
      if (isRepetition(request)) return
      if (this.state === 'TWICE') await repeat(app, request)
      this.onCall({ method: request.method, url: request.url, phase: 'answered' })
      if (this.state !== 'DEAF') return
      reply.hijack()
      request.raw.socket.destroy()
    })
  }
}

const REPETITION = 'x-gate-repetition'

function isRepetition(request: FastifyRequest): boolean {
  return request.headers[REPETITION] !== undefined
}

async function repeat(app: FastifyInstance, request: FastifyRequest): Promise<void> {
  const body = request.body instanceof Uint8Array ? Buffer.from(request.body) : undefined
  await app.inject({
    method: request.method as 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: request.url,
    headers: { ...request.headers, [REPETITION]: '1' },
    ...(body === undefined ? {} : { payload: body }),
  })
}
