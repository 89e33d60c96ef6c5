/**
 * Whether the shipped type has a character. The exact `unicode-range` of each `@font-face` in `fonts.css` is the record
 * of what the font can show; scenario 37 asks that a name is shown rightly or not at all, never with a box.
 */

export interface Range {
  readonly from: number
  readonly to: number
}

/** Reads a CSS `unicode-range` (`U+20-7E, U+3002, U+4??`). */
export function parseUnicodeRange(value: string): Range[] {
  return value
    .split(',')
    .map((part) => /^\s*U\+([0-9a-f?]+)(?:-([0-9a-f]+))?\s*$/i.exec(part))
    .filter((match) => match !== null)
    .map(([, first = '', last]) => ({
      from: parseInt(first.replaceAll('?', '0'), 16),
      to: parseInt(last ?? first.replaceAll('?', 'f'), 16),
    }))
}

/** Characters that draw nothing and need no glyph: spaces, line ends, joiners and variation selectors. */
const invisible = /^[\s\u200b-\u200d\ufe00-\ufe0f\u2060]$/u

export function coveredBy(ranges: readonly Range[]): (text: string) => boolean {
  const sorted = [...ranges].sort((a, b) => a.from - b.from)
  const has = (codePoint: number): boolean => {
    let low = 0
    let high = sorted.length - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const range = sorted[middle]
      if (range === undefined) return false
      if (codePoint < range.from) high = middle - 1
      else if (codePoint > range.to) low = middle + 1
      else return true
    }
    return false
  }
  return (text) => Array.from(text).every((char) => invisible.test(char) || has(char.codePointAt(0) ?? 0))
}

let check: ((text: string) => boolean) | null = null

/** Whether every character of `text` is in the shipped type. Before `fonts.css` is loaded nothing is refused. */
export function canShow(text: string): boolean {
  check ??= coverageOfDocument()
  return check?.(text) ?? true
}

function coverageOfDocument(): ((text: string) => boolean) | null {
  const faces = [...document.fonts].filter((face) => face.family.replaceAll(/["']/g, '') === 'Noto Sans SC')
  if (faces.length === 0) return null
  return coveredBy(
    faces.filter((face) => face.weight === '400').flatMap((face) => parseUnicodeRange(face.unicodeRange)),
  )
}
