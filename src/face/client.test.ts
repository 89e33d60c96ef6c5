import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { PEOPLE, pixelsOf, renderFace } from '../../tests/support/faces.ts'
import { SimulatedClock, systemClock } from '../lib/clock.ts'
import { silentLog } from '../lib/log.ts'
import { expectOk } from '../lib/result.ts'
import { forkFaceProcess, type FaceChild } from './child.ts'
import { DEADLINES, FaceClient, type FaceClientOptions, type FaceGone } from './client.ts'
import type { Frame, FromFaceProcess, ToFaceProcess } from './protocol.ts'

const stageMs = { detect: 1, landmarks: 1, align: 1, feature: 1, liveness: 1 }

/** A face process that answers only what the test tells it to. */
class SimulatedChild implements FaceChild {
  readonly received: ToFaceProcess[] = []
  killed = false
  private message: (message: unknown) => void = () => undefined
  private gone: (reason: string) => void = () => undefined

  send(message: ToFaceProcess): void {
    this.received.push(message.type === 'frame' ? { ...message, rgba: message.rgba.slice() } : message)
  }
  onMessage(listener: (message: unknown) => void): void {
    this.message = listener
  }
  onGone(listener: (reason: string) => void): void {
    this.gone = listener
  }
  kill(): void {
    this.killed = true
  }
  say(message: FromFaceProcess | object): void {
    this.message(message)
  }
  end(reason: string): void {
    this.gone(reason)
  }
  framesSeen(): number[] {
    return this.received.flatMap((message) => (message.type === 'frame' ? [message.seq] : []))
  }
}

function frameOf(seq: number): Frame {
  return { seq, width: 64, height: 64, rgba: new Uint8Array(64 * 64 * 4).fill(7) }
}

async function started(): Promise<{ child: SimulatedChild; clock: SimulatedClock; client: FaceClient }> {
  const child = new SimulatedChild()
  const clock = new SimulatedClock(0)
  const starting = FaceClient.start({ modelsDir: '/m', entry: '/e', log: silentLog, clock, launch: () => child })
  child.say({ type: 'ready', algorithm: 'test-1', decision: { threshold: 0.4, high: 0.6 }, loadMs: 5 })
  return { child, clock, client: expectOk(await starting, 'it is ready') }
}

