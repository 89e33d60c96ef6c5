import type { ReportLine } from '../../drivers/discovery/found.ts'
import type { DocumentPrinter } from '../../drivers/document-printer/device.ts'
import type { DeviceRole } from '../../drivers/report.ts'
import type { Scanner } from '../../drivers/scanner/device.ts'
import { text, type TextRef } from '../../ipc/text.ts'
import type { Clock } from '../../lib/clock.ts'
import { Lock } from '../../lib/lock.ts'
import { err } from '../../lib/result.ts'
import type { Devices } from '../devices.ts'
import type { Documents } from '../documents/documents.ts'
import { findDevices } from '../find-devices.ts'
import { selfTestsOf } from '../self-tests.ts'
import type { Site } from '../site/schema.ts'
import type { Watch } from '../watch.ts'
import { deviceRoom } from './device-room.ts'
import { printReportSheet } from './report-sheet.ts'
import { printReportSlip } from './report-slip.ts'
import type { Found, Rooms } from './rooms.ts'
import { rulerPage } from './ruler-page.ts'

/** How long the scanner listens for a badge before it is asked anew, milliseconds. */
const SCAN_MS = 60_000

/** What the kiosk has ready made for the console; the rest is put together here. */
export type RoomParts = Omit<Rooms, 'devices' | 'scan' | 'printReport' | 'ruler' | 'tonerLeft'> & {
  readonly devices: Devices
  readonly documents: Documents
  readonly watch: Watch
}

export function consoleRooms(parts: RoomParts): Rooms {
  const { devices, documents, watch, ...plain } = parts
  const { site, store, clock } = plain
  const { scanner, receiptPrinter, certificatePrinter } = devices
  const turns = new Lock()
  const kioskId = (): string => parts.enrolment()?.kioskId ?? site.kiosk.kioskId
  return {
    ...plain,
    devices: deviceRoom({
      site,
      startedAt: clock.now(),
      watch,
      selfTests: (role) => selfTestsOf(devices, site, clock, role as DeviceRole),
      discover: (tell, signal) => detect(site, clock, tell, signal),
    }),
    // Who broke off a moment ago may not have let go yet.
    scan: (signal) => (scanner === null ? Promise.resolve(null) : turns.run(() => nextCode(scanner, signal))),
    // On A4 where the site has such a printer: a sheet has room for every item and for signatures.
    printReport: async (report) => {
      if (documents.available) {
        const sheet = await printReportSheet({ documents, site, kioskId: kioskId(), clock }, report)
        // A sheet that may have come out is not printed once more; otherwise the slip is better than nothing.
        if (sheet.ok || sheet.error.code === 'UNKNOWN' || receiptPrinter === null) return sheet
      }
      if (receiptPrinter === null) return err({ code: 'NO_PRINTER' })
      const slip = { printer: receiptPrinter, store, clock, stationName: site.site.stationName, kioskId: kioskId() }
      return printReportSlip(slip, report)
    },
    ruler: certificatePrinter === null ? null : rulerPage(certificatePrinter),
    tonerLeft: () => tonerLeft(devices.documentPrinter),
  }
}

/** Listens until a code is shown, somebody leaves, or the scanner is away. */
async function nextCode(scanner: Scanner, signal: AbortSignal): Promise<string | null> {
  while (!signal.aborted) {
    scanner.forget()
    const scan = await scanner.read(signal, SCAN_MS)
    if (scan.ok) return scan.value.text
    // A scanner that is away comes back no sooner for being asked again at once.
    if (scan.error.code === 'CANCELLED' || scan.error.code === 'PORT') return null
  }
  return null
}

/** Looks at everything that is plugged in; what could not be looked at stays out of the list. */
async function detect(
  site: Site,
  clock: Clock,
  tell: (step: TextRef) => void,
  signal: AbortSignal,
): Promise<readonly Found[]> {
  const { found } = await findDevices(site, { signal, clock, tell: (step) => tell(refOf(step)) })
  return found.map((one) => ({ ...one, report: one.report.map(refOf) }))
}

function refOf({ key, params }: ReportLine): TextRef {
  return text(key, params)
}

/** What the printer itself says is left of its toners, the lowest first. */
async function tonerLeft(printer: DocumentPrinter | null): Promise<number | null> {
  const supplies = (await printer?.status())?.supplies ?? []
  const known = supplies.flatMap(({ isToner, left }) => (isToner && left !== null ? [left] : []))
  return known.length === 0 ? null : Math.min(...known)
}
