import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../scripts/electron/paths.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { renderCamera } from '../../src/rig/faces.ts'
import { Rig } from '../../src/rig/rig.ts'
import { launchKiosk, type LaunchedKiosk } from '../support/electron.ts'
import { buttons, choose, endVisit, press, shown, toCardReader, type } from '../support/hand.ts'

const pictures = join(root, 'test-results', 'e2e')

/** Photographs a screen as it is, in large print and in high contrast. */
async function photograph(page: Page, name: string): Promise<void> {
  const shoot = (mode: string): Promise<unknown> =>
    page.screenshot({ path: join(pictures, `${name}-${mode}.png`), animations: 'disabled' })
  await shoot('normal')
  for (const [name, mode] of [
    ['大字版', 'large'],
    ['高对比', 'contrast'],
  ] as const) {
    const button = page.getByRole('button', { name, exact: true })
    await button.click()
    await page.getByRole('button', { name, exact: true, pressed: true }).waitFor()
    await shoot(mode)
    await button.click()
    await page.getByRole('button', { name, exact: true, pressed: false }).waitFor()
  }
}

describe('a vehicle owner in front of the machine', () => {
  let rig: Rig
  let kiosk: LaunchedKiosk

  beforeAll(async () => {
    rmSync(pictures, { recursive: true, force: true })
    mkdirSync(pictures, { recursive: true })
    const camera = join(root, '.cache', 'demo-owner.mjpeg')
    await renderCamera('owner', camera)
    rig = await Rig.start({ clock: systemClock })
    await rig.registerPortraits()
    kiosk = await launchKiosk({ site: rig.sitePath, fakeCamera: camera, env: { KIOSK_DOCK: '0' } })
  }, 180_000)

  afterAll(async () => {
    await kiosk.close()
    await rig.close()
  })

  it('scenario 1: endorses a truck with card and face, and nothing of her remains on the screen', async () => {
    const { page } = kiosk
    await press(page, buttons.service, { trial: true })
    await photograph(page, 'S00')
    await press(page, buttons.service)
    await shown(page, 'S01', 'NOTICE')
    await photograph(page, 'S01-notice')
    await press(page, buttons.agreeNotice)
    await shown(page, 'S01', 'FACE_CONSENT')
    await photograph(page, 'S01-consent')
    await press(page, buttons.agreeFace)
    await shown(page, 'S02', 'WAITING')
    await photograph(page, 'S02')
    rig.command({ type: 'PLACE_CARD', person: 0 })
    await shown(page, 'S04', 'CHOOSE')
    await photograph(page, 'S04')
    await choose(page, '粤B23456')
    await shown(page, 'S05', 'DONE')
    await photograph(page, 'S05')
    await press(page, buttons.continue)
    await shown(page, 'S07')
    await photograph(page, 'S07')
    await press(page, buttons.confirm)
    await shown(page, 'S08', 'INSERT_CERTIFICATE')
    await photograph(page, 'S08')
    const sheet = rig.insertCertificate()
    await shown(page, 'S09')
    await photograph(page, 'S09')
    rig.certificatePrinter.remove()
    rig.command({ type: 'LIFT_CARD' })
    await page.getByText('已取走').nth(1).waitFor()
    await press(page, buttons.taken)
    await shown(page, 'S10')
    await photograph(page, 'S10')
    const home = await endVisit(kiosk, page, () => press(page, buttons.verySatisfied))

    const record = rig.central.admin.ledger().find(({ vehicle }) => vehicle.plateNo === '粤B23456')
    expect(record).toMatchObject({ status: 'CONFIRMED', attempt: 1 })
    expect(sheet.inkedRows(rig.template.rows)).toEqual([3])
    expect(rig.receiptPrinter.paper.documents).toHaveLength(1)
    expect(await home.content()).not.toMatch(/陈|23456/)
  })

  it('scenario 19: declines the face, no camera opens, and the code way leads to the same vehicles', async () => {
    const page = await kiosk.currentPage()
    await toCardReader(page, 'declineFace')
    rig.command({ type: 'PLACE_CARD', person: 0 })
    await shown(page, 'S03', 'CERTIFICATE')
    expect(await page.locator('video').count()).toBe(0)
    await photograph(page, 'S03-certificate')
    rig.command({ type: 'SCAN', text: '440300165715' })
    await shown(page, 'S03', 'SMS')
    await photograph(page, 'S03-sms')
    await type(page, rig.central.admin.sentSms().at(-1)?.code ?? '')
    await press(page, buttons.next)
    await shown(page, 'S04', 'CHOOSE')
    await choose(page, '粤B89012')
    await shown(page, 'S06')
    await photograph(page, 'S06')
    rig.command({ type: 'LIFT_CARD' })
    await endVisit(kiosk, page, () => press(page, buttons.leave))
  })

  it('greys the service with its reason while the slip printer has no paper', async () => {
    const page = await kiosk.currentPage()
    rig.command({ type: 'RECEIPT_PAPER', state: 'OUT' })
    await page.getByText('打印机缺纸，暂停打印服务').first().waitFor({ timeout: 20_000 })
    await photograph(page, 'S00-paper-out')
    rig.command({ type: 'RECEIPT_PAPER', state: 'OK' })
    await page.getByText('打印机缺纸，暂停打印服务').first().waitFor({ state: 'detached', timeout: 20_000 })
  })

  it('shows what to do when the centre hangs up in the middle', async () => {
    const page = await kiosk.currentPage()
    await toCardReader(page, 'declineFace')
    rig.command({ type: 'CENTRE', state: 'DOWN' })
    rig.command({ type: 'PLACE_CARD', person: 0 })
    await page.getByRole('alertdialog').or(page.getByRole('dialog')).first().waitFor({ timeout: 20_000 })
    await page.screenshot({ path: join(pictures, 'problem-centre.png') })
    rig.command({ type: 'CENTRE', state: 'UP' })
    await press(page, /再试一次/)
    await shown(page, 'S03', 'CERTIFICATE')
    rig.command({ type: 'LIFT_CARD' })
    await endVisit(kiosk, page, () => press(page, buttons.leave))
  })
})
