import Database from 'better-sqlite3-multiple-ciphers'

/** What the disk can do to us while the store is open. Everything else that SQLite throws is our bug. */
export type StoreFault =
  /** No room for the next row. Nothing of the transaction was kept; the store works again once there is room. */
  | { readonly code: 'DISK_FULL'; readonly detail: string }
  /** The disk failed to read, write or flush. Latched: what the file holds is known only after reopening it. */
  | { readonly code: 'IO_ERROR'; readonly detail: string }
  /** The file contradicts itself. Latched, and the file is left as it is for a technician. */
  | { readonly code: 'STORE_CORRUPT'; readonly detail: string }
  /** Somebody else held the write lock longer than the busy time-out. */
  | { readonly code: 'STORE_BUSY'; readonly detail: string }
  /** Missing rights, a folder in the place of the file, a read-only disk. */
  | { readonly code: 'STORE_UNAVAILABLE'; readonly detail: string }

/** Why a store was not opened. In every case the file is as it was. */
export type StoreError =
  | StoreFault
  | { readonly code: 'STORE_TOO_NEW'; readonly found: number; readonly supported: number }
  | { readonly code: 'NOT_A_KIOSK_STORE'; readonly detail: string }
  | { readonly code: 'DURABILITY_REFUSED'; readonly pragma: string; readonly wanted: string; readonly got: string }
  /** The store is encrypted and its key is not where it should be. */
  | { readonly code: 'KEY_MISSING'; readonly place: string }
  /** Others could have read the key, or put another in its place. */
  | { readonly code: 'KEY_UNSAFE'; readonly place: string; readonly detail: string }
  | { readonly code: 'KEY_DAMAGED'; readonly place: string }
  /** The key does not read the first page: it is another store's, or that page is damaged. Nobody can tell these apart. */
  | { readonly code: 'KEY_REFUSED'; readonly path: string }

/** The line a technician reads: what happened, what it means, what to do. */
export function describeStoreError(error: StoreError): string {
  switch (error.code) {
    case 'DISK_FULL':
      return `The disk is full (${error.detail}). Nothing was lost; free some space and the kiosk goes on.`
    case 'IO_ERROR':
      return `The disk failed (${error.detail}). Stop the kiosk, copy the data folder away, check the disk.`
    case 'STORE_CORRUPT':
      return `The database is damaged (${error.detail}). It was left untouched; copy the data folder away before any repair.`
    case 'STORE_BUSY':
      return `Another program holds the database (${error.detail}). Close it and start the kiosk again.`
    case 'STORE_UNAVAILABLE':
      return `The database cannot be opened (${error.detail}). Check the data folder, its owner and its rights.`
    case 'STORE_TOO_NEW':
      return `The database has schema ${error.found}, this program knows up to ${error.supported}. It was left untouched; install the newer program again.`
    case 'NOT_A_KIOSK_STORE':
      return `The file is not a kiosk database (${error.detail}). It was left untouched; check KIOSK_DATA.`
    case 'DURABILITY_REFUSED':
      return `The database refused ${error.pragma}=${error.wanted} and answered ${error.got}. Without it a power cut loses acknowledged rows, so the kiosk does not start; check the file system of the data folder.`
    case 'KEY_MISSING':
      return `The database is encrypted and its key is not at ${error.place}. The database was left untouched; copy the key back from its backup, or set KIOSK_STORE_KEY to where it is.`
    case 'KEY_UNSAFE':
      return `The key of the database at ${error.place} is not safe (${error.detail}). Check who could read it; then make it belong to the user of the kiosk with mode 600.`
    case 'KEY_DAMAGED':
      return `The key of the database at ${error.place} is damaged. The database was left untouched; copy the key back from its backup.`
    case 'KEY_REFUSED':
      return `The key does not open the database at ${error.path}: it is the key of another database, or the first page is damaged. The database was left untouched; check KIOSK_STORE_KEY and copy the data folder away before any repair.`
  }
}

/** Names the world's failure behind `error`; anything else is a bug and is thrown on. */
export function asStoreFault(error: unknown): StoreFault {
  const fault = sqliteFault(error) ?? fileFault(error)
  if (fault === undefined) throw error
  return fault
}

const SQLITE_FAULTS: readonly (readonly [prefix: string, code: StoreFault['code']])[] = [
  ['SQLITE_FULL', 'DISK_FULL'],
  ['SQLITE_IOERR', 'IO_ERROR'],
  ['SQLITE_CORRUPT', 'STORE_CORRUPT'],
  ['SQLITE_NOTADB', 'STORE_CORRUPT'],
  ['SQLITE_BUSY', 'STORE_BUSY'],
  ['SQLITE_LOCKED', 'STORE_BUSY'],
  ['SQLITE_CANTOPEN', 'STORE_UNAVAILABLE'],
  ['SQLITE_READONLY', 'STORE_UNAVAILABLE'],
  ['SQLITE_PERM', 'STORE_UNAVAILABLE'],
  ['SQLITE_NOLFS', 'STORE_UNAVAILABLE'],
]

function sqliteFault(error: unknown): StoreFault | undefined {
  if (!(error instanceof Database.SqliteError)) return undefined
  const found = SQLITE_FAULTS.find(([prefix]) => error.code.startsWith(prefix))
  return found && { code: found[1], detail: `${error.code}: ${error.message}` }
}

const FILE_FAULTS: Readonly<Record<string, StoreFault['code']>> = {
  ENOSPC: 'DISK_FULL',
  EDQUOT: 'DISK_FULL',
  EIO: 'IO_ERROR',
  EACCES: 'STORE_UNAVAILABLE',
  EPERM: 'STORE_UNAVAILABLE',
  EROFS: 'STORE_UNAVAILABLE',
  ENOTDIR: 'STORE_UNAVAILABLE',
  EISDIR: 'STORE_UNAVAILABLE',
  EEXIST: 'STORE_UNAVAILABLE',
  ENOENT: 'STORE_UNAVAILABLE',
  EMFILE: 'STORE_UNAVAILABLE',
}

function fileFault(error: unknown): StoreFault | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  const code = FILE_FAULTS[error.code]
  return code && { code, detail: error.message }
}
