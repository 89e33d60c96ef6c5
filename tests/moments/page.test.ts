import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { expect, it } from 'vitest'
import { page } from './page.ts'

const path = join(import.meta.dirname, '../../docs/moments.md')

it('docs/moments.md says what the tests play; UPDATE_DOCS=1 writes it', async () => {
  const written = await format(page(), { ...(await resolveConfig(path)), parser: 'markdown' })
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(path, written)
  expect(readFileSync(path, 'utf8')).toBe(written)
})
