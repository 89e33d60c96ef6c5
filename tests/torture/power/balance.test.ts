import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AuthorizationClaims, AuthorizationGrant } from '../../../src/central/contract/endorsement.ts'
import { readJson } from '../../../src/drivers/asset/read-json.ts'
import { RowTemplate } from '../../../src/drivers/certificate-printer/row-template.ts'
import { SimulatedSheet } from '../../../src/drivers/certificate-printer/simulated-sheet.ts'
import { formatChinese } from '../../../src/domain/local-date.ts'
import { assetPath } from '../../../src/lib/assets.ts'
import { expectOk } from '../../../src/lib/result.ts'
import type { EndorsementKey } from '../../../src/store/endorsement.ts'
import { authorize, CentralStage, claimsOf, failed, printed, type StageVisit } from '../../support/central-stage.ts'
import { grantOf, numberOf, rawDatabase, requestOf, stored, StoreFixture } from '../../support/store.ts'
import { balance, findingFor, unresolved, type Accounts } from './balance.ts'

const template = expectOk(await readJson(assetPath('templates', 'endorsement-row.json'), RowTemplate), 'the template')

type Page = Accounts['booklets'][number]

/** A real centre with its ledger and a real store of a kiosk; the pages are written by hand. */
class Station {
  readonly centre: CentralStage
  readonly fixture = new StoreFixture()
  readonly store = this.fixture.open()
  readonly visit: StageVisit
  readonly booklets: Page[] = []
  private endorsed = 0

  private constructor(centre: CentralStage, visit: StageVisit) {
    this.centre = centre
    this.visit = visit
  }

  static async open(): Promise<Station> {
    const centre = await CentralStage.open()
    return new Station(centre, await centre.visit(await centre.kiosk()))
  }

  async close(): Promise<void> {
    this.fixture.dispose()
    await this.centre.close()
  }

  /** A truck with its page, and a number for it. */
  async granted(plate: string): Promise<{ page: Page; grant: AuthorizationGrant }> {
    const { key, reviewId } = this.centre.truck({ plate, review: { status: 'APPROVED' } })
    if (reviewId === null) throw new Error('a truck without a review')
    const page = { plateNo: plate, reviewId, sheet: new SimulatedSheet(template.page.widthMm, template.page.heightMm) }
    this.booklets.push(page)
    const grant = expectOk(await authorize(this.visit, await this.visit.open(key)), 'the authorization')
    return { page, grant }
  }

  async report(grant: AuthorizationGrant, result: 'PRINTED' | 'FAILED'): Promise<void> {
    const report = (result === 'PRINTED' ? printed : failed)(grant, this.centre.clock.now())
    expectOk(await this.visit.kiosk.client.reportPrint(grant.endorsementNo, report), 'the report')
  }

  /** What the kiosk remembers of a number it has printed. */
  remember({ endorsementNo }: Pick<AuthorizationGrant, 'endorsementNo'>, { confirmed = true } = {}): EndorsementKey {
    const n = (this.endorsed += 1)
    return stored(this.store, (tx) => {
      const { key } = tx.endorsements.request(requestOf(n))
      expectOk(tx.endorsements.authorize(key, grantOf(n, { endorsementNo })), 'the grant fits')
      expectOk(tx.endorsements.requestPrint(key), 'the number is free')
      tx.endorsements.startPrinting(key)
      tx.endorsements.markPrinted(key)
      tx.audit.append({ actor: 'kiosk', action: 'endorsement.printed', target: key, result: 'OK' })
      if (confirmed) tx.endorsements.confirm(key)
      return key
    })
  }

  accounts(strayInk = 0): Accounts {
    const { centre, booklets, fixture } = this
    return { rig: { central: centre.central, template }, booklets, strayInk, dataDir: fixture.folder }
  }

  violations(strayInk = 0): readonly string[] {
    return balance(this.accounts(strayInk)).violations
  }
}

/** Everything that a whole row says; in the row the authorization names, unless told otherwise. */
function ink({ sheet }: Page, { claims, row = claims.row }: { claims: AuthorizationClaims; row?: number }): void {
  const { endorsementNo, validUntil, print, kioskName, attempt } = claims
  const again = attempt > 1 ? ` 补打第${attempt - 1}次` : ''
  write(
    sheet,
    row,
    [endorsementNo, formatChinese(validUntil), print.authorityName, print.checkCode, kioskName].join(' ') + again,
  )
}

function write(sheet: SimulatedSheet, row: number, text: string): void {
  const yMm = template.rows.firstYMm + (row - 1) * template.rows.pitchMm + 2
  sheet.inks.push({ xMm: 20, yMm, widthMm: 100, text, dots: undefined })
}

