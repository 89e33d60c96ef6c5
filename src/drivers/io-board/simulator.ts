import type { Clock } from '../../lib/clock.ts'
import type { DeviceLine } from '../transport/device-line.ts'
import { impair } from '../transport/impaired-line.ts'
import { decodeRequest, encodeAnswer, REQUEST_BYTES, type ModbusAnswer, type ModbusRequest } from './codec/modbus.ts'
import { FaultQueue } from '../transport/fault-queue.ts'
import type { BoardFault, BoardFaultScript } from './faults.ts'
import type { RegisterMap } from './register-map.ts'

const ILLEGAL_ADDRESS = 2
const ILLEGAL_VALUE = 3

/** A relay board in software: does what its register map says, and refuses the rest as the specification asks. */
export class IoBoardSimulator {
  private readonly clock: Clock
  private readonly map: RegisterMap
  private script: BoardFaultScript
  private faults: FaultQueue<BoardFault>
  private readonly relays: boolean[]
  private readonly contacts: boolean[]
  private readonly heard: string[] = []

  constructor(clock: Clock, map: RegisterMap, script: BoardFaultScript = {}) {
    this.clock = clock
    this.map = map
    this.script = script
    this.faults = new FaultQueue(script)
    this.relays = Array.from({ length: map.outputs.count }, () => false)
    this.contacts = Array.from({ length: map.inputs?.count ?? 0 }, () => false)
  }

  /** Whether relay `channel` (from 1) is on. */
  isOn(channel: number): boolean {
    return this.relays[channel - 1] ?? false
  }

  /** Relays as left by somebody else, or by a power cut. */
  setRelay(channel: number, on: boolean): void {
    this.relays[channel - 1] = on
  }

  /** Closes or opens the contact at input `channel` (from 1). */
  setInput(channel: number, closed: boolean): void {
    this.contacts[channel - 1] = closed
  }

  misbehave(script: BoardFaultScript): void {
    this.script = script
    this.faults = new FaultQueue(script)
  }

  /** Frames heard, in hexadecimal. */
  get requests(): readonly string[] {
    return this.heard
  }

  /** Fits `ServeDevice`. */
  readonly serve = (bareLine: DeviceLine): (() => void) => {
    const line = this.script.line ? impair(bareLine, this.script.line, this.clock) : bareLine
    let pending: Uint8Array = new Uint8Array(0)
    return line.onBytes((bytes) => {
      pending = Buffer.concat([pending, bytes])
      while (pending.length >= REQUEST_BYTES) {
        const frame = pending.subarray(0, REQUEST_BYTES)
        const known = decodeRequest(frame)
        pending = pending.subarray(known ? REQUEST_BYTES : 1)
        if (known?.address !== this.map.address) continue
        this.heard.push(Buffer.from(frame).toString('hex'))
        this.answer(line, frame, known.request)
      }
    })
  }

  private answer(line: DeviceLine, frame: Uint8Array, request: ModbusRequest): void {
    const fault = this.faults.take(request.kind)
    if (fault) this.spoil(line, new Uint8Array(frame), request, fault)
    else line.send(this.encoded(request, this.obey(request)))
  }

  private encoded(request: ModbusRequest, answer: ModbusAnswer): Uint8Array {
    return encodeAnswer(this.map.address, request, answer)
  }

  private spoil(line: DeviceLine, frame: Uint8Array, request: ModbusRequest, fault: BoardFault): void {
    if (fault.kind === 'exception') {
      line.send(this.encoded(request, { kind: 'exception', code: fault.code }))
      return
    }
    const obeyed = this.obey(request)
    const answer = this.encoded(request, obeyed)
    switch (fault.kind) {
      case 'silence':
        return
      case 'late':
        this.clock.setTimer(fault.ms, () => line.send(answer))
        return
      case 'duplicate':
        line.send(answer)
        line.send(answer)
        return
      case 'truncated':
        line.send(answer.subarray(0, fault.at))
        return
      case 'wrong-checksum':
        line.send(answer.map((byte, at) => (at === answer.length - 1 ? byte ^ 0x5a : byte)))
        return
      case 'wrong-address':
        line.send(encodeAnswer(fault.address, request, obeyed))
        return
      case 'echo':
        line.send(frame)
        line.send(answer)
        return
      case 'hang-up':
        line.send(answer.subarray(0, fault.at))
        line.hangUp()
        return
    }
  }

  /** The answer of a sound board. */
  private obey(request: ModbusRequest): ModbusAnswer {
    return request.kind === 'read' ? this.read(request) : this.write(request)
  }

  private read({ what, from, count }: Extract<ModbusRequest, { kind: 'read' }>): ModbusAnswer {
    const { inputs, outputs } = this.map
    if (inputs?.read === what && from >= inputs.from && from + count <= inputs.from + inputs.count)
      return values(this.contacts.slice(from - inputs.from, from - inputs.from + count))
    if (what === 'coils' && from >= outputs.from && from + count <= outputs.from + outputs.count)
      return values(this.relays.slice(from - outputs.from, from - outputs.from + count))
    return { kind: 'exception', code: ILLEGAL_ADDRESS }
  }

  private write({ what, at, value }: Extract<ModbusRequest, { kind: 'write' }>): ModbusAnswer {
    const { from, count, write, on, off, pulse } = this.map.outputs
    const channel = at - from + 1
    if (what === write && channel >= 1 && channel <= count && (value === on || value === off)) {
      this.setRelay(channel, value === on)
      return { kind: 'written' }
    }
    const pulsed = pulse ? at - pulse.from + 1 : 0
    if (pulse?.write === what && pulsed >= 1 && pulsed <= count) {
      if (pulse.kind === 'fixed' && value !== pulse.value) return { kind: 'exception', code: ILLEGAL_VALUE }
      this.setRelay(pulsed, true)
      const ms = pulse.kind === 'fixed' ? pulse.ms : value * pulse.unitMs
      this.clock.setTimer(ms, () => this.setRelay(pulsed, false))
      return { kind: 'written' }
    }
    return { kind: 'exception', code: channel >= 1 && channel <= count ? ILLEGAL_VALUE : ILLEGAL_ADDRESS }
  }
}

function values(bits: readonly boolean[]): ModbusAnswer {
  return { kind: 'values', values: bits.map((bit) => (bit ? 1 : 0)) }
}
