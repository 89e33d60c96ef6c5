import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { drawSheet } from '../src/drivers/certificate-printer/sheet-picture.ts'
import { systemClock } from '../src/lib/clock.ts'
import { renderCamera } from '../src/rig/faces.ts'
import { Rig } from '../src/rig/rig.ts'
import { launchKiosk, type LaunchedKiosk } from '../tests/support/electron.ts'
import { buttons, choose, endVisit, press, shown, toCardReader } from '../tests/support/hand.ts'
import { elapsed, startStopwatch } from '../tests/support/stopwatch.ts'
import { build } from './build.ts'
import { root } from './electron/paths.ts'
import { resolveElectron } from './electron/resolve.ts'

/**
 * `npm run demo`: a truck owner endorses an annual inspection, by itself, in real Electron, over real serial ports
 * (ptys), with the face pipeline, the store and the reference centre all at work. Hands are Playwright's and the rig's.
 * Leaves `demo-out/`: a picture of every screen, the printed matter as bytes and pictures, the centre's record, a report.
 */

interface Step {
  readonly screen: string
  readonly name: string
  readonly ms: number
}

/** Kinds of time: what a person or a printer takes is no time of the machine. */
type Kind = 'machine' | 'printer' | 'wait'

const out = join(root, 'demo-out')
const steps: Step[] = []
let machineMs = 0

function note(screen: string, name: string, kind: Kind, ms: number): void {
  steps.push({ screen, name, ms: Math.round(ms) })
  if (kind === 'machine') machineMs += Math.round(ms)
  console.log(`${screen.padEnd(4)} ${String(Math.round(ms)).padStart(6)} ms  ${name}`)
}

/** Presses, waits for the screen, and notes the time from the lifted finger to the drawn screen. */
async function pressTo(page: Page, press: () => Promise<void>, target: string, name: string): Promise<void> {
  const [screen = '', stage] = target.split('.')
  await press()
  await shown(page, screen, stage)
  note(screen, name, 'machine', await elapsed(page, target))
}

async function photograph(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
  await page.screenshot({ path: join(out, `${name}.png`), animations: 'disabled' })
}

/** The demo owner's truck to endorse, and her locked one. */
const PLATE = '粤B23456'
const LOCKED_PLATE = '粤B89012'

async function play(kiosk: LaunchedKiosk, rig: Rig): Promise<void> {
  const { page } = kiosk
  await press(page, buttons.service, { trial: true })
  await startStopwatch(page)
  await photograph(page, 'S00')
  await pressTo(page, () => press(page, buttons.service), 'S01.NOTICE', 'from the home screen to the notice')
  await photograph(page, 'S01-notice')
  await pressTo(page, () => press(page, buttons.agreeNotice), 'S01.FACE_CONSENT', 'to the separate consent')
  await photograph(page, 'S01')
  await pressTo(page, () => press(page, buttons.agreeFace), 'S02.WAITING', 'consent to the face, to the card reader')
  await photograph(page, 'S02')

  const placed = Date.now()
  rig.command({ type: 'PLACE_CARD', person: 0 })
  await shown(page, 'S04', 'CHOOSE')
  const looking = await elapsed(page, 'S03.LOOKING', placed)
  note('S03', 'card read, person known to the centre, portrait prepared', 'machine', looking)
  const chosen = await elapsed(page, 'S04.CHOOSE', placed)
  note('S04', 'camera opened, face verified over live frames, vehicles listed', 'machine', chosen - looking)
  await photograph(page, 'S04')
  await pressTo(page, () => choose(page, PLATE), 'S05.DONE', 'vehicle chosen, R01 to R18 checked by the centre')
  await photograph(page, 'S05')
  await pressTo(page, () => press(page, buttons.continue), 'S07', 'picture of what will be printed')
  await photograph(page, 'S07')
  await pressTo(page, () => press(page, buttons.confirm), 'S08.INSERT_CERTIFICATE', 'confirmed, authorized and stored')
  await photograph(page, 'S08-insert')

  const printing = shown(page, 'S08', 'PRINTING').then(() => photograph(page, 'S08'))
  const inserted = Date.now()
  rig.command({ type: 'INSERT_CERTIFICATE' })
  await shown(page, 'S09')
  note(
    'S08',
    'certificate in, row printed, proved and stored, slip printed',
    'printer',
    await elapsed(page, 'S09', inserted),
  )
  await printing
  await photograph(page, 'S09-all')
  const taken = Date.now()
  rig.command({ type: 'TAKE_CERTIFICATE' })
  rig.command({ type: 'LIFT_CARD' })
  await page.getByText('已取走').nth(1).waitFor()
  note('S09', 'certificate and card taken, seen by the sensors', 'wait', Date.now() - taken)
  await photograph(page, 'S09')
  await pressTo(page, () => press(page, buttons.taken), 'S10', 'to the rating')
  await photograph(page, 'S10')
  const rated = Date.now()
  await endVisit(kiosk, page, () => press(page, buttons.verySatisfied))
  note('S00', 'thanked, wiped, home again in a fresh page', 'wait', Date.now() - rated)
}

