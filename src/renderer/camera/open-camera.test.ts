import { describe, expect, test } from 'vitest'
import { openCamera, type Cameras } from './open-camera.ts'

interface Asked {
  readonly cameras: Cameras
  readonly asked: MediaStreamConstraints[]
  readonly stopped: () => number
}

function camerasWith(labels: readonly string[], options: { hidden?: boolean; fails?: string } = {}): Asked {
  const asked: MediaStreamConstraints[] = []
  let hidden = options.hidden ?? false
  let stopped = 0
  const stream = { getTracks: () => [{ stop: () => (stopped += 1) }] } as unknown as MediaStream
  const cameras: Cameras = {
    getUserMedia: (constraints) => {
      asked.push(constraints ?? {})
      if (options.fails !== undefined) return Promise.reject(new DOMException('no', options.fails))
      hidden = false
      return Promise.resolve(stream)
    },
    enumerateDevices: () =>
      Promise.resolve(
        labels.map((label, index) => ({ kind: 'videoinput', deviceId: `id${index}`, label: hidden ? '' : label })),
      ) as Promise<MediaDeviceInfo[]>,
  }
  return { cameras, asked, stopped: () => stopped }
}

describe('the camera', () => {
  test('is chosen by a part of its name, whatever the case', async () => {
    const { cameras, asked } = camerasWith(['HD Webcam', 'Kiosk FACE camera'])
    expect((await openCamera(cameras, 'face')).ok).toBe(true)
    expect(asked).toHaveLength(1)
    expect(asked[0]?.video).toMatchObject({ deviceId: { exact: 'id1' } })
    expect(asked[0]?.audio).toBe(false)
  })

  test('is never another one than the one named', async () => {
    const { cameras, asked } = camerasWith(['HD Webcam'])
    expect(await openCamera(cameras, 'face')).toEqual({ ok: false, error: 'MISSING' })
    expect(asked).toEqual([])
  })

  test('is found though names are hidden before the first permission, and the one opened for that is closed', async () => {
    const { cameras, stopped } = camerasWith(['HD Webcam', 'face'], { hidden: true })
    expect((await openCamera(cameras, 'face')).ok).toBe(true)
    expect(stopped()).toBe(1)
  })

  test.each([
    ['NotAllowedError', 'DENIED'],
    ['NotFoundError', 'MISSING'],
    ['OverconstrainedError', 'MISSING'],
    ['NotReadableError', 'LOST'],
  ])('that answers %s is %s', async (name, state) => {
    const { cameras } = camerasWith(['any'], { fails: name })
    expect(await openCamera(cameras, null)).toEqual({ ok: false, error: state })
  })
})
