import { expect } from 'vitest'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AuditTable } from '../../src/store/audit.ts'
import { openToLook } from '../../src/store/unlock.ts'
import { EndorsementTable, type EndorsementReader } from '../../src/store/endorsements.ts'
import { OutboxTable, type OutboxReader } from '../../src/store/outbox.ts'
import { DEFAULT_BACKOFF } from '../../src/store/backoff.ts'
import { PrintJobTable, type PrintJobReader } from '../../src/store/print-jobs.ts'
import { VisitTable, type VisitReader } from '../../src/store/visits.ts'
import type { AuditReader } from '../../src/store/audit.ts'
import { STORE_FILE } from '../../src/store/store.ts'
import { expectOk } from '../../src/lib/result.ts'

interface Memory {
  readonly endorsements: EndorsementReader
  readonly printJobs: PrintJobReader
  readonly outbox: OutboxReader
  readonly audit: AuditReader
  readonly visits: VisitReader
}

/** Looks into the store of a kiosk, running or stopped, without changing it. */
export function inMemoryOf<T>(dataDir: string, look: (memory: Memory) => T): T {
  const db = expectOk(openToLook(join(dataDir, STORE_FILE)), 'the store can be looked at')
  try {
    return look({
      endorsements: new EndorsementTable(db, Date.now),
      printJobs: new PrintJobTable(db, Date.now),
      outbox: new OutboxTable(db, Date.now, Math.random, DEFAULT_BACKOFF),
      audit: new AuditTable(db, Date.now),
      visits: new VisitTable(db, Date.now),
    })
  } finally {
    db.close()
  }
}

/** Every value of every table of the store, in one text. */
export function storeInWords(dataDir: string): string {
  const db = expectOk(openToLook(join(dataDir, STORE_FILE)), 'the store can be looked at')
  try {
    const tables = db.prepare<[], { name: string }>(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all()
    return tables.map(({ name }) => JSON.stringify(db.prepare(`SELECT * FROM "${name}"`).all())).join('\n')
  } finally {
    db.close()
  }
}

export interface LogLine {
  readonly level: number
  readonly msg: string
  readonly [field: string]: unknown
}

/** What the kiosk has logged so far, oldest first. */
export function logOf(dataDir: string): LogLine[] {
  return filesOf(join(dataDir, 'logs')).flatMap((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LogLine),
  )
}

/** Every file of a folder, however deep. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** Which of `secrets` are found in which file below `folder`, as UTF-8, UTF-16 or GB18030 bytes. */
export function findInFiles(folder: string, secrets: Readonly<Record<string, string | Uint8Array>>): string[] {
  return filesOf(folder).flatMap((path) => {
    const bytes = readFileSync(path)
    return Object.entries(secrets)
      .filter(([, secret]) => spellings(secret).some((spelling) => bytes.includes(spelling)))
      .map(([name]) => `${name} in ${path}`)
  })
}

function spellings(secret: string | Uint8Array): Buffer[] {
  if (typeof secret !== 'string') return [Buffer.from(secret)]
  return [Buffer.from(secret, 'utf8'), Buffer.from(secret, 'utf16le')]
}

/** Waits until the kiosk has written a line about `msg` with these fields; the log is written behind its back. */
export async function technicianReads(
  dataDir: string,
  msg: string,
  fields: Record<string, unknown> = {},
  patienceMs = 5_000,
): Promise<void> {
  const matches = (line: LogLine): boolean =>
    line.msg === msg && Object.entries(fields).every(([name, value]) => line[name] === value)
  await expect
    .poll(() => logOf(dataDir).some(matches), {
      timeout: patienceMs,
      message: `a log line ${msg} ${JSON.stringify(fields)}`,
    })
    .toBe(true)
}
