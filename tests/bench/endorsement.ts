import { build } from '../../scripts/build.ts'
import type { CameraFrame } from '../../src/ipc/messages.ts'
import { ownerFrames } from './camera.ts'
import { atMost, median, progress, type BenchResult } from './figures.ts'
import { HeadlessKiosk } from './headless-kiosk.ts'
import { startRig, type RigChild } from './rig-child.ts'

const VISITS = 3
const PLATE = '粤B23456'

/** The thanks stay on the screen this long for a person to read (`FAREWELL_MS` of the visit): no time of the machine. */
const FAREWELL_MS = 2_500

/** A stretch of the visit. What a printer takes is measured too, but is no time of the machine. */
interface Step {
  readonly name: string
  readonly whose: 'machine' | 'printer'
  readonly ms: number
}

/**
 * The whole main path through the built kiosk process: real serial ports (ptys; the card reader's at the pace of
 * 115200 baud), the real centre, the real face process fed with frames as fast as it takes them. Whoever presses does
 * so at once. Each visit has a fresh rig and a fresh store, because an endorsed vehicle cannot be endorsed again.
 */
export async function benchEndorsement(): Promise<BenchResult> {
  await build()
  const frames = await ownerFrames(20)
  const visits: (readonly Step[])[] = []
  for (let visit = 0; visit < VISITS; visit++) {
    const steps = await oneVisit(frames)
    visits.push(steps)
    progress(`  visit ${visit + 1}: machine ${Math.round(total(steps, 'machine'))} ms`)
  }
  const machineMs = visits.map((steps) => total(steps, 'machine'))
  const [first = []] = visits
  return {
    figures: [atMost('machine time of an endorsement', Math.round(median(machineMs)), 2_000, 'ms')],
    details: {
      visits: VISITS,
      machineMs: machineMs.map(Math.round),
      printerMs: visits.map((steps) => Math.round(total(steps, 'printer'))),
      medianStepMs: first.map(({ name, whose }, at) => ({
        name,
        whose,
        ms: Math.round(median(visits.map((steps) => steps[at]?.ms ?? NaN))),
      })),
    },
  }
}

async function oneVisit(frames: readonly Omit<CameraFrame, 'seq'>[]): Promise<readonly Step[]> {
  const rig = await startRig()
  const kiosk = new HeadlessKiosk(rig.sitePath)
  try {
    await kiosk.shown('S00', ({ tiles }) => tiles[0]?.closed === null)
    await faceOffered(kiosk)
    const steps = await visit(kiosk, rig, frames)
    await kiosk.stop()
    return steps
  } finally {
    await rig.stop()
  }
}

/** The visit before ours only looks whether the face process is there yet, and leaves. */
async function faceOffered(kiosk: HeadlessKiosk): Promise<void> {
  kiosk.press({ type: 'START_SERVICE', service: 'annual-review' })
  await kiosk.shown('S01', ({ faceUnavailable }) => faceUnavailable === null)
  kiosk.press({ type: 'LEAVE' })
  await kiosk.shown('S00', ({ tiles }) => tiles[0]?.closed === null)
}

async function visit(
  kiosk: HeadlessKiosk,
  rig: RigChild,
  frames: readonly Omit<CameraFrame, 'seq'>[],
): Promise<readonly Step[]> {
  const steps: Step[] = []
  let began = performance.now()
  const mark = (name: string, whose: Step['whose'] = 'machine'): void => {
    const now = performance.now()
    steps.push({ name, whose, ms: now - began })
    began = now
  }

  kiosk.press({ type: 'START_SERVICE', service: 'annual-review' })
  await kiosk.shown('S01')
  mark('S00 to the notice')
  kiosk.press({ type: 'AGREE_NOTICE' })
  await kiosk.shown('S01', ({ stage }) => stage === 'FACE_CONSENT')
  mark('S01 to the consent')
  kiosk.press({ type: 'CONSENT_FACE', agree: true })
  await kiosk.shown('S02')
  mark('S01 to the card reader')
  rig.command({ type: 'PLACE_CARD', person: 0 })
  await kiosk.shown('S02', ({ stage }) => stage === 'IDENTIFYING')
  mark('S02 card found and read')
  await kiosk.shown('S03', ({ stage }) => stage === 'LOOKING')
  mark('S02 person known to the centre, portrait prepared')
  for (let seq = 0; kiosk.screen === 'S03'; seq++) await kiosk.show(frameOf(frames, seq))
  mark('S03 face verified over live frames')
  const { vehicles } = await kiosk.shown('S04', ({ stage }) => stage === 'CHOOSE')
  mark('S04 vehicles listed')
  const vehicle = vehicles.find(({ plateNo }) => plateNo === PLATE)
  if (vehicle === undefined) throw new Error(`the owner has no ${PLATE}`)
  kiosk.press({ type: 'SELECT_VEHICLE', vehicleId: vehicle.id })
  await kiosk.shown('S05', ({ stage, canContinue }) => stage === 'DONE' && canContinue)
  mark('S05 R01 to R18 checked')
  kiosk.press({ type: 'CONTINUE' })
  await kiosk.shown('S07')
  mark('S07 what will be printed')
  kiosk.press({ type: 'CONFIRM' })
  await kiosk.shown('S08', ({ stage }) => stage === 'INSERT_CERTIFICATE')
  mark('S08 authorized and stored')
  rig.command({ type: 'INSERT_CERTIFICATE' })
  await kiosk.shown('S08', ({ stage }) => stage === 'PRINTING')
  mark('S08 certificate noticed')
  await kiosk.shown('S08', ({ stage }) => stage !== 'PRINTING')
  mark('S08 row printed and proved', 'printer')
  await kiosk.shown('S09')
  mark('S08 slip printed and proved', 'printer')
  rig.command({ type: 'TAKE_CERTIFICATE' })
  rig.command({ type: 'LIFT_CARD' })
  await kiosk.shown('S09', ({ items }) => items.every(({ item, taken }) => item === 'RECEIPT' || taken === true))
  mark('S09 certificate and card seen leaving')
  kiosk.press({ type: 'TAKEN' })
  await kiosk.shown('S10')
  mark('S10 to the rating')
  kiosk.press({ type: 'RATE', stars: 5 })
  await kiosk.shown('S10', ({ stars }) => stars !== null)
  mark('S10 rated')
  await kiosk.shown('S00')
  began += FAREWELL_MS
  mark('S10 wiped, home')
  return steps
}

/** A copy: the kiosk overwrites what it is given. */
function frameOf(frames: readonly Omit<CameraFrame, 'seq'>[], seq: number): CameraFrame {
  const frame = frames[seq % frames.length]
  if (frame === undefined) throw new Error('there is no frame')
  return { ...frame, seq, rgba: Uint8Array.from(frame.rgba) }
}

function total(steps: readonly Step[], whose: Step['whose']): number {
  return steps.filter((step) => step.whose === whose).reduce((sum, { ms }) => sum + ms, 0)
}
