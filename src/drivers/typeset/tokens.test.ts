import { expect, it } from 'vitest'
import { fillTokens } from './tokens.ts'

it('fills tokens and reports those without a value', () => {
  const missing = new Set<string>()
  expect(fillTokens('{{a}}-{{ b }}-{{toString}}', { a: '1' }, missing)).toBe('1--')
  expect([...missing]).toEqual(['b', 'toString'])
})

it('does not fill tokens that stand in a value: data is never a template', () => {
  expect(fillTokens('{{a}}', { a: '{{b}}', b: 'x' }, new Set())).toBe('{{b}}')
})
