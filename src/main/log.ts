import type { Log, LogFields } from '../lib/log.ts'

/** One JSON object per line on standard error, where the service manager collects it. The shell knows no personal data. */
export function stderrLog(bound: LogFields = {}): Log {
  const line = (level: string) => (event: string, fields?: LogFields) => {
    const entry = { time: new Date().toISOString(), level, process: 'shell', event, ...bound, ...fields }
    process.stderr.write(`${JSON.stringify(entry)}\n`)
  }
  return {
    debug: () => undefined,
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    with: (fields) => stderrLog({ ...bound, ...fields }),
  }
}
