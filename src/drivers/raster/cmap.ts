import { open } from 'node:fs/promises'

/** Which characters a font really holds, read from its `cmap` table (OpenType 1.9, formats 4 and 12). */
export interface CharacterMap {
  has(codePoint: number): boolean
  /** How many code points the font maps; for the technician's page. */
  readonly size: number
}

interface Range {
  readonly first: number
  readonly last: number
}

/**
 * Reads the character map of a TrueType/OpenType file without loading its outlines (a CJK font is ten megabytes, its
 * map is about one per cent of it). Throws when the file is not such a font: a shipped asset that is broken is our bug.
 */
export async function readCharacterMap(path: string): Promise<CharacterMap> {
  const file = await open(path, 'r')
  try {
    const header = await readAt(file, 0, 12)
    const tableCount = header.getUint16(4)
    const directory = await readAt(file, 12, tableCount * 16)
    for (let entry = 0; entry < tableCount; entry++) {
      const at = entry * 16
      if (directory.getUint32(at) !== CMAP_TAG) continue
      return parseCharacterMap(await readAt(file, directory.getUint32(at + 8), directory.getUint32(at + 12)))
    }
    throw new Error(`${path} has no cmap table`)
  } finally {
    await file.close()
  }
}

const CMAP_TAG = 0x63_6d_61_70

/** Parses a `cmap` table. The full-repertoire subtable (format 12) wins over the basic-plane one (format 4). */
export function parseCharacterMap(table: DataView): CharacterMap {
  const count = table.getUint16(2)
  let basic: readonly Range[] | undefined
  for (let record = 0; record < count; record++) {
    const offset = table.getUint32(4 + record * 8 + 4)
    const format = table.getUint16(offset)
    if (format === 12) return mapOf(fullRanges(table, offset))
    if (format === 4) basic ??= basicRanges(table, offset)
  }
  if (basic === undefined) throw new Error('cmap table has neither a format 12 nor a format 4 subtable')
  return mapOf(basic)
}

/** Format 12: sorted groups of (first character, last character, first glyph). */
function fullRanges(table: DataView, offset: number): readonly Range[] {
  const groups = table.getUint32(offset + 12)
  return Array.from({ length: groups }, (_, index) => {
    const at = offset + 16 + index * 12
    return { first: table.getUint32(at), last: table.getUint32(at + 4) }
  })
}

/** Format 4: segments of the basic plane; a segment may still map single characters to "no glyph", so each is asked. */
function basicRanges(table: DataView, offset: number): readonly Range[] {
  const doubled = table.getUint16(offset + 6)
  const ends = offset + 14
  const starts = ends + doubled + 2
  const deltas = starts + doubled
  const rangeOffsets = deltas + doubled
  const ranges: { first: number; last: number }[] = []
  for (let segment = 0; segment < doubled; segment += 2) {
    const first = table.getUint16(starts + segment)
    const last = table.getUint16(ends + segment)
    const delta = table.getUint16(deltas + segment)
    const rangeOffset = table.getUint16(rangeOffsets + segment)
    for (let code = first; code <= last && code !== 0xffff; code++) {
      const raw = rangeOffset === 0 ? code : table.getUint16(rangeOffsets + segment + rangeOffset + (code - first) * 2)
      const glyph = rangeOffset !== 0 && raw === 0 ? 0 : (raw + delta) & 0xffff
      if (glyph === 0) continue
      const previous = ranges.at(-1)
      if (previous?.last === code - 1) previous.last = code
      else ranges.push({ first: code, last: code })
    }
  }
  return ranges
}

function mapOf(ranges: readonly Range[]): CharacterMap {
  return {
    size: ranges.reduce((sum, range) => sum + range.last - range.first + 1, 0),
    has(codePoint) {
      let low = 0
      let high = ranges.length - 1
      while (low <= high) {
        const middle = (low + high) >> 1
        const range = ranges[middle]
        if (range === undefined) return false
        if (codePoint < range.first) high = middle - 1
        else if (codePoint > range.last) low = middle + 1
        else return true
      }
      return false
    },
  }
}

async function readAt(file: Awaited<ReturnType<typeof open>>, position: number, length: number): Promise<DataView> {
  const bytes = new Uint8Array(length)
  const { bytesRead } = await file.read(bytes, 0, length, position)
  if (bytesRead !== length) throw new Error('font file is shorter than its own table directory says')
  return new DataView(bytes.buffer)
}
