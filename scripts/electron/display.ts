import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'

/** Large enough for the portrait screen and the dock beside it. */
const SCREEN = '1600x2000x24'
const START_MS = 15_000

let started: Promise<string> | null = null

/** Whether windows can be shown without help. */
export function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true
  return Boolean(process.env['DISPLAY']) || Boolean(process.env['WAYLAND_DISPLAY'])
}

/**
 * Name of a virtual display for this process (`:7`), started once and gone with it, however this process ends.
 * @throws when Xvfb does not come up within 15 s.
 */
export function virtualDisplay(): Promise<string> {
  started ??= start()
  return started
}

async function start(): Promise<string> {
  // The shell waits on a pipe from us: when we end, even by SIGKILL, the pipe closes and it takes Xvfb down.
  const script = `Xvfb -displayfd 3 -screen 0 ${SCREEN} -nolisten tcp 2>/dev/null & x=$!; exec 3>&-; read _; kill $x`
  const child = spawn('sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore', 'pipe'], detached: true })
  const report = child.stdio[3] as Readable
  const number = await firstLine(report)
  report.destroy()
  child.unref()
  ;(child.stdin as unknown as { unref(): void }).unref()
  return `:${number}`
}

function firstLine(stream: Readable): Promise<string> {
  return new Promise((done, fail) => {
    let text = ''
    const timer = setTimeout(() => {
      fail(new Error('Xvfb did not start within 15 s'))
    }, START_MS)
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (!text.includes('\n')) return
      clearTimeout(timer)
      done(text.trim())
    })
    stream.once('end', () => {
      clearTimeout(timer)
      fail(new Error('Xvfb ended before it opened a display'))
    })
  })
}
