import type { Clock } from '../../lib/clock.ts'
import type { DeviceLine } from '../transport/device-line.ts'
import { impair } from '../transport/impaired-line.ts'
import { FaultQueue } from '../transport/fault-queue.ts'
import type { IcCardFault, IcCardFaultScript } from './faults.ts'
import type { SimulatedCard } from './simulated-card.ts'
import { decodeQuestion, encodeReaders, PROTOCOL, type PcscCommand } from './message.ts'

const NO_SMARTCARD = 0x8010000c
const REMOVED_CARD = 0x80100069
const UNKNOWN_READER = 0x80100009
const INVALID_HANDLE = 0x80100003
const NO_SERVICE = 0x8010001d
const T1 = 2

/** pcscd with one reader, in software: answers the questions of `PcscClient` on any line. */
export class PcscdSimulator {
  private readonly clock: Clock
  private script: IcCardFaultScript
  private faults: FaultQueue<IcCardFault>
  private card: SimulatedCard | undefined
  private readonly reader: string | undefined
  private readonly minor: number
  private events = 0
  private contexts = new Set<number>()
  private nextHandle = 1
  /** Handle of the card that is held, and whether it is still the same card. */
  private held: { readonly handle: number; lost: boolean } | undefined
  private readonly heardCommands: PcscCommand[] = []

  constructor(
    clock: Clock,
    script: IcCardFaultScript = {},
    options: { readonly reader?: string | null; readonly minor?: number } = {},
  ) {
    this.clock = clock
    this.script = script
    this.faults = new FaultQueue(script)
    this.reader = options.reader === null ? undefined : (options.reader ?? 'Simulated PCD 00 00')
    this.minor = options.minor ?? PROTOCOL.minor
  }

  get heard(): readonly PcscCommand[] {
    return this.heardCommands
  }

  /** Whether somebody holds the card now. */
  get isHeld(): boolean {
    return this.held !== undefined
  }

  insertCard(card: SimulatedCard): void {
    this.card = card
    this.events++
  }

  removeCard(): void {
    if (this.held) this.held.lost = true
    this.card = undefined
    this.events++
  }

  /** Forgets all contexts, as a restart does. */
  restart(): void {
    this.contexts = new Set()
    this.held = undefined
  }

  misbehave(script: IcCardFaultScript): void {
    this.script = script
    this.faults = new FaultQueue(script)
  }

  /** Fits `ServeDevice`. */
  readonly serve = (bareLine: DeviceLine): (() => void) => {
    const line = this.script.line ? impair(bareLine, this.script.line, this.clock) : bareLine
    let pending: Uint8Array = new Uint8Array(0)
    return line.onBytes((bytes) => {
      pending = Buffer.concat([pending, bytes])
      for (let question = decodeQuestion(pending); question; question = decodeQuestion(pending)) {
        const { command, body, length } = question
        pending = pending.subarray(length)
        if (!command) {
          line.hangUp()
          return
        }
        this.heardCommands.push(command)
        this.answer(line, command, Buffer.from(body))
      }
    })
  }

  private answer(line: DeviceLine, command: PcscCommand, body: Buffer): void {
    const fault = this.faults.take(command)
    if (fault) this.spoil(line, command, body, fault)
    else line.send(this.obey(command, body))
  }

  private spoil(line: DeviceLine, command: PcscCommand, body: Buffer, fault: IcCardFault): void {
    if (fault.kind === 'card-lifted') this.removeCard()
    const answer = fault.kind === 'refused' ? withValue(command, body, fault.value) : this.obey(command, body)
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
      case 'status-word':
        line.send(transmitted(body, Uint8Array.of(fault.sw >> 8, fault.sw & 0xff)))
        return
      case 'hang-up':
        line.send(answer.subarray(0, fault.at))
        line.hangUp()
        return
      case 'refused':
      case 'card-lifted':
      case 'wrong-checksum':
        line.send(answer)
        return
    }
  }

  /** The answer of a sound daemon. */
  private obey(command: PcscCommand, body: Buffer): Uint8Array {
    switch (command) {
      case 'version':
        return this.version(body)
      case 'establishContext': {
        const context = this.nextHandle++
        this.contexts.add(context)
        return withNumbers(body, [4, context], [8, 0])
      }
      case 'releaseContext':
        return withValue(command, body, this.contexts.delete(body.readUInt32LE(0)) ? 0 : INVALID_HANDLE)
      case 'getReadersState':
        return encodeReaders(this.readers())
      case 'connect':
        return this.connect(body)
      case 'transmit':
        return this.transmit(body)
      case 'disconnect': {
        const mine = this.held?.handle === body.readUInt32LE(0)
        if (mine) this.held = undefined
        return withValue(command, body, mine ? 0 : INVALID_HANDLE)
      }
      case 'beginTransaction':
      case 'endTransaction':
        return withValue(command, body, this.lossOf(body.readUInt32LE(0)))
    }
  }

  private version(body: Buffer): Uint8Array {
    const tooNew = body.readUInt32LE(0) !== PROTOCOL.major || body.readUInt32LE(4) > this.minor
    return withNumbers(body, [0, PROTOCOL.major], [4, this.minor], [8, tooNew ? NO_SERVICE : 0])
  }

  private readers(): Parameters<typeof encodeReaders>[0] {
    if (this.reader === undefined) return []
    const atr = this.card?.atr ?? new Uint8Array(0)
    return [{ name: this.reader, events: this.events, cardPresent: this.card !== undefined, atr }]
  }

  private connect(body: Buffer): Uint8Array {
    if (!this.contexts.has(body.readUInt32LE(0))) return withValue('connect', body, INVALID_HANDLE)
    const name = body.toString('utf8', 4, body.indexOf(0, 4))
    if (name !== this.reader) return withValue('connect', body, UNKNOWN_READER)
    if (!this.card) return withValue('connect', body, NO_SMARTCARD)
    this.held = { handle: this.nextHandle++, lost: false }
    return withNumbers(body, [140, this.held.handle], [144, T1], [148, 0])
  }

  private transmit(body: Buffer): Uint8Array {
    const loss = this.lossOf(body.readUInt32LE(0))
    if (loss !== 0 || !this.card) return withValue('transmit', body.subarray(0, 32), loss || REMOVED_CARD)
    return transmitted(body, this.card.transmit(body.subarray(32)))
  }

  private lossOf(handle: number): number {
    if (this.held?.handle !== handle) return INVALID_HANDLE
    return this.held.lost ? REMOVED_CARD : 0
  }
}

function withNumbers(body: Buffer, ...numbers: readonly (readonly [at: number, value: number])[]): Uint8Array {
  const answer = Buffer.from(body)
  for (const [at, value] of numbers) answer.writeUInt32LE(value, at)
  return answer
}

function withValue(command: PcscCommand, body: Buffer, value: number): Uint8Array {
  if (command === 'getReadersState') return encodeReaders([])
  const structure = command === 'transmit' ? body.subarray(0, 32) : body
  return withNumbers(structure, [structure.length - 4, value])
}

function transmitted(body: Buffer, answer: Uint8Array): Uint8Array {
  return Buffer.concat([withNumbers(body.subarray(0, 32), [24, answer.length], [28, 0]), answer])
}
