import { describe, expect, test } from 'vitest'
import type { CameraFrame } from '../../ipc/messages.ts'
import { FramePump } from './frame-pump.ts'

/** A camera whose pictures come when the test says so. */
function stand(send: (frame: CameraFrame) => void | Promise<void>): {
  pump: FramePump
  show: (atMs: number) => void
  drawn: number[][]
  cleared: () => number
} {
  let next: ((now: number) => void) | null = null
  let cleared = 0
  const drawn: number[][] = []
  const video = {
    videoWidth: 1280,
    videoHeight: 720,
    requestVideoFrameCallback: (callback: (now: number) => void) => {
      next = callback
      return 1
    },
    cancelVideoFrameCallback: () => (next = null),
  }
  const canvas = {
    drawImage: (_source: unknown, ...place: number[]) => drawn.push(place),
    getImageData: () => ({ data: new Uint8ClampedArray(640 * 480 * 4).fill(9) }),
    clearRect: () => (cleared += 1),
  }
  return { pump: new FramePump(video, canvas, send), show: (atMs) => next?.(atMs), drawn, cleared: () => cleared }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('the frame pump', () => {
  test('sends at least five of the pictures of a second, as 640 × 480 RGBA', async () => {
    const frames: CameraFrame[] = []
    const { pump, show } = stand((frame) => void frames.push(frame))
    pump.start()
    for (let at = 0; at < 1000; at += 33) {
      show(at)
      await settle()
    }
    expect(frames.length).toBeGreaterThanOrEqual(5)
    expect(frames.length).toBeLessThanOrEqual(11)
    expect(frames.every(({ width, height, rgba }) => rgba.byteLength === width * height * 4)).toBe(true)
    expect(frames.map(({ seq }) => seq)).toEqual(frames.map((_, index) => index))
  })

  test('drops what comes while one picture is under way, and overwrites it afterwards', async () => {
    const frames: CameraFrame[] = []
    let delivered = (): void => undefined
    const { pump, show } = stand((frame) => {
      frames.push(frame)
      return new Promise((resolve) => (delivered = resolve))
    })
    pump.start()
    for (let at = 0; at < 2000; at += 100) show(at)
    expect(frames).toHaveLength(1)
    delivered()
    await settle()
    expect(frames[0]?.rgba.every((byte) => byte === 0)).toBe(true)
    show(2100)
    expect(frames).toHaveLength(2)
  })

  test('goes on after a picture could not be delivered', async () => {
    let calls = 0
    const { pump, show } = stand(() => {
      calls += 1
      return Promise.reject(new Error('gone'))
    })
    pump.start()
    show(0)
    await settle()
    show(200)
    expect(calls).toBe(2)
  })

  test('takes the middle of a wide picture', () => {
    const { pump, show, drawn } = stand(() => undefined)
    pump.start()
    show(0)
    expect(drawn[0]).toEqual([160, 0, 960, 720, 0, 0, 640, 480])
  })

  test('blanks its canvas and sends nothing more when it is stopped', () => {
    const frames: CameraFrame[] = []
    const { pump, show, cleared } = stand((frame) => void frames.push(frame))
    pump.start()
    pump.stop()
    show(500)
    expect(frames).toEqual([])
    expect(cleared()).toBe(1)
  })
})
