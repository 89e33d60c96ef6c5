import type { Clock } from '../../../lib/clock.ts'
import { Lock } from '../../../lib/lock.ts'
import { hide, type Log, type Sensitive } from '../../../lib/log.ts'
import { err, ok, type Result } from '../../../lib/result.ts'
import { Conversation, type Heard } from '../../conversation.ts'
import type { DeviceReport } from '../../report.ts'
import { reportOf, type IcCardReaderStatus } from '../status.ts'
import type { Transport, TransportError } from '../../transport/transport.ts'
import { encodeModuleFrame, ModuleStream, type ModuleAnswer, type ModuleCommand, type ModuleFrame } from './frame.ts'
import { readResultOf, type ReadResult } from './read-result.ts'

export type ModuleError =
  | { readonly code: 'PORT'; readonly cause: TransportError }
  | { readonly code: 'NO_ANSWER' }
  | { readonly code: 'NO_CARD' }
  | { readonly code: 'CANCELLED' }
  | { readonly code: Exclude<ReadResult, 'OK'> }

const ANSWER_MS = 1000
const ATTEMPTS = 2

/**
 * The card module of a vehicle terminal, reused at a kiosk. It reads by itself when a card is put in and tells; it repeats
 * until it is acknowledged. Unverified on hardware; the layout of what it reads is not public and stays opaque here.
 */
export class IcCardModule {
  private readonly line: ModuleLine
  private readonly log: Log
  private readonly lock = new Lock()
  private antennaFault = false

  constructor(transport: Transport, clock: Clock, log: Log) {
    this.line = new ModuleLine(transport, clock)
    this.log = log
    this.line.onResult((result) => (this.antennaFault = result === 'ANTENNA_FAULT'))
  }

  /** Asks the module to read, and waits for its result. @param deadlineMs milliseconds; when it passes, `NO_CARD` */
  read(signal: AbortSignal, deadlineMs: number): Promise<Result<Sensitive<Uint8Array>, ModuleError>> {
    return this.lock.run(async () => {
      if (signal.aborted) return err({ code: 'CANCELLED' })
      const opened = await this.line.open()
      if (!opened.ok) return err({ code: 'PORT', cause: opened.error })
      const unasked = new AbortController()
      const stop = AbortSignal.any([signal, unasked.signal])
      const result = this.line.next(deadlineMs, (each) => ofCommand(each, 'readResult'), stop)
      const asked = await this.line.write(encodeModuleFrame('readNow'), ANSWER_MS)
      if (!asked.ok) {
        unasked.abort()
        return err({ code: 'PORT', cause: asked.error })
      }
      const heard = await result
      if (heard === 'LINE_LOST') return err(LOST)
      if (heard === 'SILENCE') return err({ code: calledOff(signal) ? 'CANCELLED' : 'NO_CARD' })
      const outcome = readResultOf(heard.heard.data[0])
      this.log.info('ic-card.module-read', { outcome, bytes: heard.heard.data.length })
      return outcome === 'OK' ? ok(hide(heard.heard.data.subarray(1))) : err({ code: outcome })
    })
  }

  /** Waits until the module says that the card was taken out. `NO_ANSWER` when it does not. */
  waitForRemoval(signal: AbortSignal, deadlineMs: number): Promise<Result<void, ModuleError>> {
    return this.lock.run(async () => {
      const opened = await this.line.open()
      if (!opened.ok) return err({ code: 'PORT', cause: opened.error })
      const heard = await this.line.next(deadlineMs, (each) => ofCommand(each, 'removed'), signal)
      if (heard === 'LINE_LOST') return err(LOST)
      return heard === 'SILENCE' ? err({ code: signal.aborted ? 'CANCELLED' : 'NO_ANSWER' }) : ok()
    })
  }

  async status(): Promise<IcCardReaderStatus> {
    return this.lock.run(async (): Promise<IcCardReaderStatus> => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const opened = await this.line.open()
        if (!opened.ok) return { state: 'UNPLUGGED', cause: opened.error }
        const heard: Heard<ModuleFrame> = await this.line.ask(encodeModuleFrame('link'), ANSWER_MS, (each) =>
          ofCommand(each, 'link'),
        )
        if (heard === 'LINE_LOST') return { state: 'UNPLUGGED', cause: LOST.cause }
        if (heard !== 'SILENCE')
          return this.antennaFault ? { state: 'ANTENNA_FAULT' } : { state: 'READY', cardPresent: this.line.cardPresent }
      }
      await this.line.close()
      return { state: 'SILENT' }
    })
  }

  /** Ends early when nobody waits any more. */
  async report(signal: AbortSignal): Promise<DeviceReport> {
    const gone = new Promise<IcCardReaderStatus>((resolve) => {
      signal.addEventListener('abort', () => resolve({ state: 'SILENT' }), { once: true })
    })
    return reportOf(signal.aborted ? { state: 'SILENT' } : await Promise.race([this.status(), gone]))
  }

  close(): Promise<void> {
    return this.lock.run(() => this.line.close())
  }
}

const LOST = { code: 'PORT', cause: { code: 'LOST', detail: 'the line was lost' } } as const

/** A function, because the compiler takes a flag read once for a flag that stays. */
function calledOff(signal: AbortSignal): boolean {
  return signal.aborted
}

function ofCommand(answer: ModuleAnswer, command: ModuleCommand): ModuleFrame | undefined {
  return answer.kind === 'frame' && answer.command === command ? answer : undefined
}

/** The module's line: what it tells by itself is acknowledged at once, whether somebody waits for it or not. */
class ModuleLine extends Conversation<ModuleAnswer> {
  cardPresent = false
  private resultListener: (result: ReadResult) => void = () => undefined

  constructor(transport: Transport, clock: Clock) {
    super(transport, clock, new ModuleStream())
    this.hearAll((answer) => this.acknowledge(answer))
  }

  onResult(listener: (result: ReadResult) => void): void {
    this.resultListener = listener
  }

  private acknowledge(answer: ModuleAnswer): void {
    if (answer.kind !== 'frame') return
    const { command, data } = answer
    if (command === 'readResult') {
      const result = readResultOf(data[0])
      this.cardPresent = result !== 'CARD_REMOVED' && result !== 'ANTENNA_FAULT'
      this.resultListener(result)
    } else if (command === 'removed') {
      this.cardPresent = false
    } else return
    // An acknowledgement that is lost is asked for again: the module repeats.
    void this.write(encodeModuleFrame(command), ANSWER_MS).then(() => undefined)
  }
}
