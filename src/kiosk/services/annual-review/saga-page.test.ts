import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { grantOf, requestOf, stored, StoreFixture } from '../../../../tests/support/store.ts'
import { expectOk } from '../../../lib/result.ts'
import { SAGA, type EndorsementKey, type SagaStatus } from '../../../store/endorsement.ts'
import type { Store, StoreWriter } from '../../../store/store.ts'
import { recover } from './recovery.ts'

const PAGE = fileURLToPath(new URL('../../../../docs/saga.md', import.meta.url))
const STATUSES = Object.keys(SAGA) as SagaStatus[]

/** A stored authorization whose payload the letters are written from: `jti` and `attempt`. */
const AUTHORIZATION = `e30.${Buffer.from(JSON.stringify({ jti: 'A-000001', attempt: 1 })).toString('base64url')}.c2ln`

/** What a reader must know beside the table of the code. */
const WORDS: Readonly<Record<SagaStatus, { readonly meaning: string; readonly citizen: string }>> = {
  REQUESTED: {
    meaning: 'The wish is stored, the centre is about to be asked under the key of the wish.',
    citizen: '正在申请授权; after a crash the home screen, and her vehicle is free.',
  },
  AUTHORIZED: {
    meaning: "The centre's signed authorization is verified and stored. No byte has left.",
    citizen: '请放入道路运输证; after a crash she begins again and keeps the number.',
  },
  PRINT_REQUESTED: {
    meaning: 'We mean to print; the print job and the hash of its bytes are stored. No byte has left.',
    citizen: '正在打印; after a crash the paper is untouched and she begins again.',
  },
  PRINTING: {
    meaning: 'Bytes may have left. Only the printer knows what is on the paper.',
    citizen: '正在打印; after a crash the certificate stays in the printer and staff come.',
  },
  PRINTED: {
    meaning: 'The printer has proved the row. The letter that says so waits in the outbox.',
    citizen: '请取走道路运输证; the endorsement is valid, whether or not the network is there.',
  },
  PRINT_FAILED: {
    meaning: 'It is proved that no valid row is on the paper; the centre is told.',
    citizen: '打印失败, with 重新打印 while the centre allows it. The number stays, the row says 补打 第n次.',
  },
  PRINT_UNKNOWN: {
    meaning: 'Nobody can say what is on the paper. Never printed again before two people have looked.',
    citizen: '请联系工作人员: a technician and a witness look at the paper and write down what they found.',
  },
  RELEASED: {
    meaning: 'This visit prints no more. The number waits at the centre, without blocking anybody.',
    citizen: 'Home screen; her next visit, here or elsewhere, goes on with the same number.',
  },
  CONFIRMED: {
    meaning: 'The centre has acknowledged the print. For good.',
    citizen: 'Nothing more; another kiosk answers 已签注.',
  },
  VOIDED: {
    meaning: 'Refused, taken back before it had a number, or failed too often. For good.',
    citizen: 'Why, and where to go; a voided number is never printed.',
  },
}

let fixture: StoreFixture
let store: Store
beforeEach(() => {
  fixture = new StoreFixture()
  store = fixture.open()
})
afterEach(() => fixture.dispose())

/** The shortest legal way to each status. */
const WAYS: Readonly<Record<SagaStatus, readonly SagaStatus[]>> = {
  REQUESTED: [],
  AUTHORIZED: ['AUTHORIZED'],
  PRINT_REQUESTED: ['AUTHORIZED', 'PRINT_REQUESTED'],
  PRINTING: ['AUTHORIZED', 'PRINT_REQUESTED', 'PRINTING'],
  PRINTED: ['AUTHORIZED', 'PRINT_REQUESTED', 'PRINTING', 'PRINTED'],
  PRINT_FAILED: ['AUTHORIZED', 'PRINT_REQUESTED', 'PRINTING', 'PRINT_FAILED'],
  PRINT_UNKNOWN: ['AUTHORIZED', 'PRINT_REQUESTED', 'PRINTING', 'PRINT_UNKNOWN'],
  RELEASED: ['AUTHORIZED', 'RELEASED'],
  CONFIRMED: ['AUTHORIZED', 'PRINT_REQUESTED', 'PRINTING', 'PRINTED', 'CONFIRMED'],
  VOIDED: ['VOIDED'],
}

function bring(tx: StoreWriter, status: SagaStatus): EndorsementKey {
  const { key } = tx.endorsements.request(requestOf(1))
  for (const step of WAYS[status]) take(tx, key, step)
  return key
}

