import { describe, expect, it } from 'vitest'
import { SimulatedClock } from '../lib/clock.ts'
import { err, ok } from '../lib/result.ts'
import type { FaceEngine, FrameReading } from './engine.ts'
import type { Image } from './image.ts'
import type { MessagePort } from './message-port.ts'
import { FaceService, SILENCE_MS } from './service.ts'

const stageMs = { detect: 1, landmarks: 1, align: 1, feature: 1, liveness: 1 }
const manifest = { algorithm: 'test-1', decision: { threshold: 0.4, high: 0.6 } }

/** An engine that reads a frame when the test says so. */
class SlowEngine {
  readonly manifest = manifest
  readonly reading: { image: Image; finish: () => void }[] = []
  forgotten = 0

  read(image: Image): Promise<FrameReading> {
    return new Promise((resolve) => {
      this.reading.push({ image, finish: () => resolve({ guidance: 'NO_FACE', faces: [], stageMs }) })
    })
  }
  forget(): void {
    this.forgotten++
  }
}

function stage() {
  const sent: { type: string; seq?: number; id?: number }[] = []
  const exits: number[] = []
  const clock = new SimulatedClock(0)
  const engine = new SlowEngine()
  let receive: (message: unknown) => void = () => undefined
  let close: () => void = () => undefined
  const port: MessagePort = {
    send: (message) => sent.push(message as never),
    onMessage: (listener) => (receive = listener),
    onClose: (listener) => (close = listener),
  }
  const parts = { port, clock, forgetMemory: () => undefined, exit: (code: number) => exits.push(code) }
  const frame = (seq: number) => ({
    type: 'frame',
    seq,
    width: 64,
    height: 64,
    rgba: new Uint8Array(64 * 64 * 4).fill(9),
  })
  return {
    sent,
    exits,
    clock,
    engine,
    frame,
    receive: (message: unknown) => receive(message),
    close: () => close(),
    start: () =>
      new FaceService({ ...parts, load: () => Promise.resolve(ok(engine as unknown as FaceEngine)) }).start(),
    startWithout: () =>
      new FaceService({
        ...parts,
        load: () => Promise.resolve(err({ code: 'MODEL_MISSING', file: '/m/x.onnx' })),
      }).start(),
  }
}

describe('the face process', () => {
  it('reads the newest frame when frames come faster than it reads, and wipes all of them', async () => {
    const { start, receive, frame, engine, sent, clock } = stage()
    await start()
    const frames = [1, 2, 3, 4].map(frame)
    for (const each of frames) receive(each)
    expect(sent.filter((message) => message.type === 'superseded').map((message) => message.seq)).toEqual([2, 3])
    engine.reading[0]!.finish()
    await clock.advance(0)
    engine.reading[1]!.finish()
    await clock.advance(0)
    expect(sent.filter((message) => message.type === 'observation').map((message) => message.seq)).toEqual([1, 4])
    for (const { rgba } of frames) expect(rgba.every((value) => value === 0)).toBe(true)
  })

  it('forgets after the frame in hand, drops the waiting one, and confirms it', async () => {
    const { start, receive, frame, engine, sent, clock } = stage()
    await start()
    const waiting = frame(2)
    receive(frame(1))
    receive(waiting)
    receive({ type: 'forget', id: 7, noughts: new Uint8Array(1) })
    engine.reading[0]!.finish()
    await clock.advance(0)
    expect(sent.slice(1)).toMatchObject([
      { type: 'observation', seq: 1 },
      { type: 'superseded', seq: 2 },
      { type: 'forgotten', id: 7 },
    ])
    expect(waiting.rgba.every((value) => value === 0)).toBe(true)
    expect(engine.forgotten).toBe(1)
  })

  it('ends itself when it hears nothing from its parent for fifteen seconds', async () => {
    const { start, receive, clock, exits } = stage()
    await start()
    await clock.advance(SILENCE_MS - 1)
    receive({ type: 'heartbeat' })
    await clock.advance(SILENCE_MS - 1)
    expect(exits).toEqual([])
    await clock.advance(1)
    expect(exits).toEqual([5])
  })

  it('answers a heartbeat, so that its parent knows that it is not frozen', async () => {
    const { start, receive, sent } = stage()
    await start()
    receive({ type: 'heartbeat' })
    expect(sent.at(-1)).toEqual({ type: 'alive' })
  })

  it('ends itself when its parent is gone, and when a message makes no sense', async () => {
    const orphan = stage()
    await orphan.start()
    orphan.close()
    expect(orphan.exits).toEqual([4])
    const confused = stage()
    await confused.start()
    confused.receive({ type: 'frame', seq: 1, width: 64, height: 64, rgba: new Uint8Array(10) })
    expect(confused.exits).toEqual([6])
  })

  it('says which model it lacks before it ends', async () => {
    const { startWithout, sent, exits } = stage()
    await startWithout()
    expect(sent).toEqual([{ type: 'unable', problem: { code: 'MODEL_MISSING', file: '/m/x.onnx' } }])
    expect(exits).toEqual([3])
  })
})