describe('the kiosk’s conversation with the face process', () => {
  it('shows one frame at a time, keeps only the newest waiting one, and wipes each', async () => {
    const { child, client } = await started()
    const frames = [1, 2, 3].map(frameOf)
    const answers = frames.map((frame) => client.observe(frame))
    expect(child.framesSeen()).toEqual([1])
    expect(await answers[1]).toEqual({ ok: false, error: { code: 'SUPERSEDED' } })
    child.say({ type: 'observation', seq: 1, guidance: 'NO_FACE', faces: [], stageMs })
    expect(await answers[0]).toMatchObject({ ok: true, value: { seq: 1, guidance: 'NO_FACE' } })
    expect(child.framesSeen()).toEqual([1, 3])
    child.say({ type: 'observation', seq: 3, guidance: 'GOOD', faces: [], score: 0.5, stageMs })
    expect(await answers[2]).toMatchObject({ ok: true, value: { seq: 3, score: 0.5 } })
    for (const frame of frames) expect(frame.rgba.every((value) => value === 0)).toBe(true)
  })

  it('wipes a reference once it is handed over and names what is wrong with it', async () => {
    const { child, client } = await started()
    const bytes = Uint8Array.of(1, 2, 3)
    const setting = client.setReference(bytes)
    child.say({ type: 'reference', id: 1, problem: 'TWO_FACES' })
    expect(await setting).toEqual({ ok: false, error: { code: 'TWO_FACES' } })
    expect(bytes).toEqual(Uint8Array.of(0, 0, 0))
  })

  it('ends a process that does not answer in time, and says so once', async () => {
    const { child, client, clock } = await started()
    const gone: string[] = []
    client.onGone(({ reason }) => gone.push(reason))
    const seen = client.observe(frameOf(1))
    await clock.advance(DEADLINES.observe)
    expect(await seen).toMatchObject({ ok: false, error: { code: 'GONE' } })
    expect(child.killed).toBe(true)
    child.end('killed')
    expect(gone).toHaveLength(1)
    expect(await client.observe(frameOf(2))).toMatchObject({ ok: false, error: { code: 'GONE' } })
  })

  it('answers everything that waits when the process dies', async () => {
    const { child, client } = await started()
    const waiting = [client.observe(frameOf(1)), client.setReference(Uint8Array.of(1)), client.forget()]
    child.end('ended with 139')
    for (const answer of await Promise.all(waiting))
      expect(answer).toMatchObject({ ok: false, error: { code: 'GONE' } })
  })

  it('drops a process that speaks nonsense', async () => {
    const { child, client } = await started()
    const seen = client.observe(frameOf(1))
    child.say({ type: 'observation', seq: 'one' })
    expect(await seen).toEqual({ ok: false, error: { code: 'GONE', reason: 'it spoke nonsense' } })
    expect(child.killed).toBe(true)
  })

  it('asks for a sign of life every two seconds, and leaves a process alone that gives one', async () => {
    const { child, clock } = await started()
    for (let beat = 0; beat < 30; beat++) {
      await clock.advance(2_000)
      child.say({ type: 'alive' })
    }
    expect(child.received.filter((message) => message.type === 'heartbeat')).toHaveLength(30)
    expect(child.killed).toBe(false)
  })

  it('kills a process that is frozen while nobody asks it anything, within eight seconds, and says so', async () => {
    const { child, clock, client } = await started()
    const gone: FaceGone[] = []
    client.onGone((why) => gone.push(why))
    await clock.advance(1_000)
    child.say({ type: 'alive' })
    await clock.advance(6_000)
    expect(child.killed).toBe(false)
    await clock.advance(2_000)
    expect(child.killed).toBe(true)
    expect(gone).toEqual([{ code: 'GONE', reason: 'no sign of life for 6 s' }])
  })

  it('blames nobody when the whole machine stood still', async () => {
    const { child, clock } = await started()
    const asleep = clock.monotonic.bind(clock)
    let slept = 0
    clock.monotonic = () => asleep() + slept
    await clock.advance(1_000)
    slept = 60_000
    await clock.advance(1_000)
    expect(child.killed).toBe(false)
  })

  it('does not wait for ever for a process to load', async () => {
    const child = new SimulatedChild()
    const clock = new SimulatedClock(0)
    const starting = FaceClient.start({ modelsDir: '/m', entry: '/e', log: silentLog, clock, launch: () => child })
    await clock.advance(DEADLINES.start)
    expect(await starting).toEqual({ ok: false, error: { code: 'SLOW_START', afterMs: DEADLINES.start } })
    expect(child.killed).toBe(true)
  })
})

