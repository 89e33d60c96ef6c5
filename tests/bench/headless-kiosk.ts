import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../../scripts/electron/paths.ts'
import type { Intent } from '../../src/ipc/intent.ts'
import { intentBytes } from '../../src/ipc/intent-bytes.ts'
import { ToShell, type CameraFrame, type ToKiosk } from '../../src/ipc/messages.ts'
import type { Snapshot, View } from '../../src/ipc/snapshot.ts'
import type { ChildLink } from '../../src/main/child/link.ts'
import { nodeSpawn } from '../../src/main/child/node-child.ts'

const PATIENCE_MS = 20_000

type ScreenId = View['screen']
type ViewOf<S extends ScreenId> = Extract<View, { screen: S }>

/** The built kiosk process without a shell: the bench reads its snapshots and presses in place of a person. */
export class HeadlessKiosk {
  private readonly link: ChildLink
  private readonly data: string
  private snapshot: Snapshot | null = null
  private ended: string | null = null
  private readonly changed = new Set<() => void>()
  private frameTaken: () => void = () => undefined

  constructor(sitePath: string) {
    this.data = mkdtempSync(join(tmpdir(), 'bench-kiosk-'))
    const env = { ...process.env, KIOSK_SITE: sitePath, KIOSK_DATA: this.data, TZ: 'Asia/Shanghai' }
    this.link = nodeSpawn(process.execPath)({ name: 'kiosk', modulePath: join(root, 'dist', 'kiosk.mjs'), env })
    this.link.onMessage((raw) => this.hear(ToShell.parse(raw)))
    this.link.onExit((detail) => {
      this.ended = detail
      this.wake()
    })
  }

  /** Presses a button of the view that is shown now. */
  press(intent: Intent): void {
    if (this.snapshot === null) throw new Error('nothing is on the screen yet')
    this.say({ type: 'intent', bytes: intentBytes({ viewId: this.snapshot.viewId, intent }) })
  }

  /** Shows a camera frame; resolves when the kiosk would take the next one. */
  show(frame: CameraFrame): Promise<void> {
    return new Promise((resolve) => {
      this.frameTaken = resolve
      this.say({ type: 'frame', frame })
    })
  }

  /** Waits until `screen` is shown and, if given, fits. @throws after 20 s, naming what is shown instead */
  async shown<S extends ScreenId>(screen: S, fits: (view: ViewOf<S>) => boolean = () => true): Promise<ViewOf<S>> {
    const deadline = performance.now() + PATIENCE_MS
    for (;;) {
      const view = this.snapshot?.view
      if (view?.screen === screen && fits(view as ViewOf<S>)) return view as ViewOf<S>
      if (this.ended !== null || performance.now() > deadline)
        throw new Error(`waited for ${screen}, ${this.ended ?? `there is ${JSON.stringify(this.snapshot)}`}`)
      await this.nextChange(deadline - performance.now())
    }
  }

  get screen(): ScreenId | null {
    return this.snapshot?.view.screen ?? null
  }

  async stop(): Promise<void> {
    this.say({ type: 'shutdown' })
    while (this.ended === null) await this.nextChange(PATIENCE_MS)
    rmSync(this.data, { recursive: true, force: true })
  }

  private say(message: ToKiosk): void {
    this.link.post(message)
  }

  private hear(message: ToShell): void {
    if (message.type === 'snapshot') this.snapshot = message.snapshot
    if (message.type === 'frame-taken') this.frameTaken()
    if (message.type === 'refused') this.ended = `the kiosk refused to start: ${message.technician}`
    this.wake()
  }

  private wake(): void {
    for (const wake of this.changed) wake()
  }

  private nextChange(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.changed.delete(done)
        resolve()
      }
      const timer = setTimeout(done, withinMs)
      this.changed.add(done)
    })
  }
}
