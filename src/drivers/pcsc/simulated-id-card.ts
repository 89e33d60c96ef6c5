import type { SimulatedCard } from './simulated-card.ts'

/** T=1, two historical bytes 90 00, as the one published program expects. */
const ATR = Uint8Array.of(0x3b, 0x82, 0x80, 0x01, 0x90, 0x00, 0x93)
const HEADER = [0x01, 0x00, 0x04, 0x00]
/** Portrait bytes of each block; the first stands behind four more bytes. */
const PORTRAIT_BLOCKS = [252, 256, 256, 260]

/**
 * An identity card in a PC/SC reader that decodes it: answers `FF B0 block 00 00`. What is on it comes from the caller.
 * @param text 256 bytes
 * @param portrait 1024 bytes
 */
export function simulatedIdCard(text: Uint8Array, portrait: Uint8Array): SimulatedCard {
  const blocks: (readonly number[])[] = [[...HEADER, ...text]]
  let at = 0
  for (const [index, length] of PORTRAIT_BLOCKS.entries()) {
    blocks.push([...(index === 0 ? [0, 0, 0, 0] : []), ...portrait.subarray(at, at + length)])
    at += length
  }
  return {
    atr: ATR,
    transmit([cla, ins, number = 0]) {
      if (cla !== 0xff || ins !== 0xb0) return Uint8Array.of(0x6d, 0x00)
      const block = blocks[number]
      return block === undefined ? Uint8Array.of(0x6a, 0x82) : Uint8Array.of(...block, 0x90, 0x00)
    },
  }
}
