import { randomUUID } from 'node:crypto'
import { parseAuditHead, type AuditHeadWords, type EventReport } from '../../contract/station.ts'
import type { Kiosk } from '../store/kiosks.ts'
import { now, type Centre } from './centre.ts'

interface HeadRow {
  readonly seq: number
  readonly hash: string
  /** What it said it goes on from; null in the first head of a kiosk. */
  readonly afterSeq: number | null
  readonly afterHash: string | null
}

/**
 * Remembers where a kiosk's audit chain ends, and compares: a chain that is shorter than before, or that says something
 * else at a row reported before, was tampered with. The centre then raises `AUDIT_BROKEN` itself, because a kiosk whose
 * chain was rewritten would not. Inside the transaction of the event that tells it.
 */
export function takeAuditHead(centre: Centre, { kioskId }: Kiosk, { at, detail }: EventReport): void {
  const head = parseAuditHead(detail)
  const why = head === null ? 'its end cannot be read' : breakage(centre, kioskId, head)
  const gap = head === null ? null : olderGap(centre, kioskId, head)
  if (head !== null) {
    centre.database
      .prepare(
        `INSERT INTO audit_head (kiosk_id, seq, hash, at, received_at, continues, after_seq, after_hash)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        ...[kioskId, head.seq, head.hash, at, now(centre), why === null ? 1 : 0],
        ...[head.after?.seq ?? null, head.after?.hash ?? null],
      )
  }
  for (const found of [why, gap]) {
    if (found === null) continue
    centre.database
      .prepare('INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)')
      .run(randomUUID(), kioskId, 'AUDIT_BROKEN', at, null, `found by the centre: ${found}`)
  }
}

/**
 * Letters may come late and out of order: parked ones, carried ones. So a head takes its place by its row number and is
 * compared with its neighbours there. A true chain tells each head with the row it told before, so the next higher head
 * never goes on from a row below this one; of a chain that was cut off or written anew it does.
 */
function breakage(centre: Centre, kioskId: string, head: AuditHeadWords): string | null {
  const { seq, hash, after } = head
  const told = headAt(centre, kioskId, seq)
  if (told !== null && told.hash !== hash) return `row ${seq} was rewritten`
  const above = neighbour(centre, kioskId, seq, 'ABOVE')
  if (told === null && above !== null && (above.afterSeq ?? 0) < seq)
    return `it ends at row ${seq} and had ${newest(centre, kioskId) ?? seq}`
  if (above?.afterSeq === seq && above.afterHash !== hash) return `row ${seq} was rewritten`
  const below = neighbour(centre, kioskId, seq, 'BELOW')
  if (after === null)
    return below === null || told !== null ? null : `it does not say how it goes on from row ${below.seq}`
  // A night in which nothing was written tells the same row twice, the second time as its own witness.
  const witness = headAt(centre, kioskId, after.seq)
  if (after.hash === null || (witness !== null && witness.hash !== after.hash))
    return `row ${after.seq} was rewritten or removed`
  return below !== null && after.seq < below.seq ? `it leaves out row ${below.seq}` : null
}

/** A head that goes on from a row nobody told may have overtaken the one that tells it: one more night, then it is missed. */
function olderGap(centre: Centre, kioskId: string, head: AuditHeadWords): string | null {
  const last = newest(centre, kioskId)
  if (last === null || head.seq <= last) return null
  const afterSeq = headAt(centre, kioskId, last)?.afterSeq ?? null
  const isOpen = afterSeq !== null && headAt(centre, kioskId, afterSeq) === null
  return isOpen && neighbour(centre, kioskId, last, 'BELOW') !== null ? `row ${afterSeq} was never told` : null
}

const COLUMNS = 'seq, hash, after_seq AS afterSeq, after_hash AS afterHash'

function headAt(centre: Centre, kioskId: string, seq: number): HeadRow | null {
  // The first that told it: a repetition is its own witness.
  const row = centre.database
    .prepare<[string, number], HeadRow>(
      `SELECT ${COLUMNS} FROM audit_head WHERE kiosk_id = ? AND continues = 1 AND seq = ? ORDER BY id LIMIT 1`,
    )
    .get(kioskId, seq)
  return row ?? null
}

function neighbour(centre: Centre, kioskId: string, seq: number, side: 'ABOVE' | 'BELOW'): HeadRow | null {
  const [than, order] = side === 'ABOVE' ? ['>', 'ASC'] : ['<', 'DESC']
  const row = centre.database
    .prepare<[string, number], HeadRow>(
      `SELECT ${COLUMNS} FROM audit_head WHERE kiosk_id = ? AND continues = 1 AND seq ${than} ?
         ORDER BY seq ${order}, id LIMIT 1`,
    )
    .get(kioskId, seq)
  return row ?? null
}

function newest(centre: Centre, kioskId: string): number | null {
  const row = centre.database
    .prepare<[string], { seq: number | null }>(
      'SELECT MAX(seq) AS seq FROM audit_head WHERE kiosk_id = ? AND continues = 1',
    )
    .get(kioskId)
  return row?.seq ?? null
}
