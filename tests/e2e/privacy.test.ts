import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { resolveElectron } from '../../scripts/electron/resolve.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { Rig } from '../../src/rig/rig.ts'
import { placeCard, portraitTraces, register, WORDS } from '../privacy/citizen.ts'
import { canReadMemory, familyOf, needlesOf, scanProcess, tell, type Traces } from '../privacy/scanner.ts'
import { filmOf } from '../scenarios/camera.ts'
import { launchKiosk, type LaunchedKiosk } from '../support/electron.ts'
import {
  displayProcess,
  kindOf,
  scanFamily,
  untilNothingIsFound,
  type FamilyOrder,
  type Found,
} from '../support/family-scan.ts'
import { buttons, choose, endVisit, press, shown, toCardReader, type } from '../support/hand.ts'
import { FILM_TRACES, writeMarkedFilm } from '../support/marked-film.ts'
import type { Picture } from '../support/visitor.ts'

/**
 * A citizen whose every datum can be nothing else visits the real kiosk in real Electron, and the visit ends in each way
 * there is. While she is there, her name, numbers and portrait are in the kiosk and face process and nowhere else; when she
 * has gone, nothing of her is anywhere: not in a process of Electron, nor in shared memory, nor in a file.
 */

/** How long after the end of a visit its last trace may be found. What is promised is ten seconds; a scan takes some itself. */
const GONE_AFTER_MS = 15_000

/** What she types: first a code that no certificate has. */
const TYPED = 'QZXJVKQWPZFH'
const CERTIFICATE = '440300165715'
const WHERE_TRACES_FALL = ['/dev/shm', '/var/crash', '/var/lib/systemd/coredump', '/var/spool/cups']

/** Processes that may know her, while she is there. */
const TRUSTED = ['kiosk', 'face']

const here = canReadMemory()
if (!here) console.warn('The memory of other processes cannot be read here (Linux, root): no scan.')

/** A kiosk with what the scan has to know of it. */
interface Watched {
  readonly rig: Rig
  readonly kiosk: LaunchedKiosk
  readonly film: string
  readonly data: string
  readonly temporary: string
  close(): Promise<void>
}

let folder: string
let face: Picture[]
let herself: Traces
beforeAll(async () => {
  if (!here) return
  folder = mkdtempSync(join(tmpdir(), 'kiosk-e2e-privacy-'))
  face = await filmOf('owner', 40)
  herself = { ...WORDS, ...(await portraitTraces()), ...FILM_TRACES, 'typed code': TYPED }
}, 60_000)
afterAll(() => {
  if (here) rmSync(folder, { recursive: true, force: true })
})

async function open(site: Readonly<Record<string, unknown>> = {}): Promise<Watched> {
  const own = mkdtempSync(join(folder, 'kiosk-'))
  const [film, data, temporary] = [
    join(own, 'film.y4m'),
    mkdtempSync(join(own, 'data-')),
    mkdtempSync(join(own, 'tmp-')),
  ]
  writeMarkedFilm(film, [])
  const rig = await Rig.start({ clock: systemClock, site })
  await register(rig)
  const kiosk = await launchKiosk({
    site: rig.sitePath,
    data,
    fakeCamera: film,
    env: { KIOSK_DOCK: '0', TMPDIR: temporary },
  })
  const close = async (): Promise<void> => {
    await kiosk.close()
    await rig.close()
  }
  // Everything must have found its device and the centre.
  const tile = kiosk.page.getByRole('button', { name: buttons.service }).first()
  await tile.click({ trial: true, timeout: 60_000 })
  return { rig, kiosk, film, data, temporary, close }
}

async function orderFor({ kiosk, data, temporary }: Watched, traces: Traces): Promise<FamilyOrder> {
  const { env } = await resolveElectron()
  return {
    root: mainOf(kiosk),
    mark: `KIOSK_DATA=${data}`,
    others: displayProcess(env['DISPLAY'] ?? process.env['DISPLAY']),
    folders: [data, temporary, ...WHERE_TRACES_FALL],
    traces,
  }
}

function mainOf({ app }: LaunchedKiosk): number {
  const { pid } = app.process()
  if (pid === undefined) throw new Error('Electron has no process')
  return pid
}

