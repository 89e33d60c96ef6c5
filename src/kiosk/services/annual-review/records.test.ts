import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stored, StoreFixture } from '../../../../tests/support/store.ts'
import { Letter } from '../../../central/contract/letter.ts'
import type { IdNumber } from '../../../domain/id-number.ts'
import type { Sensitive } from '../../../lib/log.ts'
import type { Store, StoreWriter } from '../../../store/store.ts'
import { addEvent } from './records.ts'

let fixture: StoreFixture
let store: Store
beforeEach(() => {
  fixture = new StoreFixture()
  store = fixture.open()
})
afterEach(() => {
  fixture.dispose()
})

/** For tsc: nothing runs. */
export function refusedByTheCompiler(tx: StoreWriter, name: Sensitive<string>, id: IdNumber): void {
  // @ts-expect-error hidden text
  addEvent(tx, 'TAMPER', name, 0)
  // @ts-expect-error an ID number
  addEvent(tx, 'TAMPER', id, 0)
  // @ts-expect-error nor is it a device
  addEvent(tx, 'TAMPER', 'words', 0, id)
}

describe('an alarm for the centre', () => {
  const saidOf = (words: string): string => {
    stored(store, (tx) => addEvent(tx, 'PRINT_UNKNOWN', words, 1))
    const letter = Letter.parse(stored(store, (tx) => tx.outbox.unsent())[0]?.payload)
    return letter.kind === 'event' ? letter.report.detail : ''
  }

  it('names nobody, whatever a device or a person put into its words', () => {
    const said = saidOf('console locked, last PIN of 13900000000, card 990001199001011232')
    expect(said).toBe('console locked, last PIN of [personal], card [personal]')
  })

  it('names the endorsement, also where its number could be a bank card’s', () => {
    const words = ['9900012026000000805', '9900012026000001100'].map((no) => `endorsement ${no}`)
    expect(saidOf(words.join(', '))).toBe(words.join(', '))
  })

  it('is a letter the centre can read, even when a printer answered with control characters and at length', () => {
    expect(saidOf(`jam\r\n\u0000${'x '.repeat(150)}`)).toBe(`jam ${'x '.repeat(98)}`)
  })
})
