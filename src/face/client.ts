import path from 'node:path'
import type { CancelTimer, Clock } from '../lib/clock.ts'
import { withDeadline } from '../lib/deadline.ts'
import type { Log } from '../lib/log.ts'
import { err, ok, unreachable, type Result } from '../lib/result.ts'
import { forkFaceProcess, startFaceThread, type FaceChild, type FaceProcessPlace } from './child.ts'
import { wipe } from './image.ts'
import type { Decision } from './manifest.ts'
import type { ModelProblem } from './models.ts'
import {
  fromFaceProcess,
  type Frame,
  type FromFaceProcess,
  type Observation,
  type ReferenceProblem,
} from './protocol.ts'

/** The process is not there: the visit offers the other way to verify, the kiosk may start a new one. */
export interface FaceGone {
  readonly code: 'GONE'
  readonly reason: string
}

export type StartProblem =
  | { readonly code: 'UNABLE'; readonly model: ModelProblem['code']; readonly file: string }
  | { readonly code: 'SLOW_START'; readonly afterMs: number }
  | FaceGone

export type SetReferenceProblem = { readonly code: ReferenceProblem } | FaceGone

/** `SUPERSEDED`: a newer frame took this one's turn, or the visit ended. */
export type ObserveProblem = { readonly code: 'SUPERSEDED' } | FaceGone

export interface FaceClientOptions {
  /** Folder of `models.json` and the networks. */
  readonly modelsDir: string
  /** The face process' program. */
  readonly entry: string
  /** The Node binary that runs it; the running one by default. */
  readonly nodePath?: string
  readonly log: Log
  readonly clock: Clock
  /** Starts the process; tests put a simulated one here. */
  readonly launch?: (place: FaceProcessPlace) => FaceChild
}

/** Milliseconds each exchange may take before the process counts as frozen and is ended. */
export const DEADLINES = { start: 20_000, reference: 10_000, observe: 5_000, forget: 5_000, stop: 2_000 } as const
const HEARTBEAT_MS = 2_000
/** Silence after which a process that answered before counts as frozen: with the beat, a new one is up within ten seconds. */
const SILENCE_MS = 6_000
/** When our own timer comes this late, it was we (or the whole machine) who stood still, and nobody is blamed. */
const OVERSLEPT_MS = 2 * HEARTBEAT_MS

/**
 * Sent with `forget`, bytes. Node reads a line between processes into one block of 64 KB that it keeps, and short messages
 * overwrite only its beginning: the end of the last picture would lie there until the next one comes.
 */
const NOUGHTS = 4 * 64 * 1024

/** The kiosk's handle on the face process: one conversation, a deadline on each exchange. */
export class FaceClient {
  private readonly child: FaceChild
  private readonly clock: Clock
  private readonly log: Log
  private ready: Extract<FromFaceProcess, { type: 'ready' }> | undefined
  private gone: FaceGone | undefined
  private stopping = false
  private nextId = 1
  private inFlight: Frame['seq'] | undefined
  private waiting: Frame | undefined
  private cancelHeartbeat: CancelTimer = () => undefined
  private lastHeard = 0
  private readonly expected = new Map<string, (answer: FromFaceProcess | undefined) => void>()
  private readonly goneListeners: ((gone: FaceGone) => void)[] = []

  private constructor(child: FaceChild, options: FaceClientOptions) {
    this.child = child
    this.clock = options.clock
    this.log = options.log
    child.onMessage((message) => {
      this.receive(message)
    })
    child.onGone((reason) => {
      this.markGone(reason)
    })
  }

  /** Starts the face process and waits until its models are loaded: about half a second. */
  static async start(options: FaceClientOptions): Promise<Result<FaceClient, StartProblem>> {
    const { modelsDir, entry, nodePath, clock } = options
    const manifestFile = path.join(modelsDir, 'models.json')
    const launch = options.launch ?? ('electron' in process.versions ? startFaceThread : forkFaceProcess)
    const place = nodePath === undefined ? { entry, manifestFile } : { entry, manifestFile, nodePath }
    const client = new FaceClient(launch(place), options)
    const word = await withDeadline(clock, DEADLINES.start, () => client.expect('start'))
    if (!word.ok) {
      client.end('silent at start')
      return err({ code: 'SLOW_START', afterMs: word.error.afterMs })
    }
    if (word.value?.type === 'ready') {
      client.ready = word.value
      client.lastHeard = clock.monotonic()
      client.beat()
      options.log.info('face.ready', { algorithm: word.value.algorithm, loadMs: Math.round(word.value.loadMs) })
      return ok(client)
    }
    if (word.value?.type === 'unable') {
      client.stopping = true
      const { code, file } = word.value.problem
      return err({ code: 'UNABLE', model: code, file })
    }
    return err(client.whyGone())
  }

  /** Name and version of the models, recorded with every verification. */
  get algorithm(): string {
    return this.readyWord().algorithm
  }

  /** Threshold and bands of the models. */
  get decision(): Decision {
    return this.readyWord().decision
  }

  /** Sets the picture to compare with (JPEG, PNG, WebP or BMP), replacing the one before. Wipes `bytes`. */
  async setReference(bytes: Uint8Array): Promise<Result<void, SetReferenceProblem>> {
    const id = this.nextId++
    const answer = await this.exchange(`reference ${id}`, DEADLINES.reference, () => {
      this.child.send({ type: 'reference', id, bytes })
      wipe(bytes)
    })
    if (!answer.ok) return answer
    if (answer.value.type === 'reference' && answer.value.problem !== undefined)
      return err({ code: answer.value.problem })
    return ok()
  }

