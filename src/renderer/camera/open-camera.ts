import type { CameraState } from '../../ipc/messages.ts'
import { err, ok, type Result } from '../../lib/result.ts'

type CameraTrouble = Exclude<CameraState['state'], 'OPEN' | 'CLOSED'>

/** The part of `navigator.mediaDevices` that is used. */
export type Cameras = Pick<MediaDevices, 'getUserMedia' | 'enumerateDevices'>

const size = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 20 } }

/**
 * Opens the camera whose label contains `label` (from the site file); null takes the first one. Picture only, no sound.
 * A named camera that is not there is MISSING: another one is never taken in its place.
 */
export async function openCamera(cameras: Cameras, label: string | null): Promise<Result<MediaStream, CameraTrouble>> {
  try {
    if (label === null) return ok(await cameras.getUserMedia({ video: size, audio: false }))
    const deviceId = await findCamera(cameras, label)
    if (deviceId === null) return err('MISSING')
    return ok(await cameras.getUserMedia({ video: { ...size, deviceId: { exact: deviceId } }, audio: false }))
  } catch (cause) {
    return err(troubleOf(cause))
  }
}

/** Stops every track of a stream: the camera's lamp goes out. */
export function closeCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}

/** Labels are hidden until a camera has been permitted once; then one is opened for a moment to read them. */
async function findCamera(cameras: Cameras, label: string): Promise<string | null> {
  let devices = await videoInputs(cameras)
  if (devices.length > 0 && devices.every((device) => device.label === '')) {
    closeCamera(await cameras.getUserMedia({ video: true, audio: false }))
    devices = await videoInputs(cameras)
  }
  return devices.find((device) => device.label.toLowerCase().includes(label.toLowerCase()))?.deviceId ?? null
}

async function videoInputs(cameras: Cameras): Promise<MediaDeviceInfo[]> {
  return (await cameras.enumerateDevices()).filter((device) => device.kind === 'videoinput')
}

/** Names of errors: Media Capture and Streams, `getUserMedia`. */
function troubleOf(cause: unknown): CameraTrouble {
  const name = cause instanceof Error || cause instanceof DOMException ? cause.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'DENIED'
  if (name === 'NotFoundError' || name === 'OverconstrainedError' || name === 'TypeError') return 'MISSING'
  return 'LOST'
}
