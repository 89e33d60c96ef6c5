import { randomUUID } from 'node:crypto'
import { parseAuditHead, type AuditHeadWords, type EventReport } from '../../contract/station.ts'
import type { Kiosk } from '../store/kiosks.ts'
import { now, type Centre } from './centre.ts'

interface HeadRow {
  readonly seq: number
  readonly hash: string
}

/**
 * Remembers where a kiosk's audit chain ends, and compares: a chain that is shorter than before, or that says something
 * else at a row reported before, was tampered with. The centre then raises `AUDIT_BROKEN` itself, because a kiosk whose
 * chain was rewritten would not. Inside the transaction of the event that tells it.
 */
export function takeAuditHead(centre: Centre, { kioskId }: Kiosk, { at, detail }: EventReport): void {
  const head = parseAuditHead(detail)
  const why = head === null ? 'its end cannot be read' : breakage(centre, kioskId, head)
  if (head !== null) {
    centre.database
      .prepare('INSERT INTO audit_head (kiosk_id, seq, hash, at, received_at, continues) VALUES (?, ?, ?, ?, ?, ?)')
      .run(kioskId, head.seq, head.hash, at, now(centre), why === null ? 1 : 0)
  }
  if (why === null) return
  centre.database
    .prepare('INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)')
    .run(randomUUID(), kioskId, 'AUDIT_BROKEN', at, null, `found by the centre: ${why}`)
}

/** The outbox keeps the order of events, so a head that goes back is no slow letter. */
function breakage(centre: Centre, kioskId: string, head: AuditHeadWords): string | null {
  const last = headWhere(centre, kioskId, null)
  if (last === null) return null
  const told = headWhere(centre, kioskId, head.seq)
  if (told !== null) return told.hash === head.hash ? null : `row ${head.seq} was rewritten`
  if (head.seq < last.seq) return `it ends at row ${head.seq} and had ${last.seq}`
  const { after } = head
  if (after === null) return `it does not say how it goes on from row ${last.seq}`
  const witness = headWhere(centre, kioskId, after.seq)
  if (witness === null) return `row ${after.seq} was never told`
  return witness.hash === after.hash ? null : `row ${after.seq} was rewritten or removed`
}

/** The head told for row `seq`, or the furthest one. */
function headWhere(centre: Centre, kioskId: string, seq: number | null): HeadRow | null {
  const row = centre.database
    .prepare<[string, number | null, number | null], HeadRow>(
      `SELECT seq, hash FROM audit_head WHERE kiosk_id = ? AND continues = 1 AND (? IS NULL OR seq = ?)
         ORDER BY seq DESC, id DESC LIMIT 1`,
    )
    .get(kioskId, seq, seq)
  return row ?? null
}
