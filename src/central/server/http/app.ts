import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { problemStatus, type Problem } from '../../contract/problem.ts'
import {
  IDEMPOTENCY_KEY_HEADER,
  idempotencyKey,
  MAX_BODY_BYTES,
  ROUTES,
  SERVER_TIME_HEADER,
  type RouteDefinition,
  type RouteName,
} from '../../contract/routes.ts'
import type { Log } from '../../../lib/log.ts'
import { err, ok, type Result } from '../../../lib/result.ts'
import { now, type Centre } from '../services/centre.ts'
import type { Kiosk } from '../store/kiosks.ts'
import { authenticateKiosk, authenticateNewKey } from './authenticate.ts'
import { makeHandlers, type Call, type Handlers } from './handlers.ts'

/** PEM. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

/** The HTTP face of the centre: the routes of the contract and nothing else. Bodies are kept as bytes until their signature is checked. */
export function buildApp(centre: Centre, log: Log, tls?: TlsFiles): FastifyInstance {
  const app: FastifyInstance = Fastify({
    ...(tls === undefined ? {} : { https: { ...tls, minVersion: 'TLSv1.2' as const } }),
    bodyLimit: MAX_BODY_BYTES,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    requestTimeout: 15_000,
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body)
  })
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header(SERVER_TIME_HEADER, String(now(centre))).header('cache-control', 'no-store')
    done()
  })
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, { code: 'NOT_FOUND' }))
  app.setErrorHandler((error, _request, reply) => {
    const problem = problemOfError(error)
    if (problem.code === 'INTERNAL')
      log.error('centre.internal-error', { message: error instanceof Error ? error.message : 'unknown' })
    return sendProblem(reply, problem)
  })
  const handlers = makeHandlers(centre)
  for (const name of Object.keys(ROUTES) as RouteName[]) addRoute(app, centre, handlers, name)
  return app
}

function addRoute(app: FastifyInstance, centre: Centre, handlers: Handlers, name: RouteName): void {
  const route: RouteDefinition = ROUTES[name]
  app.route({
    method: route.method,
    url: route.path.replace(/\{(\w+)\}/g, ':$1'),
    handler: async (request, reply) => {
      const call = readCall(centre, route, request)
      if (!call.ok) return sendProblem(reply, call.error)
      // The table has made sure that call and handler belong to the same route.
      const handler = handlers[name] as (call: unknown) => Promise<Result<unknown, Problem>> | Result<unknown, Problem>
      const answer = await handler(call.value)
      if (!answer.ok) return sendProblem(reply, answer.error)
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(route.response.parse(answer.value)))
    },
  })
}

type AnyCall = Pick<Call<RouteName>, 'kiosk' | 'idempotencyKey'> & Record<'params' | 'query' | 'body', unknown>

function readCall(centre: Centre, route: RouteDefinition, request: FastifyRequest): Result<AnyCall, Problem> {
  const json = readJson(request.body)
  if (!json.ok) return json
  const kiosk = authenticate(centre, route, request, json.value)
  if (!kiosk.ok) return kiosk
  const key = request.headers[IDEMPOTENCY_KEY_HEADER]
  if (route.idempotencyKey && !idempotencyKey.safeParse(key).success) return invalid(IDEMPOTENCY_KEY_HEADER)
  const parts: Record<'params' | 'query' | 'body', unknown> = {
    params: request.params,
    query: request.query,
    body: json.value,
  }
  for (const part of ['params', 'query', 'body'] as const) {
    const schema = route[part]
    if (schema === null) continue
    const parsed = schema.safeParse(parts[part])
    if (!parsed.success) return invalid([part, ...(parsed.error.issues[0]?.path ?? [])].join('.'))
    parts[part] = parsed.data
  }
  return ok({ kiosk: kiosk.value, idempotencyKey: typeof key === 'string' ? key : '', ...parts })
}

/** Nobody signs an open route; its handlers look at no kiosk. */
const NOBODY = Object.freeze({}) as Kiosk

function authenticate(
  centre: Centre,
  route: RouteDefinition,
  request: FastifyRequest,
  body: unknown,
): Result<Kiosk, Problem> {
  if (route.access === 'OPEN') return ok(NOBODY)
  const target = request.raw.url ?? ''
  const split = target.indexOf('?')
  const { headers } = request
  const parts = {
    method: request.method,
    path: split === -1 ? target : target.slice(0, split),
    query: split === -1 ? '' : target.slice(split),
    body: request.body instanceof Uint8Array && request.body.length > 0 ? request.body : null,
    idempotencyKey: single(headers[IDEMPOTENCY_KEY_HEADER]),
    contentDigest: single(headers['content-digest']),
  }
  if (route.access === 'DEVICE_KEY') return authenticateKiosk(centre, { parts, headers })
  const proven = authenticateNewKey(centre, { parts, headers }, body)
  return proven.ok ? ok(NOBODY) : proven
}

function readJson(body: unknown): Result<unknown, Problem> {
  if (!(body instanceof Uint8Array) || body.length === 0) return ok(undefined)
  try {
    return ok(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown)
  } catch {
    return invalid('body')
  }
}

/** RFC 9457. `detail` is left out: the code says it, and nothing of a citizen can slip into it. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const status = problemStatus(problem.code)
  const title = problem.code.toLowerCase().replaceAll('_', ' ')
  const document = { type: `urn:road-transport-kiosk:problem:${problem.code}`, title, status, ...problem }
  return reply.code(status).type('application/problem+json; charset=utf-8').send(JSON.stringify(document))
}

function problemOfError(error: unknown): Problem {
  const code = error instanceof Error && 'code' in error ? error.code : ''
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return { code: 'TOO_LARGE' }
  return typeof code === 'string' && code.startsWith('FST_ERR_')
    ? { code: 'INVALID_REQUEST', path: 'body' }
    : { code: 'INTERNAL' }
}

function invalid(path: string): Result<never, Problem> {
  return err({ code: 'INVALID_REQUEST', path: path.slice(0, 200) })
}

function single(value: string | string[] | undefined): string | null {
  return typeof value === 'string' ? value : null
}
