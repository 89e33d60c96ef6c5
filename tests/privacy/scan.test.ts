import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { filmOf } from '../scenarios/camera.ts'
import { SetClock, Station, type SiteJson } from '../scenarios/station.ts'
import type { Picture } from '../support/visitor.ts'
import { frameTraces, placeCard, portraitTraces, register, WORDS } from './citizen.ts'
import { namesOf, scan, untilGone } from './scan.ts'
import { canReadMemory, familyOf, nameOf, type Traces } from './scanner.ts'

type KioskProcess = ReturnType<Station['kioskProcess']>

/** How long after the end of a visit its last trace may be found, milliseconds. */
const GONE_AFTER_MS = 10_000
const WHERE_TRACES_FALL = ['/dev/shm', '/var/crash', '/var/lib/systemd/coredump', '/var/spool/cups']

let station: Station
let film: Picture[]
let traces: Traces
let temporary: string

if (!canReadMemory()) console.warn('The memory of other processes cannot be read here (Linux, root): no scan.')

beforeAll(async () => {
  if (!canReadMemory()) return
  // Of their own: in the common one lie the caches of those who test.
  temporary = mkdtempSync(join(tmpdir(), 'kiosk-privacy-'))
  process.env['TMPDIR'] = temporary
  station = await Station.open({}, new SetClock(Date.now()))
  await register(station.rig)
  film = await filmOf('owner', 12)
  traces = { ...WORDS, ...(await portraitTraces()), ...frameTraces(film.slice(0, 2)) }
}, 60_000)
afterAll(async () => {
  if (!canReadMemory()) return
  await station.close()
  rmSync(temporary, { recursive: true, force: true })
})

describe.skipIf(!canReadMemory())('of a citizen, in no process and no file of the kiosk,', () => {
  it('anything is found after a visit with the face that ended with the endorsement', async () => {
    const kiosk = start()
    const { visitor } = kiosk
    await untilFaceIsReady(kiosk)
    await toFace(kiosk)
    // The scan would find what is there: while she is at the machine it does.
    expect(namesOf(await whileVisiting(kiosk))).toEqual(
      expect.arrayContaining(['name', 'ID number', 'address', 'embedding', 'embedding, later part', 'portrait']),
    )
    await visitor.showsFace(film)
    await visitor.sees('S04', 'CHOOSE')
    visitor.liftCard()
    await visitor.chooses('粤B23456')
    visitor.press({ type: 'CONTINUE' })
    await visitor.sees('S07')
    visitor.press({ type: 'CONFIRM' })
    await visitor.sees('S08', 'INSERT_CERTIFICATE')
    station.rig.insertCertificate()
    await visitor.takesAllAndLeaves()
    await nothingIsLeft(kiosk)
  }, 90_000)

  it.each([
    ['left at the face', async (kiosk: KioskProcess) => kiosk.visitor.leaves()],
    [
      'lost its face process',
      async (kiosk: KioskProcess) => {
        process.kill(faceOf(kiosk), 'SIGKILL')
        await kiosk.visitor.leaves()
      },
    ],
    [
      'lost its screen',
      async (kiosk: KioskProcess) => {
        kiosk.visitor.tell({ type: 'renderer-gone', why: 'crashed' })
        await kiosk.visitor.meets('NO_CAMERA')
        await kiosk.visitor.leaves()
      },
    ],
  ])(
    'anything is found after a visit that %s',
    async (_, end) => {
      const kiosk = start()
      await untilFaceIsReady(kiosk)
      await toFace(kiosk)
      for (const picture of film.slice(0, 2)) await kiosk.visitor.showPicture(picture)
      expect(namesOf(await whileVisiting(kiosk))).toEqual(expect.arrayContaining(['name', 'embedding']))
      await end(kiosk)
      await nothingIsLeft(kiosk)
    },
    90_000,
  )

  it.each([
    ['nobody touched it any more', { idleWarningMs: 10_000, countdownMs: 5_000 }, false],
    ['it took too long', { idleWarningMs: 30_000, countdownMs: 10_000, totalLimitMs: 60_000 }, true],
  ])(
    'anything is found after a visit that ended because %s',
    async (_, session, active) => {
      const kiosk = start({ session })
      const { visitor } = kiosk
      await visitor.start('CODE')
      placeCard(station.rig)
      await visitor.sees('S03', 'CERTIFICATE')
      expect(namesOf(await whileVisiting(kiosk))).toEqual(expect.arrayContaining(['name', 'ID number', 'address']))
      const hand = setInterval(() => active && visitor.press({ type: 'ACTIVITY' }), 2_000)
      await visitor.sees('S00', undefined, 90_000)
      clearInterval(hand)
      visitor.liftCard()
      await nothingIsLeft(kiosk)
    },
    120_000,
  )

  it('anything is found in its files after the kiosk process was killed, or in the one that follows', async () => {
    const kiosk = start()
    const { visitor } = kiosk
    await visitor.start('CODE')
    placeCard(station.rig)
    await visitor.provesByCode('owner')
    await visitor.sees('S04', 'CHOOSE')
    expect(namesOf(await whileVisiting(kiosk))).toContain('name')
    await kiosk.kill()
    visitor.liftCard()
    expect(await scan({ roots: [], folders: foldersOf(kiosk), traces })).toEqual([])
    const next = untilTestEnds(station.kioskProcess({ dataDir: kiosk.dataDir, sitePath: kiosk.sitePath }))
    await next.visitor.seesOpenHome()
    await nothingIsLeft(next)
  }, 90_000)
})

function start(site: { readonly session?: Readonly<Record<string, number>> } = {}): KioskProcess {
  const change = (json: SiteJson): void => void Object.assign(json, site)
  return untilTestEnds(station.kioskProcess({ face: true, site: change }))
}

/** Two kiosks at one reader would quarrel. */
function untilTestEnds(kiosk: KioskProcess): KioskProcess {
  onTestFinished(async () => {
    station.rig.reader.removeCard()
    await kiosk.stop()
  })
  return kiosk
}

async function untilFaceIsReady({ visitor }: KioskProcess): Promise<void> {
  await visitor.seesOpenHome()
  visitor.press({ type: 'START_SERVICE', service: 'annual-review' })
  await visitor.until('the face to be offered', ({ view }) => view.screen === 'S01' && view.faceUnavailable === null)
  visitor.press({ type: 'LEAVE' })
  await visitor.seesOpenHome()
}

async function toFace({ visitor }: KioskProcess): Promise<void> {
  await visitor.start('FACE')
  placeCard(station.rig)
  await visitor.sees('S03', 'LOOKING')
}

function faceOf({ pid }: KioskProcess): number {
  const face = familyOf(pid).find((member) => nameOf(member).includes('face'))
  if (face === undefined) throw new Error('there is no face process')
  return face
}

function whileVisiting({ pid }: KioskProcess): Promise<string[]> {
  return scan({ roots: [pid], folders: [], traces })
}

function foldersOf({ dataDir }: KioskProcess): string[] {
  return [dataDir, temporary, ...WHERE_TRACES_FALL]
}

async function nothingIsLeft(kiosk: KioskProcess): Promise<void> {
  const { left, ms } = await untilGone({ roots: [kiosk.pid], folders: foldersOf(kiosk), traces }, GONE_AFTER_MS)
  expect(left).toEqual([])
  console.info(`nothing found from ${Math.round(ms)} ms after the visit on`)
}
