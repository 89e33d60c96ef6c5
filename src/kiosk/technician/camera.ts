import type { ConsoleView } from '../../ipc/console.ts'
import type { CameraFrame } from '../../ipc/messages.ts'
import { text } from '../../ipc/text.ts'
import type { Desk, Page } from './page.ts'
import { figuresOf } from './picture-figures.ts'

type CameraView = Extract<ConsoleView, { screen: 'S95' }>

/** Brightness (0..255) between which a picture is neither dark nor washed out, and sharpness below which it is blurred. */
const BRIGHT = { low: 60, high: 200 } as const
const SHARP = 40

/** S95: what the camera sees and what the face engine makes of it. Frames are looked at and overwritten; nothing is kept. */
export class CameraPage implements Page {
  readonly held = false
  readonly task = ''
  private readonly desk: Desk
  private readonly release: () => void
  private faces: CameraView['faces'] = []
  private facts: CameraView['facts'] = []
  private frames = 0
  private readonly startedAt: number
  private closed = false

  constructor(desk: Desk) {
    this.desk = desk
    this.startedAt = desk.rooms.clock.monotonic()
    this.release = desk.rooms.frames.take((frame) => this.look(frame))
  }

  view(): CameraView {
    const { site } = this.desk.rooms
    return {
      screen: 'S95',
      state: this.state(),
      cameraLabel: site.devices.camera?.labelContains ?? null,
      faces: this.faces,
      facts: this.facts,
    }
  }

  receive(): void {
    // There is nothing to press but the way back.
  }

  close(): void {
    this.closed = true
    this.release()
    this.faces = []
    this.facts = []
  }

  private state(): CameraView['state'] {
    const { camera, face, site } = this.desk.rooms
    const state = camera.state()
    if (site.devices.camera === undefined || state === 'MISSING') return 'MISSING'
    if (state === 'DENIED' || state === 'LOST') return state
    if (this.frames === 0) return 'STARTING'
    return face.client() === null ? 'ENGINE_AWAY' : 'LOOKING'
  }

  private async look(frame: CameraFrame): Promise<void> {
    const { width, height } = frame
    const { brightness, sharpness } = figuresOf(frame)
    this.frames += 1
    const seconds = (this.desk.rooms.clock.monotonic() - this.startedAt) / 1000
    const rate = seconds > 0 ? this.frames / seconds : 0
    const seen = await this.desk.rooms.face.client()?.observe(frame)
    if (this.closed || (seen?.ok === false && seen.error.code === 'SUPERSEDED')) return
    const found = seen?.ok === true ? seen.value : null
    this.faces = (found?.faces ?? []).map(({ box, score }) => ({
      x: box.left / width,
      y: box.top / height,
      width: (box.right - box.left) / width,
      height: (box.bottom - box.top) / height,
      score,
    }))
    const dark = brightness < BRIGHT.low || brightness > BRIGHT.high
    this.facts = [
      { label: text('console.fact.picture'), value: `${width} × ${height}`, tone: 'info', remedy: null },
      { label: text('console.fact.frameRate'), value: rate.toFixed(1), tone: 'info', remedy: null },
      {
        label: text('console.fact.brightness'),
        value: brightness.toFixed(0),
        tone: dark ? 'warning' : 'good',
        remedy: dark ? text('console.remark.light') : null,
      },
      {
        label: text('console.fact.sharpness'),
        value: sharpness.toFixed(0),
        tone: sharpness < SHARP ? 'warning' : 'good',
        remedy: sharpness < SHARP ? text('console.remark.lens') : null,
      },
      ...(found === null
        ? []
        : [
            {
              label: text('console.fact.guidance'),
              value: found.guidance,
              tone: found.guidance === 'GOOD' ? ('good' as const) : ('info' as const),
              remedy: null,
            },
            ...Object.entries(found.stageMs)
              .filter(([stage]) => stage === 'detect')
              .map(([, ms]) => ({
                label: text('console.fact.detectMs'),
                value: ms.toFixed(0),
                tone: 'info' as const,
                remedy: null,
              })),
          ]),
    ]
    this.desk.changed()
  }
}
