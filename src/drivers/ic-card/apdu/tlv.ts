/**
 * Finds a value in BER-TLV data by the tags on the way to it (`70`, `5F24`), the first that fits. Lengths that claim more
 * than there is end the search. Source: ISO 7816-4, 5.2.2.
 */
export function findTlv(data: Uint8Array, path: readonly number[]): Uint8Array | undefined {
  let within = data
  for (const tag of path) {
    const value = valueOf(within, tag)
    if (!value) return undefined
    within = value
  }
  return path.length === 0 ? undefined : within
}

function valueOf(data: Uint8Array, wanted: number): Uint8Array | undefined {
  let at = 0
  while (at < data.length) {
    // 00 and FF between objects are padding.
    if (data[at] === 0x00 || data[at] === 0xff) {
      at++
      continue
    }
    const tag = readTag(data, at)
    const length = tag && readLength(data, tag.next)
    if (!tag || !length || length.next + length.value > data.length) return undefined
    if (tag.value === wanted) return data.subarray(length.next, length.next + length.value)
    at = length.next + length.value
  }
  return undefined
}

interface Part {
  readonly value: number
  readonly next: number
}

const MAX_TAG_BYTES = 3

function readTag(data: Uint8Array, from: number): Part | undefined {
  let value = data[from] ?? 0
  let next = from + 1
  if ((value & 0x1f) !== 0x1f) return { value, next }
  for (; next < data.length && next < from + MAX_TAG_BYTES; next++) {
    const byte = data[next] ?? 0
    value = (value << 8) | byte
    if ((byte & 0x80) === 0) return { value, next: next + 1 }
  }
  return undefined
}

function readLength(data: Uint8Array, from: number): Part | undefined {
  const first = data[from]
  if (first === undefined) return undefined
  if (first < 0x80) return { value: first, next: from + 1 }
  const count = first & 0x7f
  if (count < 1 || count > 2 || from + 1 + count > data.length) return undefined
  let value = 0
  for (const byte of data.subarray(from + 1, from + 1 + count)) value = (value << 8) | byte
  return { value, next: from + 1 + count }
}
