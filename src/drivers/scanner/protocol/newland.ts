import { AnswersBetweenCodes, type Recognised } from './answers-between-codes.ts'
import type { Command, ScannerProtocol } from './protocol.ts'

const TILDE = 0x7e
const STX = 0x02
const SOH = 0x01
const ETX = 0x03
const ZERO = 0x30
const SAVED = 0x40
const TEMPORARY = 0x23
const ACK = 0x06
const SEMICOLON = 0x3b

/**
 * A command of Newland's present syntax (HR52 manual): `~ <SOH> 0000`, `@` (saved) or `#` (until power off), tag, subtag
 * and data, `; <ETX>`.
 */
export function newlandCommand(name: Command['name'], keep: '@' | '#', text: string): Command {
  const head = [TILDE, SOH, ZERO, ZERO, ZERO, ZERO, keep.charCodeAt(0)]
  return {
    name,
    bytes: Uint8Array.from([...head, ...Buffer.from(text, 'latin1'), SEMICOLON, ETX]),
    answered: true,
  }
}

/**
 * Newland EM, FM and HR scanners. **Unverified**: the trigger tag SCNTRG, and that an answer is the command with ACK, NAK
 * or ENQ in front of its `;` (led in by STX or by `~`). `unverified: false` leaves the light to the scanner and listens.
 */
export function newland({ unverified }: { readonly unverified: boolean }): ScannerProtocol {
  return {
    name: 'newland',
    setUp: [],
    lightOn: unverified ? [newlandCommand('light-on', '#', 'SCNTRG1')] : [],
    lightOff: unverified ? [newlandCommand('light-off', '#', 'SCNTRG0')] : [],
    probe: null,
    stream: () => new AnswersBetweenCodes(recognise, { binary: true }),
  }
}

const HEAD = [SOH, ZERO, ZERO, ZERO, ZERO]
/** Longest answer, bytes. */
const LONGEST = 128

function recognise(bytes: readonly number[]): Recognised {
  const at = bytes.length - 1
  const last = bytes[at] ?? 0
  if (at === 0) return last === TILDE || last === STX ? 'partial' : 'no'
  if (at <= HEAD.length) return last === HEAD[at - 1] ? 'partial' : 'no'
  if (at === HEAD.length + 1) return last === SAVED || last === TEMPORARY ? 'partial' : 'no'
  if (bytes.length > LONGEST) return 'no'
  if (last !== ETX || bytes[at - 1] !== SEMICOLON) return 'partial'
  return bytes[at - 2] === ACK ? 'done' : 'refused'
}
