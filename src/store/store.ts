import type { Clock } from '../lib/clock.ts'
import type { Log, Sensitive } from '../lib/log.ts'
import type { Random } from '../lib/random.ts'
import { err, ok, type Result } from '../lib/result.ts'
import { AuditTable, type Audit, type AuditReader } from './audit.ts'
import { DEFAULT_BACKOFF, type BackoffPolicy } from './backoff.ts'
import { ConsumableTable, type ConsumableReader, type Consumables } from './consumables.ts'
import { connect, reading, writing, type Connection, type Transact } from './connection.ts'
import type { SubjectHash } from './endorsement.ts'
import { EndorsementTable, type EndorsementReader, type Endorsements } from './endorsements.ts'
import { asStoreFault, type StoreError, type StoreFault } from './faults.ts'
import { quickCheck } from './identity.ts'
import { keeperOf, type KeyKeeper } from './key.ts'
import { migrate } from './migrate.ts'
import { migrations, SCHEMA_VERSION } from './migrations/all.ts'
import { OutboxTable, type Outbox, type OutboxReader } from './outbox.ts'
import { PrintJobTable, type PrintJobReader, type PrintJobs } from './print-jobs.ts'
import { ReadinessTable, type ReadinessReader, type ReadinessReports } from './readiness-reports.ts'
import { RatingTable, type RatingReader, type Ratings } from './ratings.ts'
import { Retention, type Purged, type RetentionLimits } from './retention.ts'
import { SelfTestTable, type SelfTestReader, type SelfTests } from './self-tests.ts'
import { SettingsTable, type Settings, type SettingsReader } from './settings.ts'
import { subjectHasher, type SubjectHasher } from './subject.ts'
import { unlock } from './unlock.ts'
import { VisitTable, type VisitReader, type Visits } from './visits.ts'

/** The file in the data folder. */
export const STORE_FILE = 'kiosk.db'

/** What may be done inside a transaction. */
export interface StoreWriter {
  readonly endorsements: Endorsements
  readonly printJobs: PrintJobs
  readonly outbox: Outbox
  readonly audit: Audit
  readonly settings: Settings
  readonly visits: Visits
  readonly ratings: Ratings
  readonly consumables: Consumables
  readonly selfTests: SelfTests
  readonly readiness: ReadinessReports
  /** Forgets what the site's retention allows to forget. */
  purge(limits: RetentionLimits): Purged
}

/** What may be asked at any time. */
export interface StoreReader {
  readonly endorsements: EndorsementReader
  readonly printJobs: PrintJobReader
  readonly outbox: OutboxReader
  readonly audit: AuditReader
  readonly settings: SettingsReader
  readonly visits: VisitReader
  readonly ratings: RatingReader
  readonly consumables: ConsumableReader
  readonly selfTests: SelfTestReader
  readonly readiness: ReadinessReader
}

/** The kiosk's memory. When `transaction` has returned `ok`, its rows survive a power cut. */
export interface Store {
  /**
   * Runs `work` as one transaction: all of its rows or none. A fact, the outbox row that reports it and the audit row
   * that witnesses it belong in one. `work` is synchronous; whatever it throws undoes it, and only our bugs throw.
   */
  transaction<T>(work: (tx: StoreWriter) => T): Result<T, StoreFault>
  /** Runs `work` against one consistent moment of the store. */
  read<T>(work: (view: StoreReader) => T): Result<T, StoreFault>
  /** The keyed hash under which the store knows a person. */
  subjectHash(idNumber: Sensitive<string>): SubjectHash
  /**
   * Carries the write-ahead log into the file and cuts it to nothing: what was deleted is then gone from the disk.
   * For the end of a visit. `truncated` is false when a reader held on to the log; try again later.
   */
  checkpoint(): Result<{ readonly truncated: boolean }, StoreFault>
  /** Checks the whole file, about a millisecond for each megabyte in memory. For a quiet hour: nothing else runs meanwhile. */
  checkIntegrity(): Result<void, StoreFault>
  close(): void
}

export interface StoreOptions {
  readonly path: string
  readonly clock: Clock
  readonly log: Log
  /** Jitter of the outbox. */
  readonly random?: Random
  /** Source of the secret of a new store; cryptographically strong. */
  readonly entropy?: (bytes: number) => Uint8Array
  readonly backoff?: BackoffPolicy
  /** Where the key of the encryption is kept; the file beside the store by default. */
  readonly keeper?: KeyKeeper
}

/**
 * Opens the store at `path`, creating it only where no file is. A file that is damaged, foreign or from a newer program
 * is refused and stays as it is, byte for byte.
 */
