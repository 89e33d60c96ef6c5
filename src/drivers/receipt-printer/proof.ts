import { crc32 } from 'node:zlib'
import { delay, type Clock } from '../../lib/clock.ts'
import { askProcessId, BARRIER, type Answer } from './codec.ts'
import type { Heard } from '../conversation.ts'
import type { PrinterConversation } from './conversation.ts'
import { ANSWER_MS, askState } from './inquiry.ts'
import type { ReceiptPrinterProfile } from './profile.ts'
import { isFault, type PrinterFault, type PrinterState } from './status.ts'

/** How a printer can prove that a receipt came out; `real-time` can only refute it, `none` not even that. */
export type ProofAbility = 'process-id' | 'barrier' | 'presenter' | 'real-time' | 'none'

/** What waiting for proof came to. */
export type Verdict =
  | { readonly verdict: 'PROVEN' }
  | { readonly verdict: 'REFUTED'; readonly state: PrinterFault }
  | { readonly verdict: 'UNKNOWN'; readonly why: 'NO_ANSWER' | 'LINE_LOST' | 'MODEL_CANNOT_PROVE' }

/** Time a printer may take beyond the paper's own before it is asked what is wrong. */
const MARGIN_MS = 4000
const POLL_MS = 400
const WRITE_MS = 5000
/** The rest of a slip is on paper by then, and its barrier answered. */
const INHERITED_MS = 4000
const PROBE_ID = '~~~~'

const PROVEN: Verdict = { verdict: 'PROVEN' }

/** Faults a person has to remove: waiting longer cannot complete the receipt. */
const HARD_FAULTS: ReadonlySet<PrinterState> = new Set<PrinterState>([
  'PAPER_OUT',
  'COVER_OPEN',
  'CUTTER_ERROR',
  'PAPER_JAM',
  'EXIT_BLOCKED',
  'UNRECOVERABLE',
])

/** The fault in `state` that ends a print at once, if it is one. */
export function hardFault(state: PrinterState | undefined): PrinterFault | undefined {
  return state !== undefined && isFault(state) && HARD_FAULTS.has(state) ? state : undefined
}

/** Asks for proof that everything sent so far was printed and waits for it. */
export class Prover {
  private readonly conversation: PrinterConversation
  private readonly profile: ReceiptPrinterProfile
  private readonly clock: Clock
  private probed: ProofAbility | undefined
  /** Barriers sent whose answers are still owed; a late one must not prove the next receipt. */
  private owedBarriers = 0
  private owedByOthers = false

  constructor(conversation: PrinterConversation, profile: ReceiptPrinterProfile, clock: Clock) {
    this.conversation = conversation
    this.profile = profile
    this.clock = clock
  }

  /** What the model can do: from its profile, or asked once while it is online and idle, and remembered. */
  async ability(): Promise<ProofAbility> {
    if (this.profile.proof !== 'auto') return this.profile.proof
    return this.probed ?? this.probe()
  }

  /** Asks the printer itself, whatever its profile says. To be called while it is online and idle. */
  async probe(): Promise<ProofAbility> {
    const echoed = await this.conversation.ask(askProcessId(PROBE_ID), ANSWER_MS * 2, completion(PROBE_ID))
    if (echoed === 'LINE_LOST') return 'none'
    if (echoed !== 'SILENCE') return (this.probed = 'process-id')
    const passed = await this.conversation.ask(BARRIER, ANSWER_MS * 2, isBuffered)
    if (passed === 'LINE_LOST') return 'none'
    if (passed !== 'SILENCE') return (this.probed = 'barrier')
    // One that stopped meanwhile answers nothing from its buffer: that is no word about what it can.
    if (hardFault(await askState(this.conversation, this.profile)) !== undefined) return 'real-time'
    return (this.probed = 'real-time')
  }

  /** A process before this one may have sent barriers whose answers are still to come. */
  inherit(): void {
    this.owedByOthers = true
  }

  /** Lets answers to earlier barriers arrive; a power cycle loses them, so it does not wait for ever. */
  async settle(expectedMs: number): Promise<void> {
    if (this.owedByOthers && this.profile.realTimeStatus) {
      while (typeof (await this.conversation.next(INHERITED_MS, isBuffered)) === 'object');
    }
    this.owedByOthers = false
    while (this.owedBarriers > 0) {
      const heard = await this.conversation.next(expectedMs + ANSWER_MS, isBuffered)
      this.owedBarriers = typeof heard === 'object' ? this.owedBarriers - 1 : 0
    }
  }

  /** @param expectedMs how long the printing should take from now, milliseconds */
  prove(ability: ProofAbility, jobId: string, expectedMs: number): Promise<Verdict> {
    switch (ability) {
      case 'none':
        return this.onlyWait(expectedMs)
      case 'real-time':
        return this.onlyRefute(expectedMs)
      case 'presenter':
        return this.seeInMouth(expectedMs)
      case 'process-id': {
        const id = processIdOf(jobId)
        return this.demand(askProcessId(id), expectedMs, completion(id))
      }
      case 'barrier':
        this.owedBarriers++
        return this.demand(BARRIER, expectedMs, (answer) => this.lastBarrier(answer))
    }
  }

