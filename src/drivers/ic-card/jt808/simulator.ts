import type { Clock } from '../../../lib/clock.ts'
import type { DeviceLine } from '../../transport/device-line.ts'
import { impair } from '../../transport/impaired-line.ts'
import { FaultQueue } from '../../transport/fault-queue.ts'
import type { IcCardCommand, IcCardFault, IcCardFaultScript } from '../../pcsc/faults.ts'
import { encodeModuleFrame, ModuleStream, type ModuleCommand } from './frame.ts'
import { codeOfResult, type ReadResult } from './read-result.ts'

type Result = Exclude<ReadResult, 'UNKNOWN_RESULT'>

/** The card module in software. */
export class ModuleSimulator {
  private readonly clock: Clock
  private readonly script: IcCardFaultScript
  private readonly faults: FaultQueue<IcCardFault>
  private readonly lines = new Set<DeviceLine>()
  private card: { readonly result: Result; readonly data: Uint8Array } | undefined
  private readonly acknowledgements: ModuleCommand[] = []

  constructor(clock: Clock, script: IcCardFaultScript = {}) {
    this.clock = clock
    this.script = script
    this.faults = new FaultQueue(script)
  }

  /** What was acknowledged, in order. */
  get acknowledged(): readonly ModuleCommand[] {
    return this.acknowledgements
  }

  /** Puts in a card that reads like this; the module tells at once. */
  insertCard(result: Result, data: Uint8Array = new Uint8Array(0)): void {
    this.card = { result, data }
    for (const line of this.lines) line.send(this.resultFrame())
  }

  removeCard(): void {
    this.card = undefined
    for (const line of this.lines) line.send(encodeModuleFrame('removed'))
  }

  /** Fits `ServeDevice`. */
  readonly serve = (bareLine: DeviceLine): (() => void) => {
    const line = this.script.line ? impair(bareLine, this.script.line, this.clock) : bareLine
    const stream = new ModuleStream()
    this.lines.add(line)
    const stop = line.onBytes((bytes) => {
      for (const answer of stream.push(bytes)) if (answer.kind === 'frame') this.obey(line, answer.command)
    })
    return () => {
      stop()
      this.lines.delete(line)
    }
  }

  private obey(line: DeviceLine, command: ModuleCommand | undefined): void {
    if (command === 'readResult' || command === 'removed') this.acknowledgements.push(command)
    if (command === 'link') this.answer(line, 'link', encodeModuleFrame('link'))
    // Without a card the module waits for one.
    if (command === 'readNow' && this.card) this.answer(line, 'readNow', this.resultFrame())
  }

  private resultFrame(): Uint8Array {
    const { result, data } = this.card ?? { result: 'CARD_REMOVED' as const, data: new Uint8Array(0) }
    return encodeModuleFrame('readResult', Uint8Array.of(codeOfResult(result), ...data))
  }

  private answer(line: DeviceLine, command: IcCardCommand, answer: Uint8Array): void {
    const fault = this.faults.take(command)
    if (fault) this.spoil(line, answer, fault)
    else line.send(answer)
  }

  private spoil(line: DeviceLine, answer: Uint8Array, fault: IcCardFault): void {
    switch (fault.kind) {
      case 'silence':
        return
      case 'late':
        this.clock.setTimer(fault.ms, () => line.send(answer))
        return
      case 'truncated':
        line.send(answer.subarray(0, fault.at))
        return
      case 'duplicate':
        line.send(answer)
        line.send(answer)
        return
      case 'card-lifted':
        this.removeCard()
        return
      case 'wrong-checksum':
        line.send(answer.map((byte, at) => (at === 1 ? byte ^ 0x20 : byte)))
        return
      case 'hang-up':
        line.send(answer.subarray(0, fault.at))
        line.hangUp()
        return
      case 'refused':
      case 'status-word':
        line.send(answer)
        return
    }
  }
}
