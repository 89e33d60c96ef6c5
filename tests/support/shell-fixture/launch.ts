import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { launchKiosk, startApp, type LaunchOptions } from '../electron.ts'

const fixture = {
  KIOSK_ENTRY: join(import.meta.dirname, 'kiosk.ts'),
  KIOSK_PAGES: join(import.meta.dirname, 'pages'),
}

const withFixture = (options: LaunchOptions): LaunchOptions => ({
  site: 'no site file is read by the fixture',
  ...options,
  env: { ...fixture, ...options.env },
})

/** The real shell, with a kiosk process and a page that do nothing but keep the contract. */
export const launchShell = (options: LaunchOptions = {}): ReturnType<typeof launchKiosk> =>
  launchKiosk(withFixture(options))

export const startShell = (options: LaunchOptions = {}): ReturnType<typeof startApp> => startApp(withFixture(options))

/** What the fixture's kiosk process has heard so far, as told on the page. */
export interface Heard {
  readonly pid: number
  readonly readies: number
  readonly gone: readonly string[]
  readonly frames: number
  readonly frameBytes: number
  readonly intents: readonly string[]
}

export async function heardOn(page: Page): Promise<Heard> {
  const text = await page.textContent('#root')
  const snapshot = JSON.parse(text ?? '') as { header: { kioskName: string } }
  return JSON.parse(snapshot.header.kioskName) as Heard
}

/** Lets the page's own script try something; says how it came out. */
export async function attempt(page: Page, what: string): Promise<string> {
  return page.evaluate(
    (detail) =>
      new Promise<string>((resolve) => {
        document.addEventListener(
          'outcome',
          (event) => {
            resolve((event as CustomEvent<string>).detail)
          },
          { once: true },
        )
        document.dispatchEvent(new CustomEvent('attempt', { detail }))
      }),
    what,
  )
}
