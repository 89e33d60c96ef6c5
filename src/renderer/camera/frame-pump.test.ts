import { describe, expect, test } from 'vitest'
import type { CameraFrame } from '../../ipc/messages.ts'
import { FramePump } from './frame-pump.ts'

/** A camera whose pictures come when the test says so: grey that grows brighter from left to right. */
function stand(
  send: (frame: CameraFrame) => void | Promise<void>,
  size = { width: 640, height: 480 },
): {
  pump: FramePump
  show: (atMs: number) => void
  copied: { x: number; y: number; width: number; height: number }[]
  open: () => number
} {
  let next: ((now: number) => void) | null = null
  let open = 0
  const copied: { x: number; y: number; width: number; height: number }[] = []
  const video = {
    requestVideoFrameCallback: (callback: (now: number) => void) => {
      next = callback
      return 1
    },
    cancelVideoFrameCallback: () => (next = null),
  }
  const take = () => {
    open += 1
    return {
      displayWidth: size.width,
      displayHeight: size.height,
      copyTo: (target: Uint8Array, { rect }: { rect: (typeof copied)[number] }) => {
        copied.push(rect)
        for (let at = 0; at < target.length; at++) target[at] = ((at >> 2) % rect.width) >> 3
        return Promise.resolve()
      },
      close: () => (open -= 1),
    }
  }
  return { pump: new FramePump(video, take, send), show: (atMs) => next?.(atMs), copied, open: () => open }
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
    for (let at = 0; at < 2000; at += 100) {
      show(at)
      await settle()
    }
    expect(frames).toHaveLength(1)
    delivered()
    await settle()
    expect(frames[0]?.rgba.every((byte) => byte === 0)).toBe(true)
    show(2100)
    await settle()
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
    await settle()
    expect(calls).toBe(2)
  })

  test('takes the middle of a wide picture and makes it smaller', async () => {
    const seen: number[][] = []
    const keep = ({ rgba }: CameraFrame): void => void seen.push([rgba.length, rgba[0] ?? -1, rgba.at(-1) ?? -1])
    const { pump, show, copied } = stand(keep, { width: 1280, height: 720 })
    pump.start()
    show(0)
    await settle()
    expect(copied).toEqual([{ x: 160, y: 0, width: 960, height: 720 }])
    expect(seen).toEqual([[640 * 480 * 4, 0, 119]])
  })

  test('lets go of every picture, and sends nothing more when it is stopped', async () => {
    const frames: CameraFrame[] = []
    const { pump, show, open } = stand((frame) => void frames.push(frame))
    pump.start()
    show(0)
    pump.stop()
    await settle()
    show(500)
    await settle()
    expect([frames, open()]).toEqual([[], 0])
  })
})
