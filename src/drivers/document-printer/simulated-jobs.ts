import type { DocumentPrinterFaultEntry, DocumentPrinterFaultScript } from './fault-script.ts'

export interface SimulatedJob {
  readonly id: number
  readonly name: string
  readonly user: string
  readonly copies: number
  readonly tray: string | undefined
  /** `job-state` of RFC 8011. */
  state: number
  sheets: number
  /** Times it has been asked after: time passes by being looked at, so no clock is needed. */
  looks: number
  readonly fault: DocumentPrinterFaultEntry | undefined
  pdf: Uint8Array
}

/** The queue and the mechanism behind it: jobs come to their end as they are looked at, unless trouble holds them. */
export class SimulatedJobs {
  readonly jobs = new Map<number, SimulatedJob>()
  /** Every PDF that came out, in order: one entry for each copy. */
  readonly paper: Uint8Array[] = []
  reasons: string[]
  toner: number
  private script: DocumentPrinterFaultScript
  private received = 0

  constructor(script: DocumentPrinterFaultScript) {
    this.script = script
    this.reasons = [...(script.reasons ?? [])]
    this.toner = script.toner ?? 80
  }

  /** Replaces the fault script; the jobs it meets are counted from here. */
  misbehave(script: DocumentPrinterFaultScript): void {
    this.script = script
    this.received = 0
    if (script.reasons !== undefined) this.reasons = [...script.reasons]
    if (script.toner !== undefined) this.toner = script.toner
  }

  /** The fault that meets the next job. */
  nextFault(): DocumentPrinterFaultEntry | undefined {
    const number = this.received++
    return this.script.faults?.find(({ skip = 0, times = Infinity }) => number >= skip && number < skip + times)
  }

  add(job: Omit<SimulatedJob, 'id' | 'state' | 'sheets' | 'looks'>): SimulatedJob {
    const added = { ...job, id: this.jobs.size + 1, state: PENDING, sheets: 0, looks: 0 }
    this.jobs.set(added.id, added)
    if (added.fault?.kind === 'trouble') this.reasons.push(...added.fault.reasons)
    return added
  }

  look(job: SimulatedJob): void {
    if (job.state >= CANCELED || this.reasons.length > 0) return
    job.looks++
    if (job.looks === 1) job.state = PROCESSING
    else if (job.fault?.kind === 'stuck') return
    else if (job.fault?.kind === 'aborted') job.state = ABORTED
    else this.finish(job)
  }

  cancel(job: SimulatedJob, purge: boolean): boolean {
    const running = job.state < CANCELED
    if (running) job.state = CANCELED
    if (purge) this.jobs.delete(job.id)
    return running || purge
  }

  /** A person loads paper, removes the jam …: whatever was reported is over, and held jobs go on. */
  mend(): void {
    this.reasons = []
  }

  private finish(job: SimulatedJob): void {
    job.state = COMPLETED
    job.sheets = job.copies
    for (let copy = 0; copy < job.copies; copy++) this.paper.push(job.pdf)
    if (job.fault?.kind === 'trouble-after') this.reasons.push(...job.fault.reasons)
  }
}

const PENDING = 3
const PROCESSING = 5
const CANCELED = 7
const ABORTED = 8
const COMPLETED = 9
