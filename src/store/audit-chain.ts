import { sm3 } from 'sm-crypto-v2'

/** One row as it stands in the table; `detail` is the JSON text itself. */
export interface AuditRow {
  readonly seq: number
  readonly at: number
  readonly actor: string
  readonly action: string
  readonly target: string
  readonly result: string
  readonly detail: string
  /** Hash of the row before; `GENESIS` for the first. */
  readonly prevHash: string
  /** SM3 over everything above, 64 hex digits. */
  readonly hash: string
}

/** What the first row names as its predecessor. */
export const GENESIS = '0'.repeat(64)

/**
 * SM3 (GM/T 0004) over the row in canonical form: the JSON array of its cells in the order of the table, UTF-8, no
 * white space. An array has one spelling, and its quoting keeps one cell from flowing into the next.
 */
export function sealOf(row: Omit<AuditRow, 'hash'>): string {
  const { seq, at, actor, action, target, result, detail, prevHash } = row
  const canonical = JSON.stringify([seq, at, actor, action, target, result, detail, prevHash])
  return sm3(Buffer.from(canonical, 'utf8'))
}

/** What is wrong with the first row that is wrong. */
type Breakage =
  /** Its content is not what was sealed. */
  | 'altered'
  /** It is not there. */
  | 'missing'
  /** It is a genuine row from another place of the chain. */
  | 'reordered'

export interface ChainVerdict {
  readonly ok: boolean
  /** Rows looked at until the verdict. */
  readonly rows: number
  readonly firstBroken?: { readonly seq: number; readonly why: Breakage }
}

/**
 * Walks the chain from its beginning and names the first broken row.
 * @param rows in ascending `seq`
 * @param lastSeq the highest `seq` ever given out: a chain that ends before it has lost its end
 */
export function verifyChain(rows: Iterable<AuditRow>, lastSeq: number): ChainVerdict {
  let seen = 0
  let stray: number | undefined
  let before: AuditRow | undefined
  const broken = (seq: number, why: Breakage): ChainVerdict => ({ ok: false, rows: seen, firstBroken: { seq, why } })

  for (const row of rows) {
    seen++
    if (row.seq < 1) {
      stray ??= row.seq
      continue
    }
    const expected = (before?.seq ?? 0) + 1
    if (row.seq !== expected) return broken(expected, 'missing')
    if (sealOf(row) !== row.hash) return broken(row.seq, isFromElsewhere(row, lastSeq) ? 'reordered' : 'altered')
    // Both seals hold but the link does not: the row before was rewritten and sealed anew, and this one remembers the old seal.
    if (row.prevHash !== (before?.hash ?? GENESIS)) return broken(before?.seq ?? row.seq, 'altered')
    before = row
  }
  const end = before?.seq ?? 0
  if (end < lastSeq) return broken(end + 1, 'missing')
  return stray === undefined ? { ok: true, rows: seen } : broken(stray, 'altered')
}

function isFromElsewhere(row: AuditRow, lastSeq: number): boolean {
  for (let seq = 1; seq <= lastSeq; seq++) {
    if (seq !== row.seq && sealOf({ ...row, seq }) === row.hash) return true
  }
  return false
}