/** Looks while she is there: her card is where it must be, and what of her is elsewhere is a picture of the camera or typed. */
async function whileVisiting(watched: Watched): Promise<readonly Found[]> {
  const found = await scanFamily(await orderFor(watched, herself))
  expect(whatIs(found, 'kiosk')).toContain('name')
  const names = new Set([
    ...Object.keys(WORDS),
    ...Object.keys(herself).filter((name) => /^(embedding|portrait)/.test(name)),
  ])
  expect(found.filter(({ trace, where }) => names.has(trace) && !TRUSTED.includes(where))).toEqual([])
  return found
}

function whatIs(found: readonly Found[], where: string): string[] {
  return found.filter((one) => one.where === where).map(({ trace }) => trace)
}

async function nothingIsLeft(watched: Watched, sms: Traces = {}): Promise<void> {
  const traces = { ...herself, ...sms }
  const { left, ms } = await untilNothingIsFound(await orderFor(watched, traces), GONE_AFTER_MS)
  // What kind of memory it is in, and what is around it, says whose it was.
  for (const pid of new Set(left.map((one) => one.pid).filter((pid) => pid > 0)))
    console.error(tell(scanProcess(pid, needlesOf(traces)), { context: true }).join('\n'))
  expect(left).toEqual([])
  console.info(`nothing found from ${Math.round(ms)} ms after the visit on`)
}

const rendererOf = ({ kiosk }: Watched): Promise<number> =>
  kiosk.app.evaluate(
    ({ webContents }) =>
      webContents
        .getAllWebContents()
        .find((contents) => contents.getURL() === 'kiosk://app/index.html')
        ?.getOSProcessId() ?? 0,
  )

/** The face process is the kiosk process' child; where that is Electron's utility process, it is a thread of it. */
function processOf({ kiosk }: Watched, kind: 'kiosk' | 'face'): number | undefined {
  return familyOf(mainOf(kiosk)).find((pid) => kindOf(pid) === kind)
}

function kill(watched: Watched, kind: 'kiosk' | 'face'): void {
  const pid = processOf(watched, kind)
  if (pid === undefined) throw new Error(`there is no ${kind} process`)
  process.kill(pid, 'SIGKILL')
}

/** A killed process is in the table until its parent has taken notice. */
function ended(pid: number): Promise<void> {
  return vi.waitFor(() => expect(existsSync(`/proc/${pid}`)).toBe(false), 10_000)
}

/** To the camera, which is open while nobody is before it. */
async function toCamera(watched: Watched, page: Page): Promise<void> {
  await toCardReader(page, 'agreeFace')
  placeCard(watched.rig)
  await shown(page, 'S03', 'LOOKING')
  // The camera's first picture has come to the page.
  await page.locator('video').evaluate(
    (video: HTMLVideoElement) =>
      new Promise((resolve) => {
        video.requestVideoFrameCallback(resolve)
      }),
  )
}