  private lastBarrier(answer: Answer): true | undefined {
    if (answer.kind !== 'buffered') return undefined
    this.owedBarriers = Math.max(0, this.owedBarriers - 1)
    return this.owedBarriers === 0 ? true : undefined
  }

  private async demand(
    question: Uint8Array,
    expectedMs: number,
    pick: (answer: Answer) => true | undefined,
  ): Promise<Verdict> {
    const stop = new AbortController()
    const watching = this.watch(expectedMs + MARGIN_MS, pick, stop)
    const written = await this.conversation.write(question, WRITE_MS)
    if (!written.ok && written.error.code !== 'TIMED_OUT') {
      stop.abort()
      await watching
      return { verdict: 'UNKNOWN', why: 'LINE_LOST' }
    }
    return (await watching) ?? this.lastWord('NO_ANSWER')
  }

  /** A one-way line: the paper is given its time before anybody closes the line or looks. */
  private async onlyWait(expectedMs: number): Promise<Verdict> {
    await delay(this.clock, expectedMs)
    return { verdict: 'UNKNOWN', why: 'MODEL_CANNOT_PROVE' }
  }

  /** The mouth was empty before; a receipt in it now is ours, printed and cut. */
  private async seeInMouth(expectedMs: number): Promise<Verdict> {
    const stop = new AbortController()
    const seen = await this.watch(expectedMs + MARGIN_MS, () => undefined, stop, 'PAPER_NOT_TAKEN')
    return seen ?? this.lastWord('NO_ANSWER')
  }

  private async onlyRefute(expectedMs: number): Promise<Verdict> {
    const stop = new AbortController()
    return (await this.watch(expectedMs, () => undefined, stop)) ?? this.lastWord('MODEL_CANNOT_PROVE')
  }

  /** No proof came in time: a fault the printer admits now refutes, anything else leaves it unknown. */
  private async lastWord(otherwise: 'NO_ANSWER' | 'MODEL_CANNOT_PROVE'): Promise<Verdict> {
    const state = await askState(this.conversation, this.profile)
    if (state === 'LINE_LOST') return { verdict: 'UNKNOWN', why: 'LINE_LOST' }
    if (isFault(state) && state !== 'NO_ANSWER') return { verdict: 'REFUTED', state }
    return { verdict: 'UNKNOWN', why: otherwise }
  }

  /** Listens until proof (an answer, or the state `proving`), a hard fault, a lost line, or `ms` have passed. */
  private async watch(
    ms: number,
    pick: (answer: Answer) => true | undefined,
    stop: AbortController,
    proving?: PrinterState,
  ): Promise<Verdict | undefined> {
    const listening = this.conversation.next<Verdict>(
      ms,
      (answer) => {
        if (pick(answer) === true) return PROVEN
        return answer.kind === 'automatic' ? refuted(this.conversation.automatic) : undefined
      },
      stop.signal,
    )
    try {
      if (!this.profile.realTimeStatus || this.profile.automaticStatus) return verdictOf(await listening)
      for (;;) {
        const first = await Promise.race([listening, delay(this.clock, POLL_MS).then(() => 'TICK' as const)])
        if (first !== 'TICK') return verdictOf(first)
        const state = await askState(this.conversation, this.profile)
        if (state === proving) return PROVEN
        const fault = refuted(state)
        if (fault !== undefined) {
          const meanwhile = await Promise.race([listening, Promise.resolve('PENDING' as const)])
          return meanwhile === 'PENDING' ? fault : (verdictOf(meanwhile) ?? fault)
        }
      }
    } finally {
      stop.abort()
    }
  }
}

/** Four characters that stand for a job towards the printer: 24 bits of its id, so that a late echo finds its job. */
export function processIdOf(jobId: string): string {
  const hash = crc32(jobId)
  return [0, 6, 12, 18].map((shift) => String.fromCharCode(0x30 + ((hash >>> shift) & 0x3f))).join('')
}

function completion(id: string): (answer: Answer) => true | undefined {
  return (answer) => (answer.kind === 'process-id' && answer.id === id ? true : undefined)
}

function isBuffered(answer: Answer): true | undefined {
  return answer.kind === 'buffered' ? true : undefined
}

function refuted(state: PrinterState | undefined): Verdict | undefined {
  const fault = hardFault(state)
  return fault === undefined ? undefined : { verdict: 'REFUTED', state: fault }
}

function verdictOf(heard: Heard<Verdict>): Verdict | undefined {
  if (heard === 'SILENCE') return undefined
  return heard === 'LINE_LOST' ? { verdict: 'UNKNOWN', why: 'LINE_LOST' } : heard.heard
}
