import { expect, it, vi } from 'vitest'
import { DEMO_PEOPLE } from '../../src/central/server/seed/people.ts'
import { ok } from '../../src/lib/result.ts'
import { MomentStage } from './stage.ts'

// Proved by tests/privacy; here the collections after each visit would take more time than all visits.
vi.mock('../../src/lib/forget-memory.ts', async (original) => ({
  ...(await original<object>()),
  forgetMemory: () => undefined,
}))
vi.mock('../../src/drivers/transport/tcp.ts', async () => {
  const { connectMemory } = await import('./lines.ts')
  return { tcpTransport: connectMemory }
})

/** A face process that takes any portrait and never sees a face: what the camera does is what the test is about. */
vi.mock('../../src/kiosk/face-keeper.ts', () => ({
  FaceKeeper: class {
    readonly modelsDir = ''
    readonly client = {
      algorithm: 'none',
      decision: { threshold: 0.5, high: 0.6 },
      setReference: () => Promise.resolve(ok()),
      forget: () => Promise.resolve(ok()),
    }
    private readonly changed: (unavailable: null) => void

    constructor(_place: unknown, _clock: unknown, _log: unknown, changed: (unavailable: null) => void) {
      this.changed = changed
    }

    startSoon(): void {
      this.changed(null)
    }

    stop(): Promise<void> {
      return Promise.resolve()
    }
  },
}))

const looking = ({ view }: MomentStage): boolean =>
  view.screen === 'S03' && view.method === 'FACE' && view.stage === 'LOOKING'

/** A visit before the camera, which is then lost. */
async function losesTheCamera(): Promise<MomentStage> {
  const stage = await MomentStage.open(true)
  stage.rig.central.database
    .prepare('UPDATE person SET portrait = ? WHERE id_no = ?')
    .run(Buffer.from('portrait'), DEMO_PEOPLE.owner.idNo)
  expect(await stage.live(() => looking(stage))).toEqual({ kind: 'MOMENT' })
  stage.camera('LOST')
  expect(await stage.live()).toEqual({ kind: 'TROUBLE', code: 'NO_CAMERA' })
  return stage
}

it('a camera that is lost while the face is looked for: said at once; when it is back, the face is looked for again', async () => {
  const stage = await losesTheCamera()
  expect(stage.snapshot?.problem?.actions).toEqual(['USE_OTHER_METHOD', 'RETRY', 'LEAVE'])
  stage.camera('OPEN')
  stage.press({ type: 'RETRY' })
  expect(await stage.live(() => looking(stage))).toEqual({ kind: 'MOMENT' })
  await stage.close()
})

it('a camera that does not come back: the other way leads to the endorsement', async () => {
  const stage = await losesTheCamera()
  stage.press({ type: 'USE_OTHER_METHOD' })
  expect(await stage.live()).toEqual({ kind: 'HOME', endorsed: true })
  expect(stage.statuses()).toEqual({ store: '—', centre: 'CONFIRMED' })
  await stage.close()
})
