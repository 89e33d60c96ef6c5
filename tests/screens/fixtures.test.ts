import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fixtures } from './fixtures.ts'

const texts = JSON.parse(readFileSync(join(import.meta.dirname, '../../assets/texts/zh-CN.json'), 'utf8')) as unknown

/** Keys of all texts that are named anywhere in `value`. */
function keysIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const own = 'key' in value && typeof value.key === 'string' && value.key.includes('.') ? [value.key] : []
  return [...own, ...Object.values(value).flatMap(keysIn)]
}

function isText(key: string): boolean {
  const found = key
    .split('.')
    .reduce<unknown>((at, part) => (typeof at === 'object' && at !== null ? Reflect.get(at, part) : undefined), texts)
  return typeof found === 'string'
}

it('the photographs show texts that exist', () => {
  const missing = fixtures.flatMap(({ name, snapshot }) =>
    keysIn(snapshot)
      .filter((key) => !isText(key))
      .map((key) => `${name}: ${key}`),
  )
  expect(missing).toEqual([])
})
