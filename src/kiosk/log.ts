import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pino, { type Logger } from 'pino'
import type { Log, LogFields } from '../lib/log.ts'
import { redactFields } from '../lib/redact.ts'

function redacted(fields: LogFields | undefined): LogFields {
  return redactFields(fields ?? {})
}

function wrap(logger: Logger): Log {
  return {
    debug: (event, fields) => logger.debug(redacted(fields), event),
    info: (event, fields) => logger.info(redacted(fields), event),
    warn: (event, fields) => logger.warn(redacted(fields), event),
    error: (event, fields) => logger.error(redacted(fields), event),
    with: (fields) => wrap(logger.child(redacted(fields))),
  }
}

/** Opens `<dataDir>/logs/kiosk-YYYY-MM-DD.log` for appending, one JSON object a line, and returns the kiosk's logger. */
export function openLog(dataDir: string, today: string, level: string): Log {
  const directory = join(dataDir, 'logs')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const stream = createWriteStream(join(directory, `kiosk-${today}.log`), { flags: 'a', mode: 0o600 })
  return wrap(pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream))
}
