import Database from 'better-sqlite3-multiple-ciphers'
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { makeEndorsementNo, type EndorsementNo } from '../../src/domain/endorsement-no.ts'
import { parsePlateNo } from '../../src/domain/plate.ts'
import { SimulatedClock } from '../../src/lib/clock.ts'
import { silentLog } from '../../src/lib/log.ts'
import { seededRandom } from '../../src/lib/random.ts'
import { expectOk } from '../../src/lib/result.ts'
import {
  endorsementKey,
  type EndorsementGrant,
  type EndorsementRequest,
  type SubjectHash,
} from '../../src/store/endorsement.ts'
import type { Endorsements } from '../../src/store/endorsements.ts'
import { useKey } from '../../src/store/connection.ts'
import { KeyFile } from '../../src/store/key.ts'
import { openStore, STORE_FILE, type Store, type StoreOptions, type StoreWriter } from '../../src/store/store.ts'

/** 2026-11-23 10:00 in Asia/Shanghai. */
export const MORNING = Date.UTC(2026, 10, 23, 2)

/** A store in a folder of its own, with a clock that moves only when told to. */
export class StoreFixture {
  readonly folder = mkdtempSync(join(tmpdir(), 'kiosk-store-'))
  readonly path = join(this.folder, STORE_FILE)
  readonly clock = new SimulatedClock(MORNING)
  readonly #opened: Store[] = []

  open(options: Partial<StoreOptions> = {}): Store {
    const random = seededRandom(7)
    const store = expectOk(
      openStore({ path: this.path, clock: this.clock, log: silentLog, random, ...options }),
      'the store opens',
    )
    this.#opened.push(store)
    return store
  }

  dispose(): void {
    for (const store of this.#opened) store.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Where the fixture's key lies; beside the store, as on a kiosk. */
export function keyFileOf(path: string): string {
  return join(dirname(path), 'store.key')
}

/** The database behind a store, without the store's pragmas and rules; plain where no key lies beside it. */
export function rawDatabase(path: string, options: Database.Options = {}): Database.Database {
  const keyring = expectOk(new KeyFile(keyFileOf(path)).read(), 'the key can be read')
  const db = new Database(path, options)
  if (keyring !== null) useKey(db, keyring.current)
  return db
}

/** Copies a store with its log and its key, as a power cut would leave them. */
export function copyStore(from: string, to: string): void {
  for (const suffix of ['', '-wal']) if (existsSync(from + suffix)) copyFileSync(from + suffix, to + suffix)
  copyFileSync(keyFileOf(from), keyFileOf(to))
}

/** Runs `work` in a transaction that must succeed. */
export function stored<T>(store: Store, work: (tx: StoreWriter) => T): T {
  return expectOk(store.transaction(work), 'the transaction is stored')
}

/** The endorsement of review `n` in visit `n`, of a synthetic truck. */
export function requestOf(n: number, overrides: Partial<EndorsementRequest> = {}): EndorsementRequest {
  const [kioskId, visitId, reviewId] = ['KIOSK-0001', `VISIT-${n}`, `REVIEW-${n}`] as const
  return {
    key: endorsementKey(kioskId, visitId, overrides.reviewId ?? reviewId),
    kioskId,
    visitId,
    reviewId,
    plateNo: expectOk(parsePlateNo('粤B12345'), 'a good plate'),
    plateColor: '2',
    subjectHash: 'f'.repeat(64) as SubjectHash,
    subjectMasked: '张*',
    ...overrides,
  }
}

export function numberOf(sequence: number): EndorsementNo {
  return makeEndorsementNo({ areaCode: '990001', year: 2026, sequence })
}

export function grantOf(sequence: number, overrides: Partial<EndorsementGrant> = {}): EndorsementGrant {
  return {
    endorsementNo: numberOf(sequence),
    attempt: 1,
    authorization: `header.${sequence}.signature`,
    expiresAt: MORNING + 120_000,
    ...overrides,
  }
}

/** Requests and authorizes endorsement `n`, and returns its key. */
export function authorize(endorsements: Endorsements, n: number): EndorsementRequest['key'] {
  const { key } = endorsements.request(requestOf(n))
  expectOk(endorsements.authorize(key, grantOf(n)), 'the grant fits')
  return key
}

/** Brings endorsement `n` to where bytes may have left. */
export function startPrint(endorsements: Endorsements, n: number): EndorsementRequest['key'] {
  const key = authorize(endorsements, n)
  expectOk(endorsements.requestPrint(key), 'the number is free')
  endorsements.startPrinting(key)
  return key
}
