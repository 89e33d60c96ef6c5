import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8')

/** Colour tokens (`--c-…: #rrggbb`, `--p-…`) of one block of tokens.css. */
function colours(block: RegExp): Map<string, string> {
  const body = block.exec(css)?.[1] ?? ''
  return new Map([...body.matchAll(/--([cp]-[a-z-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, value]) => [name!, value!]))
}

const light = colours(/\/\* Ground and ink\. \*\/([\s\S]*?)\n\}/)
const dark = new Map([...light, ...colours(/\[data-contrast='high'\] \{([\s\S]*?)\n\}/)])

/** Relative luminance and contrast ratio, WCAG 2.2. */
function contrast(one: string, two: string): number {
  const luminance = (hex: string): number => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const value = parseInt(hex.slice(at, at + 2), 16) / 255
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
  }
  const [high, low] = [luminance(one), luminance(two)].sort((a, b) => b - a)
  return (high! + 0.05) / (low! + 0.05)
}

const AA = 4.5
const AAA = 7
/** Text on its ground, and what WCAG asks of the pair. Everything that is read as body is held to AAA. */
const pairs: readonly [string, string, number][] = [
  ['c-ink', 'c-paper', AAA],
  ['c-ink', 'c-surface', AAA],
  ['c-ink', 'c-sunken', AAA],
  ['c-ink-soft', 'c-paper', AAA],
  ['c-ink-soft', 'c-surface', AAA],
  ['c-ink-soft', 'c-sunken', AAA],
  ['c-on-brand', 'c-brand', AAA],
  ['c-on-brand', 'c-brand-pressed', AAA],
  ['c-brand', 'c-surface', AAA],
  ['c-brand', 'c-brand-tint', AAA],
  ['c-on-brand-soft', 'c-brand-deep', AAA],
  ['c-on-lit', 'c-lit', AAA],
  ['c-console-soft', 'c-console', AAA],
  ['c-console-mark', 'c-console', AAA],
  ...(['good', 'info', 'warning', 'bad', 'unknown'] as const).flatMap((tone): [string, string, number][] => [
    [`c-${tone}`, `c-${tone}-tint`, AA],
    [`c-${tone}`, 'c-surface', AAA],
    ['c-ink', `c-${tone}-tint`, AAA],
  ]),
  ['c-on-disabled', 'c-disabled', AA],
  ['c-surface', 'c-good', AA],
  ['p-light-text', 'p-blue', AA],
  ['p-light-text', 'p-black', AAA],
  ['p-light-text', 'p-green', AA],
  ['p-dark-text', 'p-yellow', AAA],
  ['p-dark-text', 'p-white', AAA],
  ['p-dark-text', 'p-new-green', AAA],
  ['p-dark-text', 'p-neutral', AAA],
]
/** Edges of controls and the focus ring against what is behind them (WCAG 1.4.11). */
const edges: readonly [string, string][] = [
  ['c-line-strong', 'c-paper'],
  ['c-brand', 'c-paper'],
  ['c-focus', 'c-paper'],
  ['c-focus', 'c-surface'],
]

describe.each([
  ['the light theme', light],
  ['the high-contrast theme', dark],
])('%s', (_name, theme) => {
  test('names every colour of the pairs', () => {
    const names = new Set([...pairs, ...edges].flatMap(([text, ground]) => [text, ground]))
    expect([...names].filter((name) => !theme.has(name))).toEqual([])
  })

  test.each(pairs)('--%s on --%s has a contrast of at least %f', (text, ground, least) => {
    expect(contrast(theme.get(text)!, theme.get(ground)!)).toBeGreaterThanOrEqual(least)
  })

  test.each(edges)('--%s stands out from --%s', (edge, ground) => {
    expect(contrast(theme.get(edge)!, theme.get(ground)!)).toBeGreaterThanOrEqual(3)
  })
})

test('colours, lengths of type and durations are named in tokens.css alone', () => {
  const others = [
    'frame',
    'stage',
    'base',
    'parts/press',
    'parts/parts',
    'parts/sheet',
    'screens/screens',
    'services/annual-review/annual-review',
    'technician/frame',
    'technician/parts',
    'technician/screens',
  ]
  const loose = others.flatMap((name) => {
    const text = readFileSync(join(import.meta.dirname, `${name}.css`), 'utf8')
    return [...text.matchAll(/#[0-9a-fA-F]{3,8}\b(?!ffffff)|\b\d+m?s\b/g)].map(([value]) => `${name}: ${value}`)
  })
  expect(loose.filter((value) => !value.endsWith('#ffffff'))).toEqual([])
})
