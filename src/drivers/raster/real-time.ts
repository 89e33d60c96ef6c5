/**
 * DLE followed by EOT, ENQ or DC4 (10 04, 10 05, 10 14): printers obey these the moment they arrive, even inside
 * picture or symbol data (Epson TM-L90, Zijiang ZJ-58 manuals), so our data must not contain them.
 */
export function isRealTimePair(first: number, second: number): boolean {
  return first === 0x10 && (second === 0x04 || second === 0x05 || second === 0x14)
}

/** Whether a stream of print data contains a sequence that the printer would obey at once. */
export function containsRealTimePair(bytes: Uint8Array): boolean {
  for (let at = 0; at + 1 < bytes.length; at++) if (isRealTimePair(bytes[at] ?? 0, bytes[at + 1] ?? 0)) return true
  return false
}

/** Picture data with one more dot inked (10 → 18) wherever such a pair stood: nobody sees it, no reader minds. */
export function withoutRealTimePairs(data: Uint8Array): Uint8Array {
  const out = data.slice()
  for (let at = 0; at + 1 < out.length; at++) {
    if (isRealTimePair(out[at] ?? 0, out[at + 1] ?? 0)) out[at] = 0x18
  }
  return out
}
