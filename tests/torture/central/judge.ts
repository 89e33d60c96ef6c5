import Database from 'better-sqlite3-multiple-ciphers'
import type { Memory } from './memory.ts'

export interface Judgement {
  readonly reviews: number
  readonly numbers: number
  readonly confirmed: number
  readonly authorizations: number
  readonly reports: number
  /** Every sentence is one broken promise. */
  readonly violations: readonly string[]
}

interface Row {
  readonly [name: string]: string | number | null
}

/** Compares the centre's file with all that it has ever acknowledged. */
export function judge(path: string, memory: Memory): Judgement {
  const db = new Database(path, { readonly: true, fileMustExist: true })
  const violations = [...memory.violations]
  const all = (sql: string, ...values: string[]): Row[] => db.prepare(sql).all(...values) as Row[]
  const count = (sql: string): number => Number((db.prepare(sql).get() as Row)['n'])
  try {
    if (db.pragma('integrity_check', { simple: true }) !== 'ok') violations.push('the file is damaged')
    for (const { review_id: review, n } of all(
      `SELECT review_id, COUNT(*) AS n FROM endorsement WHERE status <> 'VOIDED' GROUP BY review_id HAVING n > 1`,
    ))
      violations.push(`${review}: ${n} living numbers`)
    for (const { kiosk_id: kiosk, idempotency_key: key, n } of all(
      `SELECT kiosk_id, idempotency_key, COUNT(*) AS n FROM authorization GROUP BY kiosk_id, idempotency_key HAVING n > 1`,
    ))
      violations.push(`${kiosk} ${key}: ${n} authorizations`)
    violations.push(...grantsLost(memory, all), ...reportsLost(memory, all), ...numbersTwice(memory))
    for (const { kioskId, key } of memory.withdrawals) {
      const kept = all('SELECT 1 FROM withdrawn_request WHERE kiosk_id = ? AND idempotency_key = ?', kioskId, key)
      if (kept.length !== 1) violations.push(`${key}: taken back, and the centre does not know`)
      const granted = all(
        'SELECT authorization_id FROM authorization WHERE kiosk_id = ? AND idempotency_key = ?',
        kioskId,
        key,
      )
      for (const { authorization_id: id } of granted) {
        const live = all(`SELECT 1 FROM endorsement WHERE authorization_id = ? AND status = 'AUTHORIZED'`, String(id))
        if (live.length > 0) violations.push(`${key}: taken back, and still authorized`)
      }
    }
    return {
      reviews: count('SELECT COUNT(DISTINCT review_id) AS n FROM endorsement'),
      numbers: count('SELECT COUNT(*) AS n FROM endorsement'),
      confirmed: count(`SELECT COUNT(*) AS n FROM endorsement WHERE status = 'CONFIRMED'`),
      authorizations: count('SELECT COUNT(*) AS n FROM authorization'),
      reports: count('SELECT COUNT(*) AS n FROM print_report'),
      violations,
    }
  } finally {
    db.close()
  }
}

type All = (sql: string, ...values: string[]) => Row[]

function grantsLost({ grants }: Memory, all: All): readonly string[] {
  return [...grants.values()].flatMap(({ kioskId, key, claims }) => {
    const [row] = all(
      'SELECT authorization_id, endorsement_no FROM authorization WHERE kiosk_id = ? AND idempotency_key = ?',
      kioskId,
      key,
    )
    if (row === undefined) return [`${key}: granted, and the centre does not know`]
    const same = row['authorization_id'] === claims.jti && row['endorsement_no'] === claims.endorsementNo
    return same ? [] : [`${key}: the centre remembers another authorization`]
  })
}

function reportsLost({ reports }: Memory, all: All): readonly string[] {
  const printedOf = new Map<string, number>()
  const lost = reports.flatMap(({ authorizationId, endorsementNo, reviewId, result }) => {
    if (result === 'PRINTED') printedOf.set(reviewId, (printedOf.get(reviewId) ?? 0) + 1)
    const kept = all('SELECT 1 FROM print_report WHERE authorization_id = ? AND result = ?', authorizationId, result)
    const missing = kept.length === 0 ? [`${endorsementNo}: ${result} was acknowledged and is gone`] : []
    if (result !== 'PRINTED') return missing
    const confirmed = all(`SELECT 1 FROM endorsement WHERE endorsement_no = ? AND status = 'CONFIRMED'`, endorsementNo)
    return confirmed.length === 1 ? missing : [...missing, `${endorsementNo}: printed and acknowledged, not confirmed`]
  })
  const twice = [...printedOf].filter(([, n]) => n > 1).map(([review, n]) => `${review}: ${n} papers of one review`)
  return [...lost, ...twice]
}

function numbersTwice({ grants }: Memory): readonly string[] {
  const reviewOf = new Map<string, string>()
  return [...grants.values()].flatMap(({ claims: { endorsementNo, reviewId } }) => {
    const other = reviewOf.get(endorsementNo)
    reviewOf.set(endorsementNo, reviewId)
    return other === undefined || other === reviewId ? [] : [`${endorsementNo}: given to ${other} and to ${reviewId}`]
  })
}
