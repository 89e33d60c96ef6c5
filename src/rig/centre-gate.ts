import type { FastifyInstance } from 'fastify'
import { delay, type Clock } from '../lib/clock.ts'

const SLOW_MS = 4_000

/** Stands before the embedded centre: lets calls through, lets them wait, or hangs up on them as a dead network does. */
export class CentreGate {
  state: 'UP' | 'SLOW' | 'DOWN' = 'UP'

  constructor(app: FastifyInstance, clock: Clock) {
    app.addHook('onRequest', async (request, reply) => {
      if (this.state === 'SLOW') await delay(clock, SLOW_MS)
      if (this.state !== 'DOWN') return
      reply.hijack()
      request.raw.socket.destroy()
    })
  }
}
