import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format } from 'prettier'
import { openApiDocument } from '../src/central/server/openapi.ts'

/** Writes docs/openapi.json from the contract; a test says when it is out of date. */
const text = await format(JSON.stringify(openApiDocument()), { parser: 'json', printWidth: 120 })
writeFileSync(join(import.meta.dirname, '../docs/openapi.json'), text)
