import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pino, { type Logger } from 'pino'
import type { Log, LogFields } from '../lib/log.ts'

/** Eighteen characters that look like an ID number, or a mainland mobile number: the last net behind the `Sensitive` type. */
const PERSONAL = /\d{17}[\dXx]|(?<!\d)1[3-9]\d{9}(?!\d)/g

function redact(fields: LogFields | undefined): LogFields {
  if (fields === undefined) return {}
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      typeof value === 'string' ? value.replace(PERSONAL, '[personal]') : value,
    ]),
  )
}

function wrap(logger: Logger): Log {
  return {
    debug: (event, fields) => logger.debug(redact(fields), event),
    info: (event, fields) => logger.info(redact(fields), event),
    warn: (event, fields) => logger.warn(redact(fields), event),
    error: (event, fields) => logger.error(redact(fields), event),
    with: (fields) => wrap(logger.child(redact(fields))),
  }
}

/** Opens `<dataDir>/logs/kiosk-YYYY-MM-DD.log` for appending, one JSON object a line, and returns the kiosk's logger. */
export function openLog(dataDir: string, today: string, level: string): Log {
  const directory = join(dataDir, 'logs')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const stream = createWriteStream(join(directory, `kiosk-${today}.log`), { flags: 'a', mode: 0o600 })
  return wrap(pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream))
}
