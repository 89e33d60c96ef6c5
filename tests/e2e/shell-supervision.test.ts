import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { root } from '../../scripts/electron/paths.ts'
import { resolveElectron } from '../../scripts/electron/resolve.ts'
import type { LaunchedKiosk } from '../support/electron.ts'
import { isAlive } from '../support/processes.ts'
import { heardOn, launchShell, startShell, type Heard } from '../support/shell-fixture/launch.ts'

/** Ten seconds are promised; the rest is for a machine that does other things too. */
const REPLACED_MS = 20_000
const PROMISED_MS = 10_000

describe('whatever dies is replaced', () => {
  let shell: LaunchedKiosk
  let data: string
  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'kiosk-shell-'))
    shell = await launchShell({ data })
  })
  afterEach(async () => {
    await shell.close()
    await rm(data, { recursive: true, force: true })
  })

  const heardBy = (page: Page, fits: (heard: Heard) => boolean): Promise<Heard> =>
    vi.waitFor(async () => {
      const heard = await heardOn(page)
      expect(heard).toSatisfy(fits)
      return heard
    }, REPLACED_MS)

  const rendererPid = (): Promise<number> =>
    shell.app.evaluate(
      ({ webContents }) =>
        webContents
          .getAllWebContents()
          .find((contents) => contents.getURL() === 'kiosk://app/index.html')
          ?.getOSProcessId() ?? 0,
    )

  const coverGone = (): Promise<void> =>
    vi.waitFor(() => {
      expect(shell.app.windows().filter((page) => page.url().startsWith('kiosk://cover/'))).toHaveLength(0)
    }, REPLACED_MS)

  test('a kiosk process that is killed is started again under 正在恢复, and so is the page that knew the citizen', async () => {
    const [{ pid }, renderer] = [await heardOn(shell.page), await rendererPid()]
    const titles: (string | null)[] = []
    shell.app.on('window', (window) => {
      // The next page has no title.
      void window.textContent('h1').then(
        (title) => titles.push(title),
        () => undefined,
      )
    })
    process.kill(pid, 'SIGKILL')
    await vi.waitFor(() => {
      expect(titles).toEqual(['正在恢复'])
    }, REPLACED_MS)
    await heardBy(await nextPage(shell), (heard) => heard.pid !== pid)
    await vi.waitFor(() => {
      expect(isAlive(renderer)).toBe(false)
    }, REPLACED_MS)
    await coverGone()
  })

  test('a renderer that is stopped by a signal is replaced within ten seconds', async () => {
    const pid = await rendererPid()
    const begun = performance.now()
    process.kill(pid, 'SIGSTOP')
    try {
      // Asked of the main process: Playwright itself waits for a page that stands still.
      await vi.waitFor(async () => {
        expect(isAlive(pid)).toBe(false)
        expect(await rendererPid()).not.toBe(pid)
      }, REPLACED_MS)
      expect(performance.now() - begun).toBeLessThan(PROMISED_MS)
      const page = await nextPage(shell)
      const heard = await heardBy(page, ({ gone }) => gone.length === 1)
      expect(heard.gone).toEqual(['frozen'])
    } finally {
      // A stopped process would keep the test from ending.
      if (isAlive(pid)) process.kill(pid, 'SIGCONT')
    }
  })

  test('a renderer that is killed is replaced, and the kiosk is told that it crashed', async () => {
    process.kill(await rendererPid(), 'SIGKILL')
    const page = await nextPage(shell)
    const heard = await heardBy(page, ({ gone, readies }) => gone.length === 1 && readies === 2)
    expect(heard.gone).toEqual(['crashed'])
    await coverGone()
  })

  test('a renderer that is frozen is replaced, and the kiosk is told that it froze', async () => {
    const pid = await rendererPid()
    await shell.page.evaluate(() => {
      setTimeout(() => {
        for (;;);
      })
    })
    const page = await nextPage(shell)
    const heard = await heardBy(page, ({ gone }) => gone.length === 1)
    expect(heard.gone).toEqual(['frozen'])
    await vi.waitFor(() => {
      expect(isAlive(pid)).toBe(false)
    }, REPLACED_MS)
  })

  test('after a visit the renderer process is a new one, and nobody calls that a crash', async () => {
    const pid = await rendererPid()
    await shell.page.evaluate(() => {
      sessionStorage.setItem('name', '某人')
      const bridge = Reflect.get(globalThis, 'kiosk') as { send(message: unknown): void }
      bridge.send({ viewId: 1, intent: { type: 'LEAVE' } })
    })
    const page = await nextPage(shell)
    const heard = await heardBy(page, ({ readies }) => readies === 2)
    expect(heard.gone).toEqual([])
    expect(heard.intents).toEqual(['LEAVE'])
    await vi.waitFor(() => {
      expect(isAlive(pid)).toBe(false)
    }, REPLACED_MS)
    expect(await rendererPid()).not.toBe(pid)
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0)
    expect(shell.output()).not.toContain('page-lost')
  })

  test('a message outside the contract is nonsense to the kiosk, a picture outside of it does not get there', async () => {
    await shell.page.evaluate(() => {
      const bridge = Reflect.get(globalThis, 'kiosk') as {
        send(message: unknown): void
        sendFrame(frame: unknown): void
      }
      bridge.send({ viewId: 1, intent: { type: 'OPEN_DOOR' } })
      bridge.sendFrame({ seq: 1, width: 640, height: 480, rgba: new Uint8Array(5) })
      bridge.send({ viewId: 1, intent: { type: 'ACTIVITY' } })
    })
    const heard = await heardBy(shell.page, ({ intents }) => intents.length > 1)
    expect(heard.intents).toEqual(['nonsense', 'ACTIVITY'])
    expect(heard.frames).toBe(0)
  })

  test('camera frames are dropped, not queued, and the next one may come when the kiosk has taken the last', async () => {
    const burst = (): Promise<void> =>
      shell.page.evaluate(() => {
        const bridge = Reflect.get(globalThis, 'kiosk') as { sendFrame(frame: unknown): void }
        for (let seq = 0; seq < 20; seq++) {
          bridge.sendFrame({ seq, width: 640, height: 480, rgba: new Uint8Array(640 * 480 * 4) })
        }
      })
    await burst()
    const first = await heardBy(shell.page, ({ frames }) => frames > 0)
    expect(first).toMatchObject({ frames: 1, frameBytes: 640 * 480 * 4 })
    await burst()
    await heardBy(shell.page, ({ frames }) => frames === 2)
  })

  test('a second kiosk on the same data ends itself', async () => {
    const electron = await resolveElectron()
    const second = spawn(electron.executablePath, [...electron.args, root], {
      env: { ...process.env, ...electron.env, KIOSK_DATA: data, KIOSK_WINDOWED: '1' },
      stdio: 'ignore',
    })
    const [code] = (await once(second, 'exit')) as [number]
    expect(code).toBe(3)
    expect(await shell.page.getAttribute('#root', 'data-screen')).toBe('S00')
  })
})

