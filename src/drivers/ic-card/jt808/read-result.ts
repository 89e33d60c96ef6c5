/** How the module's reading of a card ended; the first five equal those of JT/T 808 message 0702. */
export const READ_RESULTS = [
  'OK',
  'KEY_REFUSED',
  'LOCKED',
  'CARD_REMOVED',
  'DATA_DAMAGED',
  'NOT_A_CERTIFICATE',
  'NOT_A_QUALIFICATION_CARD',
  'ANTENNA_FAULT',
] as const
export type ReadResult = (typeof READ_RESULTS)[number] | 'UNKNOWN_RESULT'

/** @param code the first byte of a read result */
export function readResultOf(code: number | undefined): ReadResult {
  return (code === undefined ? undefined : READ_RESULTS[code]) ?? 'UNKNOWN_RESULT'
}

/** The byte of a result. For simulators and tests. */
export function codeOfResult(result: Exclude<ReadResult, 'UNKNOWN_RESULT'>): number {
  return READ_RESULTS.indexOf(result)
}
