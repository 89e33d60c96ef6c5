import type { DeviceIdentity } from '../../central/client/device-key.ts'
import type { KioskId } from '../../central/contract/fields.ts'
import { Letter } from '../../central/contract/letter.ts'
import {
  checkParcel,
  packParcel,
  readParcel,
  type LooseLetter,
  type Parcel,
  type ParcelProblem,
} from '../../central/contract/parcel.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import type { OutboxRow } from '../../store/outbox.ts'
import { mustWrite } from '../../store/must.ts'
import type { Store } from '../../store/store.ts'

/** Who packs, and when (milliseconds since the epoch). */
export interface Packer {
  readonly kioskId: KioskId
  readonly identity: Pick<DeviceIdentity, 'keyId' | 'sign'>
  readonly now: number
}

/**
 * Packs what has not arrived at the centre into one signed parcel for a person to carry; the rows stay where they are.
 * `what`: the stories that a refused letter holds up, or everything unsent. Packing is one row of the audit.
 */
export function exportParcel(store: Store, packer: Packer, what: 'PARKED' | 'ALL'): Parcel {
  return mustWrite(store, (tx) => {
    const unsent = tx.outbox.unsent()
    const held = new Set(unsent.filter(({ state }) => state === 'PARKED').map(({ aggregate }) => aggregate))
    // A story is carried whole: what waits behind a parked letter cannot arrive without it.
    const rows = what === 'ALL' ? unsent : unsent.filter(({ aggregate }) => held.has(aggregate))
    // A row of another program's time that fits no letter cannot travel; it stays, parked, for who reads the list.
    const letters = rows.flatMap(looseLetter)
    const { kioskId, identity, now } = packer
    const parcel = packParcel(letters, { kioskId, identity, packedAt: now })
    const detail = {
      letters: letters.length,
      unreadable: rows.length - letters.length,
      head: parcel.letters.at(-1)?.hash ?? '',
    }
    tx.audit.append({ actor: 'technician', action: 'outbox.exported', target: kioskId, result: 'OK', detail })
    return parcel
  })
}

function looseLetter({ aggregate, seq, payload, idempotencyKey, createdAt }: OutboxRow): LooseLetter[] {
  const letter = Letter.safeParse(payload)
  return letter.success ? [{ aggregate, seq, letter: letter.data, idempotencyKey, createdAt }] : []
}

/** What importing did with the letters of a parcel. */
export interface Imported {
  /** Unknown here: added at the end of their stories. */
  readonly added: number
  /** Parked here: tried again from the beginning. */
  readonly retried: number
  /** Pending or sent here: left alone. */
  readonly known: number
}

/**
 * Takes a parcel of this kiosk back into its outbox, for instance after its store was lost. Doing it twice changes
 * nothing: letters are recognised by their keys, here and at the centre.
 */
export function importParcel(
  store: Store,
  own: Pick<DeviceIdentity, 'keyId' | 'publicKey'>,
  json: unknown,
): Result<Imported, ParcelProblem | { readonly code: 'PARCEL_OF_ANOTHER_KIOSK' }> {
  const read = readParcel(json)
  if (!read.ok) return read
  const parcel = read.value
  if (parcel.keyId !== own.keyId) return err({ code: 'PARCEL_OF_ANOTHER_KIOSK' })
  const genuine = checkParcel(parcel, own.publicKey)
  if (!genuine.ok) return genuine
  const imported = mustWrite(store, (tx): Imported => {
    const counts = { added: 0, retried: 0, known: 0 }
    for (const { aggregate, letter, idempotencyKey } of parcel.letters) {
      const row = tx.outbox.findByKey(idempotencyKey)
      if (row === undefined) {
        tx.outbox.add({ aggregate, kind: letter.kind, payload: letter, idempotencyKey })
        counts.added += 1
      } else if (row.state === 'PARKED') {
        tx.outbox.retry(row.id)
        counts.retried += 1
      } else counts.known += 1
    }
    tx.audit.append({
      actor: 'technician',
      action: 'outbox.imported',
      target: parcel.kioskId,
      result: 'OK',
      detail: { ...counts },
    })
    return counts
  })
  return ok(imported)
}
