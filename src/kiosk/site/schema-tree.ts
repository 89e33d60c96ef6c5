import { z } from 'zod'
import { siteSchema } from './schema.ts'

/** One place of the site file as JSON Schema describes it, as far as anybody here asks. */
export interface SchemaNode {
  readonly type?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly oneOf?: readonly SchemaNode[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
}

let tree: SchemaNode | undefined

/** The site file as a person writes it. Made when somebody first asks: it takes tens of milliseconds, and no start needs it. */
export function siteSchemaTree(): SchemaNode {
  tree ??= z.toJSONSchema(siteSchema, { io: 'input' }) as SchemaNode
  return tree
}
