import { ROUTES, type RouteDefinition, type RouteName } from '../contract/routes.ts'
import { signRequest, type Freshness, type Signer } from '../contract/signature.ts'

export interface CallInput {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly idempotencyKey?: string
}

export interface OutgoingRequest {
  readonly method: string
  /** Path and query, encoded, exactly as signed. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | null
}

/** The bytes of one call, signed unless the route is open to anybody. */
export function buildRequest(name: RouteName, input: CallInput, signer: Signer, freshness: Freshness): OutgoingRequest {
  const route: RouteDefinition = ROUTES[name]
  const path = route.path.replace(/\{(\w+)\}/g, (_, parameter: string) =>
    encodeURIComponent(required(input.params, parameter)),
  )
  const query = input.query === undefined ? '' : `?${new URLSearchParams(input.query).toString()}`
  const body = input.body === undefined ? null : Buffer.from(JSON.stringify(input.body))
  const idempotencyKey = input.idempotencyKey ?? null
  const signature =
    route.access === 'OPEN'
      ? {}
      : signRequest({ method: route.method, path, query, body, idempotencyKey }, signer, freshness)
  return {
    method: route.method,
    target: `${path}${query}`,
    body,
    headers: {
      accept: 'application/json, application/problem+json',
      ...(body === null ? {} : { 'content-type': 'application/json' }),
      ...(idempotencyKey === null ? {} : { 'idempotency-key': idempotencyKey }),
      ...signature,
    },
  }
}

function required(params: CallInput['params'], name: string): string {
  const value = params?.[name]
  if (value === undefined) throw new Error(`missing parameter ${name}`)
  return value
}
