import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEMO_PEOPLE } from '../../src/central/server/seed/people.ts'
import type { SimulatedSheet } from '../../src/drivers/certificate-printer/simulated-sheet.ts'
import { findInFiles, inMemoryOf, storeInWords } from './remains.ts'
import { Station, type RunningKiosk } from './station.ts'

let station: Station
let kiosk: RunningKiosk

beforeAll(async () => {
  station = await Station.open()
  kiosk = await station.kiosk()
})
afterAll(() => station.close())

/** What stands in row `row` of the record page. */
function rowOf(sheet: SimulatedSheet, row: number): string {
  const { firstYMm, pitchMm } = station.rig.template.rows
  const top = firstYMm + (row - 1) * pitchMm
  return sheet.textBetween(top, top + pitchMm)
}

function lastSlip(): string {
  return station.rig.receiptPrinter.paper.documents.at(-1)?.text.join('\n') ?? ''
}

/** Confirms and puts a certificate in; resolves with the printed sheet at S09. */
async function prints(): Promise<SimulatedSheet> {
  const { visitor } = kiosk
  visitor.press({ type: 'CONFIRM' })
  await visitor.sees('S08', 'INSERT_CERTIFICATE')
  const sheet = station.rig.insertCertificate()
  await visitor.sees('S09')
  return sheet
}

describe('an owner with her papers in order', () => {
  it('scenario 1: a freight truck is endorsed on paper and at the centre, witnessed by one audit chain', async () => {
    const { visitor, dataDir } = kiosk
    const before = inMemoryOf(dataDir, ({ audit }) => audit.head().seq)
    const confirm = await visitor.comesToConfirm('粤B23456')
    expect(confirm).toMatchObject({ currentValidUntil: '2026-12-31', newValidUntil: '2027-12-31' })
    expect(confirm.preview).toMatchObject({ row: 3, specimen: true })
    const sheet = await prints()

    const taking = await visitor.sees('S09')
    expect(taking.items.map(({ item }) => item)).toEqual(['CERTIFICATE', 'ID_CARD', 'RECEIPT'])
    expect(taking).toMatchObject({ newValidUntil: '2027-12-31', receiptProblem: null })
    await visitor.takesAllAndLeaves()

    expect(sheet.inkedRows(station.rig.template.rows)).toEqual([3])
    expect(rowOf(sheet, 3)).toContain('审验有效期至：2027年12月31日')
    expect(rowOf(sheet, 3)).toContain(`签注编号：${taking.endorsementNo}`)
    expect(station.rig.certificatePrinter.platenInk).toEqual([])
    expect(lastSlip()).toContain('2027年12月31日')
    expect(lastSlip()).toContain(taking.endorsementNo)

    expect(station.ledgerOf('粤B23456')).toMatchObject([
      { status: 'CONFIRMED', attempt: 1, row: 3, validUntil: '2027-12-31', endorsementNo: taking.endorsementNo },
    ])
    expect(reviewStatusOf('粤B23456')).toBe('ENDORSED')
    inMemoryOf(dataDir, ({ audit, endorsements, outbox, visits }) => {
      const [endorsement, ...others] = endorsements.ofNumber(taking.endorsementNo)
      expect(others).toEqual([])
      expect(endorsement).toMatchObject({ status: 'CONFIRMED', plateNo: '粤B23456', subjectMasked: '陈**' })
      expect(audit.verify()).toMatchObject({ ok: true })
      const chain = audit.latest(100).filter(({ seq, target }) => seq > before && target === endorsement?.key)
      expect(chain.map(({ action }) => action).reverse()).toEqual([
        'endorsement.requested',
        'endorsement.authorized',
        'endorsement.print-requested',
        'endorsement.printing',
        'endorsement.printed',
        'endorsement.confirmed',
      ])
      expect(outbox.depth()).toMatchObject({ pending: 0, parked: 0 })
      expect(visits.find(endorsement?.visitId ?? '')).toMatchObject({ outcome: 'COMPLETED', method: 'CODE' })
    })
    expect(visitor.visitsEnded).toBe(1)
  })

  it('tapping 确认签注 twice, and once more when the screen has changed, is confirming once', async () => {
    const { visitor } = kiosk
    station.truck({ plate: '粤BTWCE1' })
    await visitor.comesToConfirm('粤BTWCE1')
    visitor.press({ type: 'CONFIRM' })
    visitor.press({ type: 'CONFIRM' })
    const printer = await visitor.sees('S08', 'INSERT_CERTIFICATE')
    visitor.press({ type: 'CONFIRM' })
    station.rig.insertCertificate()
    await visitor.takesAllAndLeaves()
    expect(printer.attempt).toBe(1)
    expect(station.ledgerOf('粤BTWCE1')).toMatchObject([{ status: 'CONFIRMED', attempt: 1 }])
  })

  it('a rating reaches the centre without a name', async () => {
    const { visitor } = kiosk
    station.truck({ plate: '粤BRATE1' })
    await visitor.comesToConfirm('粤BRATE1')
    await prints()
    visitor.press({ type: 'TAKEN' })
    await visitor.sees('S10')
    visitor.press({ type: 'RATE', stars: 4 })
    await expect.poll(() => station.rig.central.admin.ratings().at(-1)?.score).toBe(4)
    visitor.press({ type: 'LEAVE' })
    await visitor.sees('S00')
    visitor.liftCard()
    station.rig.certificatePrinter.remove()
    expect(Object.keys(station.rig.central.admin.ratings()[0] ?? {})).toEqual(['visitId', 'score'])
  })

  it('scenario 26: a vehicle of another city is endorsed with both names, its authority and this terminal', async () => {
    const { visitor } = kiosk
    const confirm = await visitor.comesToConfirm('粤A86420')
    expect(confirm.authorityName).toBe('广州市交通运输局')
    const sheet = await prints()
    await visitor.takesAllAndLeaves()
    expect(rowOf(sheet, 3)).toContain('审验机关：广州市交通运输局')
    expect(rowOf(sheet, 3)).toContain('签注终端：大厅1号机')
    expect(station.ledgerOf('粤A86420')).toMatchObject([
      { status: 'CONFIRMED', authorityName: '广州市交通运输局', kioskName: '大厅1号机' },
    ])
  })

  it('scenario 26: a vehicle of another province is shown the way to the national service and not endorsed', async () => {
    const { visitor } = kiosk
    await visitor.comesToVehicles()
    const answer = await visitor.chooses('湘A12345')
    expect(answer).toMatchObject({
      screen: 'S05',
      canContinue: false,
      verdict: {
        detail: { key: 'verdict.OTHER_PROVINCE.detail', params: { url: 'https://ysfw.mot.gov.cn/', province: '湘' } },
      },
    })
    visitor.press({ type: 'CONTINUE' })
    await visitor.leaves()
    expect(visitor.path).not.toContain('S07!')
    expect(station.ledgerOf('湘A12345')).toEqual([])
  })
})

