import { err, ok, type Result } from '../../../lib/result.ts'

/** A card that takes one command and gives one answer, whatever reader it sits in. */
export interface ApduChannel<Fault> {
  /** @param apdu the command as it is  @returns data and status word, at least two bytes */
  transmit(apdu: Uint8Array): Promise<Result<Uint8Array, Fault>>
}

/** The answer to a command. */
export interface ApduAnswer {
  readonly data: Uint8Array
  /** SW1 SW2, 0 to FFFF. */
  readonly sw: number
}

/** The card answered less than a status word. */
export interface BadAnswer {
  readonly code: 'BAD_ANSWER'
}

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values)

/** The commands of ISO 7816-4 every CPU card knows. */
export const apdu = {
  /** SELECT by name. @param aid 5 to 16 bytes */
  selectName: (aid: Uint8Array) => bytes(0x00, 0xa4, 0x04, 0x00, aid.length, ...aid),
  /** SELECT by file id. */
  selectFile: (fileId: number) => bytes(0x00, 0xa4, 0x00, 0x00, 0x02, fileId >> 8, fileId & 0xff),
  /** READ BINARY of the selected file, from `offset` (0 to 7FFF), `length` bytes (1 to 256). */
  readBinary: (offset: number, length: number) => bytes(0x00, 0xb0, offset >> 8, offset & 0xff, length & 0xff),
  /** READ BINARY of the file with a short id (1 to 30), from `offset` (0 to FF). */
  readBinaryOf: (shortId: number, offset: number, length: number) =>
    bytes(0x00, 0xb0, 0x80 | shortId, offset, length & 0xff),
  /** READ RECORD `record` (from 1) of the file with a short id (1 to 30). */
  readRecord: (shortId: number, record: number, length: number) =>
    bytes(0x00, 0xb2, record, (shortId << 3) | 0x04, length & 0xff),
  getChallenge: () => bytes(0x00, 0x84, 0x00, 0x00, 0x08),
  getResponse: (length: number) => bytes(0x00, 0xc0, 0x00, 0x00, length & 0xff),
} as const

/** The most a card may have ready in pieces; more is nonsense. */
const MAX_PIECES = 256

/**
 * Sends a command and collects its whole answer: `61xx` is followed by GET RESPONSE, `6Cxx` by the same command with the
 * length the card named (once).
 */
export async function exchange<Fault>(
  channel: ApduChannel<Fault>,
  command: Uint8Array,
): Promise<Result<ApduAnswer, Fault | BadAnswer>> {
  const pieces: Uint8Array[] = []
  let next = command
  let corrected = false
  for (let piece = 0; piece < MAX_PIECES; piece++) {
    const raw = await channel.transmit(next)
    if (!raw.ok) return raw
    const answer = raw.value
    if (answer.length < 2) return err({ code: 'BAD_ANSWER' })
    const [sw1 = 0, sw2 = 0] = answer.subarray(-2)
    if (sw1 === 0x6c && !corrected) {
      corrected = true
      next = withLength(next, sw2)
      continue
    }
    pieces.push(answer.subarray(0, -2))
    if (sw1 !== 0x61) return ok({ data: Uint8Array.from(Buffer.concat(pieces)), sw: (sw1 << 8) | sw2 })
    next = apdu.getResponse(sw2)
  }
  return err({ code: 'BAD_ANSWER' })
}

/** A case 2 command has its length as last of five bytes; others get one. */
function withLength(command: Uint8Array, length: number): Uint8Array {
  if (command.length === 5) return Uint8Array.of(...command.subarray(0, 4), length)
  const data = 5 + (command[4] ?? 0)
  return Uint8Array.of(...command.subarray(0, data), length)
}