describe.skipIf(!here)('of a citizen nothing is left in any process of Electron or in any file after a visit', () => {
  let watched: Watched
  beforeAll(async () => {
    watched = await open()
    await faceIsReady(watched)
  }, 120_000)
  afterAll(() => watched.close())
  afterEach(() => {
    watched.rig.reader.removeCard()
  })

  it('with face and endorsement, to its end', async () => {
    const { rig, kiosk, film } = watched
    writeMarkedFilm(film, face)
    const page = await kiosk.currentPage()
    const renderer = await rendererOf(watched)
    await toCardReader(page, 'agreeFace')
    placeCard(rig)
    await shown(page, 'S04', 'CHOOSE')
    expect(await page.locator('body').innerText()).not.toContain(WORDS['name'])
    expect(whatIs(await whileVisiting(watched), 'renderer')).toContain('camera picture')
    await choose(page, '粤B23456')
    await press(page, buttons.continue)
    await shown(page, 'S07')
    await press(page, buttons.confirm)
    await shown(page, 'S08', 'INSERT_CERTIFICATE')
    rig.insertCertificate()
    await shown(page, 'S09')
    rig.certificatePrinter.remove()
    rig.reader.removeCard()
    await page.getByText('已取走').nth(1).waitFor()
    await press(page, buttons.taken)
    await endVisit(kiosk, page, () => press(page, buttons.verySatisfied))
    await ended(renderer)
    await nothingIsLeft(watched)
  }, 90_000)

  it('that was left before the camera', async () => {
    const { rig, kiosk, film } = watched
    writeMarkedFilm(film, [])
    const page = await kiosk.currentPage()
    await toCamera(watched, page)
    const held = await whileVisiting(watched)
    expect(whatIs(held, 'renderer')).toEqual(expect.arrayContaining(Object.keys(FILM_TRACES)))
    expect(TRUSTED.flatMap((kind) => whatIs(held, kind))).toContain('embedding')
    rig.reader.removeCard()
    await endVisit(kiosk, page, () => press(page, buttons.leave))
    await nothingIsLeft(watched)
  }, 90_000)

  it('whose page was killed, with codes she had typed', async () => {
    const { rig, kiosk } = watched
    const page = await kiosk.currentPage()
    const renderer = await rendererOf(watched)
    await toCardReader(page, 'declineFace')
    placeCard(rig)
    await shown(page, 'S03', 'CERTIFICATE')
    await press(page, 'ABC')
    await type(page, TYPED)
    await press(page, buttons.next)
    await shown(page, 'S03', 'CERTIFICATE')
    expect(whatIs(await whileVisiting(watched), 'renderer')).toContain('typed code')
    rig.command({ type: 'SCAN', text: CERTIFICATE })
    await shown(page, 'S03', 'SMS')
    const sms = rig.central.admin.sentSms().at(-1)?.code ?? ''
    await type(page, sms)
    process.kill(renderer, 'SIGKILL')
    const next = await kiosk.currentPage()
    await shown(next, 'S03', 'SMS')
    rig.reader.removeCard()
    await endVisit(kiosk, next, () => press(next, buttons.leave))
    await nothingIsLeft(watched, smsTraces(sms))
  }, 90_000)

  it('whose face process was killed', async ({ skip }) => {
    const { rig, kiosk } = watched
    skip(processOf(watched, 'face') === undefined, 'the face is a thread of the kiosk process here')
    const page = await kiosk.currentPage()
    await toCamera(watched, page)
    kill(watched, 'face')
    rig.reader.removeCard()
    const said = page.getByRole('alertdialog')
    await said.waitFor()
    await endVisit(kiosk, page, () => said.getByRole('button', { name: buttons.leave }).click())
    await nothingIsLeft(watched)
    await faceIsReady(watched)
  }, 90_000)

  it('whose kiosk process was killed: the page that knew her goes with it', async () => {
    const { rig, kiosk } = watched
    const page = await kiosk.currentPage()
    const renderer = await rendererOf(watched)
    await toCamera(watched, page)
    const gone = page.waitForEvent('close')
    kill(watched, 'kiosk')
    rig.reader.removeCard()
    await gone
    await ended(renderer)
    await shown(await kiosk.currentPage(), 'S00')
    await nothingIsLeft(watched)
  }, 90_000)

  it('and Chromium has written no dump and kept no session on the disk', () => {
    const profile = readdirSync(join(watched.data, 'shell'), { recursive: true, encoding: 'utf8' })
    expect(profile.filter((path) => /\.dmp$|^Partitions\b|(^|\/)core(\.\d+)?$/.test(path))).toEqual([])
  })
})

describe.skipIf(!here)('of a citizen nothing is left after a visit', () => {
  it('that she walked away from, with a code half typed', async () => {
    const watched = await open({ session: { idleWarningMs: 10_000, countdownMs: 5_000 } })
    try {
      const { rig, kiosk } = watched
      const { page } = kiosk
      await toCardReader(page, 'declineFace')
      placeCard(rig)
      await shown(page, 'S03', 'CERTIFICATE')
      await press(page, 'ABC')
      await type(page, TYPED)
      rig.reader.removeCard()
      await page.waitForEvent('close', { timeout: 40_000 })
      await shown(await kiosk.currentPage(), 'S00')
      await nothingIsLeft(watched)
    } finally {
      await watched.close()
    }
  }, 120_000)
})

/** Six digits alone are anybody's: as the engine keeps a text of six letters, as messages carry one, and as JSON does. */
function smsTraces(code: string): Traces {
  const digits = Buffer.from(code, 'latin1')
  return {
    'SMS code': Uint8Array.from([6, 0, 0, 0, ...digits]),
    'SMS code in a message': Uint8Array.from([0x22, 6, ...digits]),
    'SMS code in JSON': `"${code}"`,
  }
}

/** The models take some seconds to load; until then the service offers the other way only. */
async function faceIsReady({ kiosk }: Watched): Promise<void> {
  for (;;) {
    const page = await kiosk.currentPage()
    await press(page, buttons.service)
    await press(page, buttons.agreeNotice)
    await shown(page, 'S01', 'FACE_CONSENT')
    const ready = await page.getByRole('button', { name: buttons.agreeFace }).isEnabled()
    await endVisit(kiosk, page, () => press(page, buttons.leave))
    if (ready) return
  }
}
