/**
 * The code points a TrueType file can show, from its `cmap` table: the 32-bit format 12 sub-table, which Noto Sans SC
 * has (OpenType specification, chapter cmap).
 */
export function codePointsOf(font: Buffer): ReadonlySet<number> {
  const cmap = tableOffset(font, 'cmap')
  const subTables = font.readUInt16BE(cmap + 2)
  for (let index = 0; index < subTables; index++) {
    const start = cmap + font.readUInt32BE(cmap + 4 + 8 * index + 4)
    if (font.readUInt16BE(start) === 12) return groups(font, start)
  }
  throw new Error('the font has no format 12 cmap')
}

function tableOffset(font: Buffer, tag: string): number {
  const tables = font.readUInt16BE(4)
  for (let index = 0; index < tables; index++) {
    const record = 12 + 16 * index
    if (font.toString('latin1', record, record + 4) === tag) return font.readUInt32BE(record + 8)
  }
  throw new Error(`the font has no ${tag} table`)
}

function groups(font: Buffer, start: number): ReadonlySet<number> {
  const set = new Set<number>()
  const count = font.readUInt32BE(start + 12)
  for (let index = 0; index < count; index++) {
    const group = start + 16 + 12 * index
    const last = font.readUInt32BE(group + 4)
    for (let codePoint = font.readUInt32BE(group); codePoint <= last; codePoint++) set.add(codePoint)
  }
  return set
}
