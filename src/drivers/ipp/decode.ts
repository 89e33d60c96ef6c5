import { err, ok, type Result } from '../../lib/result.ts'
import { TAGS } from './encode.ts'
import {
  GROUP_TAGS,
  TEXT_TAGS,
  type GroupKind,
  type IppAttribute,
  type IppGroup,
  type IppMessage,
  type IppValue,
  type TextKind,
} from './value.ts'

/** Bytes that are no IPP message; `at` is the place of the first byte that does not fit. */
export interface NotIpp {
  readonly code: 'NOT_IPP'
  readonly why: 'TRUNCATED' | 'UNKNOWN_GROUP' | 'VALUE_WITHOUT_NAME' | 'WRONG_LENGTH' | 'BROKEN_COLLECTION' | 'TOO_DEEP'
  readonly at: number
}

/** Collections in collections: `media-col` in `media-col-database` needs three levels. */
const MAX_DEPTH = 8

/** Reads a message in one pass; never throws, and takes time in proportion to the number of bytes. */
export function decodeIpp(bytes: Uint8Array): Result<IppMessage, NotIpp> {
  const reader = new Reader(bytes)
  try {
    return ok(readMessage(reader))
  } catch (stop) {
    if (stop instanceof Refusal) return err({ code: 'NOT_IPP', why: stop.why, at: stop.at })
    throw stop
  }
}

/** Carries a refusal from any depth to `decodeIpp`; it never leaves this file. */
class Refusal extends Error {
  readonly why: NotIpp['why']
  readonly at: number
  constructor(why: NotIpp['why'], at: number) {
    super(why)
    this.why = why
    this.at = at
  }
}

function readMessage(reader: Reader): IppMessage {
  const version = [reader.byte(), reader.byte()] as const
  const code = reader.uint16()
  const requestId = reader.int32()
  const groups: IppGroup[] = []
  for (;;) {
    const tag = reader.byte()
    if (tag === TAGS.end) break
    const kind = GROUP_KINDS.get(tag)
    if (kind === undefined) throw new Refusal('UNKNOWN_GROUP', reader.at - 1)
    groups.push({ kind, attributes: readAttributes(reader) })
  }
  return { version, code, requestId, groups, data: reader.rest() }
}

/** Attributes up to the next delimiter (a tag below 0x10), which stays unread. */
function readAttributes(reader: Reader): readonly IppAttribute[] {
  const attributes: { name: string; values: IppValue[] }[] = []
  while (reader.peek() >= FIRST_VALUE_TAG) {
    const at = reader.at
    const tag = reader.byte()
    const name = reader.text()
    const value = readValue(reader, tag, 0)
    if (name !== '') attributes.push({ name, values: [value] })
    else {
      const last = attributes.at(-1)
      if (last === undefined) throw new Refusal('VALUE_WITHOUT_NAME', at)
      last.values.push(value)
    }
  }
  return attributes
}

function readValue(reader: Reader, tag: number, depth: number): IppValue {
  const at = reader.at
  const bytes = reader.counted()
  const exactly = (length: number): DataView => {
    if (bytes.length !== length) throw new Refusal('WRONG_LENGTH', at)
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }
  switch (tag) {
    case TAGS.integer:
      return { kind: 'integer', value: exactly(4).getInt32(0) }
    case TAGS.enum:
      return { kind: 'enum', value: exactly(4).getInt32(0) }
    case TAGS.boolean:
      return { kind: 'boolean', value: exactly(1).getUint8(0) !== 0 }
    case TAGS.range: {
      const view = exactly(8)
      return { kind: 'range', lower: view.getInt32(0), upper: view.getInt32(4) }
    }
    case TAGS.beginCollection:
      if (depth >= MAX_DEPTH) throw new Refusal('TOO_DEEP', at)
      return { kind: 'collection', members: readMembers(reader, depth + 1) }
    case TAGS.endCollection:
    case TAGS.memberName:
      throw new Refusal('BROKEN_COLLECTION', at)
  }
  const kind = TEXT_KINDS.get(tag)
  if (kind !== undefined) return { kind, value: decoder.decode(bytes) }
  if (tag < FIRST_SYNTAX_TAG) return { kind: 'none', tag }
  return { kind: 'other', tag, bytes: bytes.slice() }
}

function readMembers(reader: Reader, depth: number): readonly IppAttribute[] {
  const members: { name: string; values: IppValue[] }[] = []
  for (;;) {
    const at = reader.at
    const tag = reader.byte()
    if (reader.text() !== '') throw new Refusal('BROKEN_COLLECTION', at)
    if (tag === TAGS.endCollection) {
      reader.counted()
      return members
    }
    if (tag === TAGS.memberName) {
      members.push({ name: reader.text(), values: [] })
      continue
    }
    const last = members.at(-1)
    if (tag < FIRST_VALUE_TAG || last === undefined) throw new Refusal('BROKEN_COLLECTION', at)
    last.values.push(readValue(reader, tag, depth))
  }
}

const FIRST_VALUE_TAG = 0x10
/** Tags 0x10 to 0x1f say why there is no value. */
const FIRST_SYNTAX_TAG = 0x20
const GROUP_KINDS = new Map(Object.entries(GROUP_TAGS).map(([kind, tag]) => [tag as number, kind as GroupKind]))
const TEXT_KINDS = new Map(Object.entries(TEXT_TAGS).map(([kind, tag]) => [tag as number, kind as TextKind]))
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

class Reader {
  at = 0
  private readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  /** The next byte without taking it. */
  peek(): number {
    const byte = this.bytes[this.at]
    if (byte === undefined) throw new Refusal('TRUNCATED', this.at)
    return byte
  }

  byte(): number {
    const byte = this.peek()
    this.at++
    return byte
  }

  uint16(): number {
    return (this.byte() << 8) | this.byte()
  }

  int32(): number {
    return (this.uint16() << 16) | this.uint16()
  }

  text(): string {
    return decoder.decode(this.counted())
  }

  /** Bytes with their length before them. */
  counted(): Uint8Array {
    const length = this.uint16()
    const end = this.at + length
    if (end > this.bytes.length) throw new Refusal('TRUNCATED', this.at)
    const value = this.bytes.subarray(this.at, end)
    this.at = end
    return value
  }

  rest(): Uint8Array {
    return this.bytes.subarray(this.at)
  }
}
