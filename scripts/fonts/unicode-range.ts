/** Writes code points as an exact CSS `unicode-range`, neighbours joined. */
export function unicodeRange(codePoints: readonly number[]): string {
  const sorted = [...new Set(codePoints)].sort((a, b) => a - b)
  const runs: [number, number][] = []
  for (const codePoint of sorted) {
    const run = runs.at(-1)
    if (run && codePoint === run[1] + 1) run[1] = codePoint
    else runs.push([codePoint, codePoint])
  }
  return runs.map(([from, to]) => (from === to ? hex(from) : `${hex(from)}-${hex(to).slice(2)}`)).join(', ')
}

function hex(codePoint: number): string {
  return `U+${codePoint.toString(16)}`
}