describe('the balance of papers, centre and kiosk', () => {
  let station: Station
  let endorsed: { page: Page; grant: AuthorizationGrant }

  beforeEach(async () => {
    station = await Station.open()
    endorsed = await station.granted('粤B10001')
    ink(endorsed.page, { claims: claimsOf(endorsed.grant) })
    await station.report(endorsed.grant, 'PRINTED')
    station.remember(endorsed.grant)
  })
  afterEach(() => station.close())

  it('is even where every confirmed number has its one row, and a failed print its half row and its 补打', async () => {
    const { page, grant } = await station.granted('粤B10002')
    write(page.sheet, claimsOf(grant).row, '审验结果：合格')
    await station.report(grant, 'FAILED')
    const { visitId, kiosk } = station.visit
    const again = expectOk(await kiosk.client.reauthorize(grant.endorsementNo, randomUUID(), { visitId }), 'the 补打')
    ink(page, { claims: claimsOf(again), row: claimsOf(grant).row + 1 })
    await station.report(again, 'PRINTED')
    station.remember(again)
    expect(balance(station.accounts())).toEqual({
      ...{ booklets: 2, confirmed: 2, wholeRows: 2, spoiledRows: 1, voided: 0, outbox: { pending: 0, parked: 0 } },
      ...{ auditRows: 2, auditUnbroken: true, violations: [] },
    })
  })

  it('is even where a jam came behind the last line of a row, and its 补打 stands below it', async () => {
    const { page, grant } = await station.granted('粤B10002')
    ink(page, { claims: claimsOf(grant) })
    await station.report(grant, 'FAILED')
    const { visitId, kiosk } = station.visit
    const again = expectOk(await kiosk.client.reauthorize(grant.endorsementNo, randomUUID(), { visitId }), 'the 补打')
    ink(page, { claims: claimsOf(again), row: claimsOf(grant).row + 1 })
    await station.report(again, 'PRINTED')
    expect(balance(station.accounts())).toMatchObject({ confirmed: 2, wholeRows: 2, spoiledRows: 1, violations: [] })
  })

  it('finds a row that was printed twice', () => {
    const claims = claimsOf(endorsed.grant)
    ink(endorsed.page, { claims, row: claims.row + 1 })
    const said = station.violations()
    expect(said).toContain('粤B10001: 2 valid rows on one page')
    expect(said).toContain('粤B10001: more rows with ink than prints')
  })

  it('finds a confirmed number without paper', () => {
    endorsed.page.sheet.inks.length = 0
    expect(station.violations()).toEqual(['粤B10001: confirmed, and nothing valid is on paper'])
  })

  it('finds a paper of which a word is missing: it is no whole row', () => {
    const [only] = endorsed.page.sheet.inks
    if (only === undefined) throw new Error('no ink')
    const without = only.text.replace(claimsOf(endorsed.grant).print.checkCode, '')
    endorsed.page.sheet.inks.splice(0, 1, { ...only, text: without })
    expect(station.violations()).toEqual(['粤B10001: confirmed, and nothing valid is on paper'])
  })

  it('finds a valid row that the centre does not confirm, and tells its story', async () => {
    const { page, grant } = await station.granted('粤B10002')
    ink(page, { claims: claimsOf(grant) })
    const [said = ''] = station.violations()
    expect(said).toContain('粤B10002: a valid row the centre does not confirm: AUTHORIZED 1; attempt 1 in row')
    expect(said).toContain(`says ${grant.endorsementNo}`)
  })

  it('finds a row on the page of another vehicle', async () => {
    const { page } = await station.granted('粤B10002')
    ink(page, { claims: claimsOf(endorsed.grant) })
    expect(station.violations()).toContain('粤B10002: a row of another vehicle')
  })

  it('finds ink that no print explains, on a page and beside it', () => {
    write(endorsed.page.sheet, claimsOf(endorsed.grant).row + 1, '审')
    expect(station.violations(2)).toEqual(['粤B10001: more rows with ink than prints', '2 marks beside a page'])
  })

  it('finds two living numbers for one review', () => {
    const { database } = station.centre.central
    database.exec('DROP INDEX one_live_endorsement')
    database
      .prepare(
        `INSERT INTO endorsement SELECT ?, review_id, 'RELEASED', 1, authorization_id, NULL FROM endorsement WHERE review_id = ?`,
      )
      .run(numberOf(99), endorsed.page.reviewId)
    expect(station.violations()).toContain('粤B10001: two living numbers for one review')
  })

  it('finds a number that the centre does not know, and one that only the kiosk calls confirmed', async () => {
    station.remember({ endorsementNo: numberOf(99) })
    const { grant } = await station.granted('粤B10002')
    station.remember(grant)
    expect(station.violations()).toEqual([
      `${numberOf(99)}: unknown to the centre`,
      `${grant.endorsementNo}: confirmed here, AUTHORIZED at the centre`,
    ])
  })

  it('finds a parked letter', () => {
    stored(station.store, (tx) => {
      const row = tx.outbox.add({ aggregate: 'A', kind: 'event', payload: { n: 1 }, idempotencyKey: 'A:1' })
      for (let n = 0; n < 5; n++) tx.outbox.settle(row.id, { outcome: 'REFUSED', error: 'no' })
    })
    expect(station.violations()).toEqual(['1 letters were parked'])
  })

  it('finds an audit chain that somebody altered', () => {
    const db = rawDatabase(station.fixture.path)
    db.exec(`DROP TRIGGER audit_is_never_updated; UPDATE audit SET result = 'FAILED' WHERE seq = 1`)
    db.close()
    expect(station.violations()).toEqual(['the audit chain is broken'])
  })

  it('lets the person who looks at a page see a whole row, and nothing less', async () => {
    const { page, grant } = await station.granted('粤B10002')
    expect(findingFor(station.accounts(), page, grant.endorsementNo)).toBe('NOT_SEEN')
    write(page.sheet, claimsOf(grant).row, `签注编号：${grant.endorsementNo}`)
    expect(findingFor(station.accounts(), page, grant.endorsementNo)).toBe('NOT_SEEN')
    ink(page, { claims: claimsOf(grant) })
    expect(findingFor(station.accounts(), page, grant.endorsementNo)).toBe('SEEN')
    expect(unresolved(station.accounts(), page)).toMatchObject([{ status: 'AUTHORIZED' }])
    expect(unresolved(station.accounts(), endorsed.page)).toEqual([])
  })
})
