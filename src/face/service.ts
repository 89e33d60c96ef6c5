import type { CancelTimer, Clock } from '../lib/clock.ts'
import { unreachable, type Result } from '../lib/result.ts'
import { decodePicture } from './decode.ts'
import type { Feature } from './compare.ts'
import type { FaceEngine } from './engine.ts'
import { wipe } from './image.ts'
import type { MessagePort } from './message-port.ts'
import type { ModelProblem } from './models.ts'
import { toFaceProcess, type Frame, type FromFaceProcess, type ReferenceProblem } from './protocol.ts'

/** A face process that hears nothing from its parent for this long ends itself. */
export const SILENCE_MS = 15_000

export interface FaceServiceParts {
  readonly port: MessagePort
  readonly clock: Clock
  readonly load: () => Promise<Result<FaceEngine, ModelProblem>>
  /** Overwrites what this process no longer uses. */
  readonly forgetMemory: () => void
  /** Ends the process. */
  readonly exit: (code: number) => void
}

/** Exit codes of the face process, for the log of the kiosk. */
const EXIT = { stopped: 0, unable: 3, parentGone: 4, silence: 5, badMessage: 6 } as const

/**
 * The face process: answers the messages of `protocol.ts` one at a time. Of waiting frames only the newest is kept;
 * the one it replaces is wiped and answered `superseded`, so that neither memory nor delay can grow.
 */
export class FaceService {
  private readonly parts: FaceServiceParts
  private engine: FaceEngine | undefined
  private reference: Feature | undefined
  private waitingFrame: Frame | undefined
  private readonly jobs: (() => Promise<void>)[] = []
  private busy = false
  private cancelSilence: CancelTimer = () => undefined

  constructor(parts: FaceServiceParts) {
    this.parts = parts
  }

  /** Loads the models, says `ready` or `unable`, and serves until it is told to stop or its parent is gone. */
  async start(): Promise<void> {
    const { port, clock, load, exit } = this.parts
    port.onMessage((message) => {
      this.receive(message)
    })
    port.onClose(() => {
      this.finish(EXIT.parentGone)
    })
    this.expectWord()
    const begun = clock.monotonic()
    const loaded = await load()
    if (!loaded.ok) {
      this.send({ type: 'unable', problem: { code: loaded.error.code, file: loaded.error.file } })
      exit(EXIT.unable)
      return
    }
    this.engine = loaded.value
    const { algorithm, decision } = loaded.value.manifest
    this.send({ type: 'ready', algorithm, decision, loadMs: clock.monotonic() - begun })
    await this.work()
  }

  private send(message: FromFaceProcess): void {
    this.parts.port.send(message)
  }

  private expectWord(): void {
    this.cancelSilence()
    this.cancelSilence = this.parts.clock.setTimer(SILENCE_MS, () => {
      this.finish(EXIT.silence)
    })
  }

  private finish(code: number): void {
    this.cancelSilence()
    this.forgetAll()
    this.parts.exit(code)
  }

  private receive(raw: unknown): void {
    const parsed = toFaceProcess.safeParse(raw)
    if (!parsed.success) {
      // The kiosk is our own code: a message it should not have sent is a bug, and a fresh process the safe answer.
      this.finish(EXIT.badMessage)
      return
    }
    this.expectWord()
    const message = parsed.data
    switch (message.type) {
      case 'frame':
        this.keepNewest(message)
        break
      case 'reference':
        this.jobs.push(() => this.takeReference(message.id, message.bytes))
        break
      case 'forget':
        this.jobs.push(() => this.forget(message.id))
        break
      case 'heartbeat':
        this.send({ type: 'alive' })
        return
      case 'stop':
        this.finish(EXIT.stopped)
        return
      default:
        unreachable(message)
    }
    void this.work()
  }

  private keepNewest(frame: Frame | undefined): void {
    if (this.waitingFrame !== undefined) {
      wipe(this.waitingFrame.rgba)
      this.send({ type: 'superseded', seq: this.waitingFrame.seq })
    }
    this.waitingFrame = frame
  }

  /** Does what waits, one after the other: references and forgetting in order, then the newest frame. */
  private async work(): Promise<void> {
    if (this.busy || this.engine === undefined) return
    this.busy = true
    for (let job = this.nextJob(); job !== undefined; job = this.nextJob()) await job()
    this.busy = false
  }

  private nextJob(): (() => Promise<void>) | undefined {
    const job = this.jobs.shift()
    if (job !== undefined) return job
    const frame = this.waitingFrame
    this.waitingFrame = undefined
    return frame === undefined ? undefined : () => this.readFrame(frame)
  }

  private async readFrame({ seq, width, height, rgba }: Frame): Promise<void> {
    const reading = await this.engineInUse().read({ width, height, channels: 4, data: rgba }, this.reference)
    wipe(rgba)
    this.send({ type: 'observation', seq, ...reading })
  }

  private async takeReference(id: number, bytes: Uint8Array): Promise<void> {
    this.dropReference()
    const problem = await this.enrol(bytes)
    wipe(bytes)
    this.send(problem === undefined ? { type: 'reference', id } : { type: 'reference', id, problem })
  }

  private async enrol(bytes: Uint8Array): Promise<ReferenceProblem | undefined> {
    const picture = await decodePicture(bytes)
    if (!picture.ok) return 'UNREADABLE'
    const enrolled = await this.engineInUse().enrol(picture.value)
    wipe(picture.value.data)
    if (!enrolled.ok) return 'NO_FACE'
    if (enrolled.value.others > 0) {
      wipe(enrolled.value.feature)
      return 'TWO_FACES'
    }
    this.reference = enrolled.value.feature
    return undefined
  }

  private forget(id: number): Promise<void> {
    this.forgetAll()
    // Texts, and copies that the line and the network runtime have made, are out of our reach otherwise.
    this.parts.forgetMemory()
    this.send({ type: 'forgotten', id })
    return Promise.resolve()
  }

  private forgetAll(): void {
    this.dropReference()
    this.keepNewest(undefined)
    this.engine?.forget()
  }

  private dropReference(): void {
    if (this.reference !== undefined) wipe(this.reference)
    this.reference = undefined
  }

  private engineInUse(): FaceEngine {
    if (this.engine === undefined) throw new Error('work begins after the models are loaded')
    return this.engine
  }
}
