import type { Clock } from '../../lib/clock.ts'
import { seededRandom } from '../../lib/random.ts'
import type { DeviceLine } from '../transport/device-line.ts'
import { impair } from '../transport/impaired-line.ts'
import type { IdCard } from './card.ts'
import type { CommandName } from './codec/command.ts'
import { joinPayload } from './codec/payload.ts'
import { encodeSamId } from './codec/sam-id.ts'
import { encodeAddress, encodeCardText } from './codec/text.ts'
import type { IdCardProtocol } from './dialect.ts'
import type { Misbehaviour, ReadLayout, SamFault, SamFaultScript } from './faults.ts'
import { SIMULATED_DIALECTS, type SimulatedDialect } from './simulated-dialect.ts'

/** Where a card is in the sequence the module demands. A card that was read is not found again until it was lifted. */
type CardState = 'none' | 'present' | 'found' | 'selected' | 'read'

const SAM_ID = encodeSamId([5, 3, 20_140_101, 1_234_567, 1_234_567_890])
const PORTRAIT_BYTES = 1024
const FINGERPRINT_BYTES: Readonly<Record<Exclude<ReadLayout, 'plain'>, number>> = {
  'no-fingerprint': 0,
  'fingerprint-512': 512,
  'fingerprint-1024': 1024,
}
/** After these a card gives nothing more until it has left the field. */
const SPOILS_THE_CARD: ReadonlySet<number> = new Set([0x31, 0x32, 0x33, 0x41])
/** Where the number stands in the text of a card, bytes. */
const NUMBER_FIELD = [122, 158] as const

interface ActiveFault {
  readonly fault: SamFault
  skip: number
  left: number
}

/** A security module with an antenna, in software: speaks the bytes and refuses what the hardware would refuse. */
export class SamSimulator {
  private readonly clock: Clock
  private readonly dialect: SimulatedDialect
  private card: IdCard | undefined
  private state: CardState = 'none'
  /** A read failed: the card must leave the field before it can be read. */
  private spoilt = false
  private script: SamFaultScript = {}
  private active: ActiveFault[] = []
  private readonly heardCommands: CommandName[] = []

  constructor(clock: Clock, script: SamFaultScript = {}, protocol: IdCardProtocol = 'sam-v') {
    this.clock = clock
    this.dialect = SIMULATED_DIALECTS[protocol]
    this.misbehave(script)
  }

  /** The commands understood so far, in order. */
  get heard(): readonly CommandName[] {
    return this.heardCommands
  }

  /** Puts a card on the plate (in place of the one that lies there). */
  insertCard(card: IdCard): void {
    this.card = card
    this.state = 'present'
    this.spoilt = false
  }

  removeCard(): void {
    this.card = undefined
    this.state = 'none'
    this.spoilt = false
  }

  /** Replaces the fault script. Impairments of the line hold from the next connection on. */
  misbehave(script: SamFaultScript): void {
    this.script = script
    this.active = (script.faults ?? []).map((fault) => ({
      fault,
      skip: fault.skip ?? 0,
      left: fault.times === 0 ? Infinity : (fault.times ?? 1),
    }))
  }

  /** Speaks on `bareLine` until the returned function is called; fits `ServeDevice`. */
  readonly serve = (bareLine: DeviceLine): (() => void) => {
    const line = this.script.line ? impair(bareLine, this.script.line, this.clock) : bareLine
    const parser = this.dialect.parser()
    return line.onBytes((bytes) => {
      for (const event of parser.push(bytes)) {
        if (event.kind === 'damaged') line.send(this.dialect.answer(0x10))
        else this.answer(line, event.body)
      }
    })
  }

  private answer(line: DeviceLine, body: Uint8Array): void {
    const command = this.dialect.decode(body)
    if (command === undefined) {
      line.send(this.dialect.answer(0x21))
      return
    }
    this.heardCommands.push(command)
    const fault = this.faultFor(command)
    if (fault) this.spoil(line, command, fault)
    else line.send(this.obey(command))
  }

  private faultFor(command: CommandName): Misbehaviour | undefined {
    for (const active of this.active) {
      if (active.left === 0 || (active.fault.on ?? command) !== command) continue
      if (active.skip > 0) active.skip--
      else {
        active.left--
        return active.fault
      }
    }
    return undefined
  }