/** A second visit for what the first does not show: the face screen at leisure, and a locked vehicle (S06). */
async function visitLocked(kiosk: LaunchedKiosk, rig: Rig): Promise<void> {
  const page = await kiosk.currentPage()
  await startStopwatch(page)
  await toCardReader(page, 'agreeFace')
  // The face is known in well under a second: who would photograph it must be waiting, and may miss it all the same.
  void shown(page, 'S03', 'LOOKING')
    .then(() => photograph(page, 'S03'))
    .catch(() => undefined)
  rig.command({ type: 'PLACE_CARD', person: 0 })
  await shown(page, 'S04', 'CHOOSE')
  await pressTo(page, () => choose(page, LOCKED_PLATE), 'S06', 'locked vehicle: reason, authority, way to pay')
  await photograph(page, 'S06')
  rig.command({ type: 'LIFT_CARD' })
  await endVisit(kiosk, page, () => press(page, buttons.leave))
}

async function main(): Promise<void> {
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  const camera = join(root, '.cache', 'demo-owner.mjpeg')
  console.log('finding Electron, building, rendering the demo face …')
  await Promise.all([
    resolveElectron(),
    build(),
    existsSync(camera) ? Promise.resolve() : renderCamera('owner', camera),
  ])
  const rig = await Rig.start({ clock: systemClock, realSpeed: true })
  await rig.registerPortraits()
  const data = mkdtempSync(join(tmpdir(), 'kiosk-demo-'))

  const began = performance.now()
  const kiosk = await launchKiosk({ site: rig.sitePath, data, fakeCamera: camera, env: { KIOSK_DOCK: '0' } })
  await kiosk.page.setViewportSize({ width: 1080, height: 1920 }).catch(() => undefined)
  await shown(kiosk.page, 'S00')
  const coldStartMs = Math.round(performance.now() - began)
  note('S00', 'cold start: Electron, kiosk, store, devices, first screen', 'wait', coldStartMs)
  try {
    await play(kiosk, rig)
    const machine = machineMs
    await visitLocked(kiosk, rig)
    await finish(rig, coldStartMs, machine)
  } catch (error) {
    const page = await kiosk.currentPage().catch(() => kiosk.page)
    await page.screenshot({ path: join(out, 'stopped-here.png') }).catch(() => undefined)
    const logs = join(data, 'logs')
    if (existsSync(logs)) cpSync(logs, join(out, 'logs'), { recursive: true })
    console.error(kiosk.output())
    writeFileSync(join(out, 'report.json'), JSON.stringify({ ok: false, error: String(error), steps }, null, 2))
    throw error
  } finally {
    await kiosk.close().catch(() => undefined)
    await rig.close()
    rmSync(data, { recursive: true, force: true })
  }
}

async function finish(rig: Rig, coldStartMs: number, machine: number): Promise<void> {
  const record = rig.central.admin.ledger().find(({ vehicle }) => vehicle.plateNo === PLATE)
  const sheet = rig.certificatePrinter.taken.at(-1)
  if (record === undefined || sheet === undefined) throw new Error('the centre or the printer has nothing to show')
  if (record.status !== 'CONFIRMED') throw new Error(`the centre says ${record.status}`)
  const [slip] = rig.receiptPrinter.paper.documents
  if (slip === undefined) throw new Error('no slip came out')
  writeFileSync(join(out, 'receipt.bin'), Uint8Array.from(rig.receiptPrinter.received))
  writeFileSync(join(out, 'receipt.png'), rig.receiptPrinter.toPng())
  writeFileSync(join(out, 'certificate.bin'), Uint8Array.from(rig.certificatePrinter.received))
  writeFileSync(join(out, 'certificate.png'), await drawSheet(sheet, rig.template))
  const ratings = rig.central.admin.ratings()
  writeFileSync(join(out, 'central.json'), JSON.stringify({ endorsement: record, ratings }, null, 2))
  const { endorsementNo, vehicle, validUntil } = record
  const report = { ok: true, endorsementNo, vehicle, validUntil, coldStartMs, machineMs: machine, steps }
  writeFileSync(join(out, 'report.json'), JSON.stringify(report, null, 2))
  console.log(`\nendorsed ${vehicle.plateNo} until ${validUntil} as ${endorsementNo}`)
  console.log(`cold start ${coldStartMs} ms, machine time ${machine} ms; see demo-out/`)
}

try {
  await main()
  process.exit(0)
} catch (error) {
  console.error(error)
  process.exit(1)
}
