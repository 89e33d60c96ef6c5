/** Characters per slice: about 300 kB of woff2, so that one rare name costs one small file. */
const sliceSize = 1800

/**
 * Cuts what is left of the font into slices, common characters first: GB 2312 level 1, then level 2, then all others in
 * code order. Characters of one level tend to be needed together.
 */
export function restSlices(codePoints: readonly number[]): { name: string; codePoints: readonly number[] }[] {
  const level1 = gb2312Rows(0xb0, 0xd7)
  const level2 = gb2312Rows(0xd8, 0xf7)
  const sorted = [...codePoints].sort((a, b) => a - b)
  const bands = {
    a: sorted.filter((codePoint) => level1.has(codePoint)),
    b: sorted.filter((codePoint) => level2.has(codePoint)),
    c: sorted.filter((codePoint) => !level1.has(codePoint) && !level2.has(codePoint)),
  }
  return Object.entries(bands).flatMap(([band, members]) =>
    Array.from({ length: Math.ceil(members.length / sliceSize) }, (_, index) => ({
      name: `${band}${index}`,
      codePoints: members.slice(index * sliceSize, (index + 1) * sliceSize),
    })),
  )
}

/** Code points of GB 2312 rows, by their first byte. */
function gb2312Rows(firstByte: number, lastByte: number): ReadonlySet<number> {
  const decoder = new TextDecoder('gb18030')
  const set = new Set<number>()
  for (let high = firstByte; high <= lastByte; high++)
    for (let low = 0xa1; low <= 0xfe; low++) {
      const codePoint = decoder.decode(Uint8Array.of(high, low)).codePointAt(0)
      if (codePoint !== undefined && codePoint !== 0xfffd) set.add(codePoint)
    }
  return set
}
