import http from 'node:http'
import type { AddressInfo } from 'node:net'

/** An answer on its way from the centre to the kiosk. */
export interface Passing {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly headers: http.OutgoingHttpHeaders
  readonly body: Buffer
}

/** `HANG` never answers. */
export type Meddling = (passing: Passing) => Partial<Pick<Passing, 'status' | 'headers' | 'body'>> | 'HANG'

/** Stands between kiosk and centre on the wire, and changes what it is told to. The signature of requests stays whole. */
export class MiddleMan {
  /** Null lets everything pass. */
  meddles: Meddling | null = null
  readonly url: string
  private readonly server: http.Server

  private constructor(server: http.Server) {
    this.server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  static async before(centreUrl: string): Promise<MiddleMan> {
    const server = http.createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const man = new MiddleMan(server)
    server.on('request', (request, response) => {
      void man.pass(new URL(centreUrl), request, response)
    })
    return man
  }

  close(): Promise<void> {
    this.server.closeAllConnections()
    return new Promise((resolve) => {
      this.server.close(() => resolve())
    })
  }

  private async pass(centre: URL, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/', headers } = request
    const asked = http.request({ host: centre.hostname, port: centre.port, method, path, headers })
    asked.end(await bytesOf(request))
    const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
      asked.once('response', resolve).once('error', reject)
    })
    const status = answer.statusCode ?? 0
    const passing = { method, path, status, headers: answer.headers, body: await bytesOf(answer) }
    const changed = this.meddles?.(passing) ?? {}
    if (changed === 'HANG') return
    const told = { ...passing, ...changed }
    response.writeHead(told.status, { ...told.headers, 'content-length': told.body.length })
    response.end(told.body)
  }
}

async function bytesOf(stream: http.IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of stream) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}
