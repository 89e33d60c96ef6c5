import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from '../../../scripts/electron/paths.ts'

/** The reference centre as its own program on a file, to be killed and started again on the same port. */
export class CentreProcess {
  readonly url: string
  /** Milliseconds from each start to its first word: it listens. */
  readonly startsMs: number[] = []
  private readonly port: number
  private readonly data: string
  private child: ChildProcess | null = null

  private constructor(port: number, data: string) {
    this.port = port
    this.data = data
    this.url = `http://127.0.0.1:${port}`
  }

  static async on(data: string): Promise<CentreProcess> {
    return new CentreProcess(await freePort(), data)
  }

  /** Resolves when it listens; throws when it ends before it does. */
  async start(): Promise<void> {
    const began = performance.now()
    const args = ['--data', this.data, '--port', String(this.port), '--seed', 'demo']
    const child = spawn(process.execPath, [join(root, 'src/central/server/main.ts'), ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let words = ''
    child.stderr.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-4_000)))
    const lines = createInterface({ input: child.stdout })
    const listening = once(lines, 'line').then(() => true)
    const ended = once(child, 'exit').then(() => false)
    if (!(await Promise.race([listening, ended]))) throw new Error(`the centre ended at its start: ${words}`)
    this.child = child
    this.startsMs.push(performance.now() - began)
  }

  /** SIGKILL: nothing of it runs any more when this resolves. */
  async kill(): Promise<void> {
    const { child } = this
    if (child === null) return
    this.child = null
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
