import { EventEmitter } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { UtilityProcess } from 'electron'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OVERWRITE_FREED } from '../../lib/forget-memory.ts'
import { electronCanRunKiosk, plainNode } from './choose.ts'
import type { ChildLink } from './link.ts'
import { nodeSpawn } from './node-child.ts'
import { utilitySpawn } from './utility-child.ts'

const portModule = JSON.stringify(join(import.meta.dirname, '..', '..', 'ipc', 'port.ts'))

/** A child that sends everything back through the same port the kiosk process uses. */
const echo = `
import { shellPort } from ${portModule}
const port = shellPort()
port.onClose(() => process.exit(0))
port.onMessage((message) => {
  if (message.type === 'exit') process.exit(message.code)
  if (message.type === 'freeze') for (;;);
  port.post({ type: 'echo', message, env: process.env.SAID, options: process.env.NODE_OPTIONS ?? null })
})
port.post({ type: 'hello', pid: process.pid, node: process.versions.node })
`

describe('a plain Node child', () => {
  let folder: string
  let modulePath: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'child-'))
    modulePath = join(folder, 'echo.mts')
    await writeFile(modulePath, echo)
  })
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  const start = (env: NodeJS.ProcessEnv = {}): ChildLink =>
    nodeSpawn(process.execPath)({ name: 'kiosk', modulePath, env: { ...process.env, ...env } })
  const message = (link: ChildLink): Promise<unknown> =>
    new Promise((resolve) => {
      link.onMessage(resolve)
    })
  const exit = (link: ChildLink): Promise<string> =>
    new Promise((resolve) => {
      link.onExit(resolve)
    })

  test('speaks both ways, and bytes stay bytes', async () => {
    const link = start({ SAID: '你好', NODE_OPTIONS: '--no-warnings' })
    expect(await message(link)).toEqual({ type: 'hello', pid: link.pid, node: process.versions.node })
    const answer = message(link)
    link.post({ type: 'frame', rgba: new Uint8Array([1, 2, 255]) })
    expect(await answer).toEqual({
      type: 'echo',
      message: { type: 'frame', rgba: new Uint8Array([1, 2, 255]) },
      env: '你好',
      options: null,
    })
    const ended = exit(link)
    link.kill()
    await ended
  })

  test('tells how it ended', async () => {
    const link = start()
    await message(link)
    const ended = exit(link)
    link.post({ type: 'exit', code: 7 })
    expect(await ended).toBe('exit code 7')
    link.post({ type: 'too late' })
  })

  test('is ended even when it hangs', async () => {
    const link = start()
    await message(link)
    link.post({ type: 'freeze' })
    const ended = exit(link)
    link.kill()
    expect(await ended).toBe('signal SIGKILL')
  })

  test('that cannot be started at all has ended too', async () => {
    const link = nodeSpawn(join(folder, 'no-such-node'))({ name: 'kiosk', modulePath, env: {} })
    expect(await exit(link)).toContain('ENOENT')
  })

  test('can load better-sqlite3, which is why the kiosk process may be one', async () => {
    // Inside the repository, so that Node finds the module.
    const path = join(process.cwd(), '.cache', `native-check-${process.pid}.mts`)
    await mkdir(join(process.cwd(), '.cache'), { recursive: true })
    await writeFile(
      path,
      `import Database from 'better-sqlite3-multiple-ciphers'
       process.send({ answer: new Database(':memory:').prepare('SELECT 6 * 7 AS n').get().n })`,
    )
    try {
      const link = nodeSpawn(plainNode(process.env, process.cwd()))({
        name: 'kiosk',
        modulePath: path,
        env: process.env,
      })
      expect(await message(link)).toEqual({ answer: 42 })
    } finally {
      await rm(path)
    }
  })
})

describe('a utility process', () => {
  class PaperUtility extends EventEmitter {
    pid: number | undefined = undefined
    readonly posted: unknown[] = []
    askedToEnd = false
    postMessage(message: unknown): void {
      this.posted.push(message)
    }
    kill(): boolean {
      this.askedToEnd = true
      return true
    }
  }

  const start = (paper: PaperUtility): { link: ChildLink; how: unknown[] } => {
    const how: unknown[] = []
    const spawn = utilitySpawn((...args) => {
      how.push(...args)
      return paper as unknown as UtilityProcess
    })
    return { link: spawn({ name: 'kiosk', modulePath: '/dist/kiosk.mjs', env: { KIOSK_SITE: '/site.json' } }), how }
  }

  test('is started under its own name, with its environment', () => {
    expect(start(new PaperUtility()).how).toEqual([
      '/dist/kiosk.mjs',
      [],
      { serviceName: 'kiosk', stdio: 'inherit', env: { KIOSK_SITE: '/site.json', ...OVERWRITE_FREED } },
    ])
  })

  test('has the same shape as a plain child', () => {
    const paper = new PaperUtility()
    const { link } = start(paper)
    const heard: unknown[] = []
    const ends: string[] = []
    link.onMessage((message) => heard.push(message))
    link.onExit((detail) => ends.push(detail))
    link.post({ type: 'heartbeat' })
    paper.emit('message', { type: 'heartbeat' })
    paper.emit('exit', 9)
    expect([paper.posted, heard, ends]).toEqual([[{ type: 'heartbeat' }], [{ type: 'heartbeat' }], ['exit code 9']])
  })

  test('that has not come up yet is asked to end', () => {
    const paper = new PaperUtility()
    start(paper).link.kill()
    expect(paper.askedToEnd).toBe(true)
  })
})

test.each([
  [undefined, false],
  ['9', false],
  ['10', true],
  ['11', true],
])('Electron with Node-API %s can run the kiosk process: %s', (napi, can) => {
  expect(electronCanRunKiosk(napi)).toBe(can)
})

test('the Node for plain children is the named one, else the installed one, else the one on the PATH', () => {
  expect(plainNode({ KIOSK_NODE: '/opt/node' }, '/anywhere')).toBe('/opt/node')
  expect(plainNode({}, process.cwd())).toContain('node_modules')
  expect(plainNode({ KIOSK_NODE: '' }, '/anywhere')).toBe('node')
})