  private spoil(line: DeviceLine, command: CommandName, fault: Misbehaviour): void {
    if (fault.kind === 'sw3') {
      if (command === 'read' || command === 'readWithFingerprint') this.spoilt ||= SPOILS_THE_CARD.has(fault.code)
      line.send(this.dialect.answer(fault.code))
      return
    }
    const answer = this.obey(command)
    switch (fault.kind) {
      case 'silence':
        return
      case 'late':
        this.clock.setTimer(fault.ms, () => line.send(answer))
        return
      case 'wrong-checksum':
        line.send(answer.map((byte, at) => (at === answer.length - 1 ? byte ^ 0x5a : byte)))
        return
      case 'wrong-length':
        line.send(answer.map((byte, at) => (at === this.dialect.lengthAt ? byte + fault.by : byte)))
        return
      case 'truncated':
        line.send(answer.subarray(0, fault.at))
        return
      case 'torn':
        line.send(answer.subarray(0, fault.at))
        line.send(answer)
        return
      case 'duplicate':
        line.send(answer)
        line.send(answer)
        return
      case 'hang-up':
        line.send(answer.subarray(0, fault.at))
        line.hangUp()
        return
      case 'card-lifted':
        line.send(answer.subarray(0, fault.at))
        this.removeCard()
        return
      case 'vendor-time-out':
        line.send(this.dialect.timeOutFrame)
        return
    }
  }

  /** The answer of a sound reader. */
  private obey(command: CommandName): Uint8Array {
    switch (command) {
      case 'find':
        return this.find()
      case 'select':
        return this.select()
      case 'read':
      case 'readWithFingerprint':
        return this.read(command)
      case 'newestAddress':
        return this.newestAddress()
      case 'samId':
        return this.dialect.answer(0x90, SAM_ID)
      case 'reset':
        if (this.card) this.state = 'present'
        return this.dialect.answer(0x90)
      case 'status':
      case 'sleep':
      case 'wake':
      case 'baud115200':
      case 'baud57600':
      case 'baud38400':
      case 'baud19200':
      case 'baud9600':
        return this.dialect.answer(0x90)
    }
  }

  private find(): Uint8Array {
    if (this.dialect.readsAtOnce) {
      return this.card
        ? this.dialect.answer(0x90, encodeCardText(this.card).slice(...NUMBER_FIELD))
        : this.dialect.answer(0x80)
    }
    if (this.state === 'none' || this.state === 'read') return this.dialect.answer(0x80)
    this.state = 'found'
    return this.dialect.answer(0x9f, new Uint8Array(4))
  }

  private select(): Uint8Array {
    if (this.state !== 'found') return this.dialect.answer(0x81)
    this.state = 'selected'
    return this.dialect.answer(0x90, new Uint8Array(8))
  }

  private read(command: 'read' | 'readWithFingerprint'): Uint8Array {
    if (!this.card) return this.dialect.answer(this.dialect.readsAtOnce ? 0x80 : 0x41)
    if (this.spoilt) return this.dialect.answer(0x41)
    const mayRead = this.dialect.readsAtOnce || this.state === 'selected' || this.state === 'read'
    if (!mayRead) return this.dialect.answer(0x23)
    this.state = 'read'
    const layout = this.script.layout ?? (command === 'read' ? 'plain' : 'no-fingerprint')
    const fingerprint = layout === 'plain' ? undefined : opaqueBytes(FINGERPRINT_BYTES[layout], 2)
    return this.dialect.answer(
      0x90,
      joinPayload(encodeCardText(this.card), opaqueBytes(PORTRAIT_BYTES, 1), fingerprint),
    )
  }

  private newestAddress(): Uint8Array {
    if (!this.card || (this.state !== 'selected' && this.state !== 'read')) return this.dialect.answer(0x41)
    const newest = 'newestAddress' in this.card ? this.card.newestAddress : undefined
    return newest === undefined ? this.dialect.answer(0x91) : this.dialect.answer(0x90, encodeAddress(newest))
  }
}

/** Stands for a portrait or fingerprint: nobody's, the same every time, and full of AA so that parsers are tried. */
function opaqueBytes(length: number, seed: number): Uint8Array {
  const random = seededRandom(seed)
  const bytes = Uint8Array.from({ length }, () => (random() < 0.1 ? 0xaa : Math.floor(random() * 256)))
  if (length >= 600) bytes.set([0xaa, 0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x00, 0x04, 0x00, 0x00, 0x41, 0x45], 500)
  return bytes
}
