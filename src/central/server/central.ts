import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { LocalDate } from '../../domain/local-date.ts'
import type { ProvinceProfile } from '../../domain/province.ts'
import type { Clock } from '../../lib/clock.ts'
import { silentLog, type Log } from '../../lib/log.ts'
import { addAdminRoutes, makeAdmin, type CentralAdmin } from './admin.ts'
import { DOCS_PAGE } from './docs-page.ts'
import { buildApp, type TlsFiles } from './http/app.ts'
import { openApiDocument } from './openapi.ts'
import { addQueryPage } from './query-page.ts'
import { isEmpty, seedDemo, type DemoSeed } from './seed/demo.ts'
import { makeCentre, today } from './services/centre.ts'
import { SigningKeys } from './services/signing-key.ts'
import { openDatabase, type CentralDatabase } from './store/database.ts'

export interface CentralOptions {
  readonly clock: Clock
  readonly province: ProvinceProfile
  /** Path of the store, or `:memory:`. */
  readonly data: string
  /** Demo people and vehicles into an empty store; everything printed then carries 样张. */
  readonly seed?: { readonly portrait?: DemoSeed['portrait'] }
  /** Fixes the calendar day (not the clock): a demo of another date. */
  readonly today?: () => LocalDate
  /** Opens the admin routes on loopback to whoever knows it. */
  readonly adminToken?: string
  readonly log?: Log
  /** Certificate and private key, PEM: it then speaks https. */
  readonly tls?: TlsFiles
  /** How long a submitted review is checked; default 1.2 s. */
  readonly checkingMs?: number
}

/** A centre in this process: the rig and the tests use it as the command line does. */
export interface Central {
  readonly app: FastifyInstance
  readonly admin: CentralAdmin
  /** The store itself, for tests and seeds. */
  readonly database: CentralDatabase
  /** The day it works by. */
  today(): LocalDate
  /** Starts to answer; port 0 takes a free one. Resolves to `http://host:port`, or `https://…`. */
  listen(address?: { readonly port?: number; readonly host?: string }): Promise<string>
  close(): Promise<void>
}

/** An authorization lives two minutes: long enough to print, too short to be carried away. */
const AUTHORIZATION_TTL_MS = 120_000

export function createCentral(options: CentralOptions): Central {
  const database = openDatabase(options.data)
  const centre = makeCentre(
    {
      clock: options.clock,
      province: options.province,
      specimen: options.seed !== undefined,
      checkingMs: options.checkingMs ?? 1_200,
      authorizationTtlMs: AUTHORIZATION_TTL_MS,
      ...(options.today === undefined ? {} : { today: options.today }),
    },
    database,
    new SigningKeys(database, options.province.signature, options.clock.now()),
  )
  if (options.seed !== undefined && isEmpty(database)) {
    seedDemo(database, { today: today(centre), province: options.province, portrait: options.seed.portrait })
  }
  const app = buildApp(centre, options.log ?? silentLog, options.tls)
  const admin = makeAdmin(centre)
  addReadingRoutes(app)
  addQueryPage(app, centre)
  if (options.adminToken !== undefined) addAdminRoutes(app, admin, options.adminToken)
  return {
    app,
    admin,
    database,
    today: () => today(centre),
    async listen({ port = 0, host = '127.0.0.1' } = {}) {
      await app.listen({ port, host })
      const address = app.server.address() as AddressInfo
      return `${options.tls === undefined ? 'http' : 'https'}://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`
    },
    async close() {
      await app.close()
      database.close()
    },
  }
}

function addReadingRoutes(app: FastifyInstance): void {
  let document: string | undefined
  app.get('/openapi.json', (_request, reply) => {
    document ??= JSON.stringify(openApiDocument())
    return reply.type('application/json; charset=utf-8').send(document)
  })
  app.get('/docs', (_request, reply) =>
    reply
      .header(
        'content-security-policy',
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'",
      )
      .type('text/html; charset=utf-8')
      .send(DOCS_PAGE),
  )
}
