/** Moments of a start that the bench measures. */
type Mark = 'main' | 'app-ready' | 'kiosk-started' | 'window' | 'page-ready' | 'first-snapshot' | 'painted'

export type Trace = (mark: Mark, detail?: string) => void

/**
 * Prints each mark once, as one line on standard output: `kiosk-trace {"mark":"painted","at":1700000000612.4,"detail":"S00"}`;
 * `at` is wall-clock milliseconds since the epoch, so that whoever started the process can subtract its own start.
 */
export function startTrace(enabled: boolean): Trace {
  if (!enabled) return () => undefined
  const seen = new Set<Mark>()
  return (mark, detail) => {
    if (seen.has(mark)) return
    seen.add(mark)
    const at = Math.round((performance.timeOrigin + performance.now()) * 10) / 10
    process.stdout.write(`kiosk-trace ${JSON.stringify({ mark, at, ...(detail === undefined ? {} : { detail }) })}\n`)
  }
}
