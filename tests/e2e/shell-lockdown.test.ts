import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { LaunchedKiosk } from '../support/electron.ts'
import { attempt, launchShell } from '../support/shell-fixture/launch.ts'

const home = 'kiosk://app/index.html'

describe('the shell keeps a page where it belongs', () => {
  let shell: LaunchedKiosk
  beforeAll(async () => {
    shell = await launchShell({ env: { KIOSK_DOCK: '0' } })
  })
  afterAll(async () => {
    await shell.close()
  })

  test('the window is a sandboxed, isolated page without Node', async () => {
    const preferences = await shell.app.evaluate(({ webContents }) =>
      webContents.getAllWebContents().map((contents) => {
        const page = contents as unknown as { getLastWebPreferences(): Record<string, unknown> }
        return page.getLastWebPreferences()
      }),
    )
    expect(preferences).toHaveLength(1)
    expect(preferences[0]).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      webSecurity: true,
    })
    expect(preferences[0]).not.toHaveProperty('navigateOnDragDrop', true)
    const seen = await shell.page.evaluate(() => ({
      node: [typeof Reflect.get(globalThis, 'process'), typeof Reflect.get(globalThis, 'require')],
      bridge: Object.keys(Reflect.get(globalThis, 'kiosk') as object).sort(),
      secure: globalThis.isSecureContext,
      size: [innerWidth, innerHeight],
    }))
    expect(seen).toEqual({
      node: ['undefined', 'undefined'],
      bridge: ['onSnapshot', 'send', 'sendCamera', 'sendFrame', 'sendKey'],
      secure: true,
      size: [1080, 1920],
    })
  })

  test.each(['eval', 'inlineScript', 'inlineHandler', 'remoteScript', 'fetch', 'socket', 'open'])(
    'the content security policy blocks %s',
    async (what) => {
      expect(await attempt(shell.page, what)).toMatch(/^blocked/)
    },
  )

  test('a frame of another site is not loaded, and the page stays what it is', async () => {
    // Refusing file dialogs listens in on the page's frames: a frame that is blocked ends the question with it.
    await attempt(shell.page, 'frame').catch(() => 'blocked')
    expect(shell.page.frames().filter((frame) => frame.url().includes('example.com'))).toEqual([])
    expect(shell.page.url()).toMatch(/^kiosk:\/\/app\//)
  })

  test.each(['print', 'alert'])('%s opens no dialog', async (what) => {
    expect(await attempt(shell.page, what)).toBe('returned')
  })

  test('a download is refused', async () => {
    await attempt(shell.page, 'download')
    expect(shell.app.windows()).toHaveLength(1)
    expect(await shell.app.evaluate(({ session }) => session.fromPartition('screens').isPersistent())).toBe(false)
  })

  test.each(['Control+r', 'F5', 'F11', 'F12', 'Control+w', 'Control+p', 'Control+Minus', 'Alt+ArrowLeft'])(
    'the key %s does not reach the page',
    async (key) => {
      await shell.page.evaluate(() => {
        document.addEventListener('keydown', (event) => {
          document.body.dataset['key'] = event.key
        })
      })
      await shell.app.evaluate(({ webContents }, accelerator) => {
        const parts = accelerator.split('+')
        const keyCode = parts.pop() ?? ''
        const modifiers = parts.map((part) => part.toLowerCase()) as Electron.InputEvent['modifiers'] & string[]
        const contents = webContents.getAllWebContents()[0]
        contents?.sendInputEvent({ type: 'keyDown', keyCode, modifiers })
        contents?.sendInputEvent({ type: 'keyUp', keyCode, modifiers })
        contents?.sendInputEvent({ type: 'keyDown', keyCode: 'x' })
      }, key)
      // The plain key behind it arrives, so the combination before it has been dealt with.
      await shell.page.waitForSelector('body[data-key=x]', { timeout: 5_000 })
      expect(shell.page.url()).toBe(home)
    },
  )
})

describe('the camera is the only thing a page is allowed', () => {
  let shell: LaunchedKiosk
  beforeAll(async () => {
    shell = await launchShell({ switches: ['--use-fake-device-for-media-stream'] })
  })
  afterAll(async () => {
    await shell.close()
  })

  test('video is granted to our own page', async () => {
    // Chromium's capture service may still be starting, and then there is no camera yet (NotFoundError).
    await vi.waitFor(async () => {
      expect(await attempt(shell.page, 'video')).toBe('ran')
    }, 20_000)
  })

  test.each(['audio', 'screen', 'geolocation', 'clipboard', 'usb'])('%s is denied', async (what) => {
    expect(await attempt(shell.page, what)).toMatch(/^(blocked|absent)/)
  })

  test('notifications are denied', async () => {
    expect(await attempt(shell.page, 'notifications')).toBe('denied')
  })
})

describe('a page cannot be led away', () => {
  let shell: LaunchedKiosk
  beforeEach(async () => {
    shell = await launchShell()
  })
  afterEach(async () => {
    await shell.close()
  })

  test.each([
    ['navigate', 'a web address', 'navigation-refused'],
    ['external', 'an external protocol', 'navigation-refused'],
    ['file', 'a file', 'Not allowed to load local resource'],
  ])('%s: the page cannot go to %s', async (what, _where, refusal) => {
    let consoled = ''
    shell.page.on('console', (message) => {
      consoled += message.text()
    })
    expect(await attempt(shell.page, what)).toBe('asked')
    await vi.waitFor(() => {
      expect(shell.output() + consoled).toContain(refusal)
    }, 10_000)
    const where = await shell.page.evaluate(() => [location.href, document.querySelector('[data-screen]')?.tagName])
    expect(where).toEqual([home, 'DIV'])
  })

  test('even a navigation from outside the page loads nothing but the kiosk', async () => {
    const other = await shell.app.evaluate(async ({ WebContentsView, session }) => {
      const view = new WebContentsView({ webPreferences: { session: session.fromPartition('screens'), sandbox: true } })
      const outcomes: string[] = []
      for (const url of [
        'https://127.0.0.1/',
        'file:///etc/passwd',
        'kiosk://app/../../package.json',
        'kiosk://dev/x.html',
      ]) {
        const outcome = await view.webContents.loadURL(url).then(
          () => view.webContents.executeJavaScript('document.body.innerText') as Promise<string>,
          (error: unknown) => String(error),
        )
        outcomes.push(outcome)
      }
      view.webContents.close()
      return outcomes
    })
    expect(other[0]).toContain('ERR_')
    expect(other[1]).toContain('ERR_')
    expect(other[2]).toBe('')
    expect(other[3]).toBe('')
  })
})
