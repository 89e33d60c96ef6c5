import { join } from 'node:path'
import type { AuthorizationClaims, Endorsement } from '../../../src/central/contract/endorsement.ts'
import { expectOk } from '../../../src/lib/result.ts'
import { AuditTable } from '../../../src/store/audit.ts'
import { DEFAULT_BACKOFF } from '../../../src/store/backoff.ts'
import { openToLook } from '../../../src/store/unlock.ts'
import { OutboxTable } from '../../../src/store/outbox.ts'
import { STORE_FILE } from '../../../src/store/store.ts'
import type { Rig } from '../../../src/rig/rig.ts'
import { inkedRows, isWhole, type PaperRow } from './papers.ts'
import type { Booklet } from './world.ts'

/** What the balance is drawn from. */
export interface Accounts {
  readonly rig: Pick<Rig, 'central' | 'template'>
  readonly booklets: readonly Pick<Booklet, 'plateNo' | 'reviewId' | 'sheet'>[]
  readonly strayInk: number
  /** Folder of the kiosk's store. */
  readonly dataDir: string
}

/** What is on paper, what the centre has on record, what the kiosk remembers: and whether they are the same. */
export interface Balance {
  readonly booklets: number
  /** Endorsements the centre calls confirmed. */
  readonly confirmed: number
  /** Whole rows on paper whose number the centre calls confirmed. */
  readonly wholeRows: number
  /** Rows with ink that is no whole row, each of a print that was reported as failed or found not to be there. */
  readonly spoiledRows: number
  readonly voided: number
  readonly outbox: { readonly pending: number; readonly parked: number }
  readonly auditRows: number
  readonly auditUnbroken: boolean
  /** Every sentence is one broken promise. */
  readonly violations: readonly string[]
}

/** Endorsements of a booklet that are neither done nor given back. */
export function unresolved(world: Accounts, { reviewId }: Pick<Booklet, 'reviewId'>): readonly Endorsement[] {
  return world.rig.central.admin
    .ledger()
    .filter((record) => record.reviewId === reviewId)
    .filter(({ status }) => !['CONFIRMED', 'VOIDED', 'RELEASED', 'PRINT_FAILED'].includes(status))
}

/** What a technician sees on the page: a whole row with this number, or not. */
export function findingFor(
  world: Accounts,
  { sheet }: Pick<Booklet, 'sheet'>,
  endorsementNo: string,
): 'SEEN' | 'NOT_SEEN' {
  const last = printsOf(world).findLast(({ claims }) => claims.endorsementNo === endorsementNo)
  const rows = inkedRows(sheet, world.rig.template)
  return last !== undefined && rows.some((row) => isWhole(row, last.claims)) ? 'SEEN' : 'NOT_SEEN'
}

export function balance(world: Accounts): Balance {
  const ledger = world.rig.central.admin.ledger()
  const prints = printsOf(world)
  const violations: string[] = []
  const sums = { confirmed: 0, wholeRows: 0, spoiledRows: 0, voided: 0 }
  for (const booklet of world.booklets) {
    const records = ledger.filter(({ reviewId }) => reviewId === booklet.reviewId)
    const rows = inkedRows(booklet.sheet, world.rig.template)
    const own = prints.filter(({ claims }) => claims.reviewId === booklet.reviewId)
    const done = records.filter(({ status }) => status === 'CONFIRMED')
    // A whole row whose print was reported as failed (a jam behind the last line) is superseded by its 补打.
    const valid = rows.filter((row) => own.some(({ claims, failed }) => !failed && isWhole(row, claims)))
    sums.confirmed += done.length
    sums.wholeRows += valid.length
    sums.spoiledRows += rows.length - valid.length
    sums.voided += records.filter(({ status }) => status === 'VOIDED').length
    const say = (what: string): void => void violations.push(`${booklet.plateNo}: ${what}`)
    if (records.filter(({ status }) => status !== 'VOIDED').length > 1) say('two living numbers for one review')
    if (valid.length > 1) say(`${valid.length} valid rows on one page`)
    if (done.length > valid.length) say('confirmed, and nothing valid is on paper')
    if (valid.length > done.length)
      say(`a valid row the centre does not confirm: ${words(records)}; ${story(own, rows)}`)
    if (prints.some(({ claims }) => claims.reviewId !== booklet.reviewId && rows.some((row) => isWhole(row, claims))))
      say('a row of another vehicle')
    if (rows.length > new Set(own.map(({ claims }) => claims.attempt)).size) say('more rows with ink than prints')
  }
  if (world.strayInk > 0) violations.push(`${world.strayInk} marks beside a page`)
  return { booklets: world.booklets.length, ...sums, ...memoryOf(world, ledger, violations) }
}

