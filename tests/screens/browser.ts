import { build } from 'esbuild'
import { existsSync } from 'node:fs'
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import { chromium, type Browser, type BrowserContext } from 'playwright-core'
import { bundles } from '../../scripts/build/bundles.ts'
import { buildFonts } from '../../scripts/build-fonts.ts'
import { writeFaceVideo } from './face-video.ts'

const root = join(import.meta.dirname, '..', '..')

/** Chromium of the machine; the screens need no other browser. */
export function findChromium(): string | null {
  const candidates = [
    process.env['CHROMIUM'],
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ]
  return candidates.find((path) => path !== undefined && existsSync(path)) ?? null
}

export interface ScreenHost {
  readonly url: string
  open(width: number, height: number): Promise<BrowserContext>
  close(): Promise<void>
}

/** Builds the page as the product does, serves it under the product's policy, and starts a browser with a camera. */
export async function startScreenHost(executablePath: string): Promise<ScreenHost> {
  const folder = await mkdtemp(join(tmpdir(), 'kiosk-screens-'))
  await buildPage(folder)
  const video = await writeFaceVideo(join(folder, 'face.mjpeg'))
  const server = await serve(folder)
  const browser: Browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--force-device-scale-factor=1',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      ...(video === null ? [] : [`--use-file-for-fake-video-capture=${video}`]),
    ],
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/index.html`,
    open: (width, height) =>
      browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce', locale: 'zh-CN' }),
    async close() {
      await browser.close()
      server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function buildPage(folder: string): Promise<void> {
  const pages = bundles.find((options) => 'dock' in (options.entryPoints as Record<string, string>))
  if (pages === undefined) throw new Error('the page bundle is not named in scripts/build/bundles.ts')
  await build({ ...pages, outdir: folder })
  await copyFile(join(root, 'src', 'renderer', 'index.html'), join(folder, 'index.html'))
  await copyFile(join(root, 'src', 'renderer', 'dock', 'dock.html'), join(folder, 'dock.html'))
  await buildFonts(join(folder, 'fonts'))
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
}

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; media-src 'self' blob:"

async function serve(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://page').pathname)
    readFile(join(folder, path)).then(
      (body) => {
        response.writeHead(200, {
          'content-type': types[extname(path)] ?? 'application/octet-stream',
          'content-security-policy': policy,
        })
        response.end(body)
      },
      () => response.writeHead(path === '/favicon.ico' ? 204 : 404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