describe('a rare name', () => {
  it('scenario 37: 刘䶮 is shown with every stroke, and certificate and slip are printed', async () => {
    const { visitor } = kiosk
    station.rig.central.database
      .prepare('UPDATE person SET phone = ? WHERE id_no = ?')
      .run('10000006789', DEMO_PEOPLE.rareName.idNo)
    await visitor.comesToVehicles('rareName')
    visitor.press({ type: 'QUERY_PLATE', plateNo: '粤B90001', plateColor: '2' })
    const { view } = await visitor.until(
      'public status',
      ({ view }) => view.screen === 'S04' && view.publicStatus !== null,
    )
    expect(view.screen === 'S04' && view.publicStatus?.rows[0]?.value).toBe('刘䶮')
    await visitor.chooses('粤B90001')
    visitor.press({ type: 'CONTINUE' })
    await visitor.sees('S07')
    const slips = station.rig.receiptPrinter.paper.documents.length
    const sheet = await prints()
    expect((await visitor.sees('S09')).receiptProblem).toBeNull()
    await visitor.takesAllAndLeaves()
    expect(sheet.inkedRows(station.rig.template.rows)).toEqual([3])
    expect(station.rig.receiptPrinter.paper.documents).toHaveLength(slips + 1)
  })

  it('scenario 37: a character nobody can draw is refused with clear words before anything is authorized or printed', async () => {
    const undrawable = await Station.open()
    try {
      const { visitor } = await undrawable.kiosk({ site: ({ kiosk }) => (kiosk['name'] = '大厅\u{2CEB0}号机') })
      await visitor.comesToConfirm('粤B23456')
      visitor.press({ type: 'CONFIRM' })
      const { problem } = await visitor.meets('GLYPH_MISSING')
      expect(problem.actions).toEqual(['CALL_STAFF', 'LEAVE'])
      await visitor.leaves()
      expect(undrawable.ledgerOf('粤B23456').filter(({ status }) => status !== 'RELEASED')).toEqual([])
      expect(undrawable.rig.receiptPrinter.paper.documents).toEqual([])
    } finally {
      await undrawable.close()
    }
  })
})

describe('when she has left', () => {
  /** The simulated chip's portrait holds these bytes in its middle. */
  const CHIP_PORTRAIT = Uint8Array.of(0xaa, 0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x00, 0x04, 0x00, 0x00, 0x41, 0x45)

  it('scenario 32: store, log of writes and log files hold neither name nor number nor phone nor portrait', async () => {
    const { visitor, dataDir } = kiosk
    station.truck({ plate: '粤BW4PE1' })
    await visitor.endorses('粤BW4PE1')
    const { owner } = DEMO_PEOPLE
    const secrets = {
      name: owner.name,
      givenName: owner.name.slice(1),
      idNumber: owner.idNo,
      birthDateAndSerial: owner.idNo.slice(6),
      phone: owner.phone ?? '',
      portrait: CHIP_PORTRAIT,
      smsCode: `"${visitor.lastSms()}"`,
    }
    expect(findInFiles(dataDir, secrets)).toEqual([])
    // The file is encrypted: what it holds is read through the store's own key.
    const words = storeInWords(dataDir)
    expect(words).toContain('陈**')
    for (const [name, secret] of Object.entries(secrets))
      if (typeof secret === 'string') expect(words.includes(secret), name).toBe(false)
    await kiosk.stop()
    expect(findInFiles(dataDir, secrets)).toEqual([])
  })
})

function reviewStatusOf(plateNo: string): string | undefined {
  return station.rig.central.database
    .prepare<[string], { status: string }>('SELECT status FROM review WHERE plate_no = ?')
    .get(plateNo)?.status
}
