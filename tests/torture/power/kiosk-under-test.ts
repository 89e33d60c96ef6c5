import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Intent } from '../../../src/ipc/intent.ts'
import { intentBytes } from '../../../src/ipc/intent-bytes.ts'
import type { ToKiosk, ToShell } from '../../../src/ipc/messages.ts'
import type { Snapshot } from '../../../src/ipc/snapshot.ts'

/** The real kiosk process, to be killed. */
export class KioskUnderTest {
  snapshot: Snapshot | null = null
  refusal: string | null = null
  readonly startedAt = performance.now()
  /** Resolves when the process has gone, with the reason. */
  readonly ended: Promise<string>
  private readonly child: ChildProcess
  private alive = true

  /** `cache`: where Node keeps what it compiled, for the next start; null: nowhere. */
  constructor(
    entry: string,
    site: string,
    data: string,
    onSnapshot: (snapshot: Snapshot) => void,
    cache: string | null = null,
  ) {
    this.child = fork(entry, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: {
        ...process.env,
        KIOSK_SITE: site,
        KIOSK_DATA: data,
        TZ: 'Asia/Shanghai',
        ...(cache !== null && { NODE_COMPILE_CACHE: cache }),
      },
    })
    let words = ''
    this.child.stderr?.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-4_000)))
    this.ended = once(this.child, 'exit').then(([code, signal]) => {
      this.alive = false
      return signal === 'SIGKILL' ? 'SIGKILL' : `exit ${String(code ?? signal)}: ${words}`
    })
    this.child.on('error', () => undefined)
    this.child.on('message', (message: ToShell) => {
      if (!this.alive) return
      if (message.type === 'refused') this.refusal = message.technician
      if (message.type !== 'snapshot') return
      this.snapshot = message.snapshot
      onSnapshot(message.snapshot)
    })
  }

  press(intent: Intent): void {
    if (this.snapshot !== null)
      this.say({ type: 'intent', bytes: intentBytes({ viewId: this.snapshot.viewId, intent }) })
  }

  /** The plug is pulled. What the process had sent to a device before is the device's. */
  kill(): void {
    this.child.kill('SIGKILL')
  }

  /** The shell asks it to end. */
  async stop(): Promise<string> {
    this.say({ type: 'shutdown' })
    return this.ended
  }

  private say(message: ToKiosk): void {
    if (this.alive && this.child.connected) this.child.send(message, () => undefined)
  }
}
