import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { root } from '../../scripts/electron/paths.ts'
import { systemClock } from '../../src/lib/clock.ts'
import type { SimulatedSheet } from '../../src/drivers/certificate-printer/simulated-sheet.ts'
import { renderCamera } from '../../src/rig/faces.ts'
import { Rig } from '../../src/rig/rig.ts'
import { launchKiosk, type LaunchedKiosk } from '../support/electron.ts'
import { buttons, choose, press, shown, toCardReader, type } from '../support/hand.ts'
import { descendants, isAlive } from '../support/processes.ts'

/** Promised: whatever stands still is found out and another one is in its place. */
const PROMISED_MS = 10_000
/** For what comes after the replacement: the centre hears of it, the screen is drawn. */
const PATIENCE_MS = 20_000
const PLATE = '粤B23456'
const CERTIFICATE = '440300165715'

/** How long it took is in the log of the run; `docs/reliability.md` has the figures. */
function say(what: string, ms: number): void {
  console.log(`${what} after ${Math.round(ms)} ms`)
}

/**
 * The real kiosk in real Electron, and a process of it that stands still (SIGSTOP: it neither answers nor ends) while a
 * citizen is in the middle of her visit. One vehicle for all of these visits: each must have left it free for the next.
 */
describe('a process that freezes in the middle of a visit', () => {
  let rig: Rig
  let data: string
  let kiosk: LaunchedKiosk
  let page: Page

  beforeAll(async () => {
    const camera = cameraFile()
    await renderCamera('owner', camera)
    // Printers as slow as real ones: a row takes seconds, and there is a middle of it.
    rig = await Rig.start({ clock: systemClock, realSpeed: true })
    await rig.registerPortraits()
    data = mkdtempSync(join(tmpdir(), 'kiosk-frozen-'))
  }, 180_000)
  afterAll(async () => {
    await rig.close()
    rmSync(data, { recursive: true, force: true })
  })
  beforeEach(async () => {
    kiosk = await launchKiosk({ site: rig.sitePath, data, fakeCamera: cameraFile(), env: { KIOSK_DOCK: '0' } })
    page = kiosk.page
  })
  afterEach(() => kiosk.close())

  test('the page: the same visit goes on where it was; then the kiosk, while the centre is being asked: her wish is taken back', async () => {
    await toVehicles('declineFace')
    const [renderer, process] = [await rendererPid(), kioskPid()]
    await replaced('the page', renderer, rendererPid)
    page = await kiosk.currentPage()
    await shown(page, 'S04', 'CHOOSE')
    expect(kioskPid()).toBe(process)

    await toConfirm()
    const asked = new Promise<void>((resolve) => {
      rig.gate.onCall = ({ url, phase }) => {
        if (phase === 'asked' && url.endsWith('/authorizations')) resolve()
      }
    })
    await press(page, buttons.confirm)
    await asked
    await freezeKioskAndReopen('the kiosk, asking')
    // The centre granted it to a process that could no longer hear.
    await vi.waitFor(() => expect(ledger()).toEqual(['RELEASED']), PATIENCE_MS)
    expect(printed()).toEqual({ lines: 0, slips: 0 })
  })

  test('the face: the code is offered instead; then the kiosk, before the print: the authorization is given back', async (context) => {
    await toCardReader(page, 'agreeFace')
    const face = facePid()
    // Only where the face has a process of its own: in a shipped Electron it is a thread of the kiosk process.
    if (face === 0) context.skip()
    // Before the first picture: one good second is enough to know a face.
    const replacing = replaced('the face', face, () => Promise.resolve(facePid()))
    rig.command({ type: 'PLACE_CARD', person: 0 })
    await shown(page, 'S03')
    await replacing
    await page.getByRole('alertdialog').getByRole('button', { name: '换其他方式' }).click()
    await byCode()
    await toConfirm()
    await press(page, buttons.confirm)
    await shown(page, 'S08', 'INSERT_CERTIFICATE')
    expect(ledger()).toEqual(['AUTHORIZED'])
    await freezeKioskAndReopen('the kiosk, authorized')
    await vi.waitFor(() => expect(ledger()).toEqual(['RELEASED']), PATIENCE_MS)
    expect(printed()).toEqual({ lines: 0, slips: 0 })
  })

  test('the kiosk, while the row is printed: nobody knows, the certificate stays; killed again and again it says 暂停服务 and why', async () => {
    await toVehicles('declineFace')
    await toConfirm()
    await press(page, buttons.confirm)
    await shown(page, 'S08', 'INSERT_CERTIFICATE')
    const sheet: SimulatedSheet = rig.insertCertificate()
    await vi.waitFor(() => expect(rig.certificatePrinter.linesPrinted).toBeGreaterThan(0), {
      timeout: PATIENCE_MS,
      interval: 10,
    })
    await freezeKiosk('the kiosk, printing')
    await vi.waitFor(() => expect(ledger()).toEqual(['PRINT_UNKNOWN']), PATIENCE_MS)
    // The row and the eject behind it were in the printer, which finished them by itself; nobody prints them again.
    expect(rig.certificatePrinter.documentPlace).toBe('ejected')
    expect(sheet.inkedRows(rig.template.rows)).toEqual([3])
    const { lines } = printed()

    await storm(5)
    const cover = await kiosk.cover('out-of-service')
    expect(await cover.textContent('h1')).toBe('暂停服务')
    expect(await cover.textContent('.technician')).toMatch(/^kiosk process ended: .*SIGKILL/)
    expect(printed()).toEqual({ lines, slips: 0 })
    expect(ledger()).toEqual(['PRINT_UNKNOWN'])
  })

  const cameraFile = (): string => join(root, '.cache', 'demo-owner.mjpeg')
  const shellPid = (): number => kiosk.app.process().pid ?? 0
  const pidOf = (command: RegExp): number => descendants(shellPid()).find((one) => command.test(one.command))?.pid ?? 0
  /** A child with the module's path, or Electron's utility process. */
  const kioskPid = (): number => pidOf(/\/kiosk\.mjs|--utility-sub-type=node/)
  const facePid = (): number => pidOf(/\/face\.mjs/)
  /** Asked again when Electron loses the answer: it may, while pages come and go. */
  const rendererPid = (): Promise<number> =>
    vi.waitFor(
      () =>
        kiosk.app.evaluate(
          ({ webContents }) =>
            webContents
              .getAllWebContents()
              .find((contents) => contents.getURL() === 'kiosk://app/index.html')
              ?.getOSProcessId() ?? 0,
        ),
      PATIENCE_MS,
    )
  const ledger = (): readonly string[] =>
    rig.central.admin
      .ledger()
      .filter(({ vehicle }) => vehicle.plateNo === PLATE)
      .map(({ status }) => status)
  const printed = (): { lines: number; slips: number } => ({
    lines: rig.certificatePrinter.linesPrinted,
    slips: rig.receiptPrinter.paper.documents.length,
  })

  async function byCode(): Promise<void> {
    await shown(page, 'S03', 'CERTIFICATE')
    rig.command({ type: 'SCAN', text: CERTIFICATE })
    await shown(page, 'S03', 'SMS')
    await type(page, rig.central.admin.sentSms().at(-1)?.code ?? '')
    await press(page, buttons.next)
    await shown(page, 'S04', 'CHOOSE')
    rig.command({ type: 'LIFT_CARD' })
  }

  async function toVehicles(way: 'declineFace'): Promise<void> {
    await toCardReader(page, way)
    rig.command({ type: 'PLACE_CARD', person: 0 })
    await byCode()
  }

  async function toConfirm(): Promise<void> {
    await choose(page, PLATE)
    await shown(page, 'S05', 'DONE')
    await press(page, buttons.continue)
    await shown(page, 'S07')
  }

  /** Stops `pid`; resolves when it has been ended and another one is there, and sees to it that the promise was kept. */
  async function replaced(what: string, pid: number, another: () => Promise<number>): Promise<void> {
    expect(pid).toBeGreaterThan(0)
    const begun = performance.now()
    process.kill(pid, 'SIGSTOP')
    try {
      await vi.waitFor(
        async () => {
          expect(isAlive(pid)).toBe(false)
          expect([0, pid]).not.toContain(await another())
        },
        { timeout: PATIENCE_MS, interval: 50 },
      )
    } finally {
      // A stopped process would keep the test from ending.
      if (isAlive(pid)) process.kill(pid, 'SIGCONT')
    }
    const took = performance.now() - begun
    say(`${what}: replaced`, took)
    expect(took).toBeLessThan(PROMISED_MS)
  }

  /** Freezes the kiosk process; resolves at the home screen of the next one, in a page that saw no visit. */
  async function freezeKiosk(what: string): Promise<void> {
    const [face, renderer] = [facePid(), await rendererPid()]
    await replaced(what, kioskPid(), () => Promise.resolve(kioskPid()))
    await vi.waitFor(() => expect([renderer, face].map(isAlive)).toEqual([false, false]), PATIENCE_MS)
    page = await kiosk.currentPage()
    await shown(page, 'S00')
  }

  /** The same, until the next citizen may begin. */
  async function freezeKioskAndReopen(what: string): Promise<void> {
    const begun = performance.now()
    await freezeKiosk(what)
    await press(page, buttons.service, { trial: true })
    say(`${what}: open for service`, performance.now() - begun)
  }

  /** Kills the kiosk process `times` times, each as soon as there is one. */
  async function storm(times: number): Promise<void> {
    let last = 0
    for (let kill = 0; kill < times; kill++) {
      last = await vi.waitFor(
        () => {
          const pid = kioskPid()
          expect([0, last]).not.toContain(pid)
          return pid
        },
        { timeout: PATIENCE_MS, interval: 50 },
      )
      process.kill(last, 'SIGKILL')
    }
  }
})
