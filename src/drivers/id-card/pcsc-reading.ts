import { err, ok, type Result } from '../../lib/result.ts'
import { cardReadOf, type CardRead } from './card-read.ts'
import { TEXT_BYTES } from './codec/payload.ts'
import { sw3Hex } from './codec/sw3.ts'
import type { IdCardError } from './errors.ts'

/** A card in a PC/SC reader as far as this reading needs it: one command, one answer with its two status bytes. */
export interface ApduChannel<Fault> {
  transmit(apdu: Uint8Array): Promise<Result<Uint8Array, Fault>>
}

/** `FF B0 block 00 00`: reads a block of the identity card (a pseudo-APDU the reader answers itself). */
function readBlockApdu(block: number): Uint8Array {
  return Uint8Array.of(0xff, 0xb0, block, 0x00, 0x00)
}

/** Before the data of the first block of text and of portrait. The first holds both lengths, big-endian. */
const HEADER_BYTES = 4
const FIRST_PORTRAIT_BLOCK = 1
/** The last block holds the rest; more are never asked for, whatever length was announced. */
const LAST_PORTRAIT_BLOCK = 4
const STATUS_BYTES = 2
const DONE = 0x9000

export type PcscReadingError<Fault> =
  | IdCardError
  /** The reader or the card refused a block. */
  | { readonly code: 'BLOCK_REFUSED'; readonly block: number; readonly status: string }
  | { readonly code: 'CHANNEL'; readonly cause: Fault }

/**
 * Reads an identity card through a PC/SC reader that decodes it itself. Known from one open program; **unverified** on
 * hardware. Block 0: four bytes of lengths (`01 00 04 00`) and 256 bytes of text; blocks 1 to 4: the portrait, the first
 * behind four bytes whose meaning is not published.
 */
export async function readOverPcsc<Fault>(
  channel: ApduChannel<Fault>,
): Promise<Result<CardRead, PcscReadingError<Fault>>> {
  const first = await block(channel, 0)
  if (!first.ok) return first
  const text = first.value.subarray(HEADER_BYTES)
  const [textHigh = 0, textLow = 0, portraitHigh = 0, portraitLow = 0] = first.value
  const announced = (textHigh << 8) | textLow
  if (announced !== TEXT_BYTES || text.length !== TEXT_BYTES) {
    const detail = `the text has ${text.length} bytes, ${announced} were announced`
    return err({ code: 'UNREADABLE_CARD', detail })
  }
  const portrait = await portraitOf(channel, (portraitHigh << 8) | portraitLow)
  return portrait.ok ? cardReadOf({ text: new Uint8Array(text), portrait: portrait.value }) : portrait
}

/** The portrait is an extra to a card that was read, but a reader that refuses it is told, not hidden. */
async function portraitOf<Fault>(
  channel: ApduChannel<Fault>,
  length: number,
): Promise<Result<Uint8Array, PcscReadingError<Fault>>> {
  let portrait = new Uint8Array(0)
  for (let at = FIRST_PORTRAIT_BLOCK; at <= LAST_PORTRAIT_BLOCK && portrait.length < length; at++) {
    const part = await block(channel, at)
    if (!part.ok) return part
    const data = at === FIRST_PORTRAIT_BLOCK ? part.value.subarray(HEADER_BYTES) : part.value
    portrait = Uint8Array.from([...portrait, ...data])
  }
  return ok(portrait.subarray(0, length))
}

async function block<Fault>(
  channel: ApduChannel<Fault>,
  number: number,
): Promise<Result<Uint8Array, PcscReadingError<Fault>>> {
  const answer = await channel.transmit(readBlockApdu(number))
  if (!answer.ok) return err({ code: 'CHANNEL', cause: answer.error })
  const data = answer.value.subarray(0, Math.max(0, answer.value.length - STATUS_BYTES))
  const [high = 0, low = 0] = answer.value.subarray(data.length)
  if (((high << 8) | low) === DONE) return ok(data)
  return err({ code: 'BLOCK_REFUSED', block: number, status: `${sw3Hex(high)}${sw3Hex(low)}` })
}
