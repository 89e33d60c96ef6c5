import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { App } from 'electron'
import { describe, expect, test } from 'vitest'
import { root } from '../../scripts/electron/paths.ts'
import { harden } from '../../src/main/harden.ts'

const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** Every source file that runs in, or makes, a window. */
const sources = ['src/main', 'src/preload', 'src/renderer'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|tsx|html)$/.test(name) && !/\.test\.tsx?$/.test(name))
    .map((name) => join(folder, name)),
)

describe('the page docs/electron-checklist.md', () => {
  const page = read('docs/electron-checklist.md')
  const rows = page.split('\n').filter((line) => line.startsWith('|') && line.includes('›'))

  test('has Electron’s twenty recommendations', () => {
    const numbers = rows.flatMap((row) => /^\| (\d+) /.exec(row)?.[1] ?? [])
    expect(numbers.map(Number)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
  })

  test.each(rows.map((row) => [row.split('|')[2]?.trim() ?? '', row]))(
    'names a test that exists for: %s',
    (_what, row) => {
      const [, path = '', name = ''] = /`(tests\/[^`]+)` › (.+?)\s*\|$/.exec(row) ?? []
      expect(existsSync(join(root, path))).toBe(true)
      expect(read(path)).toContain(`'${name}'`)
    },
  )
})

describe('the page docs/threat-model.md', () => {
  const page = read('docs/threat-model.md')
  const paths = [...page.matchAll(/`((?:src|tests|packaging|docs)\/[^`\s]+|electron-builder\.yml)`/g)].map(
    ([, path = '']) => path,
  )

  test.each([...new Set(paths)])('names %s, which exists', (path) => {
    expect(existsSync(join(root, path))).toBe(true)
  })

  test.each([
    'The citizen at the screen',
    'The thief of the box',
    'The technician',
    'The attacker in the network',
    'The forged code',
    'The hostile USB device',
    'Hostile answers of the centre',
    'The insider at the centre',
    'The supply chain',
  ])('says of %s what they can, what stops them and what remains', (who) => {
    const section = page.split(/^## /m).find((part) => part.startsWith(who)) ?? ''
    for (const word of ['**Can**', '**Stopped by**', '**Remains**']) expect(section).toContain(word)
  })
})

describe('what the source does not say', () => {
  test.each([
    ['webSecurity: false', /webSecurity:\s*false/],
    ['allowRunningInsecureContent', /allowRunningInsecureContent/],
    ['experimentalFeatures', /experimentalFeatures/],
    ['enableBlinkFeatures', /enableBlinkFeatures|enable-blink-features/],
    ['allowpopups', /allowpopups/i],
    ['a webview', /<webview|webviewTag:\s*true/],
    ['openExternal', /openExternal|openPath/],
    ['Node in a page', /nodeIntegration\w*:\s*true/],
    ['no isolation', /contextIsolation:\s*false/],
    ['no sandbox', /sandbox:\s*false|no-sandbox/],
    ['the remote module', /@electron\/remote|enableRemoteModule/],
    ['file: pages', /loadFile\(|['"`]file:\/\//],
    ['HTML put in by hand', /dangerouslySetInnerHTML|\.innerHTML\s*=/],
    ['ipcRenderer handed to a page', /exposeInMainWorld\([^)]*ipcRenderer/],
  ])('nowhere in the source: %s', (_what, pattern) => {
    expect(sources.filter((path) => pattern.test(read(path)))).toEqual([])
  })
})

describe('what the source does say', () => {
  test('every page is made with sandbox, isolation and without Node', () => {
    const makers = sources.filter((path) => /new (WebContentsView|BrowserWindow)\(/.test(read(path)))
    expect(makers.length).toBeGreaterThanOrEqual(3)
    for (const path of makers) {
      const text = read(path)
      for (const line of ['sandbox: true', 'contextIsolation: true', 'nodeIntegration: false'])
        expect([path, text.includes(line)]).toEqual([path, true])
    }
  })

  test.each([
    'will-navigate',
    'will-frame-navigate',
    'will-redirect',
    'will-attach-webview',
    'context-menu',
    'before-input-event',
    'will-prevent-unload',
    'setWindowOpenHandler',
    'web-contents-created',
    'will-download',
    'certificate-error',
  ])('what every web contents refuses is wired: %s', (what) => {
    expect(read('src/main/guard/lock-down.ts')).toContain(what)
  })

  test('every message of a page passes the one place that asks who sent it', () => {
    const page = read('src/main/stage/page-view.ts')
    expect(page.match(/ipc\.on\(/g)).toHaveLength(1)
    expect(page).toMatch(/senderFrame !== view\.webContents\.mainFrame \|\| !isApp\(senderFrame\.url\)/)
    const listening = sources.filter((path) => /ipcMain\.(on|handle)\(/.test(read(path)))
    expect(listening).toEqual([])
  })
})

describe('the switches', () => {
  const doors = ['remote-debugging-port', 'remote-debugging-pipe', 'inspect', 'inspect-brk', 'js-flags'] as const

  function hardened(development: boolean): { removed: string[]; set: Map<string, string> } {
    const removed: string[] = []
    const set = new Map<string, string>()
    const commandLine = {
      appendSwitch: (name: string, value: string) => set.set(name, value),
      removeSwitch: (name: string) => removed.push(name),
    }
    harden({ commandLine } as unknown as App, development)
    return { removed, set }
  }

  test.each(doors)('a packaged app drops the switch %s', (door) => {
    expect(hardened(false).removed).toContain(door)
    expect(hardened(true).removed).toEqual([])
  })

  test('no crash dump is written, no name resolved, no pinch understood', () => {
    const { set } = hardened(false)
    expect(set.has('disable-breakpad')).toBe(true)
    expect(set.has('disable-pinch')).toBe(true)
    expect(set.get('host-resolver-rules')).toBe('MAP * ~NOTFOUND')
  })
})