describe('a real process that is frozen', () => {
  it.each([
    ['in a busy loop', 'for (;;);'],
    ['stopped by a signal', 'process.kill(process.pid, "SIGSTOP")'],
  ])('%s is killed for good', async (_how, freeze) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'face-frozen-'))
    const entry = path.join(folder, 'frozen.mjs')
    await writeFile(
      entry,
      `process.on('message', () => { ${freeze} })
       process.send({ type: 'ready', algorithm: 'frozen', decision: { threshold: 0.4, high: 0.6 }, loadMs: 1 })`,
    )
    const clock = new SimulatedClock(0)
    let ended: Promise<string> | undefined
    const launch: NonNullable<FaceClientOptions['launch']> = (place) => {
      const child = forkFaceProcess(place)
      ended = new Promise((resolve) => child.onGone(resolve))
      return child
    }
    try {
      expectOk(await FaceClient.start({ modelsDir: '/m', entry, log: silentLog, clock, launch }), 'it is ready')
      await clock.advance(8_000)
      expect(await ended).toBe('ended with SIGKILL')
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('the face process itself', () => {
  const options: FaceClientOptions = {
    modelsDir: path.join(import.meta.dirname, '../../assets/models'),
    entry: path.join(import.meta.dirname, 'process.ts'),
    log: silentLog,
    clock: systemClock,
  }
  let client: FaceClient | undefined
  afterEach(() => client?.stop())

  async function frame(seq: number): Promise<Frame> {
    const { width, height, data } = pixelsOf(
      await renderFace(PEOPLE.bo, { width: 640, height: 480, faceHeight: 0.42, light: 0.9 }),
    )
    return { seq, width, height, rgba: data }
  }

  it('takes a portrait, scores frames against it, and after forgetting scores no more', async () => {
    client = expectOk(await FaceClient.start(options), 'the shipped models load')
    const card = await (await renderFace(PEOPLE.bo, { width: 102, height: 126, faceHeight: 0.55 })).encode('jpeg', 60)
    expect(await client.setReference(new Uint8Array(card))).toEqual({ ok: true })
    const seen = expectOk(await client.observe(await frame(1)), 'it answers')
    expect(seen.guidance).toBe('GOOD')
    expect(seen.score).toBeGreaterThan(client.decision.threshold)
    expect(await client.forget()).toEqual({ ok: true })
    const later = expectOk(await client.observe(await frame(2)), 'it answers')
    expect(later.guidance).toBe('GOOD')
    expect(later.score).toBeUndefined()
  })

  it('names what is wrong with a reference', async () => {
    client = expectOk(await FaceClient.start(options), 'the shipped models load')
    const blank = await (await renderFace(PEOPLE.bo, { width: 80, height: 80, faceHeight: 20 })).encode('png')
    expect(await client.setReference(Uint8Array.of(1, 2, 3))).toEqual({ ok: false, error: { code: 'UNREADABLE' } })
    expect(await client.setReference(new Uint8Array(blank))).toEqual({ ok: false, error: { code: 'NO_FACE' } })
  })

  it('does not start without its models, and says which one is missing', async () => {
    const empty = await mkdtemp(path.join(os.tmpdir(), 'no-models-'))
    const problem = await FaceClient.start({ ...options, modelsDir: empty })
    expect(problem).toEqual({
      ok: false,
      error: { code: 'UNABLE', model: 'MANIFEST_MISSING', file: path.join(empty, 'models.json') },
    })
    await rm(empty, { recursive: true })
  })

  it('is reported gone when it is killed', async () => {
    let child: FaceChild | undefined
    const { forkFaceProcess } = await import('./child.ts')
    client = expectOk(
      await FaceClient.start({ ...options, launch: (place) => (child = forkFaceProcess(place)) }),
      'it starts',
    )
    const gone = new Promise<string>((resolve) => client!.onGone(({ reason }) => resolve(reason)))
    child!.kill()
    expect(await gone).toBe('ended with SIGKILL')
  })

  it('runs in a thread just as well, where there is no Node to fork', async () => {
    const { startFaceThread } = await import('./child.ts')
    let child: FaceChild | undefined
    client = expectOk(
      await FaceClient.start({ ...options, launch: (place) => (child = startFaceThread(place)) }),
      'it starts',
    )
    expect(client.decision.threshold).toBeGreaterThan(0)
    const portrait = await (
      await renderFace(PEOPLE.bo, { width: 358, height: 441, faceHeight: 0.5 })
    ).encode('jpeg', 85)
    expectOk(await client.setReference(portrait), 'the portrait has one clear face')
    expectOk(await client.forget(), 'it forgets')
    const gone = new Promise<string>((resolve) => client!.onGone(({ reason }) => resolve(reason)))
    child!.kill()
    expect(await gone).toMatch(/^ended with/)
  })
})
