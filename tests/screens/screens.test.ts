import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Snapshot } from '../../src/ipc/snapshot.ts'
import { findChromium, startScreenHost, type ScreenHost } from './browser.ts'
import { fixtures } from './fixtures.ts'
import { installFakeKiosk } from './fake-kiosk.ts'
import { auditPage } from './page-audit.ts'
import { MOMENT, type Fixture } from './shot.ts'

const out = join(import.meta.dirname, '..', '..', 'test-results', 'screens')
const chromium = findChromium()
const only = process.env['SCREENS'] === undefined ? null : new RegExp(process.env['SCREENS'])

interface Mode {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly display: Snapshot['display']
  readonly shows: (fixture: Fixture) => boolean
}

const normal = { largePrint: false, highContrast: false, lowReach: false }
const all = (): boolean => true
/** The console is the same in large print and low reach; one photograph of each of its screens in large print proves it. */
const forCitizens = ({ name }: Fixture): boolean => !/^S9\d/.test(name)
const modes: readonly Mode[] = [
  { name: 'normal', width: 1080, height: 1920, display: normal, shows: all },
  { name: 'large', width: 1080, height: 1920, display: { ...normal, largePrint: true }, shows: all },
  { name: 'contrast', width: 1080, height: 1920, display: { ...normal, highContrast: true }, shows: all },
  { name: 'low', width: 1080, height: 1920, display: { ...normal, lowReach: true }, shows: forCitizens },
  { name: 'landscape', width: 1920, height: 1080, display: normal, shows: all },
  { name: 'landscape-large', width: 1920, height: 1080, display: { ...normal, largePrint: true }, shows: forCitizens },
  {
    name: 'small',
    width: 1366,
    height: 768,
    display: normal,
    shows: ({ name }) => /^(S00|S04-choose|S07|S09)$|^S9\d/.test(name),
  },
]

/** Resolves when the page has been laid out and painted with the type it asked for. Runs inside the page. */
async function settled(): Promise<void> {
  for (let frame = 0; frame < 2; frame++) await new Promise((resolve) => requestAnimationFrame(resolve))
  await document.fonts.ready
  await new Promise((resolve) => requestAnimationFrame(resolve))
}

/** Presses a button by its name (`/…/`: a part of it), turning pages to find it as a person would. */
async function pressButton(page: Page, name: string): Promise<void> {
  const exact = name.startsWith('/') ? new RegExp(name.slice(1, -1)) : name
  const button = page.getByRole('button', { name: exact, exact: true }).and(page.locator('button:not([inert] *)'))
  const next = page.getByRole('button', { name: '下一页', exact: true })
  while ((await button.count()) === 0 && (await next.first().isEnabled())) await next.first().click()
  await button.first().click()
}

describe.skipIf(chromium === null)('screens (skipped where no Chromium is installed: apt-get install chromium)', () => {
  let host: ScreenHost
  beforeAll(async () => {
    host = await startScreenHost(chromium ?? '')
    await mkdir(out, { recursive: true })
  }, 180_000)
  afterAll(() => host.close())

  for (const mode of modes.filter(({ name }) => (process.env['MODES'] ?? name).split(',').includes(name))) {
    describe(mode.name, () => {
      let context: BrowserContext
      let page: Page
      beforeAll(async () => {
        context = await host.open(mode.width, mode.height)
        page = await context.newPage()
        await page.clock.setFixedTime(MOMENT)
        await page.addInitScript(installFakeKiosk)
        await page.goto(host.url)
      })
      afterAll(() => context.close())

      const shown = fixtures.filter((fixture) => mode.shows(fixture) && (only === null || only.test(fixture.name)))
      test.each(shown)('$name is whole, in reach, legible and named', async ({ name, snapshot, press }) => {
        await page.evaluate((next) => window.show(next), { ...snapshot, display: mode.display })
        await page.locator(`[data-view-id="${snapshot.viewId}"]`).waitFor()
        for (const button of press) await pressButton(page, button)
        await page.evaluate(settled)
        if ((name.startsWith('S03-face') && name !== 'S03-face-passed') || name === 'S95-looking')
          await page.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0)
        await page.screenshot({ path: join(out, `${name}.${mode.name}.jpg`), type: 'jpeg', quality: 90 })
        const faults = await page.evaluate(auditPage)
        expect(faults, faults.join('\n')).toEqual([])
      })
    })
  }
})
