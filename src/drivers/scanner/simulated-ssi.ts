import type { CancelTimer, Clock } from '../../lib/clock.ts'
import { encodeSsi, MAX_SSI_DATA, SSI, SSI_CAUSE, SSI_STATUS, SsiParser, type SsiFrame } from './protocol/ssi-frame.ts'
import type { SaidAbout } from './fault-script.ts'
import type { Say, SimulatedHead } from './simulated-family.ts'

/** How long it waits for an acknowledgement, and how often it sends a packet in all. */
const ACKNOWLEDGED_WITHIN_MS = 800
const SENDINGS = 3
const QR = 0x1c

const ACK = encodeSsi('scanner', SSI.ACK)
const nak = (cause: number): Uint8Array => encodeSsi('scanner', SSI.NAK, [cause])

/** A Zebra scanner in SSI mode: packets are repeated until acknowledged; a session needs scanning to be enabled. */
export class SsiHead implements SimulatedHead {
  private readonly clock: Clock
  private readonly say: Say
  private readonly parser = new SsiParser('host')
  private enabled = true
  private session = false
  private packets: Uint8Array[] = []
  private sendings = 0
  private cancelWait: CancelTimer = () => undefined

  constructor(clock: Clock, say: Say) {
    this.clock = clock
    this.say = say
  }

  get lit(): boolean {
    return this.session
  }

  hear(bytes: Uint8Array): void {
    // A zero in front of a frame only wakes.
    for (const heard of this.parser.push(bytes[0] === 0x00 ? bytes.subarray(1) : bytes))
      if (heard === 'damaged') this.say('set-up', nak(SSI_CAUSE.RESEND))
      else this.obey(heard)
  }

  read(text: Uint8Array): void {
    this.session = false
    const size = MAX_SSI_DATA - 1
    for (let at = 0; at < text.length; at += size) {
      const status = at + size < text.length ? SSI_STATUS.MORE_FOLLOWS : 0
      this.packets.push(encodeSsi('scanner', SSI.DECODE_DATA, [QR, ...text.subarray(at, at + size)], status))
    }
    if (this.sendings === 0) this.sendPacket()
  }

  stop(): void {
    this.cancelWait()
    this.packets = []
  }

  private obey({ opcode, data }: SsiFrame): void {
    const answers: Readonly<Record<number, readonly [SaidAbout, () => boolean] | undefined>> = {
      [SSI.START_SESSION]: ['light-on', () => (this.session = this.enabled)],
      [SSI.STOP_SESSION]: ['light-off', () => ((this.session = false), true)],
      [SSI.SCAN_ENABLE]: ['set-up', () => (this.enabled = true)],
      [SSI.SCAN_DISABLE]: ['set-up', () => ((this.enabled = this.session = false), true)],
    }
    const answer = answers[opcode]
    if (answer) this.say(answer[0], answer[1]() ? ACK : nak(SSI_CAUSE.DENIED), nak(SSI_CAUSE.DENIED))
    else if (opcode === SSI.ACK) this.acknowledged()
    else if (opcode === SSI.NAK && data[0] === SSI_CAUSE.RESEND) this.sendPacket()
    else if (opcode !== SSI.NAK) this.say('set-up', nak(SSI_CAUSE.BAD_CONTEXT))
  }

  private acknowledged(): void {
    this.cancelWait()
    this.packets.shift()
    this.sendings = 0
    this.sendPacket()
  }

  private sendPacket(): void {
    this.cancelWait()
    const [packet] = this.packets
    if (packet === undefined) return
    if (this.sendings === SENDINGS) {
      this.packets = []
      this.sendings = 0
      return
    }
    this.say('code', this.sendings === 0 ? packet : sentAgain(packet))
    this.sendings++
    this.cancelWait = this.clock.setTimer(ACKNOWLEDGED_WITHIN_MS, () => this.sendPacket())
  }
}

/** The same packet, marked as sent again. */
export function sentAgain(packet: Uint8Array): Uint8Array {
  return encodeSsi('scanner', packet[1] ?? 0, [...packet.subarray(4, -2)], (packet[3] ?? 0) | SSI_STATUS.RETRANSMITTED)
}
