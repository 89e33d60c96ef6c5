/**
 * A CPU card in software: an answer to reset and a few files of nobody. It stands for no card of any authority; its
 * content is for finding out whether reader, service and script work.
 */
export interface SimulatedCard {
  readonly atr: Uint8Array
  /** Answer with status word. */
  transmit(apdu: Uint8Array): Uint8Array
}

/** T=1, three historical bytes. */
const ATR = Uint8Array.of(0x3b, 0x80, 0x80, 0x01, 0x01)
const SPECIMEN_UID = Uint8Array.of(0x99, 0x00, 0x01, 0x5a)
const SPECIMEN_FILE = Buffer.from('SPECIMEN 样张', 'utf8')

export function specimenCard(): SimulatedCard {
  let ready: Uint8Array = new Uint8Array(0)
  const sw = (word: number, data: Uint8Array = new Uint8Array(0)) => Uint8Array.of(...data, word >> 8, word & 0xff)
  return {
    atr: ATR,
    transmit(apdu) {
      const [cla = 0, ins = 0, p1 = 0, , p3 = 0] = apdu
      // Card number, as readers give it (PC/SC part 3).
      if (cla === 0xff && ins === 0xca) return sw(0x9000, SPECIMEN_UID)
      if (cla !== 0x00) return sw(0x6e00)
      if (ins === 0x84) return sw(0x9000, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8))
      if (ins === 0xa4 && p1 === 0x00) {
        ready = Uint8Array.of(0x6f, 0x04, 0x84, 0x02, 0x3f, 0x00)
        return apdu[5] === 0x3f ? sw(0x6100 | ready.length) : sw(0x6a82)
      }
      if (ins === 0xc0) return sw(0x9000, ready.subarray(0, p3))
      if (ins === 0xb0) {
        if (p3 !== SPECIMEN_FILE.length) return sw(0x6c00 | SPECIMEN_FILE.length)
        return sw(0x9000, SPECIMEN_FILE)
      }
      return sw(0x6d00)
    },
  }
}
