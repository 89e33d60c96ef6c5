import { ScanAssembler } from '../codec.ts'
import type { Heard, ScannerProtocol, ScannerStream } from './protocol.ts'

/** Never part of UTF-8: says in a wedge's stream that keys were lost. */
export const KEYS_LOST = 0xff

/** A scanner that types. Its keys are put together by `KeyboardSource` and come as UTF-8 lines. */
export const keyboardWedge: ScannerProtocol = {
  name: 'keyboard-wedge',
  setUp: [],
  lightOn: [],
  lightOff: [],
  probe: null,
  stream: () => new WedgeStream(),
}

class WedgeStream implements ScannerStream {
  private readonly codes = new ScanAssembler()

  get midCode(): boolean {
    return this.codes.midCode
  }

  push(chunk: Uint8Array): Heard[] {
    return this.codes.push(chunk).map((scan) => {
      const lost = scan.kind === 'code' && scan.bytes.includes(KEYS_LOST)
      return lost ? { kind: 'keys-lost' } : scan
    })
  }

  endBySilence(): Heard[] {
    return this.codes.endBySilence()
  }
}
