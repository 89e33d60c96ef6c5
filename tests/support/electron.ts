import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from 'playwright-core'
import { build } from '../../scripts/build.ts'
import { cameraSwitches } from '../../scripts/electron/camera.ts'
import { root } from '../../scripts/electron/paths.ts'
import { resolveElectron } from '../../scripts/electron/resolve.ts'

export interface LaunchOptions {
  /** Site file; without it the shell starts the rig. */
  readonly site?: string
  /** Data folder; a fresh one, removed at the end, when absent. */
  readonly data?: string
  readonly env?: Readonly<Record<string, string>>
  /** `.mjpeg` or `.y4m` file that the camera shows. */
  readonly fakeCamera?: string
  /** Further switches for Chromium. */
  readonly switches?: readonly string[]
}

export interface LaunchedKiosk {
  readonly app: ElectronApplication
  /** The page with the first screen. It is replaced after a visit and after a crash: then ask `currentPage`. */
  readonly page: Page
  /** The page that is on the screen now: waits for one that has drawn a screen. */
  currentPage(): Promise<Page>
  /** The page lying over the screens (`recovering`, `out-of-service`). */
  cover(kind: 'recovering' | 'out-of-service'): Promise<Page>
  /** Operates the simulated devices; there only when the rig runs. */
  readonly dock: Page | null
  /** All that the processes wrote so far. */
  output(): string
  close(): Promise<void>
}

const LIMIT_MS = 30_000

/**
 * Playwright's own module for Electron: it holds the `ready` event back until Playwright listens, so that the first page
 * is never missed. Playwright loads it by itself only when it may choose the binary.
 */
const playwrightLoader = join(
  dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')),
  'lib/server/electron/loader.js',
)

/** Starts the built kiosk in real Electron, on a virtual display where there is none. Several may run side by side. */
export async function launchKiosk(options: LaunchOptions = {}): Promise<LaunchedKiosk> {
  const started = await startApp(options)
  try {
    const page = await started.currentPage()
    const dock = started.app.windows().find((window) => window.url().includes('dock.html')) ?? null
    return { ...started, page, dock }
  } catch (error) {
    await started.close()
    throw new Error(`the kiosk did not show a screen:\n${started.output()}`, { cause: error })
  }
}

/** As `launchKiosk`, but does not wait for a screen: for kiosks that are meant not to show one. */
export async function startApp(options: LaunchOptions = {}): Promise<Omit<LaunchedKiosk, 'page' | 'dock'>> {
  const [electron] = await Promise.all([resolveElectron(), builtOnce()])
  const data = options.data ?? (await mkdtemp(join(tmpdir(), 'kiosk-e2e-')))
  const app = await _electron.launch({
    executablePath: electron.executablePath,
    args: [
      '-r',
      playwrightLoader,
      ...electron.args,
      ...cameraSwitches(options.fakeCamera),
      ...(options.switches ?? []),
      root,
    ],
    env: { ...inherited(), ...electron.env, ...variables(options, data) },
    timeout: LIMIT_MS,
  })
  let output = ''
  for (const stream of [app.process().stdout, app.process().stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  }
  return {
    app,
    output: () => output,
    currentPage: () =>
      pageWith(
        app,
        (page) => page.url().startsWith('kiosk://app/'),
        '[data-screen]',
        () => output,
      ),
    cover: (kind) =>
      pageWith(
        app,
        (page) => page.url() === `kiosk://cover/${kind}.html`,
        'body',
        () => output,
      ),
    close: async () => {
      await app.close()
      if (options.data === undefined) await rm(data, { recursive: true, force: true })
    },
  }
}

/** The e2e run builds before its first test (`e2e-setup.ts`); whoever launches by hand builds here. */
async function builtOnce(): Promise<void> {
  if (process.env['KIOSK_BUILT'] === '1') return
  await build()
  process.env['KIOSK_BUILT'] = '1'
}

function variables(options: LaunchOptions, data: string): Record<string, string> {
  return {
    KIOSK_DATA: data,
    KIOSK_WINDOWED: '1',
    KIOSK_NODE: process.execPath,
    TZ: 'Asia/Shanghai',
    ...(options.site === undefined ? {} : { KIOSK_SITE: options.site }),
    ...options.env,
  }
}

function inherited(): Record<string, string> {
  const entries = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return Object.fromEntries(entries.filter(([name]) => !/^(KIOSK_|VITEST|NODE_OPTIONS$|FIXTURE)/.test(name)))
}

/** The newest page that fits and shows `selector`; waits for it. */
async function pageWith(
  app: ElectronApplication,
  fits: (page: Page) => boolean,
  selector: string,
  output: () => string,
): Promise<Page> {
  const deadline = performance.now() + LIMIT_MS
  while (performance.now() < deadline) {
    for (const page of app.windows().filter(fits).reverse()) {
      const found = await page.waitForSelector(selector, { state: 'attached', timeout: 1_000 }).catch(() => null)
      if (found !== null) return page
    }
    await app.waitForEvent('window', { timeout: 200 }).catch(() => null)
  }
  throw new Error(`no page with ${selector} within ${LIMIT_MS} ms:\n${output()}`)
}