  /**
   * Shows a camera frame and gives what was seen. Takes the frame over and wipes it. One frame is at the process and
   * at most one waits: a newer one takes the waiting one's place, so a slow machine sees fewer frames, not older ones.
   */
  async observe(frame: Frame): Promise<Result<Observation, ObserveProblem>> {
    if (this.waiting !== undefined) this.supersede(this.waiting)
    this.waiting = frame
    const answer = await this.exchange(`frame ${frame.seq}`, DEADLINES.observe, () => {
      this.sendWaiting()
    })
    if (!answer.ok) return answer
    if (answer.value.type !== 'observation') return err({ code: 'SUPERSEDED' })
    return ok(answer.value)
  }

  /** Wipes the reference, the waiting frame and every buffer of the process; confirmed by it. */
  async forget(): Promise<Result<void, FaceGone>> {
    if (this.waiting !== undefined) this.supersede(this.waiting)
    const id = this.nextId++
    const answer = await this.exchange(`forget ${id}`, DEADLINES.forget, () => {
      this.child.send({ type: 'forget', id, noughts: new Uint8Array(NOUGHTS) })
    })
    // A process that is gone has nothing left to wipe, but the caller learns that nobody confirmed it.
    return answer.ok ? ok() : answer
  }

  /** Ends the process: asks first, then insists. */
  async stop(): Promise<void> {
    this.stopping = true
    this.cancelHeartbeat()
    if (this.gone !== undefined) return
    const ended = this.expect('gone')
    this.child.send({ type: 'stop' })
    const inTime = await withDeadline(this.clock, DEADLINES.stop, () => ended)
    if (!inTime.ok) this.child.kill()
  }

  /** Calls `listener` once if the process ends without being told to. */
  onGone(listener: (gone: FaceGone) => void): void {
    this.goneListeners.push(listener)
  }

  private whyGone(): FaceGone {
    return this.gone ?? { code: 'GONE', reason: 'no answer' }
  }

  private readyWord(): Extract<FromFaceProcess, { type: 'ready' }> {
    if (this.ready === undefined) throw new Error('a client is handed out when its process is ready')
    return this.ready
  }

  /** Waits for the answer filed under `key`; `undefined` when the process goes first. */
  private expect(key: string): Promise<FromFaceProcess | undefined> {
    return new Promise((resolve) => {
      this.expected.set(key, resolve)
      if (this.gone !== undefined) this.settle(key, undefined)
    })
  }

  private settle(key: string, answer: FromFaceProcess | undefined): void {
    const resolve = this.expected.get(key)
    this.expected.delete(key)
    resolve?.(answer)
  }

  private async exchange(key: string, deadlineMs: number, ask: () => void): Promise<Result<FromFaceProcess, FaceGone>> {
    if (this.gone !== undefined) return err(this.gone)
    const answer = this.expect(key)
    ask()
    const inTime = await withDeadline(this.clock, deadlineMs, () => answer)
    if (!inTime.ok) this.end(`silent for ${deadlineMs} ms`)
    if (inTime.ok && inTime.value !== undefined) return ok(inTime.value)
    return err(this.whyGone())
  }

  private sendWaiting(): void {
    const frame = this.waiting
    if (frame === undefined || this.inFlight !== undefined) return
    this.waiting = undefined
    this.inFlight = frame.seq
    this.child.send({ type: 'frame', ...frame })
    wipe(frame.rgba)
  }

  private supersede(frame: Frame): void {
    wipe(frame.rgba)
    if (this.waiting === frame) this.waiting = undefined
    this.settle(`frame ${frame.seq}`, { type: 'superseded', seq: frame.seq })
  }

  private receive(raw: unknown): void {
    const parsed = fromFaceProcess.safeParse(raw)
    if (!parsed.success) {
      this.end('it spoke nonsense')
      return
    }
    this.lastHeard = this.clock.monotonic()
    const message = parsed.data
    switch (message.type) {
      case 'alive':
        break
      case 'ready':
      case 'unable':
        this.settle('start', message)
        break
      case 'reference':
        this.settle(`reference ${message.id}`, message)
        break
      case 'forgotten':
        this.settle(`forget ${message.id}`, message)
        break
      case 'observation':
      case 'superseded':
        this.settle(`frame ${message.seq}`, message)
        if (this.inFlight === message.seq) this.inFlight = undefined
        this.sendWaiting()
        break
      default:
        unreachable(message)
    }
  }

  /** Asks for a sign of life each two seconds, also while nobody visits: a frozen process is found before it is needed. */
  private beat(): void {
    const before = this.clock.monotonic()
    this.cancelHeartbeat = this.clock.setTimer(HEARTBEAT_MS, () => {
      if (this.gone !== undefined) return
      const now = this.clock.monotonic()
      if (now - before > OVERSLEPT_MS) this.lastHeard = now
      if (now - this.lastHeard > SILENCE_MS) {
        this.end(`no sign of life for ${SILENCE_MS / 1_000} s`)
        return
      }
      this.child.send({ type: 'heartbeat' })
      this.beat()
    })
  }

  private end(reason: string): void {
    this.child.kill()
    this.markGone(reason)
  }

  private markGone(reason: string): void {
    if (this.gone !== undefined) return
    this.gone = { code: 'GONE', reason }
    this.cancelHeartbeat()
    if (this.waiting !== undefined) this.supersede(this.waiting)
    for (const key of [...this.expected.keys()]) this.settle(key, undefined)
    if (this.stopping) return
    this.log.error('face.gone', { reason })
    for (const listener of this.goneListeners) listener(this.gone)
  }
}
