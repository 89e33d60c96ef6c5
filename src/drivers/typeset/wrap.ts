import { columnsOf, columnsOfCharacter } from './columns.ts'

/** Marks that may not begin a line (GB/T 15834 §5.1): closing brackets, stops, the per cent sign. */
const NOT_FIRST = new Set('，。、；：？！）］｝】〕〗》〉」』”’…—·％℃,.;:?!)]}%')
/** Marks that may not end a line: opening brackets and the currency sign of the amount behind it. */
const NOT_LAST = new Set('（［｛【〔〖《〈「『“‘￥([{$#')

/**
 * Breaks text into lines of at most `width` columns (≥ 2). A Chinese character is never cut in half; numbers, plates
 * and Latin words stay whole where a line can hold them; no line begins with a closing mark or ends with an opening
 * one where that can be kept. Spaces at a break disappear; nothing else does. Empty text is one empty line.
 */
export function wrapText(text: string, width: number): readonly string[] {
  if (width < 2) throw new Error('a line holds at least one Chinese character')
  const lines: string[] = []
  let line = ''
  let used = 0
  const finish = () => {
    lines.push(line.trimEnd())
    line = ''
    used = 0
  }
  for (const unit of unbreakableUnits(text)) {
    if (unit === ' ') {
      if (line !== '' && used < width) {
        line += ' '
        used += 1
      }
      continue
    }
    const units = columnsOf(unit) <= width ? [unit] : Array.from(unit)
    for (const piece of units) {
      const columns = columnsOf(piece)
      if (used + columns > width) finish()
      line += piece
      used += columns
    }
  }
  if (line !== '' || lines.length === 0) finish()
  return lines
}

/** Cuts text where a line may end: around single spaces and Chinese characters, never inside a word or beside a mark. */
function unbreakableUnits(text: string): readonly string[] {
  const units: string[] = []
  let previous = ''
  for (const character of text.trim().replace(/ {2,}/gu, ' ')) {
    const last = units.length - 1
    if (last >= 0 && sticks(previous, character)) units[last] = (units[last] ?? '') + character
    else units.push(character)
    previous = character
  }
  return units
}

function sticks(before: string, after: string): boolean {
  if (before === ' ' || after === ' ') return false
  if (NOT_FIRST.has(after) || NOT_LAST.has(before)) return true
  return columnsOfCharacter(before) === 1 && columnsOfCharacter(after) === 1
}
