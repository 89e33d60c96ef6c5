import { useEffect, useRef, type RefObject } from 'react'
import type { CameraState } from '../../ipc/messages.ts'
import { useKiosk } from '../link/kiosk-context.tsx'
import { FramePump } from './frame-pump.ts'
import { closeCamera, openCamera } from './open-camera.ts'

/**
 * Keeps the camera open exactly as long as the component that asks for it is on the screen, shows it in the returned
 * video element and, while `looking`, sends its pictures. Nothing else in the program opens a camera.
 */
export function useCamera(label: string | null, looking: boolean): RefObject<HTMLVideoElement | null> {
  const { bridge } = useKiosk()
  const video = useRef<HTMLVideoElement>(null)
  const pump = useRef<FramePump | null>(null)
  const wanted = useRef(looking)

  useEffect(() => {
    const element = video.current
    if (element === null) return
    const report = (state: CameraState['state']): void => bridge.sendCamera({ state })
    return holdCamera(element, label, report, (frame) => bridge.sendFrame(frame), pump, wanted)
  }, [bridge, label])

  useEffect(() => {
    wanted.current = looking
    if (looking) pump.current?.start()
    else pump.current?.stop()
  }, [looking])
  return video
}

/** Opens the camera into `element`; the returned function closes it and leaves no picture behind. */
function holdCamera(
  element: HTMLVideoElement,
  label: string | null,
  report: (state: CameraState['state']) => void,
  sendFrame: ConstructorParameters<typeof FramePump>[2],
  pump: RefObject<FramePump | null>,
  wanted: RefObject<boolean>,
): () => void {
  pump.current = new FramePump(element, () => new VideoFrame(element), sendFrame)
  let stream: MediaStream | null = null
  let left = false
  const lost = (): void => report('LOST')

  void openCamera(navigator.mediaDevices, label).then((opened) => {
    if (!opened.ok) {
      if (!left) report(opened.error)
      return
    }
    if (left) {
      closeCamera(opened.value)
      return
    }
    stream = opened.value
    stream.getVideoTracks()[0]?.addEventListener('ended', lost)
    element.srcObject = stream
    void element.play().catch(() => undefined)
    if (wanted.current) pump.current?.start()
    report('OPEN')
  })

  return () => {
    left = true
    pump.current?.stop()
    pump.current = null
    if (stream !== null) {
      stream.getVideoTracks()[0]?.removeEventListener('ended', lost)
      closeCamera(stream)
      report('CLOSED')
    }
    element.srcObject = null
  }
}
