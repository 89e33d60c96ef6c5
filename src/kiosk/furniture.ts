import type { BadFile } from '../drivers/asset/read-json.ts'
import { DocumentPrinter } from '../drivers/document-printer/device.ts'
import { IcCardReader } from '../drivers/ic-card/device.ts'
import { IcCardModule } from '../drivers/ic-card/jt808/module.ts'
import { unixTransport } from '../drivers/pcsc/unix-transport.ts'
import { IoBoard } from '../drivers/io-board/device.ts'
import { readRegisterMap } from '../drivers/io-board/map-file.ts'
import { checkWiring } from '../drivers/io-board/wiring.ts'
import { LOCAL_CUPS, parseIppServer } from '../drivers/ipp/server.ts'
import type { Supervised } from '../drivers/supervisor/post.ts'
import { Ups } from '../drivers/ups/device.ts'
import { megatecDriver, nutDriver } from '../drivers/ups/driver.ts'
import { Watchdog, type HealthCheck } from '../drivers/watchdog/device.ts'
import { linuxWatchdog } from '../drivers/watchdog/linux.ts'
import { StickWatchdog } from '../drivers/watchdog/stick.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { err, ok, type Result } from '../lib/result.ts'
import { lineOf } from './device-lines.ts'
import type { Site } from './site/schema.ts'

/** What stands around the hands: power, cabinet, A4 paper. No service of today begins or ends with one of them. */
export interface Furniture {
  readonly documentPrinter: DocumentPrinter | null
  readonly ups: Ups | null
  readonly ioBoard: IoBoard | null
  readonly icCard: IcCardReader | IcCardModule | null
  readonly watchdog: Guard | null
}

/** The watchdog with the question it asks before each kick: a kiosk that has only been built is well. */
interface Guard {
  readonly watchdog: Watchdog
  health: HealthCheck
}

interface Built {
  readonly furniture: Furniture
  readonly supervised: readonly Supervised[]
}

/** Builds them as the site file names them; a register map or a wiring that cannot be used is named with its place. */
export async function buildFurniture(site: Site, clock: Clock, log: Log): Promise<Result<Built, BadFile>> {
  const supervised: Supervised[] = []
  const documentPrinter = buildDocumentPrinter(site, clock, log)
  if (!documentPrinter.ok) return documentPrinter
  if (documentPrinter.value !== null) supervised.push(queued(documentPrinter.value))
  const ups = buildUps(site, clock, log)
  if (ups !== null) supervised.push(ups.supervised)
  const ioBoard = await buildIoBoard(site, clock, log)
  if (!ioBoard.ok) return ioBoard
  if (ioBoard.value !== null) supervised.push(ioBoard.value.supervised)
  const icCard = buildIcCard(site, clock, log)
  if (icCard !== null) supervised.push({ role: 'ic-card', device: icCard })
  const watchdog = buildWatchdog(site, clock, log)
  if (watchdog !== null) supervised.push(guarding(watchdog.watchdog))
  return ok({
    furniture: {
      documentPrinter: documentPrinter.value,
      ups: ups?.ups ?? null,
      ioBoard: ioBoard.value?.board ?? null,
      icCard,
      watchdog,
    },
    supervised,
  })
}

function buildDocumentPrinter(site: Site, clock: Clock, log: Log): Result<DocumentPrinter | null, BadFile> {
  const printer = site.devices['document-printer']
  if (printer === undefined) return ok(null)
  const server = printer.server === undefined ? ok(LOCAL_CUPS) : parseIppServer(printer.server)
  if (!server.ok) return err({ code: 'BAD_FILE', detail: `devices.document-printer.server: ${server.error}` })
  const { queue, tray } = printer
  return ok(new DocumentPrinter({ server: server.value, queue, tray, clock, log }))
}

/** A queue is asked over a connection of its own each time: there is no line to release. */
function queued(printer: DocumentPrinter): Supervised {
  const device = { report: (signal: AbortSignal) => printer.report(signal), close: () => Promise.resolve() }
  return { role: 'document-printer', device }
}

function buildUps(site: Site, clock: Clock, log: Log): { readonly ups: Ups; readonly supervised: Supervised } | null {
  const named = site.devices.ups
  if (named === undefined) return null
  const { transport, gate } = lineOf('ups', named, clock)
  const driver =
    named.upsName === undefined ? megatecDriver(transport, clock) : nutDriver(transport, clock, named.upsName)
  const { nominalMinutes, reserveSeconds } = named
  const ups = new Ups(driver, clock, log, {
    ...(nominalMinutes !== undefined && { nominalMinutes }),
    ...(reserveSeconds !== undefined && { reserveSeconds }),
  })
  return { ups, supervised: { role: 'ups', device: ups, gate } }
}

async function buildIoBoard(
  site: Site,
  clock: Clock,
  log: Log,
): Promise<Result<{ readonly board: IoBoard; readonly supervised: Supervised } | null, BadFile>> {
  const named = site.devices['io-board']
  if (named === undefined) return ok(null)
  const map = await readRegisterMap(named.model)
  if (!map.ok) return map
  const fits = checkWiring(map.value, named.wiring)
  if (!fits.ok) return err({ code: 'BAD_FILE', detail: `devices.io-board.wiring: ${fits.error.detail}` })
  const { transport, gate } = lineOf('io-board', named, clock)
  const board = new IoBoard({
    ...{ transport, map: map.value, wiring: named.wiring, clock, log },
    ...(named.address !== undefined && { address: named.address }),
    ...(named.transport.kind === 'serial' && named.transport.baud !== undefined && { baud: named.transport.baud }),
  })
  return ok({ board, supervised: { role: 'io-board', device: board, gate } })
}

function buildIcCard(site: Site, clock: Clock, log: Log): IcCardReader | IcCardModule | null {
  const named = site.devices['ic-card']
  if (named === undefined) return null
  if (named.driver === 'jt808-module') return new IcCardModule(lineOf('ic-card', named, clock).transport, clock, log)
  const { socket, reader } = named
  return new IcCardReader({
    transport: unixTransport(socket, clock),
    clock,
    log,
    ...(reader !== undefined && { reader }),
  })
}

function buildWatchdog(site: Site, clock: Clock, log: Log): Guard | null {
  const named = site.devices.watchdog
  if (named === undefined) return null
  const timer =
    named.driver === 'linux'
      ? linuxWatchdog(named.path, clock)
      : new StickWatchdog(lineOf('watchdog', named, clock).transport, clock, named.timeoutSeconds)
  const everyMs = named.everySeconds * 1_000
  const guard: Guard = {
    health: () => Promise.resolve({ healthy: true }),
    watchdog: new Watchdog({ timer, health: (signal) => guard.health(signal), clock, log, everyMs }),
  }
  return guard
}

/** An orderly end stops the watchdog; after a crash nobody does, and the computer starts anew. */
function guarding(watchdog: Watchdog): Supervised {
  const close = async (): Promise<void> => {
    const stopped = await watchdog.stop()
    // The log has it already, and nothing more can be done: the computer starts anew.
    if (!stopped.ok) return
  }
  return { role: 'watchdog', device: { report: () => Promise.resolve(watchdog.report()), close } }
}
