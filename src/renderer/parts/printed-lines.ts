import type { RowPreview } from '../../ipc/snapshot.ts'

type Field = RowPreview['fields'][number]

interface Run {
  text: string
  readonly xMm: number
  readonly yMm: number
  endMm: number
}

/**
 * The printed words for reading, one entry for each label. The preview holds one field for each run of characters that
 * the printer places by itself: runs closer than one character belong together, and a line without a label goes on from
 * the one above it in its column.
 */
export function printedLines(fields: readonly Field[]): string[] {
  const entries: Run[] = []
  for (const run of joinRuns(fields)) {
    const above = entries.findLast((entry) => Math.abs(entry.xMm - run.xMm) < 0.1)
    if (above !== undefined && !run.text.includes('：')) above.text += run.text
    else entries.push(run)
  }
  return entries.map(({ text }) => text)
}

function joinRuns(fields: readonly Field[]): Run[] {
  const runs: Run[] = []
  const sorted = [...fields].sort((a, b) => a.yMm - b.yMm || a.xMm - b.xMm)
  for (const { xMm, yMm, sizeMm, text } of sorted) {
    const last = runs.at(-1)
    const endMm = xMm + widthMm(text, sizeMm)
    if (last !== undefined && Math.abs(last.yMm - yMm) < 0.1 && xMm - last.endMm < sizeMm) {
      last.text += text
      last.endMm = endMm
    } else runs.push({ text, xMm, yMm, endMm })
  }
  return runs
}

/** Width as printed: Latin characters are half as wide as Chinese ones. */
function widthMm(text: string, sizeMm: number): number {
  return Array.from(text).reduce<number>((sum, char) => sum + (char > '\u2e7f' ? sizeMm : sizeMm / 2), 0)
}
