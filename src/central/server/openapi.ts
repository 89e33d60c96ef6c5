import { z } from 'zod'
import { problemDocument } from '../contract/problem.ts'
import { idempotencyKey, ROUTES, type RouteDefinition } from '../contract/routes.ts'

/** The OpenAPI 3.1 document of the contract, made from the same table that client and server run on. */
export function openApiDocument(): object {
  const schemas = new Components()
  const paths: Record<string, Record<string, object>> = {}
  for (const [name, route] of Object.entries(ROUTES) as [string, RouteDefinition][]) {
    const operations = (paths[route.path] ??= {})
    operations[route.method.toLowerCase()] = operation(name, route, schemas)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Road-transport kiosk: central platform',
      version: '1.0.0',
      description:
        'JSON over HTTP. Requests of kiosks are signed with HTTP Message Signatures (RFC 9421, ed25519, RFC 9530 digests); ' +
        'refusals are RFC 9457 problem documents with a closed set of codes. Dates are days in Asia/Shanghai, instants ' +
        'milliseconds since the epoch, money fen. See docs/decisions/0005-central-protocol.md.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: { ...schemas.all(), Problem: jsonSchema(problemDocument, 'output') },
      securitySchemes: {
        kioskSignature: {
          type: 'http',
          scheme: 'signature',
          description: 'RFC 9421, label `kiosk`, keyid = RFC 7638 thumbprint',
        },
      },
    },
  }
}

function operation(name: string, route: RouteDefinition, schemas: Components): object {
  const parameters = [
    ...parametersOf(route.params, 'path'),
    ...parametersOf(route.query, 'query'),
    ...(route.idempotencyKey
      ? [{ name: 'Idempotency-Key', in: 'header', required: true, schema: jsonSchema(idempotencyKey, 'input') }]
      : []),
  ]
  return {
    operationId: name,
    summary: route.summary,
    security: route.access === 'OPEN' ? [] : [{ kioskSignature: [] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === null
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemas.reference(`${name}Request`, route.body, 'input') } },
          },
        }),
    responses: {
      '200': {
        description: 'Done',
        content: { 'application/json': { schema: schemas.reference(`${name}Response`, route.response, 'output') } },
      },
      default: {
        description: 'Refused',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  }
}

/** Schemas by name; one that several routes share is written once, under the name of the first. */
class Components {
  private readonly named = new Map<z.ZodType, { name: string; schema: object }>()

  reference(name: string, schema: z.ZodType, io: 'input' | 'output'): object {
    const known = this.named.get(schema) ?? {
      name: name.charAt(0).toUpperCase() + name.slice(1),
      schema: jsonSchema(schema, io),
    }
    this.named.set(schema, known)
    return { $ref: `#/components/schemas/${known.name}` }
  }

  all(): Record<string, object> {
    return Object.fromEntries(Array.from(this.named.values(), ({ name, schema }) => [name, schema]))
  }
}

function parametersOf(schema: z.ZodType | null, place: 'path' | 'query'): object[] {
  if (!(schema instanceof z.ZodObject)) return []
  return Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, field]) => ({
    name,
    in: place,
    required: true,
    schema: jsonSchema(field, 'input'),
  }))
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): object {
  const document = z.toJSONSchema(schema, { target: 'draft-2020-12', io })
  delete document.$schema
  return document
}
