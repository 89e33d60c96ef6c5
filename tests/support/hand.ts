import type { Page } from 'playwright-core'
import type { LaunchedKiosk } from './electron.ts'

/** The hand at the screen: it finds buttons by the names a person reads, and waits for what a person sees. */

const PATIENCE_MS = 20_000

/** Presses the first button of that name; a text must match whole, a pattern anywhere. */
export function press(page: Page, name: string | RegExp, how: { trial?: boolean } = {}): Promise<void> {
  const exact = typeof name === 'string'
  return page
    .getByRole('button', { name, exact })
    .first()
    .click({ timeout: PATIENCE_MS, ...how })
}

/** Waits until a screen, and a stage of it, is drawn. */
export async function shown(page: Page, screen: string, stage?: string): Promise<void> {
  const within = stage === undefined ? '' : `[data-stage="${stage}"]`
  await page.locator(`[data-screen="${screen}"]${within}`).waitFor({ timeout: PATIENCE_MS })
}

/** Finds a vehicle in the list, turning pages as a person would, and presses it. */
export async function choose(page: Page, plate: string): Promise<void> {
  const card = page.getByRole('button', { name: new RegExp(plate) })
  for (let turn = 0; turn < 10; turn++) {
    const hidden = await card.evaluate((element) => element.closest('[inert]') !== null)
    if (!hidden) break
    await press(page, '下一页')
  }
  await card.click()
}

/** Types on the keys of the screen. */
export async function type(page: Page, text: string): Promise<void> {
  for (const key of text) await press(page, key)
}

export const buttons = {
  service: /车辆年审签注/,
  agreeNotice: '我已看懂，同意',
  agreeFace: /(?<!不)同意，用人脸核验/,
  declineFace: /不同意，用短信核验/,
  continue: '继续',
  confirm: '确认签注',
  taken: '都取好了',
  leave: '退出',
  next: '下一步',
  verySatisfied: /非常满意/,
} as const

/** From the home screen to the card reader, one way or the other. */
export async function toCardReader(page: Page, way: 'agreeFace' | 'declineFace'): Promise<void> {
  await press(page, buttons.service)
  await press(page, buttons.agreeNotice)
  await press(page, buttons[way])
  await shown(page, 'S02')
}

/** Does `last`, waits until the visit's page is gone for good, and gives the fresh home page. */
export async function endVisit(kiosk: LaunchedKiosk, page: Page, last: () => Promise<void>): Promise<Page> {
  const gone = page.waitForEvent('close', { timeout: PATIENCE_MS })
  await last()
  await gone
  const home = await kiosk.currentPage()
  await shown(home, 'S00')
  return home
}