export function openStore(options: StoreOptions): Result<Store, StoreError> {
  const { path, clock, log } = options
  const keeper = options.keeper ?? keeperOf(path)
  const entropy = options.entropy === undefined ? {} : { entropy: options.entropy }
  const unlocked = unlock({ path, keeper, now: clock.now(), log, ...entropy })
  if (!unlocked.ok) return unlocked
  const { key, created } = unlocked.value
  const opened = connect(path, key)
  if (!opened.ok) return opened
  const prepared = prepare(opened.value, options)
  if (!prepared.ok) opened.value.close()
  else log.info('store.opened', { created, schema: SCHEMA_VERSION })
  return prepared
}

function prepare(db: Connection, options: StoreOptions): Result<Store, StoreError> {
  try {
    for (const name of migrate(db, migrations)) options.log.info('store.migrated', { name })
    const hasher = subjectHasher(db)
    if (hasher === undefined) return err({ code: 'STORE_CORRUPT', detail: 'the subject key is missing' })
    return ok(new SqliteStore(db, options, hasher))
  } catch (error) {
    return err(asStoreFault(error))
  }
}

/** How long a checkpoint may wait for a reader, milliseconds: it happens between two citizens. */
const CHECKPOINT_PATIENCE_MS = 50

class SqliteStore implements Store {
  readonly #db: Connection
  readonly #log: Log
  readonly #tables: StoreWriter
  readonly #write: Transact
  readonly #read: Transact
  readonly #hasher: SubjectHasher
  #broken: StoreFault | undefined

  constructor(db: Connection, options: StoreOptions, hasher: SubjectHasher) {
    this.#db = db
    this.#log = options.log
    this.#tables = tablesOf(db, options)
    this.#write = writing(db)
    this.#read = reading(db)
    this.#hasher = hasher
  }

  transaction<T>(work: (tx: StoreWriter) => T): Result<T, StoreFault> {
    return this.#run(this.#write, () => work(this.#tables))
  }

  read<T>(work: (view: StoreReader) => T): Result<T, StoreFault> {
    return this.#run(this.#read, () => work(this.#tables))
  }

  subjectHash(idNumber: Sensitive<string>): SubjectHash {
    return this.#hasher(idNumber)
  }

  checkpoint(): Result<{ readonly truncated: boolean }, StoreFault> {
    return this.#guard(() => {
      const patience = Number(this.#db.pragma('busy_timeout', { simple: true }))
      this.#db.pragma(`busy_timeout = ${CHECKPOINT_PATIENCE_MS}`)
      try {
        const [outcome] = this.#db.pragma('wal_checkpoint(TRUNCATE)') as readonly { readonly busy: number }[]
        return { truncated: outcome?.busy === 0 }
      } finally {
        this.#db.pragma(`busy_timeout = ${patience}`)
      }
    })
  }

  checkIntegrity(): Result<void, StoreFault> {
    const checked = this.#guard(() => quickCheck(this.#db))
    if (!checked.ok) return checked
    return checked.value.ok ? ok() : err(this.#latch(checked.value.error))
  }

  close(): void {
    this.#db.close()
  }

  #run<T>(transact: Transact, work: () => T): Result<T, StoreFault> {
    if (this.#db.inTransaction) throw new Error('a store transaction inside another')
    return this.#guard(() => transact(() => settled(work())) as T)
  }

  #guard<T>(work: () => T): Result<T, StoreFault> {
    if (this.#broken !== undefined) return err(this.#broken)
    try {
      return ok(work())
    } catch (error) {
      return err(this.#latch(asStoreFault(error)))
    }
  }

  /** After a failed flush or a contradiction the file may differ from what this connection believes: stop for good. */
  #latch(fault: StoreFault): StoreFault {
    if (fault.code === 'IO_ERROR' || fault.code === 'STORE_CORRUPT') this.#broken = fault
    this.#log.error('store.fault', { code: fault.code, detail: fault.detail })
    return fault
  }
}

/** A promise would be settled after the transaction has ended. */
function settled<T>(value: T): T {
  if (value instanceof Promise) throw new Error('the work of a store transaction must be synchronous')
  return value
}

function tablesOf(db: Connection, options: StoreOptions): StoreWriter {
  const now = () => options.clock.now()
  const retention = new Retention(db)
  return {
    endorsements: new EndorsementTable(db, now),
    printJobs: new PrintJobTable(db, now),
    outbox: new OutboxTable(db, now, options.random ?? Math.random, options.backoff ?? DEFAULT_BACKOFF),
    audit: new AuditTable(db, now),
    settings: new SettingsTable(db, now),
    visits: new VisitTable(db, now),
    ratings: new RatingTable(db, now),
    consumables: new ConsumableTable(db, now),
    selfTests: new SelfTestTable(db, now),
    readiness: new ReadinessTable(db),
    purge: (limits) => retention.purge(limits),
  }
}
