import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../scripts/electron/paths.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { renderCamera } from '../../src/rig/faces.ts'
import { Rig } from '../../src/rig/rig.ts'
import { launchKiosk, type LaunchedKiosk } from '../support/electron.ts'
import { press, shown } from '../support/hand.ts'

const pictures = join(root, 'test-results', 'e2e')

describe('a technician at the machine', () => {
  let rig: Rig
  let kiosk: LaunchedKiosk

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true })
    const camera = join(root, '.cache', 'demo-owner.mjpeg')
    await renderCamera('owner', camera)
    rig = await Rig.start({ clock: systemClock })
    kiosk = await launchKiosk({ site: rig.sitePath, fakeCamera: camera, env: { KIOSK_DOCK: '0' } })
  }, 180_000)

  afterAll(async () => {
    await kiosk.close()
    await rig.close()
  })

  const photograph = (page: Page, name: string): Promise<unknown> =>
    page.screenshot({ path: join(pictures, `${name}-normal.png`), animations: 'disabled' })

  /** The four corners, clockwise from the upper left. */
  async function touchCorners(page: Page): Promise<void> {
    const { width, height } = await page.evaluate(() => ({ width: window.innerWidth, height: window.innerHeight }))
    const inset = 8
    for (const [x, y] of [
      [inset, inset],
      [width - inset, inset],
      [width - inset, height - inset],
      [inset, height - inset],
    ] as const) {
      await page.mouse.click(x, y)
    }
  }

  async function back(page: Page): Promise<void> {
    await press(page, '返回设备板')
    await shown(page, 'S91')
  }

  it('scenario 33: comes in by the corners and the PIN, sees every device, and proves the machine', async () => {
    const { page } = kiosk
    await shown(page, 'S00')
    await touchCorners(page)
    await shown(page, 'S90', 'STAFF')
    await photograph(page, 'S90')
    await page.keyboard.type('T001')
    await press(page, '下一步')
    await shown(page, 'S90', 'PIN')
    await page.keyboard.type('246810')
    await press(page, '登录')
    await shown(page, 'S91')
    await page.getByText('正常').nth(3).waitFor({ timeout: 20_000 })
    await photograph(page, 'S91')
    expect(await page.content()).not.toMatch(/陈|990001/)

    await page
      .getByRole('button', { name: /凭条打印机/ })
      .first()
      .click()
    await shown(page, 'S92')
    await page.getByRole('button', { name: /测试/ }).first().click()
    await page.getByText('通过').first().waitFor({ timeout: 20_000 })
    await photograph(page, 'S92')
    await back(page)
  })

  it('proves the touch screen by drawing a line on it', async () => {
    const page = await kiosk.currentPage()
    const row = page.getByRole('button', { name: /触摸屏/ }).first()
    for (let turn = 0; turn < 3 && (await row.evaluate((element) => element.closest('[inert]') !== null)); turn++)
      await press(page, '下一页')
    await row.click()
    await shown(page, 'S92')
    await page.getByRole('button', { name: /测试/ }).first().click()
    const field = page.locator('.signature__field')
    await field.waitFor()
    const { x, y, width, height } = (await field.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
    await page.mouse.move(x + width * 0.1, y + height * 0.3)
    await page.mouse.down()
    for (let step = 1; step <= 12; step++)
      await page.mouse.move(x + width * (0.1 + 0.06 * step), y + height * (0.3 + 0.03 * step))
    await page.mouse.up()
    await photograph(page, 'S92-touch')
    await press(page, '线跟着手指，通过')
    await page.getByText('通过').first().waitFor({ timeout: 20_000 })
    await back(page)
  })

  it('looks at the camera, the rest of the screens, and leaves them as they were', async () => {
    const page = await kiosk.currentPage()
    await press(page, '摄像头')
    await shown(page, 'S95', 'LOOKING')
    await page.locator('.live__boxes > *').first().waitFor({ timeout: 20_000 })
    await photograph(page, 'S95')
    await back(page)
    for (const [button, screen] of [
      ['打印校准', 'S96'],
      ['耗材', 'S97'],
      ['网络与时间', 'S98'],
      ['站点设置', 'S99'],
      ['查找设备', 'S93'],
      ['开机检查', 'S94'],
    ] as const) {
      await press(page, button)
      await shown(page, screen)
      if (screen === 'S98') await shown(page, 'S98', 'DONE')
      await photograph(page, screen)
      await back(page)
    }
  })

  it('lets the guided check run to its first question, with the camera open for its item', async () => {
    const page = await kiosk.currentPage()
    await press(page, '开机检查')
    await press(page, '开始检查')
    await page.locator('[data-screen="S94"][data-stage="RUNNING"], [data-screen="S94"][data-stage="ASK"]').waitFor()
    await page.getByText('合格').nth(4).waitFor({ timeout: 60_000 })
    await photograph(page, 'S94-running')
    await press(page, '停止检查')
    await back(page)
    const gone = page.waitForEvent('close', { timeout: 20_000 })
    await press(page, '退出维护')
    await gone
    const home = await kiosk.currentPage()
    await shown(home, 'S00')
    expect(await home.content()).not.toContain('T001')
  })
})