/** What was authorized, what was said of it, what can be read on the page. */
function story(own: readonly Print[], rows: readonly PaperRow[]): string {
  const prints = own.map(
    ({ claims, reports }) => `attempt ${claims.attempt} in row ${claims.row}: ${reports ?? 'no report'}`,
  )
  return [...prints, ...rows.map(({ row, text }) => `row ${row} says ${text.replace(/\s+/g, ' ')}`)].join('; ')
}

function words(records: readonly Endorsement[]): string {
  return records.map(({ status, attempt }) => `${status} ${attempt}`).join(', ')
}

/** Letters of the kiosk that were not sent, of a kiosk that may be running. */
export function outboxDepth({ dataDir }: Pick<Accounts, 'dataDir'>): Balance['outbox'] {
  const db = expectOk(openToLook(join(dataDir, STORE_FILE)), 'the store can be looked at')
  try {
    const { pending, parked } = new OutboxTable(db, Date.now, Math.random, DEFAULT_BACKOFF).depth()
    return { pending, parked }
  } finally {
    db.close()
  }
}

function memoryOf(
  world: Accounts,
  ledger: readonly Endorsement[],
  violations: string[],
): Pick<Balance, 'outbox' | 'auditRows' | 'auditUnbroken' | 'violations'> {
  const db = expectOk(openToLook(join(world.dataDir, STORE_FILE)), 'the store can be looked at')
  try {
    const { pending, parked } = new OutboxTable(db, Date.now, Math.random, DEFAULT_BACKOFF).depth()
    const chain = new AuditTable(db, Date.now).verify()
    if (!chain.ok) violations.push('the audit chain is broken')
    if (parked > 0) violations.push(`${parked} letters were parked`)
    const byNo = new Map(ledger.map((record) => [record.endorsementNo as string, record]))
    for (const { endorsement_no: no, status } of db
      .prepare('SELECT endorsement_no, status FROM endorsements')
      .all() as { endorsement_no: string | null; status: string }[]) {
      if (no === null) continue
      const record = byNo.get(no)
      if (record === undefined) violations.push(`${no}: unknown to the centre`)
      else if (status === 'CONFIRMED' && record.status !== 'CONFIRMED')
        violations.push(`${no}: confirmed here, ${record.status} at the centre`)
    }
    return { outbox: { pending, parked }, auditRows: chain.ok ? chain.rows : 0, auditUnbroken: chain.ok, violations }
  } finally {
    db.close()
  }
}

interface Print {
  readonly claims: AuthorizationClaims
  /** Whether it was reported as failed. */
  readonly failed: boolean
  /** Every result that was reported, in order. */
  readonly reports: string | null
}

/** Every print the centre ever authorized. */
function printsOf({ rig }: Accounts): readonly Print[] {
  return rig.central.database
    .prepare<[], { claims: string; failed: number; reports: string | null }>(
      `SELECT claims, EXISTS (SELECT 1 FROM print_report r WHERE r.authorization_id = a.authorization_id
         AND r.result = 'FAILED') AS failed,
         (SELECT group_concat(result, ' ') FROM (SELECT result FROM print_report r
            WHERE r.authorization_id = a.authorization_id ORDER BY id)) AS reports FROM authorization a`,
    )
    .all()
    .map(({ claims, failed, reports }) => ({
      claims: JSON.parse(claims) as AuthorizationClaims,
      failed: failed === 1,
      reports,
    }))
}
