import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Problem } from '../../src/ipc/snapshot.ts'
import { citizenText } from '../support/citizen-texts.ts'
import type { Visitor } from '../support/visitor.ts'
import { technicianReads } from './remains.ts'
import { Station, type RunningKiosk } from './station.ts'

const PLATE = '粤B23456'

let station: Station
let kiosk: RunningKiosk
let visitor: Visitor

beforeEach(async () => {
  station = await Station.open()
  kiosk = await station.kiosk()
  visitor = kiosk.visitor
})
afterEach(() => station.close())

/** What stands on the panel, from top to bottom. */
function wordsOf({ what, assurance, todo }: Problem): readonly unknown[] {
  return [what, assurance, todo].map((line) => line && citizenText(line.key))
}

const IN_PLAIN_WORDS = ['停电了，暂时不能办理', '您的资料没有变化，不会重复签注', '请取回您的证件，来电后再来办理']

describe('the mains fail in a visit', () => {
  it('before the confirmation: no authorization is asked, she is told to come back, and can when the mains are back', async () => {
    await visitor.comesToConfirm(PLATE)
    station.rig.command({ type: 'UPS', state: 'BATTERY' })
    visitor.press({ type: 'CONFIRM' })
    const { problem } = await visitor.meets('POWER_ON_UPS')
    expect(wordsOf(problem)).toEqual(IN_PLAIN_WORDS)
    expect(problem.actions).toEqual(['LEAVE'])
    await technicianReads(kiosk.dataDir, 'visit.trouble', { code: 'POWER_ON_UPS', detail: 'BATTERY' })
    await visitor.leaves()
    expect(station.ledgerOf(PLATE)).toEqual([])
    station.rig.command({ type: 'UPS', state: 'MAINS' })
    await visitor.endorses(PLATE)
  })

  it('before the page is in, with a battery that ends: the page comes out unprinted and the authorization is given back', async () => {
    await visitor.comesToPrinter(PLATE)
    const [granted] = station.ledgerOf(PLATE)
    station.rig.command({ type: 'UPS', state: 'LOW' })
    const sheet = station.rig.insertCertificate()
    const { problem } = await visitor.meets('POWER_ON_UPS')
    expect(wordsOf(problem)).toEqual(IN_PLAIN_WORDS)
    expect(station.rig.certificatePrinter.documentPlace).toBe('ejected')
    expect(sheet.inks).toEqual([])
    await technicianReads(kiosk.dataDir, 'visit.trouble', { code: 'POWER_ON_UPS', detail: 'BATTERY_ENDING' })
    await visitor.leaves()
    await expect.poll(() => station.ledgerOf(PLATE)).toMatchObject([{ status: 'RELEASED' }])
    station.rig.command({ type: 'UPS', state: 'MAINS' })
    expect((await visitor.endorses(PLATE)).endorsementNo).toBe(granted?.endorsementNo)
  })

  it('before the page is in, with a battery that lasts: the row is printed', async () => {
    await visitor.comesToPrinter(PLATE)
    station.rig.command({ type: 'UPS', state: 'BATTERY' })
    const sheet = station.rig.insertCertificate()
    await visitor.takesAllAndLeaves()
    expect(sheet.inkedRows(station.rig.template.rows)).toEqual([3])
    expect(station.ledgerOf(PLATE)).toMatchObject([{ status: 'CONFIRMED', attempt: 1 }])
  })

  it('after a jam: the authorization for the 补打 is not asked, and the number stays as it is', async () => {
    await visitor.comesToPrinter(PLATE)
    station.rig.certificatePrinter.faults = { jamAtLine: 3 }
    station.rig.insertCertificate()
    await visitor.meets('PRINT_FAILED')
    const before = station.ledgerOf(PLATE)
    expect(before).toMatchObject([{ status: 'PRINT_FAILED', attempt: 1 }])
    station.rig.certificatePrinter.mend('JAM')
    station.rig.command({ type: 'UPS', state: 'BATTERY' })
    visitor.press({ type: 'RETRY' })
    const { problem } = await visitor.meets('POWER_ON_UPS')
    expect(wordsOf(problem)).toEqual(IN_PLAIN_WORDS)
    expect(station.ledgerOf(PLATE)).toEqual(before)
  })

  it('with a site that keeps more in reserve than the battery has: a battery that is still good begins nothing', async () => {
    await kiosk.stop()
    kiosk = await station.kiosk({
      site: ({ devices }) => {
        devices['ups'] = { ...devices['ups'], nominalMinutes: 10, reserveSeconds: 601 }
      },
    })
    visitor = kiosk.visitor
    await visitor.comesToPrinter(PLATE)
    station.rig.command({ type: 'UPS', state: 'BATTERY' })
    const sheet = station.rig.insertCertificate()
    await visitor.meets('POWER_ON_UPS')
    expect(sheet.inks).toEqual([])
  })
})
