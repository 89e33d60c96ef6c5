import { GROUP_TAGS, TEXT_TAGS, type IppAttribute, type IppMessage, type IppValue } from './value.ts'

/** Delimiters and value tags that the codec itself writes and reads (RFC 8010 sections 3.5.1 and 3.5.2). */
export const TAGS = {
  end: 0x03,
  integer: 0x21,
  boolean: 0x22,
  enum: 0x23,
  octets: 0x30,
  range: 0x33,
  beginCollection: 0x34,
  endCollection: 0x37,
  memberName: 0x4a,
} as const

/** A name or a value carries its length in two bytes, of which the highest bit is never set (SIGNED-SHORT). */
const MAX_VALUE_BYTES = 0x7fff

/**
 * The bytes of a message (RFC 8010 section 3.1). Throws when a name or value is longer than the format can say or an
 * attribute has no value: both are bugs of the caller.
 */
export function encodeIpp(message: IppMessage): Uint8Array {
  const out = new Writer()
  out.byte(message.version[0])
  out.byte(message.version[1])
  out.int16(message.code)
  out.int32(message.requestId)
  for (const group of message.groups) {
    out.byte(GROUP_TAGS[group.kind])
    for (const attribute of group.attributes) writeAttribute(out, attribute)
  }
  out.byte(TAGS.end)
  out.bytes(message.data)
  return out.done()
}

function writeAttribute(out: Writer, { name, values }: IppAttribute): void {
  if (values.length === 0 || name === '') throw new Error(`the IPP attribute "${name}" has no name or no value`)
  values.forEach((value, index) => {
    writeValue(out, index === 0 ? name : '', value)
  })
}

function writeValue(out: Writer, name: string, value: IppValue): void {
  switch (value.kind) {
    case 'integer':
    case 'enum':
      out.head(TAGS[value.kind], name)
      out.int16(4)
      out.int32(value.value)
      return
    case 'boolean':
      out.field(TAGS.boolean, name, Uint8Array.of(value.value ? 1 : 0))
      return
    case 'range':
      out.head(TAGS.range, name)
      out.int16(8)
      out.int32(value.lower)
      out.int32(value.upper)
      return
    case 'collection':
      writeCollection(out, name, value.members)
      return
    case 'none':
      out.field(value.tag, name, NOTHING)
      return
    case 'other':
      out.field(value.tag, name, value.bytes)
      return
    default:
      out.field(TEXT_TAGS[value.kind], name, utf8(value.value))
  }
}

/** Members are nameless triples: the name of a member is itself a value (RFC 8010 section 3.1.6). */
function writeCollection(out: Writer, name: string, members: readonly IppAttribute[]): void {
  out.field(TAGS.beginCollection, name, NOTHING)
  for (const member of members) {
    out.field(TAGS.memberName, '', utf8(member.name))
    for (const value of member.values) writeValue(out, '', value)
  }
  out.field(TAGS.endCollection, '', NOTHING)
}

const NOTHING = new Uint8Array(0)
const encoder = new TextEncoder()
const utf8 = (text: string): Uint8Array => encoder.encode(text)

class Writer {
  private readonly parts: Uint8Array[] = []

  byte(value: number): void {
    this.parts.push(Uint8Array.of(value & 0xff))
  }

  int16(value: number): void {
    this.parts.push(Uint8Array.of((value >> 8) & 0xff, value & 0xff))
  }

  int32(value: number): void {
    this.parts.push(Uint8Array.of((value >> 24) & 0xff, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff))
  }

  bytes(value: Uint8Array): void {
    this.parts.push(value)
  }

  head(tag: number, name: string): void {
    this.byte(tag)
    this.counted(utf8(name))
  }

  field(tag: number, name: string, value: Uint8Array): void {
    this.head(tag, name)
    this.counted(value)
  }

  done(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.parts))
  }

  private counted(value: Uint8Array): void {
    if (value.length > MAX_VALUE_BYTES) throw new Error(`an IPP value has ${value.length} bytes`)
    this.int16(value.length)
    this.bytes(value)
  }
}
