import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Page } from 'playwright-core'
import { root } from '../../scripts/electron/paths.ts'
import { resolveElectron } from '../../scripts/electron/resolve.ts'
import type { LaunchedKiosk } from '../support/electron.ts'
import { attempt, launchShell } from '../support/shell-fixture/launch.ts'

/**
 * What a person at the screen may try, each a row by its name. After each the same is asked: is the kiosk's page, and only
 * it, on the screen, as large as before, with nothing opened, nothing copied, nothing saved?
 */

const HOME = 'kiosk://app/index.html'

let shell: LaunchedKiosk
let page: Page
let before: Screen
beforeAll(async () => {
  shell = await launchShell({ env: { KIOSK_DOCK: '0' } })
  page = shell.page
  await page.evaluate(() => {
    document.title = 'the page that must stay'
    const field = document.createElement('input')
    field.id = 'field'
    field.value = '粤B12345'
    const words = document.createElement('p')
    words.id = 'words'
    words.textContent = 'selected words'
    const link = document.createElement('a')
    link.id = 'link'
    link.href = 'https://example.com/'
    link.textContent = 'a link'
    document.body.append(field, words, link)
  })
  before = await screen()
})
afterAll(async () => {
  await shell.close()
})

/** Windows of the display that a person would see, as X knows them: also the system's dialogs. */
async function largeWindows(): Promise<readonly string[]> {
  const { env } = await resolveElectron()
  const tree = execFileSync('xwininfo', ['-root', '-tree'], { encoding: 'utf8', env: { ...process.env, ...env } })
  const lines = tree.split('\n').filter((line) => {
    const [, width, height] = /\s(\d+)x(\d+)[+-]/.exec(line) ?? []
    return /^\s+0x/.test(line) && Number(width) >= 200 && Number(height) >= 100
  })
  return lines.map((line) => line.trim().split(' ')[0] ?? '').sort()
}

const hasXwininfo = ['/usr/bin/xwininfo', '/usr/local/bin/xwininfo'].some((path) => existsSync(path))

interface Screen {
  readonly windows: number
  readonly contents: readonly string[]
  readonly zoom: readonly number[]
  readonly devTools: boolean
  readonly fullScreen: readonly boolean[]
  readonly minimised: boolean
  readonly clipboard: string
  readonly url: string
  readonly title: string
  readonly scale: number
  readonly scroll: number
}

async function screen(): Promise<Screen> {
  const outside = await shell.app.evaluate(async ({ BaseWindow, webContents, clipboard }) => {
    const windows = BaseWindow.getAllWindows()
    const contents = webContents.getAllWebContents()
    return {
      windows: windows.length,
      contents: contents.map((one) => one.getURL()),
      zoom: contents.map((one) => one.getZoomFactor()),
      devTools: contents.some((one) => one.isDevToolsOpened()),
      fullScreen: windows.map((window) => window.isFullScreen()),
      minimised: windows.some((window) => window.isMinimized()),
      // A promise in the shipped Electron, a string in the fallback.
      clipboard: await Promise.resolve(clipboard.readText()),
    }
  })
  const inside = await page.evaluate(() => ({
    url: location.href,
    title: document.title,
    scale: visualViewport?.scale ?? 0,
    scroll: scrollX + scrollY,
  }))
  return { ...outside, ...inside }
}

/** Sends keys to the page as the system would, and one plain key behind them that must arrive. */
async function keys(accelerator: string): Promise<void> {
  await page.evaluate(() => {
    delete document.body.dataset['arrived']
    addEventListener('keydown', (event) => {
      if (event.key === 'x') document.body.dataset['arrived'] = 'yes'
    })
  })
  await shell.app.evaluate(({ webContents }, keysPressed) => {
    const parts = keysPressed.split('+').filter((part) => part !== '')
    const keyCode = keysPressed.endsWith('++') ? '+' : (parts.pop() ?? '')
    const modifiers = parts.map((part) => part.toLowerCase()) as 'control'[]
    const contents = webContents.getAllWebContents().find((one) => one.getURL().startsWith('kiosk://app/'))
    contents?.sendInputEvent({ type: 'keyDown', keyCode, modifiers })
    contents?.sendInputEvent({ type: 'keyUp', keyCode, modifiers })
    contents?.sendInputEvent({ type: 'keyDown', keyCode: 'x' })
    contents?.sendInputEvent({ type: 'keyUp', keyCode: 'x' })
  }, accelerator)
  await page.waitForSelector('body[data-arrived=yes]', { state: 'attached', timeout: 5_000 })
}

/** A round through the page and the main process: whatever was asked before has been dealt with. */
async function settled(): Promise<void> {
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
  await shell.app.evaluate(() => undefined)
}

