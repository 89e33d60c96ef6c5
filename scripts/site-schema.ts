import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { z } from 'zod'
import { siteSchema } from '../src/kiosk/site/schema.ts'

/** Writes docs/site.schema.json, the JSON Schema of the site file for editors and for people. */
const target = fileURLToPath(new URL('../docs/site.schema.json', import.meta.url))
const schema = JSON.stringify(z.toJSONSchema(siteSchema, { io: 'input' }))
await writeFile(target, await format(schema, { ...(await resolveConfig(target)), filepath: target }))
