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
type Kind = 'machine' | 'printer'

const out = join(root, 'demo-out')
const steps: Step[] = []
let machineMs = 0

async function step(screen: string, name: string, kind: Kind, work: () => Promise<void>): Promise<void> {
  const began = performance.now()
  await work()
  const ms = Math.round(performance.now() - began)
  steps.push({ screen, name, ms })
  if (kind === 'machine') machineMs += ms
  console.log(`${screen.padEnd(4)} ${String(ms).padStart(6)} ms  ${name}`)
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
  await photograph(page, 'S00')

  await step('S01', 'from the home screen to the notice', 'machine', async () => {
    await press(page, buttons.service)
    await shown(page, 'S01', 'NOTICE')
  })
  await photograph(page, 'S01-notice')
  await step('S01', 'to the separate consent', 'machine', async () => {
    await press(page, buttons.agreeNotice)
    await shown(page, 'S01', 'FACE_CONSENT')
  })
  await photograph(page, 'S01')

  await step('S02', 'consent to the face, to the card reader', 'machine', async () => {
    await press(page, buttons.agreeFace)
    await shown(page, 'S02')
  })
  await photograph(page, 'S02')
  await step('S03', 'card read, person known to the centre, portrait prepared, camera open', 'machine', async () => {
    rig.command({ type: 'PLACE_CARD', person: 0 })
    await shown(page, 'S03', 'LOOKING')
  })
  const passed = shown(page, 'S04')
  const picture = photograph(page, 'S03')
  await step('S04', 'face verified over live frames, vehicles listed', 'machine', async () => {
    await passed
    await shown(page, 'S04', 'CHOOSE')
  })
  await picture
  await photograph(page, 'S04')

  await step('S05', 'vehicle chosen, R01 to R18 checked by the centre', 'machine', async () => {
    await choose(page, PLATE)
    await shown(page, 'S05', 'DONE')
  })
  await photograph(page, 'S05')
  await step('S07', 'picture of what will be printed', 'machine', async () => {
    await press(page, buttons.continue)
    await shown(page, 'S07')
  })
  await photograph(page, 'S07')
  await step('S08', 'confirmed, authorized and stored', 'machine', async () => {
    await press(page, buttons.confirm)
    await shown(page, 'S08', 'INSERT_CERTIFICATE')
  })
  await photograph(page, 'S08-insert')
  const printing = shown(page, 'S08', 'PRINTING').then(() => photograph(page, 'S08'))
  await step('S08', 'certificate in, row printed, proved and stored, slip printed', 'printer', async () => {
    rig.command({ type: 'INSERT_CERTIFICATE' })
    await shown(page, 'S09')
  })
  await printing
  await photograph(page, 'S09-all')
  await step('S09', 'certificate and card taken, seen by the sensors', 'machine', async () => {
    rig.command({ type: 'TAKE_CERTIFICATE' })
    rig.command({ type: 'LIFT_CARD' })
    await page.getByText('已取走').nth(1).waitFor()
  })
  await photograph(page, 'S09')
  await step('S10', 'to the rating', 'machine', async () => {
    await press(page, buttons.taken)
    await shown(page, 'S10')
  })
  await photograph(page, 'S10')
  await step('S10', 'rated, wiped, home again in a fresh page', 'printer', async () => {
    await endVisit(kiosk, page, () => press(page, buttons.verySatisfied))
  })
}

/** S06 in a second visit: the locked vehicle of the same owner. */
async function visitLocked(kiosk: LaunchedKiosk, rig: Rig): Promise<void> {
  const page = await kiosk.currentPage()
  await toCardReader(page, 'agreeFace')
  rig.command({ type: 'PLACE_CARD', person: 0 })
  await shown(page, 'S04', 'CHOOSE')
  await step('S06', 'locked vehicle: reason, authority, way to pay', 'machine', async () => {
    await choose(page, LOCKED_PLATE)
    await shown(page, 'S06')
  })
  await photograph(page, 'S06')
  rig.command({ type: 'LIFT_CARD' })
  await press(page, buttons.leave)
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
  console.log(`S00  ${String(coldStartMs).padStart(6)} ms  cold start: Electron, kiosk, store, devices, first screen`)
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
