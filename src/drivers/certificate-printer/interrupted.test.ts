import { beforeAll, describe, expect, it } from 'vitest'
import { certificateProfile, endorsementRow, passTime, without } from '../../../tests/support/printing.ts'
import { SimulatedClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { loadLettering, type Lettering } from '../raster/lettering.ts'
import { memoryPair } from '../transport/memory.ts'
import { CertificatePrinter } from './device.ts'
import { NO_CALIBRATION } from './profile.ts'
import { SimulatedSheet } from './simulated-sheet.ts'
import { CertificatePrinterSimulator } from './simulator.ts'

const template = endorsementRow()
const VALUES = without('specimen')
/** A printer, and whether it obeys the command to forget only in its turn. */
const PRINTERS = [
  { model: 'escp2-slip', forgetsInTurn: false },
  { model: 'escp2-plain', forgetsInTurn: true },
  { model: 'pr2-generic', forgetsInTurn: false },
  { model: 'pr2-generic', forgetsInTurn: true },
] as const
type Printer = (typeof PRINTERS)[number]
const never = new AbortController().signal
/** Bytes of the eject command behind the row, and of a question behind that. */
const BEYOND = 8

let lettering: Lettering
beforeAll(async () => {
  lettering = await loadLettering()
})

const page = () => new SimulatedSheet(template.page.widthMm, template.page.heightMm)
const inkOf = (sheet: SimulatedSheet | undefined) => sheet?.inks.map(({ xMm, yMm, text }) => [xMm, yMm, text])

/** A printer that outlives the kiosks at its cable. */
class Hall {
  readonly clock = new SimulatedClock(0)
  readonly simulator: CertificatePrinterSimulator
  private readonly profile

  constructor({ model, forgetsInTurn }: Printer) {
    const { clock } = this
    const profile = certificateProfile(model)
    this.profile = profile
    this.simulator = new CertificatePrinterSimulator({ profile, clock, lettering, forgetsInTurn })
  }

  /** A new process at the same cable. */
  kiosk(): CertificatePrinter {
    const pair = memoryPair()
    this.simulator.serve(pair.device)
    return new CertificatePrinter({
      ...{ transport: pair.host, profile: this.profile, template, calibration: NO_CALIBRATION },
      ...{ clock: this.clock, log: silentLog },
    })
  }

  pass<T>(work: Promise<T>): Promise<T> {
    return passTime(this.clock, work)
  }

  /** A page goes in when the machine waits for one. */
  async putIn(kiosk: CertificatePrinter): Promise<SimulatedSheet> {
    const sheet = page()
    const waiting = kiosk.waitForDocument(never, 60_000)
    await this.clock.advance(1000)
    this.simulator.insert(sheet)
    expect(await this.pass(waiting)).toMatchObject({ ok: true })
    return sheet
  }

  /** A page of her own, with the second row on it. */
  async nextCitizen(kiosk: CertificatePrinter): Promise<SimulatedSheet> {
    const sheet = await this.putIn(kiosk)
    const printed = await this.pass(kiosk.printRow({ row: 2, values: VALUES }))
    if (!printed.ok) expect(printed.error).toMatchObject({ why: 'MODEL_CANNOT_PROVE' })
    expect(sheet.inkedRows(template.rows)).toEqual([2])
    return sheet
  }

  /** A row of which the printer has received `bytes` when the kiosk dies; the page is still in. */
  async broken(bytes: number): Promise<SimulatedSheet> {
    const { simulator } = this
    const kiosk = this.kiosk()
    const sheet = await this.putIn(kiosk)
    const inspected = await this.pass(kiosk.inspectDocument())
    if (!inspected.ok) throw new Error(inspected.error.code)
    const printing = kiosk.printRow(
      { row: 1, values: VALUES },
      (stage) => {
        if (stage === 'printing') simulator.faults = { hangUpAtByte: simulator.received.length + bytes }
      },
      inspected.value,
    )
    expect(await this.pass(printing)).toMatchObject({ ok: false, error: { code: 'PROOF_UNKNOWN' } })
    simulator.faults = {}
    return sheet
  }
}

async function rowLength(printer: Printer): Promise<number> {
  const composed = await new Hall(printer).kiosk().compose({ row: 1, values: VALUES })
  if (!composed.ok) throw new Error(composed.error.code)
  return composed.value.bytes.length
}

/** Every length a row can be cut at: all of them where bytes are text, one in seven within pictures. */
async function cuts(printer: Printer): Promise<readonly number[]> {
  const length = await rowLength(printer)
  const step = length > 2_000 ? 7 : 1
  return Array.from({ length: Math.ceil((length + BEYOND) / step) }, (_, n) => 1 + n * step)
}

describe.each(PRINTERS)(
  'when the kiosk died after any byte of a row on $model (in turn: $forgetsInTurn),',
  (printer) => {
    it('a page that the next one gives back gets no ink any more', async () => {
      for (const bytes of await cuts(printer)) {
        const hall = new Hall(printer)
        const sheet = await hall.broken(bytes)
        // Whoever looks at the page now, and finds the row whole or not, must stay right.
        const found = inkOf(sheet)
        const next = hall.kiosk()
        await hall.pass(next.status())
        expect(await hall.pass(next.eject())).toEqual({ ok: true, value: undefined })
        hall.simulator.remove()
        await hall.pass(next.status())
        expect({ bytes, ink: inkOf(sheet) }).toEqual({ bytes, ink: found })
        expect(hall.simulator.platenInk).toEqual([])
      }
    }, 120_000)

    it("the next citizen's page gets her row and nothing else", async () => {
      const first = new Hall(printer)
      const alone = inkOf(await first.nextCitizen(first.kiosk()))
      for (const bytes of await cuts(printer)) {
        const hall = new Hall(printer)
        const sheet = await hall.broken(bytes)
        const found = inkOf(sheet)
        hall.simulator.remove()
        const hers = await hall.nextCitizen(hall.kiosk())
        expect({ bytes, ink: inkOf(hers) }).toEqual({ bytes, ink: alone })
        expect({ bytes, ink: inkOf(sheet) }).toEqual({ bytes, ink: found })
        expect(hall.simulator.platenInk).toEqual([])
      }
    }, 120_000)
  },
)

describe.each(PRINTERS)('when $model (in turn: $forgetsInTurn) loses its power', (printer) => {
  it('after any byte of a row and gives the page back when it returns, the row is never called printed', async () => {
    const length = await rowLength(printer)
    for (const bytes of await cuts(printer)) {
      const hall = new Hall(printer)
      const kiosk = hall.kiosk()
      await hall.putIn(kiosk)
      const inspected = await hall.pass(kiosk.inspectDocument())
      if (!inspected.ok) throw new Error(inspected.error.code)
      const { simulator } = hall
      const printed = await hall.pass(
        kiosk.printRow(
          { row: 1, values: VALUES },
          (stage) => {
            if (stage === 'printing') simulator.faults = { resetAtByte: simulator.received.length + bytes }
          },
          inspected.value,
        ),
      )
      // The last bytes of all are those of the eject, which comes after the row is on the page.
      if (bytes <= length) expect({ bytes, ok: printed.ok }).toEqual({ bytes, ok: false })
    }
  }, 120_000)
})
