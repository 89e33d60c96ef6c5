/**
 * The language of pcscd's socket (pcsc-lite, protocol 4:4; 4:5 daemons take it too). A question is `size(4) command(4)`
 * and a structure of `size` bytes; the answer is the same structure with its results filled in, without a header. All
 * numbers are little-endian. Layouts from the published interface of pcsc-lite, checked against pcscd 1.9.9.
 */
const COMMANDS = {
  establishContext: 0x01,
  releaseContext: 0x02,
  connect: 0x04,
  disconnect: 0x06,
  beginTransaction: 0x07,
  endTransaction: 0x08,
  transmit: 0x09,
  version: 0x11,
  getReadersState: 0x12,
} as const
export type PcscCommand = keyof typeof COMMANDS

export const PROTOCOL = { major: 4, minor: 4 } as const

const NAME_BYTES = 128
const ATR_BYTES = 33
const READER_BYTES = 184
const READERS = 16
/** Bytes of the structure of each command, as question and as answer. */
const BODY_BYTES: Readonly<Record<PcscCommand, number>> = {
  establishContext: 12,
  releaseContext: 8,
  connect: 24 + NAME_BYTES,
  disconnect: 12,
  beginTransaction: 8,
  endTransaction: 12,
  transmit: 32,
  version: 12,
  getReadersState: 0,
}
export const READERS_STATE_BYTES = READER_BYTES * READERS
/** An extended answer: 65536 bytes and the status word. */
export const MAX_ANSWER_BYTES = 65_538

export const SHARE_EXCLUSIVE = 1
export const PROTOCOL_T0 = 1
export const PROTOCOL_T1 = 2
export const LEAVE_CARD = 0
export const RESET_CARD = 1

const PRESENT = 0x0004
const MUTE = 0x0200

/** One reader as pcscd sees it. */
export interface ReaderState {
  readonly name: string
  /** Grows with each card put in or taken out. */
  readonly events: number
  readonly cardPresent: boolean
  /** Answer to reset of the card; empty without one. */
  readonly atr: Uint8Array
}

/** A question: header, structure, and what follows it (an APDU). */
export function encodeQuestion(command: PcscCommand, fields: readonly Field[], tail?: Uint8Array): Uint8Array {
  const bytes = BODY_BYTES[command]
  const question = Buffer.alloc(8 + bytes + (tail?.length ?? 0))
  question.writeUInt32LE(bytes, 0)
  question.writeUInt32LE(COMMANDS[command], 4)
  let at = 8
  for (const field of fields) {
    if (typeof field === 'number') {
      question.writeUInt32LE(field >>> 0, at)
      at += 4
    } else {
      // The name of a reader, ended by a zero.
      question.write(field, at, NAME_BYTES - 1, 'utf8')
      at += NAME_BYTES
    }
  }
  if (at !== 8 + bytes) throw new Error(`${command} has ${bytes} bytes, not ${at - 8}`)
  if (tail) question.set(tail, at)
  return question
}
type Field = number | string

/** How long the answer to `command` is, as far as `head` tells; `undefined` while it does not yet. */
export function answerLength(command: PcscCommand, head: Uint8Array): number | undefined {
  if (command === 'getReadersState') return READERS_STATE_BYTES
  if (command !== 'transmit') return BODY_BYTES[command]
  if (head.length < BODY_BYTES.transmit) return undefined
  const view = Buffer.from(head.buffer, head.byteOffset, head.byteLength)
  const failed = view.readUInt32LE(28) !== 0
  return BODY_BYTES.transmit + (failed ? 0 : Math.min(MAX_ANSWER_BYTES, view.readUInt32LE(24)))
}

/** The last number of every structure but a reader's is the return value. */
export function returnValue(command: PcscCommand, answer: Uint8Array): number {
  return numberAt(answer, BODY_BYTES[command] - 4)
}

/** Number `index` (from 0) of a structure that holds only numbers. */
export function numberAt(answer: Uint8Array, at: number): number {
  return Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength).readUInt32LE(at)
}

/** Where `connect` answers its handle and its protocol. */
export const CONNECTED = { card: 12 + NAME_BYTES, protocol: 16 + NAME_BYTES } as const
/** Where `establishContext` answers its handle. */
export const CONTEXT_AT = 4
/** Where the answer of the card begins. */
export const APDU_AT = BODY_BYTES.transmit

/** The readers in use; the daemon always sends places for sixteen, so what lies behind them is not looked at. */
export function decodeReaders(answer: Uint8Array): readonly ReaderState[] {
  const view = Buffer.from(answer.buffer, answer.byteOffset, Math.min(answer.byteLength, READERS_STATE_BYTES))
  const readers: ReaderState[] = []
  for (let from = 0; from + READER_BYTES <= view.length; from += READER_BYTES) {
    // The zero is looked for within the name alone: beyond it the search would run to the end of the answer.
    const field = view.subarray(from, from + NAME_BYTES)
    const end = field.indexOf(0)
    const name = field.toString('utf8', 0, end < 0 ? NAME_BYTES : end)
    if (name === '') continue
    const numbers = from + NAME_BYTES
    const state = view.readUInt32LE(numbers + 4)
    const atrLength = Math.min(ATR_BYTES, view.readUInt32LE(numbers + 12 + 36))
    const cardPresent = (state & PRESENT) !== 0 && (state & MUTE) === 0
    const atr = view.subarray(numbers + 12, numbers + 12 + atrLength)
    readers.push({
      name,
      events: view.readUInt32LE(numbers),
      cardPresent,
      atr: cardPresent ? Uint8Array.from(atr) : NO_ATR,
    })
  }
  return readers
}
const NO_ATR = new Uint8Array(0)

/** What pcscd hears. For simulators and tests; `undefined` while it is not complete. */
export function decodeQuestion(
  bytes: Uint8Array,
): { readonly command: PcscCommand | undefined; readonly body: Uint8Array; readonly length: number } | undefined {
  if (bytes.length < 8) return undefined
  const code = numberAt(bytes, 4)
  const command = (Object.entries(COMMANDS) as [PcscCommand, number][]).find(([, each]) => each === code)?.[0]
  const size = Math.min(numberAt(bytes, 0), MAX_ANSWER_BYTES)
  if (bytes.length < 8 + size) return undefined
  const tail = command === 'transmit' && size === BODY_BYTES.transmit ? numberAt(bytes, 8 + 12) : 0
  const length = 8 + size + Math.min(tail, MAX_ANSWER_BYTES)
  if (bytes.length < length) return undefined
  return { command, body: bytes.subarray(8, length), length }
}

/** What pcscd answers about its readers. For simulators and tests. */
export function encodeReaders(readers: readonly ReaderState[]): Uint8Array {
  const answer = Buffer.alloc(READERS_STATE_BYTES)
  readers.slice(0, READERS).forEach(({ name, events, cardPresent, atr }, index) => {
    const from = index * READER_BYTES
    answer.write(name, from, NAME_BYTES - 1, 'utf8')
    answer.writeUInt32LE(events, from + NAME_BYTES)
    answer.writeUInt32LE(cardPresent ? PRESENT : 0x0002, from + NAME_BYTES + 4)
    answer.set(atr.subarray(0, ATR_BYTES), from + NAME_BYTES + 12)
    answer.writeUInt32LE(atr.length, from + NAME_BYTES + 48)
  })
  return answer
}
