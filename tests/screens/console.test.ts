import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ConsoleView } from '../../src/ipc/console.ts'
import { Intent } from '../../src/ipc/intent.ts'
import type { Snapshot } from '../../src/ipc/snapshot.ts'
import { Snapshot as SnapshotSchema } from '../../src/ipc/snapshot.ts'
import { findChromium, startScreenHost, type ScreenHost } from './browser.ts'
import { consoleFixtures } from './console-fixtures.ts'
import { installFakeKiosk } from './fake-kiosk.ts'
import { fixtures } from './fixtures.ts'
import { MOMENT } from './shot.ts'

const chromium = findChromium()
const snapshotOf = (name: string): Snapshot => {
  const found = fixtures.find((fixture) => fixture.name === name)
  if (found === undefined) throw new Error(`no fixture ${name}`)
  return found.snapshot
}

test.each(consoleFixtures)('$name is a snapshot that the kiosk may really send', ({ snapshot }) => {
  expect(SnapshotSchema.safeParse(snapshot).error).toBeUndefined()
})

describe.skipIf(chromium === null)('the console under a hand (skipped where no Chromium is installed)', () => {
  let host: ScreenHost
  let context: BrowserContext
  let page: Page
  const problems: string[] = []

  beforeAll(async () => {
    host = await startScreenHost(chromium ?? '')
  }, 180_000)
  afterAll(() => host.close())

  beforeEach(async () => {
    problems.length = 0
    context = await host.open(1080, 1920)
    page = await context.newPage()
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text())
    })
    page.on('pageerror', (error) => problems.push(error.message))
    await page.clock.setFixedTime(MOMENT)
    await page.addInitScript(installFakeKiosk)
    await page.goto(host.url)
  })
  afterEach(async () => {
    expect(problems, 'errors in the console, the policy of the page included').toEqual([])
    await context.close()
  })

  const show = async (name: string, over: Partial<Snapshot> = {}): Promise<void> => {
    const snapshot = { ...snapshotOf(name), ...over }
    await page.evaluate((next) => window.show(next), snapshot)
    await page.locator(`[data-view-id="${snapshot.viewId}"]`).waitFor()
  }
  const press = async (...names: readonly string[]): Promise<void> => {
    for (const name of names)
      await page.getByRole('button', { name, exact: true }).and(page.locator('button:not([inert] *)')).first().click()
  }
  /** What was sent, each held against the contract. */
  const intents = async (): Promise<Intent[]> =>
    (await page.evaluate(() => window.heard.intents))
      .map(({ intent }) => Intent.parse(intent))
      .filter(({ type }) => type !== 'ACTIVITY')

  const corners = async (order: readonly (readonly [number, number])[]): Promise<void> => {
    for (const [x, y] of order) await page.mouse.click(x, y)
  }

  test('the four corners of the home screen open it, and no button is pressed on the way', async () => {
    await show('S00')
    await corners([
      [10, 10],
      [1070, 10],
      [1070, 1912],
      [10, 1912],
    ])
    expect(await intents()).toEqual([{ type: 'CONSOLE_OPEN' }])
  })

  test('the corners in another order, or on another screen, do nothing', async () => {
    await show('S00')
    await corners([
      [10, 10],
      [10, 1912],
      [1070, 1912],
      [1070, 10],
    ])
    await show('S02-waiting')
    await corners([
      [10, 10],
      [1070, 10],
      [1070, 1912],
      [10, 1912],
    ])
    expect(await intents()).toEqual([])
  })

  test('a staff number is typed with letters, the PIN as dots that are never shown', async () => {
    await show('S90-staff')
    await press('字母', 'T', '数字', '1', '7', '下一步')
    await show('S90-pin')
    await press('1', '2', '3')
    expect(await page.getByRole('button', { name: '登录', exact: true }).isDisabled()).toBe(true)
    await press('4')
    expect(await page.locator('.typed__value').textContent()).toBe('●●●●')
    await press('登录')
    expect(await page.locator('.typed__value').textContent()).not.toContain('●')
    expect(await intents()).toEqual([
      { type: 'CONSOLE_STAFF', staffId: 'T17' },
      { type: 'CONSOLE_PIN', pin: '1234' },
    ])
  })

  test('a physical keyboard types as well', async () => {
    await show('S90-staff')
    await page.keyboard.type('t17?8')
    await page.keyboard.press('Backspace')
    await page.keyboard.press('Enter')
    expect(await intents()).toEqual([{ type: 'CONSOLE_STAFF', staffId: 'T17' }])
  })

  test('without a network the one-time code is asked for and sent', async () => {
    await show('S90-totp')
    await press('没有网络，用授权码')
    await show('S90-field-code')
    await press('1', '2', '3', '4', '5', '6', '7', '8', '9', '登录')
    expect(await intents()).toEqual([
      { type: 'CONSOLE_USE_FIELD_CODE' },
      { type: 'CONSOLE_FIELD_CODE', code: '12345678' },
    ])
  })

  test('a finding is answered by the first person at once, by the second only with number and PIN', async () => {
    await show('S91-findings')
    await press('印上了')
    await show('S91-witness')
    await press('没有印上', '2', '0', '下一步', '9', '8', '7', '6', '登录')
    expect(await intents()).toEqual([
      { type: 'CONSOLE_FINDING', key: 'f1', seen: true },
      { type: 'CONSOLE_WITNESS', key: 'f1', staffId: '20', pin: '9876', seen: false },
    ])
  })

  test('a device is opened from the board, its test started and answered', async () => {
    await show('S91')
    await page.getByRole('button', { name: /凭条打印机/ }).click()
    await show('S92')
    await press('开始测试：切纸')
    await show('S92-ask')
    await press('否')
    expect(await intents()).toEqual([
      { type: 'CONSOLE_GO', screen: 'S92', role: 'receipt-printer' },
      { type: 'CONSOLE_TEST', role: 'receipt-printer', test: 'cut' },
      { type: 'CONSOLE_ANSWER', yes: false },
    ])
  })

  test('the touch screen passes with a line that is long enough and not with a dot', async () => {
    await show('S92-touch')
    const field = await page.locator('.signature__field').boundingBox()
    const [left, top] = [(field?.x ?? 0) + 100, (field?.y ?? 0) + 100]
    const confirm = page.getByRole('button', { name: '线跟着手指，通过', exact: true })
    await page.mouse.click(left, top)
    expect(await confirm.isDisabled()).toBe(true)
    await page.mouse.move(left, top)
    await page.mouse.down()
    await page.mouse.move(left + 600, top + 60, { steps: 12 })
    await page.mouse.up()
    expect(await page.locator('.signature__ink').getAttribute('d')).toMatch(/Q/)
    await confirm.click()
    expect(await intents()).toEqual([{ type: 'CONSOLE_ANSWER', yes: true }])
  })

  test('a found thing is bound to what it is guessed to be, or to what is chosen', async () => {
    await show('S93-done')
    await page.getByRole('button', { name: /可能是证件打印机/ }).click()
    await press('绑定到这个用途')
    await page.getByRole('button', { name: /认不出来/ }).click()
    expect(await page.getByRole('button', { name: '绑定到这个用途', exact: true }).isDisabled()).toBe(true)
    await page.getByRole('button', { name: /扫码器.*hid-pos/ }).click()
    await press('绑定到这个用途')
    expect(await intents()).toEqual([
      { type: 'CONSOLE_BIND', id: 'ttyS1', role: 'certificate-printer', driver: 'pr2' },
      { type: 'CONSOLE_BIND', id: 'hid-0c2e-0b61', role: 'scanner', driver: 'hid-pos' },
    ])
  })

  test('the item being checked is on the screen, page after page, without anybody turning', async () => {
    const view = snapshotOf('S94-running').view as Extract<ConsoleView, { screen: 'S94' }>
    await page.setViewportSize({ width: 1366, height: 768 })
    for (const now of [0, 7, 15]) {
      const items = view.items.map((item, index) => ({
        ...item,
        state: index < now ? ('PASS' as const) : index === now ? ('NOW' as const) : ('TODO' as const),
      }))
      await show('S94-running', { view: { ...view, items } })
      await page.locator('li:not([inert]) .check-line[data-state="NOW"]').waitFor()
    }
  })

  test('two quick steps of the calibration are two steps', async () => {
    await show('S96')
    await press('向右 0.1 毫米', '向右 0.1 毫米', '向上 1 毫米')
    expect(await intents()).toEqual([
      { type: 'CONSOLE_CALIBRATE', dxMm: 0.5, dyMm: -0.2 },
      { type: 'CONSOLE_CALIBRATE', dxMm: 0.6, dyMm: -0.2 },
      { type: 'CONSOLE_CALIBRATE', dxMm: 0.6, dyMm: -1.2 },
    ])
  })

  test('a counter is set back only when asked twice', async () => {
    await show('S97')
    await press('已更换：凭条纸')
    expect(await intents()).toEqual([])
    await press('确认已更换')
    expect(await intents()).toEqual([{ type: 'CONSOLE_REPLACED', id: 'receipt-paper' }])
  })

  test('the site file is changed by typing, choosing and switching, and applied in two presses', async () => {
    await show('S99')
    await page.getByRole('button', { name: /^中心/ }).click()
    await press('修改：中心地址', '清空', '大写', 'H', ':', '/', '.', '写入')
    await press('凭条打印机', '修改：打印机型号', '选择 epson-tm-t20', '开关：打印后切纸')
    await show('S99-review')
    await press('启用', '确认启用并重新启动')
    expect(await intents()).toEqual([
      { type: 'CONSOLE_EDIT', path: 'centre.url', value: 'H:/.' },
      { type: 'CONSOLE_EDIT', path: 'receiptPrinter.profile', value: 'epson-tm-t20' },
      { type: 'CONSOLE_EDIT', path: 'receiptPrinter.cut', value: 'false' },
      { type: 'CONSOLE_APPLY' },
    ])
  })

  test('of a signed site file, what only the signer may change has its reason in the place of its button', async () => {
    await show('S99-signed')
    await page.getByRole('button', { name: /^中心/ }).click()
    const lines = page.locator('.site__fields li:not([inert]) .field-line')
    expect(await lines.count()).toBeGreaterThan(0)
    expect(await lines.getByRole('button').count()).toBe(0)
    expect(await lines.first().textContent()).toContain('此项由省级签发，不能在现场修改')
    await press('凭条打印机', '开关：打印后切纸')
    expect(await lines.getByText('不能在现场修改').count()).toBe(0)
    expect(await intents()).toEqual([{ type: 'CONSOLE_EDIT', path: 'receiptPrinter.cut', value: 'false' }])
  })

  test('a dry run that was not good cannot be applied', async () => {
    await show('S99-review-bad')
    expect(await page.getByRole('button', { name: '启用', exact: true }).count()).toBe(0)
  })

  test('every screen is left by the same button in the same place', async () => {
    const places = new Set<string>()
    for (const { name } of consoleFixtures.filter(({ press: presses }) => presses.length === 0)) {
      await show(name)
      places.add(JSON.stringify(await page.getByRole('button', { name: '退出维护', exact: true }).boundingBox()))
    }
    expect(places.size).toBe(1)
  })

  test('large print and low reach do not change it, high contrast does', async () => {
    await show('S91', { display: { largePrint: true, highContrast: true, lowReach: true } })
    const { print, reach, contrast } = await page.locator('.app').evaluate((app) => {
      const { print, reach, contrast } = (app as HTMLElement).dataset
      return { print, reach, contrast }
    })
    expect({ print, reach, contrast }).toEqual({ print: 'normal', reach: 'normal', contrast: 'high' })
  })

  test('its camera is closed when the screen is left', async () => {
    await show('S95-looking')
    await page.waitForFunction(() => window.heard.frames >= 2)
    await show('S91')
    await page.waitForFunction(() => window.heard.camera.at(-1) === 'CLOSED')
  })

  test('while a typing scanner is expected its keys go to the kiosk and none to the page', async () => {
    await show('S90-staff', { wedge: true })
    await page.keyboard.type('T0017')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => window.heard.keys)).toEqual(['T', '0', '0', '1', '7', 'Enter'])
    expect(await page.locator('.typed__empty').count()).toBe(1)
    expect(await intents()).toEqual([])
  })
})
