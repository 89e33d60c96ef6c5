import { err, ok, type Result } from '../lib/result.ts'

/** Two pictures, and whether they show one person; `undefined` where the file does not say. */
export interface PicturePair {
  readonly pathA: string
  readonly pathB: string
  readonly same: boolean | undefined
}

export interface PairsFileProblem {
  readonly line: number
  readonly detail: string
}

/**
 * Reads the rows of a pairs file (RFC 4180: commas, optional quotes, LF or CRLF). A header names the columns `path_a`,
 * `path_b` and `same` in any order, further ones are ignored; without a header they are the first three. `same` is
 * 1/0, true/false, yes/no or empty.
 */
export function readPairs(text: string): Result<readonly PicturePair[], PairsFileProblem> {
  const records = readRecords(text.replace(/^\uFEFF/, '')).filter(({ cells }) => cells.some((cell) => cell !== ''))
  const names = records[0]?.cells.map((cell) => cell.toLowerCase()) ?? []
  const hasHeader = names.includes('path_a') && names.includes('path_b')
  const column = hasHeader
    ? { a: names.indexOf('path_a'), b: names.indexOf('path_b'), same: names.indexOf('same') }
    : { a: 0, b: 1, same: 2 }
  const pairs: PicturePair[] = []
  for (const { line, cells } of hasHeader ? records.slice(1) : records) {
    const pathA = cells[column.a] ?? ''
    const pathB = cells[column.b] ?? ''
    if (pathA === '' || pathB === '') return err({ line, detail: 'a pair needs two paths' })
    const same = readSame(cells[column.same] ?? '')
    if (same === 'unclear') return err({ line, detail: `same must be 1 or 0, not "${cells[column.same] ?? ''}"` })
    pairs.push({ pathA, pathB, same })
  }
  return ok(pairs)
}

function readSame(cell: string): boolean | undefined | 'unclear' {
  switch (cell.toLowerCase()) {
    case '1':
    case 'true':
    case 'yes':
      return true
    case '0':
    case 'false':
    case 'no':
      return false
    case '':
      return undefined
    default:
      return 'unclear'
  }
}

interface CsvRecord {
  /** The line of the file on which the record begins, from 1. */
  readonly line: number
  readonly cells: readonly string[]
}

function readRecords(text: string): readonly CsvRecord[] {
  const records: CsvRecord[] = []
  let cells: string[] = []
  let cell = ''
  let quoted = false
  let line = 1
  let begunAt = 1
  const endRecord = (): void => {
    records.push({ line: begunAt, cells: [...cells, cell.trim()] })
    cells = []
    cell = ''
  }
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] as string
    if (letter === '\n') line++
    if (quoted) {
      if (letter !== '"') cell += letter
      else if (text[at + 1] === '"') cell += text[at++] as string
      else quoted = false
    } else if (letter === '"' && cell.trim() === '') {
      cell = ''
      quoted = true
    } else if (letter === ',') {
      cells.push(cell.trim())
      cell = ''
    } else if (letter === '\n') {
      endRecord()
      begunAt = line
    } else if (letter !== '\r') cell += letter
  }
  endRecord()
  return records
}
