export type Trouble = 'PAPER_OUT' | 'COVER_OPEN' | 'JAM' | 'CUTTER' | 'HOT' | 'OFFLINE'

/** How a simulated printer is; what it says of that is written from the manuals' tables, not from our codec. */
export interface Condition {
  readonly troubles: ReadonlySet<Trouble>
  readonly nearEnd: boolean
  readonly inMouth: boolean
}

const bit = (mask: number, set: boolean): number => (set ? mask : 0)

/** DLE EOT 1 to 4. */
export function realTimeStatus(n: number, { troubles, nearEnd }: Condition): number {
  const error = troubles.has('CUTTER') || troubles.has('JAM') || troubles.has('HOT')
  const out = troubles.has('PAPER_OUT')
  switch (n) {
    case 1:
      return 0x12 | bit(0x08, troubles.size > 0)
    case 2:
      return 0x12 | bit(0x04, troubles.has('COVER_OPEN')) | bit(0x20, out) | bit(0x40, error)
    case 3:
      return 0x12 | bit(0x04, troubles.has('JAM')) | bit(0x08, troubles.has('CUTTER')) | bit(0x40, troubles.has('HOT'))
    default:
      return 0x12 | bit(0x0c, nearEnd || out) | bit(0x60, out)
  }
}

/** Four bytes of GS a. */
export function automaticStatus(condition: Condition): readonly number[] {
  const { troubles } = condition
  const first = 0x10 | bit(0x08, troubles.size > 0) | bit(0x20, troubles.has('COVER_OPEN'))
  const second = bit(0x04, troubles.has('JAM')) | bit(0x08, troubles.has('CUTTER')) | bit(0x40, troubles.has('HOT'))
  return [first, second, paperStatus(condition), 0x0f]
}

/** GS r 1, and the third byte of GS a. */
export function paperStatus({ troubles, nearEnd }: Condition): number {
  return troubles.has('PAPER_OUT') ? 0x0f : bit(0x03, nearEnd)
}

/** DLE EOT 20 of a printer with a presenter. */
export function fullStatus({ troubles, nearEnd, inMouth }: Condition): readonly number[] {
  const paper = bit(0x01, troubles.has('PAPER_OUT')) | bit(0x04, nearEnd) | bit(0x20, inMouth)
  const user = bit(0x02, troubles.has('COVER_OPEN'))
  const recoverable =
    bit(0x01, troubles.has('HOT')) | bit(0x08, troubles.has('OFFLINE')) | bit(0x40, troubles.has('JAM'))
  return [0x10, 0x0f, paper, user, recoverable, bit(0x01, troubles.has('CUTTER'))]
}
