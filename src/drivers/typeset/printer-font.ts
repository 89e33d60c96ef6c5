/** Which part of GB 18030 a printer's own font holds. */
export const GLYPH_ZONES = ['gb2312', 'gbk', 'gb18030-2byte'] as const
export type GlyphZone = (typeof GLYPH_ZONES)[number]

/**
 * The bytes of one character if the printer's own font draws it, else undefined: four-byte GB 18030 characters are
 * never sent, because printers take their bytes in pairs and draw two wrong characters.
 */
export function nativeBytes(character: string, zone: GlyphZone): Uint8Array | undefined {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x80) return code >= 0x20 && code !== 0x7f ? Uint8Array.of(code) : undefined
  const pair = pairs().get(character)
  if (pair === undefined) return undefined
  const lead = pair >> 8
  const trail = pair & 0xff
  return inZone(lead, trail, zone) ? Uint8Array.of(lead, trail) : undefined
}

/** The character of a double byte, as a printer of that zone draws it; undefined where its font has a hole. */
export function characterOfPair(lead: number, trail: number, zone: GlyphZone): string | undefined {
  if (!inZone(lead, trail, zone)) return undefined
  return characters().get((lead << 8) | trail)
}

/** Whether the printer's font draws every character of `text`. */
export function isNative(text: string, zone: GlyphZone): boolean {
  for (const character of text) if (nativeBytes(character, zone) === undefined) return false
  return true
}

function inZone(lead: number, trail: number, zone: GlyphZone): boolean {
  switch (zone) {
    case 'gb2312':
      return trail >= 0xa1 && ((lead >= 0xa1 && lead <= 0xa9) || (lead >= 0xb0 && lead <= 0xf7))
    case 'gbk':
      return !addedByGb18030(lead, trail)
    case 'gb18030-2byte':
      return true
  }
}

/** Two-byte characters that GB 18030-2000 added to GBK 1.0: the radicals and rare characters at FE50…, the euro, … */
function addedByGb18030(lead: number, trail: number): boolean {
  if (lead === 0xfe) return trail >= 0x50
  if (lead === 0xa2) return trail === 0xe3
  if (lead === 0xa8) return trail === 0xbf
  return lead === 0xa9 && trail >= 0x89 && trail <= 0x95
}

/** Printers keep private-use codes for glyphs a shop loads itself; a kiosk has none. */
const PRIVATE_USE = /^[\ue000-\uf8ff]$/u

/** Codes whose character differs between the editions of 2000, 2005 and 2022: printers and platforms disagree. */
const REMAPPED = new Set([
  ...[0xa6d9, 0xa6da, 0xa6db, 0xa6dc, 0xa6dd, 0xa6de, 0xa6df, 0xa6ec, 0xa6ed, 0xa6f3, 0xa8bc],
  ...[0xfe51, 0xfe52, 0xfe53, 0xfe59, 0xfe61, 0xfe66, 0xfe67, 0xfe6c, 0xfe6d, 0xfe76, 0xfe7e, 0xfe90, 0xfe91, 0xfea0],
])

let pairByCharacter: ReadonlyMap<string, number> | undefined
let characterByPair: ReadonlyMap<number, string> | undefined

function pairs(): ReadonlyMap<string, number> {
  if (pairByCharacter !== undefined) return pairByCharacter
  const out = new Map<string, number>()
  // A few characters have two codes (the ideographic space A1A1 and A3A0): the lower is the one fonts draw.
  for (const [pair, character] of characters()) if (!out.has(character)) out.set(character, pair)
  return (pairByCharacter = out)
}

/** Every double byte of GB 18030, decoded by the platform in one go (some 10 ms, once). */
function characters(): ReadonlyMap<number, string> {
  return (characterByPair ??= decodeAllPairs())
}

function decodeAllPairs(): ReadonlyMap<number, string> {
  const codes: number[] = []
  const bytes = new Uint8Array((0xfe - 0x80) * (0xfe - 0x3f) * 3)
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      if (trail === 0x7f) continue
      // A line feed after each pair keeps a hole in the table from swallowing its neighbour.
      bytes.set([lead, trail, 0x0a], codes.length * 3)
      codes.push((lead << 8) | trail)
    }
  }
  const decoded = new TextDecoder('gb18030').decode(bytes.subarray(0, codes.length * 3)).split('\n')
  const out = new Map<number, string>()
  codes.forEach((code, index) => {
    if (REMAPPED.has(code)) return
    const character = decoded[index] ?? ''
    if (character.length === 1 && character !== '\ufffd' && !PRIVATE_USE.test(character)) out.set(code, character)
  })
  return out
}
