/**
 * Widths in columns of a receipt printer in Chinese mode: an ASCII character takes one column (12 dots at 203 dpi),
 * every other character takes two, because the printer takes its bytes in pairs and draws it in a square cell.
 */
export function columnsOf(text: string): number {
  let sum = 0
  for (const character of text) sum += columnsOfCharacter(character)
  return sum
}

/** One or two; see `columnsOf`. */
export function columnsOfCharacter(character: string): 1 | 2 {
  return (character.codePointAt(0) ?? 0) < 0x80 ? 1 : 2
}

/**
 * Makes text fit for paper: composed (NFC), the half-width yen sign U+00A5 – four bytes in GB 18030, which thermal
 * printers show as "0 6" – becomes `￥` U+FFE5, every kind of space becomes one space, and controls and characters
 * without a shape of their own (zero-width, variation selectors, soft hyphen) are dropped.
 */
export function paperText(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll('\u00a5', '\uffe5')
    .replace(/[\t\n\v\f\r\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f]+/gu, ' ')
    .replace(/[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu, '')
}