describe('a kiosk process', () => {
  const pressContinue = (page: Page): Promise<void> =>
    page.evaluate(() => {
      const bridge = Reflect.get(globalThis, 'kiosk') as { send(message: unknown): void }
      bridge.send({ viewId: 1, intent: { type: 'CONTINUE' } })
    })

  const another = (shell: LaunchedKiosk, pid: number): Promise<Heard> =>
    vi.waitFor(async () => {
      const heard = await heardOn(await shell.currentPage())
      expect(heard.pid).not.toBe(pid)
      return heard
    }, REPLACED_MS)

  test('in a busy loop is replaced within ten seconds', async () => {
    const shell = await launchShell({ env: { FIXTURE: 'busy' } })
    try {
      const { pid } = await heardOn(shell.page)
      const begun = performance.now()
      await pressContinue(shell.page)
      await another(shell, pid)
      const took = performance.now() - begun
      expect(isAlive(pid)).toBe(false)
      expect(took).toBeLessThan(PROMISED_MS)
      expect(shell.output()).toContain('kiosk process was silent for 6 s')
    } finally {
      await shell.close()
    }
  })

  test('that plans its restart is back in no time', async () => {
    const shell = await launchShell({ env: { FIXTURE: 'planned' } })
    try {
      const { pid } = await heardOn(shell.page)
      // A plan is believed ten seconds after the start.
      await new Promise((resolve) => setTimeout(resolve, 10_500))
      await pressContinue(shell.page)
      await another(shell, pid)
      expect(shell.output()).toContain('kiosk-restarts-as-planned')
      expect(shell.output()).not.toContain('kiosk-down')
    } finally {
      await shell.close()
    }
  })
})

test('a kiosk that refuses to start is not started again: the technician reads why', async () => {
  const shell = await startShell({ env: { FIXTURE: 'refuse' } })
  try {
    const page = await shell.cover('out-of-service')
    expect(await page.textContent('h1')).toBe('暂停服务')
    expect(await page.textContent('.technician')).toBe('SITE_FILE: devices.idCard.port: 必须是字符串 <b>"</b>')
    expect(shell.output()).not.toContain('kiosk-down')
  } finally {
    await shell.close()
  }
})

async function nextPage(shell: LaunchedKiosk): Promise<Page> {
  await vi.waitFor(() => {
    expect(shell.app.windows().some((page) => page !== shell.page && page.url().startsWith('kiosk://app/'))).toBe(true)
  }, REPLACED_MS)
  return shell.currentPage()
}