const unchanged = async (): Promise<void> => {
  await settled()
  expect(await screen()).toEqual(before)
}

describe('no key leaves the screen', () => {
  test.each([
    ['closes the window', 'Alt+F4'],
    ['closes the tab', 'Control+w'],
    ['closes the program', 'Control+q'],
    ['loads anew', 'Control+r'],
    ['loads anew without a cache', 'Control+Shift+r'],
    ['loads anew', 'F5'],
    ['opens the inspector', 'F12'],
    ['opens the console', 'Control+Shift+j'],
    ['picks an element', 'Control+Shift+c'],
    ['opens a window', 'Control+n'],
    ['opens a secret window', 'Control+Shift+n'],
    ['opens a tab', 'Control+t'],
    ['prints', 'Control+p'],
    ['opens a file', 'Control+o'],
    ['saves the page', 'Control+s'],
    ['shows the source', 'Control+u'],
    ['shows the downloads', 'Control+j'],
    ['searches', 'Control+f'],
    ['goes to an address', 'Control+l'],
    ['goes to an address', 'Alt+d'],
    ['leaves full screen', 'F11'],
    ['opens a menu', 'F10'],
    ['opens a menu', 'Alt+Space'],
    ['opens the context menu', 'Shift+F10'],
    ['browses with a cursor', 'F7'],
    ['goes back', 'Alt+Left'],
    ['goes forward', 'Alt+Right'],
    ['goes home', 'Alt+Home'],
    ['is smaller', 'Control+-'],
    ['is larger', 'Control++'],
    ['is larger', 'Control+='],
    ['is as large as before', 'Control+0'],
    ['shows the task manager', 'Shift+Escape'],
    ['switches windows', 'Alt+Tab'],
    ['shows the system', 'Meta+d'],
  ])('%s: %s', async (_what, accelerator) => {
    await keys(accelerator)
    await unchanged()
  })

  test.each(['Control+c', 'Control+x', 'Control+Insert'])('copies the page: %s', async (accelerator) => {
    await page.evaluate(() => {
      getSelection()?.selectAllChildren(document.body)
    })
    await keys(accelerator)
    await unchanged()
    await page.evaluate(() => {
      getSelection()?.removeAllRanges()
    })
  })

  test.each(['Control+v', 'Shift+Insert'])('pastes what somebody left behind: %s', async (accelerator) => {
    await shell.app.evaluate(async ({ clipboard }) => {
      await Promise.resolve(clipboard.writeText('left behind'))
    })
    try {
      await page.focus('#field')
      await keys(accelerator)
      expect(await page.inputValue('#field')).not.toContain('left behind')
    } finally {
      await shell.app.evaluate(({ clipboard }) => {
        clipboard.clear()
      })
      await page.evaluate(() => {
        ;(document.activeElement as HTMLElement | null)?.blur()
      })
    }
    await unchanged()
  })

  test('cuts what is in a field: Shift+Delete', async () => {
    await page.focus('#field')
    await page.evaluate(() => {
      ;(document.activeElement as HTMLInputElement).select()
    })
    await keys('Shift+Delete')
    await page.evaluate(() => {
      ;(document.activeElement as HTMLElement | null)?.blur()
    })
    await unchanged()
  })
})

