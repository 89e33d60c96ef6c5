import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Intent } from '../../src/ipc/intent.ts'
import type { Snapshot } from '../../src/ipc/snapshot.ts'
import { findChromium, startScreenHost, type ScreenHost } from './browser.ts'
import { installFakeKiosk } from './fake-kiosk.ts'
import { fixtures } from './fixtures.ts'
import { MOMENT } from './shot.ts'

const chromium = findChromium()
const snapshotOf = (name: string): Snapshot => {
  const found = fixtures.find((fixture) => fixture.name === name)
  if (found === undefined) throw new Error(`no fixture ${name}`)
  return found.snapshot
}

describe.skipIf(chromium === null)('the page under a hand (skipped where no Chromium is installed)', () => {
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

  const show = async (name: string, over: Partial<Snapshot> = {}): Promise<Snapshot> => {
    const snapshot = { ...snapshotOf(name), ...over }
    await page.evaluate((next) => window.show(next), snapshot)
    await page.locator(`[data-view-id="${snapshot.viewId}"]`).waitFor()
    return snapshot
  }
  const press = (name: string): Promise<void> =>
    page.getByRole('button', { name, exact: true }).and(page.locator('button:not([inert] *)')).click()
  const intents = async (): Promise<Intent[]> =>
    (await page.evaluate(() => window.heard.intents))
      .map(({ intent }) => intent)
      .filter(({ type }) => type !== 'ACTIVITY')

  test('a press sends its intent with the view that was on screen', async () => {
    const { viewId } = await show('S07')
    await press('确认签注')
    expect(await page.evaluate(() => window.heard.intents.at(-1))).toEqual({ viewId, intent: { type: 'CONFIRM' } })
  })

  test('a press that slides off its button before it is lifted does nothing', async () => {
    await show('S07')
    const box = await page.getByRole('button', { name: '确认签注', exact: true }).boundingBox()
    await page.mouse.move((box?.x ?? 0) + 40, (box?.y ?? 0) + 40)
    await page.mouse.down()
    await page.mouse.move(540, 300, { steps: 4 })
    await page.mouse.up()
    expect(await intents()).toEqual([])
  })

  test('trembling taps do one thing', async () => {
    await show('S05-failed')
    const button = page.getByRole('button', { name: '打印清单', exact: true })
    for (let tap = 0; tap < 4; tap++) await button.click()
    expect(await intents()).toEqual([{ type: 'PRINT_LIST' }])
  })

  test('two fingers are one finger', async () => {
    await show('S07')
    const sent = await page.evaluate(() => {
      const button = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === '确认签注')
      for (const type of ['pointerdown', 'pointerup'])
        button?.dispatchEvent(
          new PointerEvent(type, {
            bubbles: true,
            cancelable: true,
            isPrimary: false,
            pointerId: 7,
            pointerType: 'touch',
          }),
        )
      return window.heard.intents.length
    })
    expect(sent).toBe(0)
  })

  test('a service is started from its tile, a closed one is not', async () => {
    await show('S00')
    await page.getByRole('button', { name: /车辆年审签注/ }).click()
    expect(await intents()).toEqual([{ type: 'START_SERVICE', service: 'annual-review' }])
    expect(await page.getByRole('button', { name: /处罚缴款/ }).isDisabled()).toBe(true)
  })

  test('both ways to prove oneself are equally large, and each sends its answer', async () => {
    await show('S01-face-consent')
    const face = page.getByRole('button', { name: /同意，用人脸核验/ })
    const code = page.getByRole('button', { name: /不同意，用短信核验/ })
    const [one, two] = [await face.boundingBox(), await code.boundingBox()]
    expect([one?.width, one?.height]).toEqual([two?.width, two?.height])
    await code.click()
    await face.click()
    expect(await intents()).toEqual([
      { type: 'CONSENT_FACE', agree: false },
      { type: 'CONSENT_FACE', agree: true },
    ])
  })

  test('a plate is typed on the keyboard of provinces, letters and digits, with its colour', async () => {
    await show('S04-choose')
    await press('查其他车牌')
    for (const letter of ['I', 'O'])
      expect(await page.getByRole('button', { name: letter, exact: true }).count()).toBe(0)
    for (const key of ['粤', 'B', '1', '2', '3', '4', '5', '渐变绿']) await press(key)
    await press('查询')
    expect(await intents()).toEqual([{ type: 'QUERY_PLATE', plateNo: '粤B12345', plateColor: '94' }])
  })

  test('the code of the message is six digits, corrected with the delete key', async () => {
    await show('S03-code-sms')
    expect(await page.getByRole('button', { name: '下一步', exact: true }).isDisabled()).toBe(true)
    for (const key of ['1', '2', '3', '9', '删除', '4', '5', '6', '7']) await press(key)
    await press('下一步')
    expect(await intents()).toEqual([{ type: 'SMS_CODE', code: '123456' }])
  })

  test('under a problem the stage cannot be touched and every offered way sends its intent', async () => {
    await show('problem-no-camera')
    expect(await page.locator('main').evaluate((main) => main.hasAttribute('inert'))).toBe(true)
    for (const name of ['换其他方式', '再试一次', '退出']) await press(name)
    expect((await intents()).map(({ type }) => type)).toEqual(['USE_OTHER_METHOD', 'RETRY', 'LEAVE'])
  })

  test('help is called and called off, and the display modes are asked for', async () => {
    await show('S02-waiting')
    for (const name of ['求助', '大字版', '高对比', '低位版']) await press(name)
    await show('staff-called')
    await press('不用了，我自己办')
    expect(await intents()).toEqual([
      { type: 'CALL_STAFF', open: true },
      { type: 'SET_DISPLAY', largePrint: true },
      { type: 'SET_DISPLAY', highContrast: true },
      { type: 'SET_DISPLAY', lowReach: true },
      { type: 'CALL_STAFF', open: false },
    ])
  })

  test('who is still there says so with one big button', async () => {
    await show('still-there')
    await press('我还在')
    expect(await intents()).toEqual([{ type: 'STILL_HERE' }])
  })

  test('no camera is opened before the face screen; on leaving it is closed and nothing more is sent', async () => {
    for (const name of ['S01-notice', 'S01-face-consent', 'S02-waiting', 'S03-code-certificate']) await show(name)
    expect(await page.evaluate(() => window.heard.camera)).toEqual([])
    await show('S03-face-looking')
    await page.waitForFunction(() => window.heard.frames >= 6)
    expect(await page.evaluate(() => window.heard.lastFrame)).toEqual({ width: 640, height: 480, bytes: 640 * 480 * 4 })
    const video = await page.locator('video').elementHandle()
    await show('S03-face-passed')
    await page.waitForFunction(() => window.heard.camera.at(-1) === 'CLOSED')
    expect(await page.evaluate(() => window.heard.camera)).toEqual(['OPEN', 'CLOSED'])
    expect(await video.evaluate((element) => (element as HTMLVideoElement).srcObject)).toBeNull()
    const sent = await page.evaluate(() => window.heard.frames)
    for (let frame = 0; frame < 30; frame++)
      await page.evaluate(() => new Promise((next) => requestAnimationFrame(next)))
    expect(await page.evaluate(() => window.heard.frames)).toBe(sent)
  })

  test('the camera stays open from one attempt to the next but sends nothing in between', async () => {
    await show('S03-face-looking')
    await page.waitForFunction(() => window.heard.frames >= 2)
    await show('S03-face-again')
    const sent = await page.evaluate(() => window.heard.frames)
    for (let frame = 0; frame < 30; frame++)
      await page.evaluate(() => new Promise((next) => requestAnimationFrame(next)))
    expect(await page.evaluate(() => window.heard.frames)).toBeLessThanOrEqual(sent + 1)
    await show('S03-face-too-far')
    await page.waitForFunction((before) => window.heard.frames > before + 2, sent)
    expect(await page.evaluate(() => window.heard.camera)).toEqual(['OPEN'])
  })

  test('scenario 37: a rare character is shown from our own type, one that it lacks is named, never a box', async () => {
    const view = snapshotOf('S04-choose').view
    if (view.screen !== 'S04') throw new Error('not S04')
    await show('S04-choose', { view: { ...view, personMasked: '䶮㛃*' } })
    await page.waitForFunction(() => document.fonts.check('400 16px "Noto Sans SC"', '䶮㛃'))
    expect(await page.locator('.guide').textContent()).toBe('䶮㛃*，您名下的车辆')
    await show('S04-choose', { view: { ...view, personMasked: '张𬎆*' } })
    expect(await page.locator('.guide').textContent()).toBe('张*（含暂不能显示的生僻字），您名下的车辆')
  })

  test('the home screen asks for the first slice of the type only', async () => {
    const fonts: string[] = []
    page.on('request', (request) => {
      const name = new URL(request.url()).pathname.split('/').at(-1) ?? ''
      if (name.endsWith('.woff2')) fonts.push(name)
    })
    await page.reload()
    await show('S00')
    await page.evaluate(() => document.fonts.ready)
    expect([...new Set(fonts)].sort()).toEqual(['noto-sans-sc-400-first.woff2', 'noto-sans-sc-600-first.woff2'])
  })
})
