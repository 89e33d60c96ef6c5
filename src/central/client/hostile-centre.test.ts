import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { IdentificationId } from '../contract/fields.ts'
import { systemClock } from '../../lib/clock.ts'
import { CentralClient } from './central-client.ts'
import { generateDeviceIdentity } from './device-key.ts'

const identity = generateDeviceIdentity()
const cleanups: (() => void)[] = []
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean()
})

async function started(server: Server): Promise<CentralClient> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return clientOf(`http://127.0.0.1:${port}`)
}

function clientOf(baseUrl: string): CentralClient {
  const client = new CentralClient({ baseUrl, identity, clock: systemClock, deadlines: { health: 150, keys: 2_000 } })
  cleanups.push(() => {
    client.close()
  })
  return client
}

const answering = (answer: (request: IncomingMessage, response: ServerResponse) => void) =>
  started(createServer(answer))
const sending = (status: number, type: string, body: string | Buffer) =>
  answering((_request, response) => {
    response.writeHead(status, { 'content-type': type }).end(body)
  })

const HEALTH = { status: 'UP', serverTime: 1_795_400_000_000, today: '2026-11-23', sources: [] }

describe('a centre that answers nonsense is never trusted', () => {
  it.each([
    ['a web page of a hotspot', 200, 'text/html', '<html>please log in</html>'],
    ['half a document', 200, 'application/json', '{"status":"UP","serverTi'],
    ['bytes that are not UTF-8', 200, 'application/json', Buffer.from([0x22, 0xff, 0x22])],
    ['another document', 200, 'application/json', '{"hello":"world"}'],
    ['a day that does not exist', 200, 'application/json', JSON.stringify({ ...HEALTH, today: '2026-02-30' })],
    ['an instant that is a text', 200, 'application/json', JSON.stringify({ ...HEALTH, serverTime: 'now' })],
    ['an unknown refusal', 409, 'application/problem+json', '{"type":"x","title":"x","status":409,"code":"BECAUSE"}'],
    [
      'a refusal without its members',
      401,
      'application/problem+json',
      '{"type":"x","title":"x","status":401,"code":"CLOCK_SKEW"}',
    ],
    ['a redirect', 302, 'text/html', ''],
    ['nothing at all', 200, 'application/json', ''],
  ])('%s', async (_what, status, type, body) => {
    const client = await sending(status, type, body)
    expect(await client.health()).toMatchObject({ ok: false, error: { code: 'NONSENSE' } })
  })

  it('a right answer is taken, without what the contract does not know', async () => {
    const client = await sending(200, 'application/json', JSON.stringify({ ...HEALTH, smuggled: 1 }))
    expect(await client.health()).toEqual({ ok: true, value: HEALTH })
  })

  it('an answer larger than any message of the protocol is cut off', async () => {
    let sent = 0
    const client = await answering((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const more = (): void => {
        sent += 65_536
        if (!response.destroyed) response.write(Buffer.alloc(65_536, 0x20), more)
      }
      more()
    })
    expect(await client.keys()).toEqual({ ok: false, error: { code: 'NONSENSE', detail: expect.any(String) } })
    expect(sent).toBeLessThan(8_000_000)
  })

  it('bytes that are not HTTP', async () => {
    const client = await started(createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')))
    expect(await client.health()).toMatchObject({ ok: false, error: { code: 'NONSENSE' } })
  })
})

describe('a centre that is slow, down or away has a name for each', () => {
  it('silence ends with the deadline of the call', async () => {
    const client = await answering(() => undefined)
    expect(await client.health()).toEqual({ ok: false, error: { code: 'TIMED_OUT', afterMs: 150 } })
  })

  it('so does an answer that drips in, however lively it looks', async () => {
    const client = await answering((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const drip = setInterval(() => response.write(' '), 10)
      response.on('close', () => {
        clearInterval(drip)
      })
    })
    expect(await client.health()).toEqual({ ok: false, error: { code: 'TIMED_OUT', afterMs: 150 } })
  })

  it('a proxy’s 502 is a centre that is down', async () => {
    const client = await sending(502, 'text/html', '<h1>Bad Gateway</h1>')
    expect(await client.health()).toEqual({ ok: false, error: { code: 'CENTRE_DOWN', status: 502 } })
  })

  it('nobody listening, and a line that breaks, are unreachable', async () => {
    expect(await clientOf('http://127.0.0.1:9').health()).toEqual({
      ok: false,
      error: { code: 'UNREACHABLE', detail: 'ECONNREFUSED' },
    })
    const breaking = await started(createTcpServer((socket) => socket.once('data', () => socket.resetAndDestroy())))
    expect(await breaking.health()).toEqual({ ok: false, error: { code: 'UNREACHABLE', detail: 'ECONNRESET' } })
  })
})

describe('nothing personal leaves in an error', () => {
  it('neither what was sent nor what came back', async () => {
    const secret = '990001198512311235'
    const client = await sending(200, 'application/json', JSON.stringify({ vehicles: secret, [secret]: secret }))
    const answers = [
      await client.identify({ idNo: secret, name: '刘䶮', visitId: 'V12345678' as never, cardKind: 'RESIDENT' }),
      await client.vehicles('I12345678' as IdentificationId),
      await clientOf('http://127.0.0.1:9').identify({
        idNo: secret,
        name: '刘䶮',
        visitId: 'V12345678' as never,
        cardKind: 'RESIDENT',
      }),
    ]
    for (const answer of answers) {
      expect(answer.ok).toBe(false)
      expect(JSON.stringify(answer)).not.toMatch(/990001|刘|䶮/)
    }
  })
})

describe('the centre’s clock', () => {
  it('is measured from its answers, half a round trip uncertain', async () => {
    const client = await answering((_request, response) => {
      response.setHeader('kiosk-server-time', String(Date.now() + 600_000))
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(HEALTH))
    })
    expect(client.clockOffset).toBeNull()
    expect((await client.health()).ok).toBe(true)
    const offset = client.clockOffset
    expect(Math.abs((offset?.offsetMs ?? 0) - 600_000)).toBeLessThanOrEqual((offset?.uncertaintyMs ?? 0) + 2)
  })
})
