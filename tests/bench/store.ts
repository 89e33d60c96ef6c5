import Database from 'better-sqlite3-multiple-ciphers'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeEndorsementNo } from '../../src/domain/endorsement-no.ts'
import { parsePlateNo } from '../../src/domain/plate.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { hide, silentLog } from '../../src/lib/log.ts'
import { expectOk } from '../../src/lib/result.ts'
import { endorsementKey, type EndorsementGrant, type EndorsementKey } from '../../src/store/endorsement.ts'
import type { Endorsements } from '../../src/store/endorsements.ts'
import { openStore, STORE_FILE, type Store } from '../../src/store/store.ts'

export interface StoreBench {
  readonly steps: number
  /** Median milliseconds of a bare better-sqlite3 transaction: one row updated, one inserted, the same bytes, `synchronous=FULL`. */
  readonly bareMs: number
  /** Median milliseconds of a stored step: the endorsement moved, its outbox row added. */
  readonly stepMs: number
  /** The same with its audit row in the same transaction, as the kiosk stores it. */
  readonly auditedStepMs: number
  /** stepMs / bareMs; to stay at or below 1.5. */
  readonly ratio: number
  readonly auditedRatio: number
}

const AUTHORIZATION = JSON.stringify({ endorsementNo: '4401002026000000017', signature: 'A'.repeat(86) }).padEnd(600)
const PAYLOAD = { endorsementNo: '4401002026000000017', printedAt: 1_795_400_000_000, proof: 'f'.repeat(64) }

/** Measures both in one run, one after the other in turn, so that the disk's moods strike all alike. */
export function benchStore(steps = 400): StoreBench {
  const folder = mkdtempSync(join(tmpdir(), 'bench-store-'))
  const opened = openStore({ path: join(folder, STORE_FILE), clock: systemClock, log: silentLog })
  const store = expectOk(opened, 'a fresh store opens')
  const bare = openBare(join(folder, 'bare.db'))
  try {
    const plain = storedStep(store, 'plain', false)
    const audited = storedStep(store, 'audited', true)
    const times = interleave([bare.step, plain, audited], steps)
    const [bareMs = NaN, stepMs = NaN, auditedStepMs = NaN] = times.map(median)
    return { steps, bareMs, stepMs, auditedStepMs, ratio: stepMs / bareMs, auditedRatio: auditedStepMs / bareMs }
  } finally {
    store.close()
    bare.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function interleave(works: readonly ((turn: number) => void)[], turns: number): number[][] {
  const times = works.map((): number[] => [])
  const warmUp = Math.ceil(turns / 10)
  for (let turn = 0; turn < turns + warmUp; turn++) {
    for (let place = 0; place < works.length; place++) {
      // Rotates who goes first: nobody always pays for the one before.
      const which = (place + turn) % works.length
      const start = performance.now()
      works[which]!(turn)
      if (turn >= warmUp) times[which]!.push(performance.now() - start)
    }
  }
  return times
}

function storedStep(store: Store, visit: string, audited: boolean): (turn: number) => void {
  const key = authorizedEndorsement(store, visit)
  return (turn) => {
    const stored = store.transaction((tx) => {
      advanceOnce(tx.endorsements, key)
      tx.outbox.add({ aggregate: key, kind: 'endorsement.step', payload: PAYLOAD, idempotencyKey: `${key}:${turn}` })
      if (audited)
        tx.audit.append({ actor: 'kiosk', action: 'endorsement.step', target: key, result: 'OK', detail: { turn } })
    })
    expectOk(stored, 'a step is stored')
  }
}

/** Goes round the four steps that a failing printer repeats. */
function advanceOnce(endorsements: Endorsements, key: EndorsementKey): void {
  const status = endorsements.find(key)?.status
  if (status === 'AUTHORIZED') expectOk(endorsements.requestPrint(key), 'the number is free')
  else if (status === 'PRINT_REQUESTED') endorsements.startPrinting(key)
  else if (status === 'PRINTING') endorsements.markFailed(key, 'PAPER_JAM')
  else expectOk(endorsements.authorize(key, grantOf(key)), 'the number is the same')
}

function authorizedEndorsement(store: Store, visit: string): EndorsementKey {
  const reviewId = `REVIEW-${visit}`
  const key = endorsementKey('KIOSK-0001', visit, reviewId)
  const subjectHash = store.subjectHash(hide('990001198512311235'))
  const stored = store.transaction((tx) => {
    tx.endorsements.request({
      key,
      kioskId: 'KIOSK-0001',
      visitId: visit,
      reviewId,
      plateNo: expectOk(parsePlateNo('粤B12345'), 'a good plate'),
      plateColor: '2',
      subjectHash,
      subjectMasked: '张*',
    })
    expectOk(tx.endorsements.authorize(key, grantOf(key)), 'the first grant')
  })
  expectOk(stored, 'an endorsement is authorized')
  return key
}

function grantOf(key: EndorsementKey): EndorsementGrant {
  const endorsementNo = makeEndorsementNo({ areaCode: '990001', year: 2026, sequence: key.length })
  return { endorsementNo, attempt: 1, authorization: AUTHORIZATION, expiresAt: 1_795_400_120_000 }
}

interface Bare {
  readonly step: (turn: number) => void
  readonly close: () => void
}

function openBare(path: string): Bare {
  const db = new Database(path)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  if (db.pragma('synchronous', { simple: true }) !== 2) throw new Error('the bare database is not as durable')
  db.exec(`CREATE TABLE fact (key TEXT PRIMARY KEY, status TEXT, at INTEGER, body TEXT) STRICT;
    CREATE TABLE message (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, kind TEXT, body TEXT, at INTEGER) STRICT;`)
  const key = 'KIOSK-0001:bare:REVIEW-0001'
  db.prepare('INSERT INTO fact VALUES (?, ?, ?, ?)').run(key, 'AUTHORIZED', 0, AUTHORIZATION)
  const update = db.prepare('UPDATE fact SET status = ?, at = ?, body = ? WHERE key = ?')
  const insert = db.prepare('INSERT INTO message (key, kind, body, at) VALUES (?, ?, ?, ?)')
  const transaction = db.transaction((turn: number) => {
    update.run('PRINTING', turn, AUTHORIZATION, key)
    insert.run(`${key}:${turn}`, 'endorsement.step', JSON.stringify(PAYLOAD), turn)
  })
  return { step: (turn) => transaction.immediate(turn), close: () => db.close() }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}
