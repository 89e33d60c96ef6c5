/** One look at the kiosk, at the end of a simulated hour. Sizes in bytes. */
export interface Sample {
  readonly hour: number
  /** Which life of the process; a planned restart begins the next. */
  readonly life: number
  readonly visits: number
  readonly rss: number
  readonly heap: number
  readonly handles: number
  readonly database: number
  readonly log: number
  /** Write-ahead log of the database, between two visits. */
  readonly wal: number
}

/** What may grow, and how much. */
export const BOUNDS = {
  /** Heap after garbage collection: growth over the judged part of a life, of its mean. */
  heapGrowth: 0.1,
  rssGrowth: 0.1,
  /** File descriptors at the end of the judged part over its beginning; a connection that is kept for a while comes and goes. */
  handlesRise: 4,
  /** Bytes a visit leaves behind: the later half of the run against the earlier. */
  perVisit: 1.2,
  walBytes: 1_000_000,
} as const

export interface Trend {
  readonly life: number
  readonly hours: number
  readonly heapGrowth: number
  readonly rssGrowth: number
  readonly handles: readonly [least: number, most: number]
  readonly handlesRise: number
}

/** The judged part of each life long enough to judge: its first third is warm-up. */
export function trendsOf(samples: readonly Sample[]): readonly Trend[] {
  return [...new Set(samples.map(({ life }) => life))].flatMap((life) => {
    const own = samples.filter((sample) => sample.life === life)
    const judged = own.slice(Math.floor(own.length / 3))
    if (judged.length < 4) return []
    const handles = judged.map((sample) => sample.handles)
    return [
      {
        life,
        hours: own.length,
        heapGrowth: growth(judged.map(({ heap }) => heap)),
        rssGrowth: growth(judged.map(({ rss }) => rss)),
        handles: [Math.min(...handles), Math.max(...handles)] as const,
        handlesRise: Math.round(rise(handles) * 10) / 10,
      },
    ]
  })
}

/**
 * Bytes that one visit leaves, in the later half of the run over the earlier. Hours without visits are left out: what a
 * night writes is no visit's.
 */
export function perVisit(
  samples: readonly Sample[],
  size: (sample: Sample) => number,
): { readonly bytes: number; readonly ratio: number } {
  const hours = samples.slice(1).flatMap((sample, n) => {
    const before = samples[n]
    if (before === undefined || sample.visits === before.visits) return []
    return [{ bytes: size(sample) - size(before), visits: sample.visits - before.visits }]
  })
  const judged = hours.slice(Math.floor(hours.length / 3))
  const half = Math.floor(judged.length / 2)
  const rate = (part: typeof hours): number =>
    part.reduce((sum, { bytes }) => sum + bytes, 0) / part.reduce((sum, { visits }) => sum + visits, 0)
  return { bytes: Math.round(rate(judged)), ratio: rate(judged.slice(half)) / rate(judged.slice(0, half)) }
}

/** Every sentence is one broken bound. */
export function violationsOf(samples: readonly Sample[]): readonly string[] {
  const violations: string[] = []
  for (const { life, heapGrowth, rssGrowth, handles, handlesRise } of trendsOf(samples)) {
    const say = (what: string): void => void violations.push(`life ${life}: ${what}`)
    if (!(heapGrowth <= BOUNDS.heapGrowth)) say(`the heap grew by ${percent(heapGrowth)}`)
    if (!(rssGrowth <= BOUNDS.rssGrowth)) say(`the resident set grew by ${percent(rssGrowth)}`)
    if (!(handlesRise <= BOUNDS.handlesRise)) say(`${handlesRise} more open handles, between ${handles.join(' and ')}`)
  }
  const wal = Math.max(...samples.map((sample) => sample.wal))
  if (wal > BOUNDS.walBytes) violations.push(`a log of ${wal} bytes between two visits`)
  if (samples.length >= 6) {
    for (const name of ['database', 'log'] as const) {
      const { ratio } = perVisit(samples, (sample) => sample[name])
      if (!(ratio <= BOUNDS.perVisit)) violations.push(`${name}: a visit leaves ${percent(ratio - 1)} more than before`)
    }
  }
  return violations
}

/** The rise as a part of the mean. */
function growth(values: readonly number[]): number {
  return rise(values) / (values.reduce((sum, value) => sum + value, 0) / values.length)
}

/** From the first to the last on the line of least squares. */
function rise(values: readonly number[]): number {
  const n = values.length
  const meanY = values.reduce((sum, value) => sum + value, 0) / n
  const meanX = (n - 1) / 2
  const up = values.reduce((sum, value, x) => sum + (x - meanX) * (value - meanY), 0)
  const along = values.reduce((sum, _, x) => sum + (x - meanX) ** 2, 0)
  return (up / along) * (n - 1)
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`
}
