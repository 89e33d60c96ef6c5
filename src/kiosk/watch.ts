import type { CancelTimer, Clock } from '../lib/clock.ts'
import { isFault as isReceiptFault } from '../drivers/receipt-printer/status.ts'
import type { CentralClient } from '../central/client/central-client.ts'
import type { Log } from '../lib/log.ts'
import type { Devices } from './devices.ts'
import type { Closing, HouseKeeper, Member } from './house.ts'

/** How often each device, and the centre, is asked how it is, in milliseconds. */
const DEVICE_MS = 5_000
const CENTRE_MS = 10_000
const READER_DEADLINE_MS = 2_000

/** Asks devices and centre how they are, at rest and without hurry, and tells the house what changed. */
export class Watch {
  private readonly clock: Clock
  private readonly log: Log
  private readonly house: HouseKeeper
  private readonly cancels = new Map<Member, CancelTimer>()
  private stopped = false

  constructor(house: HouseKeeper, clock: Clock, log: Log) {
    this.house = house
    this.clock = clock
    this.log = log
  }

  /** Devices rest while `busy` says so: nobody asks a printer for its state in the middle of a row. */
  watchDevices({ reader, receiptPrinter, certificatePrinter }: Devices, busy: () => boolean): void {
    const unlessBusy = (ask: () => Promise<Closing | null>) => (): Promise<Closing | null | 'SAME'> =>
      busy() ? Promise.resolve('SAME') : ask()
    if (reader === null) this.house.report('id-card', 'CARD_READER_FAULT')
    else {
      this.repeat(
        'id-card',
        DEVICE_MS,
        unlessBusy(async () => {
          const { state } = await reader.status(new AbortController().signal, READER_DEADLINE_MS)
          return state === 'ready' ? null : 'CARD_READER_FAULT'
        }),
      )
    }
    if (receiptPrinter === null) this.house.report('receipt-printer', 'RECEIPT_PRINTER_FAULT')
    else {
      this.repeat(
        'receipt-printer',
        DEVICE_MS,
        unlessBusy(async () => {
          const { state } = await receiptPrinter.status()
          if (state === 'PAPER_OUT') return 'RECEIPT_PAPER_OUT'
          return isReceiptFault(state) ? 'RECEIPT_PRINTER_FAULT' : null
        }),
      )
    }
    if (certificatePrinter === null) this.house.report('certificate-printer', 'CERTIFICATE_PRINTER_FAULT')
    else {
      this.repeat(
        'certificate-printer',
        DEVICE_MS,
        unlessBusy(async () => {
          const { usable, state } = await certificatePrinter.status()
          return usable || state === 'DOCUMENT_EJECTED' ? null : 'CERTIFICATE_PRINTER_FAULT'
        }),
      )
    }
  }

  /** `maxSkewMs`: a clock further from the centre's than this endorses nothing (scenario 36). */
  watchCentre(centre: CentralClient, maxSkewMs: number): void {
    this.repeat('centre', CENTRE_MS, async () => {
      const health = await centre.health()
      const offset = centre.clockOffset
      const skewed = offset !== null && Math.abs(offset.offsetMs) - offset.uncertaintyMs > maxSkewMs
      this.note('clock', skewed ? 'CLOCK_SKEW' : null)
      return health.ok || health.error.code === 'CLOCK_SKEW' ? null : 'CENTRE_UNREACHABLE'
    })
  }

  stop(): void {
    this.stopped = true
    for (const cancel of this.cancels.values()) cancel()
  }

  private note(member: Member, closing: Closing | null): void {
    if (this.house.report(member, closing)) this.log.info('house.changed', { member, closing })
  }

  private repeat(member: Member, everyMs: number, ask: () => Promise<Closing | null | 'SAME'>): void {
    const round = async (): Promise<void> => {
      const closing = await ask()
      if (this.stopped) return
      if (closing !== 'SAME') this.note(member, closing)
      this.cancels.set(
        member,
        this.clock.setTimer(everyMs, () => void round()),
      )
    }
    void round()
  }
}
