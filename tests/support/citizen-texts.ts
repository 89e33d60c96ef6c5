import { readFileSync } from 'node:fs'
import { assetPath } from '../../src/lib/assets.ts'

const texts = JSON.parse(readFileSync(assetPath('texts', 'zh-CN.json'), 'utf8')) as Record<string, unknown>

/** The sentence of a key of the text file, or undefined. */
export function citizenText(key: string): string | undefined {
  const found = key
    .split('.')
    .reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], texts)
  return typeof found === 'string' ? found : undefined
}

interface Reference {
  readonly key: string
  readonly params?: Readonly<Record<string, unknown>>
}

/** Every sentence anywhere in `shown` that has no words, or whose words name a value that is not given. */
export function complaintsAboutTexts(shown: unknown): string[] {
  if (Array.isArray(shown)) return shown.flatMap(complaintsAboutTexts)
  if (typeof shown !== 'object' || shown === null) return []
  if (isReference(shown)) {
    const words = citizenText(shown.key)
    if (words === undefined) return [`no words for ${shown.key}`]
    const missing = [...words.matchAll(/\{(\w+)\}/g)]
      .map(([, name = '']) => name)
      .filter((name) => shown.params?.[name] === undefined)
    return missing.map((name) => `${shown.key} lacks {${name}}`)
  }
  return Object.values(shown).flatMap(complaintsAboutTexts)
}

function isReference(value: object): value is Reference {
  return (
    'key' in value &&
    typeof value.key === 'string' &&
    Object.keys(value).every((name) => name === 'key' || name === 'params')
  )
}
