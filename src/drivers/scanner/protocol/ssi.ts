import { MAX_CODE_BYTES } from '../codec.ts'
import type { Command, Heard, ScannerProtocol, ScannerStream } from './protocol.ts'
import { encodeSsi, SSI, SSI_CAUSE, SSI_STATUS, SsiParser, type SsiFrame, type SsiHeard } from './ssi-frame.ts'

/** Wakes a scanner that sleeps; it is no frame and has no answer. */
const WAKE_UP: Command = { name: 'wake', bytes: Uint8Array.of(0x00), answered: false }

function command(name: Command['name'], opcode: number): Command {
  return {
    name,
    bytes: encodeSsi('host', opcode),
    again: encodeSsi('host', opcode, [], SSI_STATUS.RETRANSMITTED),
    answered: true,
  }
}

/**
 * Zebra scanners in SSI mode (SE955, MS4407 manuals; 9600 8N1 by default). Every code is acknowledged, a damaged one asked
 * for again, one that comes twice taken once. Disabled between readings, so that its button lights nothing either.
 */
export const ssi: ScannerProtocol = {
  name: 'ssi',
  setUp: [],
  lightOn: [WAKE_UP, command('set-up', SSI.SCAN_ENABLE), command('light-on', SSI.START_SESSION)],
  lightOff: [command('light-off', SSI.STOP_SESSION), command('set-up', SSI.SCAN_DISABLE)],
  probe: command('probe', SSI.STOP_SESSION),
  stream: () => new SsiStream(),
}

const ACKNOWLEDGE = encodeSsi('host', SSI.ACK)
const ASK_AGAIN = encodeSsi('host', SSI.NAK, [SSI_CAUSE.RESEND])
const BAD_CONTEXT = encodeSsi('host', SSI.NAK, [SSI_CAUSE.BAD_CONTEXT])

class SsiStream implements ScannerStream {
  private readonly parser = new SsiParser('scanner')
  /** The packets of a code one behind the other; they stay where they are until the last has come. */
  private readonly text = new Uint8Array(MAX_CODE_BYTES + 1)
  /** A code whose last packet has not come. */
  private begun: { readonly type: number; length: number } | undefined
  /** The scanner was asked to send again: once is enough for all the pieces of one damaged packet. */
  private asked = false
  /** The packet accepted last, so that its repetition is not taken for another code. */
  private accepted: Uint8Array | undefined

  get midCode(): boolean {
    return this.parser.midFrame || this.asked
  }

  push(chunk: Uint8Array): Heard[] {
    return this.meanings(this.parser.push(chunk))
  }

  endBySilence(): Heard[] {
    const heard = this.meanings(this.parser.endBySilence())
    this.asked = false
    return heard
  }

  private meanings(found: readonly SsiHeard[]): Heard[] {
    const heard: Heard[] = []
    found.forEach((one, at) => {
      if (one === 'damaged') {
        // Noise in front of a sound frame is nothing that was lost.
        if (at < found.length - 1 || this.asked) return
        this.asked = true
        heard.push({ kind: 'reply', bytes: ASK_AGAIN })
        this.accepted = undefined
      } else heard.push(...this.meaning(one))
    })
    return heard
  }

  private meaning(frame: SsiFrame): Heard[] {
    this.asked = false
    switch (frame.opcode) {
      case SSI.ACK:
        return [{ kind: 'answer', verdict: 'done' }]
      case SSI.NAK:
        return [{ kind: 'answer', verdict: frame.data[0] === SSI_CAUSE.RESEND ? 'resend' : 'refused' }]
      case SSI.DECODE_DATA:
        return [{ kind: 'reply', bytes: ACKNOWLEDGE }, ...this.packet(frame)]
      default:
        return [{ kind: 'reply', bytes: BAD_CONTEXT }]
    }
  }

  private packet({ status, data }: SsiFrame): Heard[] {
    const again = (status & SSI_STATUS.RETRANSMITTED) !== 0
    if (again && this.accepted !== undefined && Buffer.compare(this.accepted, data) === 0) return []
    this.accepted = data
    const type = data[0] ?? 0
    const before = this.begun?.type === type ? this.begun.length : 0
    // One byte more than any code keeps the code too long, without keeping the rest of it.
    const more = data.subarray(1, 1 + this.text.length - before)
    this.text.set(more, before)
    const length = before + more.length
    this.begun = undefined
    if ((status & SSI_STATUS.MORE_FOLLOWS) !== 0) {
      this.begun = { type, length }
      return []
    }
    if (length > MAX_CODE_BYTES) return [{ kind: 'too-long' }]
    if (length === 0) return []
    const bytes = this.text.slice(0, length)
    return [{ kind: 'code', bytes, symbology: `ssi:${type.toString(16).padStart(2, '0')}` }]
  }
}
