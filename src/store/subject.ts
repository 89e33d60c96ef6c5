import { createHmac } from 'node:crypto'
import { reveal, type Sensitive } from '../lib/log.ts'
import type { Connection } from './connection.ts'
import type { SubjectHash } from './endorsement.ts'

const KEY = 'store.subject-key'
const KEY_BYTES = 32

/** Answers "the same person?" without knowing who: HMAC-SHA-256 of an ID number under this kiosk's secret. */
export type SubjectHasher = (idNumber: Sensitive<string>) => SubjectHash

/** Puts a fresh secret into a store that is being created. */
export function plantSubjectKey(db: Connection, now: number, entropy: (bytes: number) => Uint8Array): void {
  const secret = JSON.stringify(Buffer.from(entropy(KEY_BYTES)).toString('base64'))
  db.prepare('INSERT INTO settings (key, value, updated_at) VALUES (?, ?, ?)').run(KEY, secret, now)
}

/** The hasher with the secret of this store; undefined when the secret is gone or spoilt. */
export function subjectHasher(db: Connection): SubjectHasher | undefined {
  const row = db.prepare<[string], { value: string }>('SELECT value FROM settings WHERE key = ?').get(KEY)
  const secret = Buffer.from(String(row && (JSON.parse(row.value) as unknown)), 'base64')
  if (row === undefined || secret.length !== KEY_BYTES) return undefined
  return (idNumber) => createHmac('sha256', secret).update(reveal(idNumber), 'utf8').digest('hex') as SubjectHash
}
