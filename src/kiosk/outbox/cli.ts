import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { loadOrCreateDeviceIdentity } from '../../central/client/device-key.ts'
import { systemClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { describeStoreError } from '../../store/faults.ts'
import { mustRead, mustWrite } from '../../store/must.ts'
import { openStore, STORE_FILE, type Store } from '../../store/store.ts'
import { storedEnrolment } from '../enrolment.ts'
import { writeDurably } from '../technician/durable-file.ts'
import { exportParcel, importParcel } from './parcel.ts'

const USAGE = `npm run outbox -- list [--data DIR]
npm run outbox -- export FILE [--all] [--data DIR]
npm run outbox -- import FILE [--data DIR]
npm run outbox -- retry [ID …] [--data DIR]`

/**
 * The technician's hand in the outbox; it may run beside the kiosk. One JSON object on standard output; exit 0 when done,
 * 1 when it could not be, 2 for a wrong line.
 */
interface Request {
  readonly verb: string
  readonly operands: readonly string[]
  readonly data: string
  readonly all: boolean
}

type Verb = (store: Store, request: Request) => unknown

const verbs: Readonly<Record<string, Verb>> = { list, export: pack, import: unpack, retry }

function list(store: Store): unknown {
  return mustRead(store, ({ outbox }) => ({
    depth: outbox.depth(),
    unsent: outbox.unsent().map(({ id, aggregate, seq, kind, state, attempts, refusals, createdAt, lastError }) => ({
      ...{ id, aggregate, seq, kind, state, attempts, refusals, lastError },
      createdAt: new Date(createdAt).toISOString(),
    })),
  }))
}

function pack(store: Store, { operands: [file], data, all }: Request): unknown {
  if (file === undefined) throw new Misuse()
  const identity = ownIdentity(data)
  const enrolment = storedEnrolment(store, identity.keyId)
  if (enrolment === null) throw new Failure('NOT_ENROLLED')
  const packer = { kioskId: enrolment.kioskId, identity, now: systemClock.now() }
  const parcel = exportParcel(store, packer, all ? 'ALL' : 'PARKED')
  writeDurably(file, `${JSON.stringify(parcel, null, 2)}\n`)
  return { file, letters: parcel.letters.length }
}

function unpack(store: Store, { operands: [file], data }: Request): unknown {
  if (file === undefined) throw new Misuse()
  const imported = importParcel(store, ownIdentity(data), jsonOf(file))
  if (!imported.ok) throw new Failure(imported.error.code)
  return imported.value
}

function retry(store: Store, { operands }: Request): unknown {
  const ids = operands.map(Number)
  if (!ids.every((id) => Number.isInteger(id) && id > 0)) throw new Misuse()
  return mustWrite(store, (tx) => {
    const parked = tx.outbox.parked().filter(({ id }) => ids.length === 0 || ids.includes(id))
    for (const { id } of parked) tx.outbox.retry(id)
    const detail = { letters: parked.length }
    tx.audit.append({ actor: 'technician', action: 'outbox.retried', target: 'outbox', result: 'OK', detail })
    return { retried: parked.map(({ id }) => id) }
  })
}

/** A wrong line. */
class Misuse extends Error {}
/** The world said no; the message is its code. */
class Failure extends Error {}

function ownIdentity(data: string) {
  const path = join(data, 'device.key')
  if (!existsSync(path)) throw new Failure('NO_DEVICE_KEY')
  const identity = loadOrCreateDeviceIdentity(path)
  if (!identity.ok) throw new Failure(identity.error.code)
  return identity.value
}

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown
  } catch {
    throw new Failure('FILE_UNREADABLE')
  }
}

function parse(args: readonly string[]): Request {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { data: { type: 'string' }, all: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const [verb = '', ...operands] = positionals
  return { verb, operands, data: values.data ?? process.env['KIOSK_DATA'] ?? '.kiosk', all: values.all }
}

function run(args: readonly string[]): number {
  const request = parse(args)
  const verb = verbs[request.verb]
  if (verb === undefined) throw new Misuse()
  const path = join(request.data, STORE_FILE)
  // A store is made by the kiosk, never by a hand that only wanted to look.
  if (!existsSync(path)) throw new Failure('NO_STORE')
  const store = openStore({ path, clock: systemClock, log: silentLog })
  if (!store.ok) throw new Failure(describeStoreError(store.error))
  try {
    process.stdout.write(`${JSON.stringify({ ok: true, result: verb(store.value, request) }, null, 2)}\n`)
    return 0
  } finally {
    store.value.close()
  }
}

try {
  process.exitCode = run(process.argv.slice(2))
} catch (error) {
  if (error instanceof Failure) {
    process.stdout.write(`${JSON.stringify({ ok: false, error: error.message })}\n`)
    process.exitCode = 1
  } else if (error instanceof Misuse || (error instanceof TypeError && 'code' in error)) {
    process.stderr.write(`${USAGE}\n`)
    process.exitCode = 2
  } else throw error
}
