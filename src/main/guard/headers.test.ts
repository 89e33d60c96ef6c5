import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { contentSecurityPolicy, securityHeaders } from './headers.ts'

const directives = new Map(
  contentSecurityPolicy.split('; ').map((directive) => {
    const [name = '', ...sources] = directive.split(' ')
    return [name, sources] as const
  }),
)

describe('the content security policy', () => {
  test('is closed by default and opens nothing inline, evaluated or remote', () => {
    expect(directives.get('default-src')).toEqual(["'none'"])
    expect(directives.get('script-src')).toEqual(["'self'"])
    expect(contentSecurityPolicy).not.toMatch(/unsafe|\*|https?:/)
  })

  test.each(['connect-src', 'worker-src', 'frame-src', 'object-src', 'base-uri', 'form-action', 'frame-ancestors'])(
    '%s is none',
    (directive) => {
      expect(directives.get(directive)).toEqual(["'none'"])
    },
  )

  test('the sandbox leaves scripts and the origin, no popups, dialogs, downloads or forms', () => {
    expect(directives.get('sandbox')).toEqual(['allow-scripts', 'allow-same-origin'])
  })

  test('the one allowed inline style is the one react-aria really puts into the page', () => {
    const components = createRequire(import.meta.url).resolve('react-aria-components/package.json')
    const home = dirname(createRequire(components).resolve('react-aria/package.json'))
    const source = readFileSync(join(home, 'dist/private/interactions/usePress.mjs'), 'utf8')
    const attribute = /PRESSABLE_ATTRIBUTE = '([^']+)'/.exec(source)?.[1] ?? ''
    const template = /style\.textContent = `([^`]+)`\.trim\(\)/.exec(source)?.[1] ?? ''
    const style = template.replace(/\$\{[^}]+\}/, attribute).trim()
    expect(style).toContain('touch-action')
    const hash = createHash('sha256').update(style).digest('base64')
    expect(directives.get('style-src')).toEqual(["'self'", `'sha256-${hash}'`])
  })
})

test('every answer says that types are not guessed, nothing is cached and no other origin may embed it', () => {
  expect(securityHeaders).toMatchObject({
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
  })
})
