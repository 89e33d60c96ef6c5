import { siteWith, type Desk, type KioskProcess } from './desk.ts'
import { familyOf, nameOf } from './scanner.ts'

/** What one visit has shown. */
export interface Remains {
  /** Names of what the memory held while she was there: the scan finds what there is. */
  readonly held: readonly string[]
  /** One line for each thing that was left of her. */
  readonly left: readonly string[]
  /** When a scan that found nothing began, milliseconds after the end of the visit. */
  readonly ms: number
}

export interface Visit {
  readonly ending: string
  /** How the names begin of what its memory must hold while she is there. */
  readonly holds: readonly string[]
  readonly play: (desk: Desk) => Promise<Remains>
}

/** What the memory of a visit should have held, by its list, and did not. */
export function missedBy({ holds }: Visit, { held }: Remains): string[] {
  return holds.filter((start) => !held.some((name) => name.startsWith(start)))
}

const CARD = ['name', 'ID number']
const FACE = [...CARD, 'embedding', 'portrait']

/** Visits before the camera, which end in each way there is. */
export const FACE_VISITS: readonly Visit[] = [
  {
    ending: 'ended with the endorsement',
    holds: FACE,
    play: (desk) => beforeTheCamera(desk, (kiosk) => endorse(desk, kiosk)),
  },
  {
    ending: 'was left at the face',
    holds: FACE,
    play: (desk) => beforeTheCamera(desk, ({ visitor }) => visitor.leaves()),
  },
  {
    ending: 'lost its face process',
    holds: FACE,
    play: (desk) =>
      beforeTheCamera(desk, async (kiosk) => {
        process.kill(faceOf(kiosk), 'SIGKILL')
        await kiosk.visitor.leaves()
      }),
  },
  {
    ending: 'lost its screen',
    holds: FACE,
    play: (desk) =>
      beforeTheCamera(desk, async ({ visitor }) => {
        visitor.tell({ type: 'renderer-gone', why: 'crashed' })
        await visitor.meets('NO_CAMERA')
        await visitor.leaves()
      }),
  },
  { ending: 'lost its kiosk process', holds: CARD, play: killed },
]

/** Visits that end by themselves; they take a minute of doing nothing. */
export const FORGOTTEN_VISITS: readonly Visit[] = [
  {
    ending: 'ended because nobody touched it any more',
    holds: CARD,
    play: (desk) => untilItEnds(desk, { idleWarningMs: 10_000, countdownMs: 5_000 }, false),
  },
  {
    ending: 'ended because it took too long',
    holds: CARD,
    play: (desk) => untilItEnds(desk, { idleWarningMs: 30_000, countdownMs: 10_000, totalLimitMs: 60_000 }, true),
  },
]

function beforeTheCamera(desk: Desk, end: (kiosk: KioskProcess) => Promise<void>): Promise<Remains> {
  return desk.withKiosk({ face: true }, async (kiosk) => {
    const { visitor } = kiosk
    await untilFaceIsReady(kiosk)
    await visitor.start('FACE')
    desk.placeCard()
    await visitor.sees('S03', 'LOOKING')
    for (const picture of desk.searched.film.slice(0, 2)) await visitor.showPicture(picture)
    const held = await desk.heldBy(kiosk)
    await end(kiosk)
    return { held, ...(await desk.leftIn(kiosk)) }
  })
}

let endorsed = 81_000

async function endorse({ station, searched }: Desk, { visitor }: KioskProcess): Promise<void> {
  // One of its own: a vehicle is endorsed once a year.
  const plate = `粤B${++endorsed}`
  station.truck({ plate })
  await visitor.showsFace(searched.film)
  await visitor.sees('S04', 'CHOOSE')
  visitor.liftCard()
  await visitor.chooses(plate)
  visitor.press({ type: 'CONTINUE' })
  await visitor.sees('S07')
  visitor.press({ type: 'CONFIRM' })
  await visitor.sees('S08', 'INSERT_CERTIFICATE')
  station.rig.insertCertificate()
  await visitor.takesAllAndLeaves()
}

/** The power is cut: the files hold nothing at once, and so does the process that follows. */
function killed(desk: Desk): Promise<Remains> {
  return desk.withKiosk({ face: true }, async (kiosk) => {
    const { visitor } = kiosk
    await visitor.start('CODE')
    desk.placeCard()
    await visitor.provesByCode('owner')
    await visitor.sees('S04', 'CHOOSE')
    const held = await desk.heldBy(kiosk)
    await kiosk.kill()
    visitor.liftCard()
    const inFiles = await desk.filesOf(kiosk)
    const { dataDir, sitePath } = kiosk
    return desk.withKiosk({ dataDir, sitePath }, async (next) => {
      await next.visitor.seesOpenHome()
      const { left, ms } = await desk.leftIn(next)
      return { held, left: [...inFiles, ...left], ms }
    })
  })
}

function untilItEnds(desk: Desk, session: Readonly<Record<string, number>>, active: boolean): Promise<Remains> {
  return desk.withKiosk({ site: siteWith({ session }) }, async (kiosk) => {
    const { visitor } = kiosk
    await visitor.start('CODE')
    desk.placeCard()
    await visitor.sees('S03', 'CERTIFICATE')
    const held = await desk.heldBy(kiosk)
    const hand = setInterval(() => active && visitor.press({ type: 'ACTIVITY' }), 2_000)
    try {
      await visitor.sees('S00', undefined, 90_000)
    } finally {
      clearInterval(hand)
    }
    visitor.liftCard()
    return { held, ...(await desk.leftIn(kiosk)) }
  })
}

async function untilFaceIsReady({ visitor }: KioskProcess): Promise<void> {
  await visitor.seesOpenHome()
  visitor.press({ type: 'START_SERVICE', service: 'annual-review' })
  await visitor.until('the face to be offered', ({ view }) => view.screen === 'S01' && view.faceUnavailable === null)
  visitor.press({ type: 'LEAVE' })
  await visitor.seesOpenHome()
}

function faceOf({ pid }: KioskProcess): number {
  const face = familyOf(pid).find((member) => nameOf(member).includes('face'))
  if (face === undefined) throw new Error('there is no face process')
  return face
}