describe('no hand leaves the screen', () => {
  const send = (event: Record<string, unknown>): Promise<void> =>
    shell.app.evaluate(({ webContents }, what) => {
      const contents = webContents.getAllWebContents().find((one) => one.getURL().startsWith('kiosk://app/'))
      contents?.sendInputEvent(what as unknown as Electron.MouseInputEvent)
    }, event)

  test('Ctrl and the wheel do not zoom', async () => {
    await page.mouse.move(300, 300)
    await page.keyboard.down('Control')
    for (let turn = 0; turn < 5; turn++) await page.mouse.wheel(0, -240)
    await page.keyboard.up('Control')
    await unchanged()
  })

  test('two fingers do not zoom', async () => {
    const session = await page.context().newCDPSession(page)
    await session.send('Input.synthesizePinchGesture', { x: 300, y: 300, scaleFactor: 3 }).catch(() => undefined)
    await unchanged()
  })

  test('a double tap does not zoom', async () => {
    await page.mouse.dblclick(300, 600)
    await page.evaluate(() => {
      getSelection()?.removeAllRanges()
    })
    await unchanged()
  })

  test('the right button opens no menu', async () => {
    await page.click('#words', { button: 'right' })
    await unchanged()
  })

  test('the right button in a field opens no menu of spelling or of an input method', async () => {
    await page.click('#field', { button: 'right' })
    await page.evaluate(() => {
      ;(document.activeElement as HTMLElement | null)?.blur()
    })
    await unchanged()
    expect(await shell.app.evaluate(({ session }) => session.fromPartition('screens').isSpellCheckerEnabled())).toBe(
      false,
    )
  })

  test('a long press opens no menu', async () => {
    const session = await page.context().newCDPSession(page)
    const point = { x: 200, y: 200 }
    await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] })
    // As long as Chromium waits for a long press.
    await new Promise((resolve) => setTimeout(resolve, 900))
    await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    await page.evaluate(() => {
      getSelection()?.removeAllRanges()
    })
    await unchanged()
  })

  test.each<[string, { button?: 'middle'; modifiers?: readonly string[] }]>([
    ['the middle button opens no window', { button: 'middle' }],
    ['Ctrl and a click open no window', { modifiers: ['Control'] }],
    ['Shift and a click open no window', { modifiers: ['Shift'] }],
    ['a plain click on a link leads nowhere', {}],
  ])('%s', async (_what, how) => {
    // By hand and not by Playwright's click, which would wait for the page that must not come.
    const box = (await page.locator('#link').boundingBox()) ?? expect.unreachable('the link is drawn')
    for (const key of how.modifiers ?? []) await page.keyboard.down(key)
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2, { button: how.button ?? 'left' })
    for (const key of how.modifiers ?? []) await page.keyboard.up(key)
    await unchanged()
  })

  test('the buttons for back and forward of a mouse do nothing', async () => {
    await send({ type: 'mouseDown', button: 'back', x: 10, y: 10, clickCount: 1 })
    await send({ type: 'mouseUp', button: 'back', x: 10, y: 10, clickCount: 1 })
    await unchanged()
  })

  test.each([
    ['a file', 'text/uri-list', 'file:///etc/passwd'],
    ['a web address', 'text/uri-list', 'https://example.com/'],
    ['a page', 'text/html', '<a href="https://example.com/">x</a>'],
  ])('%s that is dropped on the page is not opened', async (_what, mimeType, data) => {
    const session = await page.context().newCDPSession(page)
    const payload = { items: [{ mimeType, data }], dragOperationsMask: 1, files: [] as string[] }
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await session.send('Input.dispatchDragEvent', { type, x: 200, y: 200, data: payload })
    await unchanged()
  })

  test('a file of the disk that is dropped is not opened', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dropped-'))
    try {
      const path = join(folder, 'page.html')
      await writeFile(path, '<title>taken over</title>')
      const session = await page.context().newCDPSession(page)
      const data = { items: [], files: [path], dragOperationsMask: 1 }
      for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
        await session.send('Input.dispatchDragEvent', { type, x: 200, y: 200, data })
      await unchanged()
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('no list, suggestion or candidate window appears', () => {
  test('an input method that is composing does nothing outside its field', async () => {
    const session = await page.context().newCDPSession(page)
    // Not Playwright's focus, which waits for the pages that were refused above.
    await page.evaluate(() => {
      document.getElementById('field')?.focus()
    })
    await session.send('Input.imeSetComposition', { text: 'nihao', selectionStart: 5, selectionEnd: 5 })
    await session.send('Input.imeSetComposition', { text: '', selectionStart: 0, selectionEnd: 0 })
    await page.evaluate(() => {
      ;(document.activeElement as HTMLElement | null)?.blur()
    })
    await unchanged()
  })
})

describe('no script leaves the screen, even one of the page itself', () => {
  const inPage = (what: () => unknown): Promise<unknown> => page.evaluate(what).catch((error: unknown) => String(error))

  test('window.open opens nothing', async () => {
    expect(await inPage(() => window.open('https://example.com/') === null)).toBe(true)
    await unchanged()
  })

  test('window.open of the kiosk’s own page opens nothing', async () => {
    expect(await inPage(() => window.open('kiosk://app/index.html') === null)).toBe(true)
    await unchanged()
  })

  test('window.print opens no dialog', async () => {
    await attempt(page, 'print')
    await unchanged()
  })

  test('another element does not fill the screen', async () => {
    // The promise is left alone: without a permission it may never be settled.
    await inPage(() => {
      void document.body.requestFullscreen().catch(() => undefined)
    })
    await unchanged()
    expect(await page.evaluate(() => document.fullscreenElement)).toBeNull()
  })

  test.each([
    'https://example.com/',
    'http://127.0.0.1:9/',
    'file:///etc/passwd',
    'view-source:kiosk://app/index.html',
    'chrome://version/',
    'chrome://gpu/',
    'devtools://devtools/bundled/inspector.html',
    'javascript:document.title="taken over"',
    'data:text/html,<title>taken over</title>',
    'tel:110',
    'mailto:a@example.com',
    'kiosk://cover/out-of-service.html',
    'kiosk://dock/dock.html',
  ])('the page does not go to %s', async (url) => {
    await page
      .evaluate((to) => {
        const link = document.createElement('a')
        link.href = to
        document.body.append(link)
        link.click()
        link.remove()
      }, url)
      .catch(() => undefined)
    await unchanged()
  })

  test('a blob is not gone to and not saved', async () => {
    const downloads = async (): Promise<readonly string[]> => readdir(join(homedir(), 'Downloads')).catch(() => [])
    const saved = await downloads()
    await inPage(() => {
      const link = document.createElement('a')
      link.href = URL.createObjectURL(new Blob(['<title>taken over</title>'], { type: 'text/html' }))
      link.download = 'taken-away.html'
      link.click()
      link.removeAttribute('download')
      link.click()
    })
    await unchanged()
    expect(await downloads()).toEqual(saved)
  })

  test.each(['showOpenFilePicker', 'showSaveFilePicker', 'showDirectoryPicker'])(
    'there is no %s to ask for a file of the disk',
    async (name) => {
      expect(await page.evaluate((asked) => typeof Reflect.get(globalThis, asked), name)).toBe('undefined')
    },
  )

  test.skipIf(!hasXwininfo)('a field for a file opens no dialog of the system', async () => {
    const windows = await largeWindows()
    expect(windows.length).toBeGreaterThan(0)
    await page.evaluate(() => {
      const input = document.createElement('input')
      input.type = 'file'
      input.click()
    })
    // A dialog of GTK takes a moment; one that does not come in three seconds does not come.
    for (let look = 0; look < 12; look++) {
      await new Promise((resolve) => setTimeout(resolve, 250))
      expect(await largeWindows()).toEqual(windows)
    }
    await unchanged()
  })

  test('a form goes nowhere', async () => {
    await inPage(() => {
      const form = document.createElement('form')
      form.action = 'https://example.com/'
      document.body.append(form)
      form.submit()
      form.remove()
    })
    await unchanged()
  })

  test('history leads nowhere', async () => {
    await inPage(() => {
      history.back()
      history.forward()
      history.go(-5)
    })
    await unchanged()
  })

  test('it cannot reload itself', async () => {
    await inPage(() => {
      location.reload()
    })
    await unchanged()
  })

  test('a question before leaving does not keep the page alive', async () => {
    await inPage(() => {
      addEventListener('beforeunload', (event) => {
        event.preventDefault()
      })
    })
    await unchanged()
  })
})

describe('the developer tools', () => {
  test('are not even there in what is shipped', async () => {
    const source = await readFile(join(root, 'src', 'main', 'stage', 'page-view.ts'), 'utf8')
    expect(source).toContain('devTools: options.development')
    expect((await screen()).devTools).toBe(false)
  })
})

describe('what a script of the page copied', () => {
  test('is gone from the clipboard with the visit', async () => {
    const victim = await launchShell({ env: { KIOSK_DOCK: '0' } })
    try {
      await victim.page.evaluate(() => {
        getSelection()?.selectAllChildren(document.body)
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- what an intruder would use
        document.execCommand('copy')
        const bridge = Reflect.get(globalThis, 'kiosk') as { send(message: unknown): void }
        bridge.send({ viewId: 1, intent: { type: 'LEAVE' } })
      })
      const text = (): Promise<string> => victim.app.evaluate(({ clipboard }) => clipboard.readText())
      await vi.waitFor(async () => {
        expect(victim.app.windows().some((one) => one !== victim.page && one.url() === HOME)).toBe(true)
        expect(await text()).toBe('')
      }, 20_000)
    } finally {
      await victim.close()
    }
  })
})

describe('a page that is gone all the same', () => {
  test.each([
    ['because it closed itself', 'window.close()'],
    ['because it went to about:blank, before which Chromium asks nobody', "location.href = 'about:blank'"],
  ])('%s is replaced by a fresh one within ten seconds, and the shell lives on', async (_why, script) => {
    const victim = await launchShell({ env: { KIOSK_DOCK: '0' } })
    try {
      const old = victim.page
      const begun = performance.now()
      await old.evaluate((text) => {
        const element = document.createElement('a')
        element.onclick = () => {
          if (text.startsWith('window')) window.close()
          else location.href = 'about:blank'
        }
        setTimeout(() => {
          element.click()
        })
      }, script)
      const next = await vi.waitFor(async () => {
        const fresh = victim.app.windows().find((one) => one !== old && one.url() === HOME)
        expect(await fresh?.locator('[data-screen]').count()).toBe(1)
        return fresh!
      }, 20_000)
      expect(performance.now() - begun).toBeLessThan(10_000)
      expect(next.url()).toBe(HOME)
      expect(victim.output()).toContain('page-lost')
      expect(victim.output()).not.toContain('shell-bug')
    } finally {
      await victim.close()
    }
  })
})
