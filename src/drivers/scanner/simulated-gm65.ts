import { crcCcitt } from './protocol/crc-ccitt.ts'
import type { Say, SimulatedHead } from './simulated-family.ts'

const TRIGGER = 0x0002

function answer(kind: number, data: readonly number[]): Uint8Array {
  const body = [kind, data.length, ...data]
  const crc = crcCcitt(body)
  return Uint8Array.of(0x02, 0x00, ...body, crc >> 8, crc & 0xff)
}

const DONE = answer(0x00, [0x00])
const CRC_FAILED = answer(0x01, [0x00])
const BAD_COMMAND = answer(0x03, [0x00])

/** A GM65 module in command trigger mode: registers, checksums, one reading for each trigger. */
export class Gm65Head implements SimulatedHead {
  private readonly registers = new Map<number, number>()
  private heard: number[] = []
  private readonly say: Say

  constructor(say: Say) {
    this.say = say
  }

  get lit(): boolean {
    return this.registers.get(TRIGGER) === 1
  }

  hear(bytes: Uint8Array): void {
    this.heard.push(...bytes)
    while (this.heard.length > 0) {
      if (this.heard[0] !== 0x7e || (this.heard[1] ?? 0) !== 0) {
        this.heard.shift()
        continue
      }
      const size = (this.heard[3] ?? 255) + 8
      if (this.heard.length < size) return
      this.obey(this.heard.splice(0, size))
    }
  }

  read(text: Uint8Array, suffix: Uint8Array): void {
    this.registers.set(TRIGGER, 0)
    this.say('code', Buffer.concat([text, suffix]))
  }

  stop(): void {
    this.heard = []
  }

  private obey(frame: readonly number[]): void {
    const body = frame.slice(2, -2)
    const [type = 0, length = 0, high = 0, low = 0, ...data] = body
    const sent = ((frame.at(-2) ?? 0) << 8) | (frame.at(-1) ?? 0)
    const register = (high << 8) | low
    const isTrigger = register === TRIGGER
    const about = type === 0x07 ? 'probe' : isTrigger ? (data[0] === 1 ? 'light-on' : 'light-off') : 'set-up'
    if (sent !== 0xabcd && sent !== crcCcitt(body)) this.say(about, CRC_FAILED)
    else if (length !== data.length || ![0x07, 0x08, 0x09].includes(type)) this.say(about, BAD_COMMAND)
    else this.say(about, this.done(type, register, data), BAD_COMMAND)
  }

  private done(type: number, register: number, data: readonly number[]): Uint8Array {
    if (type === 0x07) {
      const wanted = Array.from({ length: data[0] ?? 1 }, (_, at) => this.registers.get(register + at) ?? 0)
      return answer(0x00, wanted)
    }
    if (type === 0x08) data.forEach((value, at) => this.registers.set(register + at, value))
    return DONE
  }
}