function take({ endorsements }: StoreWriter, key: EndorsementKey, step: SagaStatus): void {
  switch (step) {
    case 'REQUESTED':
      throw new Error('the first status')
    case 'AUTHORIZED':
      return void expectOk(endorsements.authorize(key, grantOf(1, { authorization: AUTHORIZATION })), 'the grant fits')
    case 'PRINT_REQUESTED':
      return void expectOk(endorsements.requestPrint(key), 'the number is free')
    case 'PRINTING':
      return void endorsements.startPrinting(key)
    case 'PRINTED':
      return void endorsements.markPrinted(key)
    case 'PRINT_FAILED':
      return void endorsements.markFailed(key, 'PAPER_JAM')
    case 'PRINT_UNKNOWN':
      return void endorsements.markUnknown(key, 'SILENT')
    case 'CONFIRMED':
      return void endorsements.confirm(key)
    case 'RELEASED':
      return void endorsements.release(key, 'LEFT')
    case 'VOIDED':
      return void endorsements.void(key, 'REFUSED')
  }
}

/** Lets a kiosk crash in `status`, starts it again and says what it did. */
function afterCrash(status: SagaStatus): { readonly to: SagaStatus | undefined; readonly letters: readonly string[] } {
  const key = stored(store, (tx) => bring(tx, status))
  recover(store, fixture.clock.now())
  return expectOk(
    store.read((view) => ({
      to: view.endorsements.find(key)?.status,
      letters: view.outbox.due(10).map(letterWords),
    })),
    'store',
  )
}

function letterWords({ kind, payload }: { readonly kind: string; readonly payload: unknown }): string {
  const { report } = payload as { readonly report?: { readonly result?: string; readonly kind?: string } }
  return [kind, report?.result ?? report?.kind].filter((word) => word !== undefined).join(' ')
}

/** The table of one status after the other, each recovered from a crash in it. */
function table(): string {
  const lines = STATUSES.map((status) => {
    fixture.dispose()
    fixture = new StoreFixture()
    store = fixture.open()
    const { to, letters } = afterCrash(status)
    const { owner, next } = SAGA[status]
    const { meaning, citizen } = WORDS[status]
    const told = letters.length === 0 ? '' : `; tells the centre ${letters.map((letter) => `\`${letter}\``).join(', ')}`
    const recovery = to === status ? `stays${told}` : `becomes \`${to}\`${told}`
    const ways = next.length === 0 ? 'none' : next.map((each) => `\`${each}\``).join(' ')
    return `| \`${status}\` | ${meaning} | ${owner} | ${ways} | ${recovery} | ${citizen} |`
  })
  return [
    '| state | meaning | owner | legal next steps | a start after a crash here | the citizen |',
    '| --- | --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n')
}

const BEGIN = '<!-- generated: UPDATE_DOCS=1 npx vitest run src/kiosk/services/annual-review/saga-page.test.ts -->'
const END = '<!-- end of generated -->'

describe('docs/saga.md', () => {
  it('shows the table of the code, and what a start really does after a crash in each state', () => {
    const page = readFileSync(PAGE, 'utf8')
    const [head, rest = ''] = page.split(BEGIN)
    const tail = rest.split(END)[1]
    const wanted = `${head}${BEGIN}\n\n${table()}\n\n${END}${tail}`
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, wanted)
    // The formatter may pad the columns.
    expect(squeezed(readFileSync(PAGE, 'utf8'))).toBe(squeezed(wanted))
  })
})

function squeezed(text: string): string {
  return text.replace(/ +/g, ' ').replace(/-{3,}/g, '---')
}

describe('a start after a crash', () => {
  it('leaves nothing with the visit, the centre or the printer: who is left to act is the outbox or a person', () => {
    for (const status of STATUSES) {
      fixture.dispose()
      fixture = new StoreFixture()
      store = fixture.open()
      const { to } = afterCrash(status)
      expect(to, status).toBeDefined()
      if (to !== undefined) expect(['OUTBOX', 'TECHNICIAN', 'NOBODY'], status).toContain(SAGA[to].owner)
    }
  })

  it('done twice does what it did once', () => {
    for (const status of STATUSES) {
      fixture.dispose()
      fixture = new StoreFixture()
      store = fixture.open()
      const first = afterCrash(status)
      recover(store, fixture.clock.now())
      const again = expectOk(
        store.read((view) => ({ letters: view.outbox.depth().pending })),
        'store',
      )
      expect(again.letters, status).toBe(first.letters.length)
    }
  })
})
