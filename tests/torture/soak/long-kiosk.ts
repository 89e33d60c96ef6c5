import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Intent } from '../../../src/ipc/intent.ts'
import { intentBytes } from '../../../src/ipc/intent-bytes.ts'
import type { Snapshot } from '../../../src/ipc/snapshot.ts'
import type { FromSoak, Taken, ToSoak } from './messages.ts'

/** The kiosk process of the soak: one life of it, from its start to its planned end. */
export class LongKiosk {
  snapshot: Snapshot | null = null
  /** Null while it runs. */
  ended: string | null = null
  /** Resolves when it has shown something: then it hears everything that is said to it. */
  readonly ready: Promise<void>
  private readonly child: ChildProcess
  private readonly gone: Promise<unknown>
  private sampled: (taken: Taken) => void = () => undefined

  constructor(site: string, data: string, onSnapshot: (snapshot: Snapshot) => void) {
    this.child = fork(join(import.meta.dirname, 'kiosk-process.ts'), [], {
      execArgv: ['--expose-gc'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
      env: { ...process.env, KIOSK_SITE: site, KIOSK_DATA: data, TZ: 'Asia/Shanghai' },
    })
    let words = ''
    this.child.stderr?.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-4_000)))
    this.gone = once(this.child, 'exit').then(([code]) => (this.ended = `exit ${String(code)} ${words}`))
    const shown = Promise.withResolvers<undefined>()
    this.ready = Promise.race([shown.promise, this.gone]).then(() => {
      if (this.snapshot === null) throw new Error(`the kiosk did not start: ${String(this.ended)}`)
    })
    this.child.on('message', (message: FromSoak) => {
      if (message.type === 'sampled') this.sampled(message)
      else if (message.message.type === 'snapshot') {
        this.snapshot = message.message.snapshot
        shown.resolve(undefined)
        onSnapshot(message.message.snapshot)
      }
    })
  }

  press(intent: Intent): void {
    if (this.snapshot === null) throw new Error('nothing is on the screen yet')
    const { viewId } = this.snapshot
    this.say({ type: 'say', message: { type: 'intent', bytes: intentBytes({ viewId, intent }) } })
  }

  step(ms: number): void {
    this.say({ type: 'step', ms })
  }

  leap(ms: number): void {
    this.say({ type: 'leap', ms })
  }

  sample(): Promise<Taken> {
    return new Promise((resolve, reject) => {
      this.sampled = resolve
      void this.gone.then(() => reject(new Error(`the kiosk ended: ${String(this.ended)}`)))
      this.say({ type: 'sample' })
    })
  }

  async end(): Promise<void> {
    this.say({ type: 'end' })
    await this.gone
  }

  private say(message: ToSoak): void {
    if (this.child.connected) this.child.send(message, () => undefined)
  }
}
