import type { Call } from '../../../src/rig/centre-gate.ts'
import type { Rig } from '../../../src/rig/rig.ts'
import type { Moment } from './ordeal.ts'

/** Pulls the plug at its moment. */
export class Plug {
  private pull: () => void
  private readonly moment: Moment
  private calls = 0

  constructor(moment: Moment, pull: () => void) {
    this.moment = moment
    this.pull = pull
  }

  started(): void {
    if (this.moment.at === 'START') setTimeout(() => this.pull(), this.moment.afterMs)
  }

  screen(place: string): void {
    if (this.moment.at === 'SCREEN' && this.moment.place === place) setTimeout(() => this.pull(), this.moment.afterMs)
  }

  call({ phase, url }: Call): void {
    const { moment } = this
    if (moment.at !== 'CALL' || phase !== moment.phase || url.includes('health')) return
    if ((this.calls += 1) === moment.nth) this.pull()
  }

  /** Listens at the wires of the printers; returns the end of it. */
  watch({ certificatePrinter, receiptPrinter }: Rig): () => void {
    const { moment } = this
    if (moment.at === 'ROW_BYTE') return afterBytes(certificatePrinter.received, moment.count, () => this.pull())
    if (moment.at === 'SLIP_BYTE') return afterBytes(receiptPrinter.received, moment.count, () => this.pull())
    return () => undefined
  }

  /** The life is over: nothing is pulled any more. */
  unhand(): void {
    this.pull = () => undefined
  }
}

/** Status questions are short; a job is not. Bytes are counted from the first chunk longer than any question. */
const LONGEST_QUESTION = 24

function afterBytes(received: number[], count: number, then: () => void): () => void {
  const from = received.length
  let jobFrom: number | null = null
  let burst = 0
  const push = received.push.bind(received)
  const timer = setInterval(() => (burst = 0), 5)
  received.push = (...bytes) => {
    const length = push(...bytes)
    burst += bytes.length
    if (jobFrom === null && burst > LONGEST_QUESTION) jobFrom = length - burst
    if (jobFrom !== null && length - Math.max(jobFrom, from) === count) then()
    return length
  }
  return () => {
    clearInterval(timer)
    received.push = push
  }
}
