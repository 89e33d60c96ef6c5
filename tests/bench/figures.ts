/** A number of one run with the limit it has to keep. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: 'ratio' | 'ms' | 'MB'
  readonly limit: number
  readonly ok: boolean
}

/** What a bench gives: figures that are judged, and everything else that was measured on the way. */
export interface BenchResult {
  readonly figures: readonly Figure[]
  readonly details: Readonly<Record<string, unknown>>
}

/** A figure that may not be larger than `limit`. A value that could not be measured (NaN) is not within any limit. */
export function atMost(name: string, value: number, limit: number, unit: Figure['unit'] = 'ratio'): Figure {
  return { name, value: rounded(value), unit, limit, ok: value <= limit }
}

/** The middle value; of an even number of values the lower of the two in the middle. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN
}

/** Three digits after the point are more than any of our figures is worth. */
export function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000
}

/** One line for the person who waits, on standard error: standard output carries the document alone. */
export function progress(line: string): void {
  process.stderr.write(`${line}\n`)
}
