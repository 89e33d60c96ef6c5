import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type SecureVersion } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { CentralStage } from '../../../tests/support/central-stage.ts'
import { systemClock } from '../../lib/clock.ts'
import { CentralClient } from './central-client.ts'
import { generateDeviceIdentity } from './device-key.ts'

const HAS_OPENSSL = hasOpenssl()
const identity = generateDeviceIdentity()
let folder: string
/** Of our own authority: for 127.0.0.1, for another host, expired; and one that nobody vouches for. */
let files: Record<'ca' | 'good' | 'otherHost' | 'expired' | 'stranger', { cert: string; key: string }>
const cleanups: (() => void | Promise<void>)[] = []

describe.skipIf(!HAS_OPENSSL)('TLS to the centre (skipped where there is no openssl)', () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tls-'))
    files = makeCertificates()
  }, 60_000)
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })
  afterEach(async () => {
    for (const clean of cleanups.splice(0)) await clean()
  })

  it('the reference centre speaks it, and a kiosk with the site’s CA talks to it', async () => {
    const stage = await CentralStage.open({ tls: files.good })
    cleanups.push(() => stage.close())
    expect(stage.url).toMatch(/^https:/)
    expect((await clientOf(stage.url).health()).ok).toBe(true)
  })

  it.each([
    ['without the site’s CA', 'good', null, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['with a certificate of another host', 'otherHost', 'ca', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['with an expired certificate', 'expired', 'ca', 'CERT_HAS_EXPIRED'],
    ['with a certificate nobody vouches for', 'stranger', 'ca', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ] as const)('a centre %s is not spoken to', async (_what, certificate, ca, detail) => {
    let requests = 0
    const url = await serving(certificate, {}, () => requests++)
    const client = clientOf(url, ca === null ? null : files.ca.cert)
    expect(await client.health()).toEqual({ ok: false, error: { code: 'UNREACHABLE', detail } })
    expect(requests).toBe(0)
  })

  it.each(['TLSv1', 'TLSv1.1'] as const)('%s is refused by both sides', async (version) => {
    const old = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' } as const
    const url = await serving('good', old)
    expect(await clientOf(url).health()).toMatchObject({ ok: false, error: { code: 'UNREACHABLE' } })
    const stage = await CentralStage.open({ tls: files.good })
    cleanups.push(() => stage.close())
    expect(await handshake(stage.url, version)).not.toBe('OPEN')
    expect(await handshake(stage.url, 'TLSv1.2')).toBe('OPEN')
  })

  it('follows no redirect, least of all one out of TLS', async () => {
    let asked = 0
    const trap = createHttpServer((_request, response) => {
      asked++
      response.end()
    })
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve))
    cleanups.push(() => void trap.close())
    const { port } = trap.address() as AddressInfo
    const url = await serving('good', {}, undefined, `http://127.0.0.1:${port}/v1/health`)
    expect(await clientOf(url).health()).toMatchObject({ ok: false, error: { code: 'NONSENSE' } })
    expect(asked).toBe(0)
  })
})

function clientOf(baseUrl: string, ca: string | null = files.ca.cert): CentralClient {
  const client = new CentralClient({ baseUrl, identity, clock: systemClock, ...(ca === null ? {} : { ca }) })
  cleanups.push(() => {
    client.close()
  })
  return client
}

async function serving(
  certificate: keyof typeof files,
  options: { minVersion?: SecureVersion; maxVersion?: SecureVersion; ciphers?: string } = {},
  onRequest: () => void = () => undefined,
  redirect?: string,
): Promise<string> {
  const server: Server = createServer({ ...files[certificate], ...options }, (_request, response) => {
    onRequest()
    response.writeHead(redirect === undefined ? 200 : 307, redirect === undefined ? {} : { location: redirect }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function handshake(url: string, version: SecureVersion): Promise<string> {
  const { hostname: host, port } = new URL(url)
  const options = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0', ca: files.ca.cert }
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), ...options }, () => {
      resolve('OPEN')
      socket.destroy()
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? error.message)
    })
  })
}

function makeCertificates(): typeof files {
  const at = (name: string): string => join(folder, name)
  const openssl = (...args: readonly string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' })
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const selfSigned = (name: string, subject: string, ...more: readonly string[]): void =>
    openssl('req', '-x509', ...ec, '-keyout', at(`${name}.key`), '-out', at(`${name}.crt`), '-subj', subject, ...more)
  selfSigned('ca', '/CN=test authority', '-days', '2')
  selfSigned('stranger', '/CN=127.0.0.1', '-days', '2', '-addext', 'subjectAltName=IP:127.0.0.1')
  const issued = (name: string, alternative: string, ...validity: readonly string[]): void => {
    openssl('req', ...ec, '-new', '-keyout', at(`${name}.key`), '-out', at(`${name}.csr`), '-subj', '/CN=centre')
    writeFileSync(at(`${name}.ext`), `subjectAltName=${alternative}\n`)
    openssl(
      ...['x509', '-req', '-in', at(`${name}.csr`), '-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial'],
      ...['-extfile', at(`${name}.ext`), '-out', at(`${name}.crt`), ...validity],
    )
  }
  issued('good', 'IP:127.0.0.1', '-days', '2')
  issued('otherHost', 'DNS:centre.example.cn', '-days', '2')
  issued('expired', 'IP:127.0.0.1', '-days', '-1')
  const read = (name: string) => ({
    cert: readFileSync(at(`${name}.crt`), 'utf8'),
    key: readFileSync(at(`${name}.key`), 'utf8'),
  })
  const [ca, good, otherHost] = [read('ca'), read('good'), read('otherHost')]
  return { ca, good, otherHost, expired: read('expired'), stranger: read('stranger') }
}

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}
