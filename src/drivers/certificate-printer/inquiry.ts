import type { Conversation } from '../conversation.ts'
import { askSlip, pr2, type CertificateAnswer } from './codec.ts'
import type { CertificatePrinterProfile } from './profile.ts'
import { foldSlip, type CertificatePrinterState } from './status.ts'

/** Answer time of a question; passbook printers answer within some ten milliseconds. */
const ANSWER_MS = 500

type Line = Conversation<CertificateAnswer>

/** Asks an open printer for its state; at most about two seconds when it says nothing. */
export function askState(line: Line, profile: CertificatePrinterProfile): Promise<CertificatePrinterState> {
  switch (profile.statusMethod) {
    case 'none':
      return Promise.resolve('UNREPORTED')
    case 'dle-eot-slip':
      return askSlipState(line)
    case 'pr2':
      return askPr2State(line, profile)
  }
}

async function askSlipState(line: Line): Promise<CertificatePrinterState> {
  const bytes: number[] = []
  for (const n of [1, 2, 3, 5] as const) {
    await quiet(line)
    const heard = await askTwice(line, askSlip(n), (answer) => (answer.kind === 'real-time' ? answer.byte : undefined))
    if (typeof heard === 'string') return heard
    bytes.push(heard.heard)
  }
  const [printer = 0, offline = 0, error = 0, slip = 0] = bytes
  return foldSlip({ printer, offline, error, slip })
}

async function askPr2State(line: Line, profile: CertificatePrinterProfile): Promise<CertificatePrinterState> {
  const codes = profile.pr2
  if (codes === undefined) throw new Error('a PR2 profile without the codes of its answers')
  const status = await askTwice(line, pr2.askStatus, (answer) =>
    answer.kind === 'pr2-status' ? answer.code : undefined,
  )
  if (typeof status === 'string') return status
  if (codes.coverOpen.includes(status.heard)) return 'COVER_OPEN'
  if (codes.jam.includes(status.heard)) return 'PAPER_JAM'
  if (!codes.ready.includes(status.heard)) return 'OFFLINE'
  const found = await askTwice(line, pr2.askDocument, (answer) =>
    answer.kind === 'pr2-document' ? answer.code : undefined,
  )
  if (typeof found === 'string') return found
  if (codes.documentPresent.includes(found.heard)) return 'DOCUMENT_IN'
  if (codes.documentEjected.includes(found.heard)) return 'DOCUMENT_EJECTED'
  return codes.documentAbsent.includes(found.heard) ? 'READY' : 'OFFLINE'
}

/**
 * Length of the inserted document in millimetres; `undefined` where the model cannot measure. One that can and does not
 * is no reason to print unmeasured.
 */
export async function askLengthMm(
  line: Line,
  profile: CertificatePrinterProfile,
): Promise<number | 'NO_ANSWER' | 'LINE_LOST' | undefined> {
  const unit = profile.pr2?.measureUnitMm
  if (profile.statusMethod !== 'pr2' || unit === undefined) return undefined
  const heard = await line.ask(pr2.askLength, MEASURE_MS, (answer) =>
    answer.kind === 'pr2-length' ? answer.value : undefined,
  )
  if (heard === 'SILENCE') return 'NO_ANSWER'
  return heard === 'LINE_LOST' ? heard : heard.heard * unit
}

/** Measuring moves the document past the sensor. */
const MEASURE_MS = 6000

/** A duplicate follows its original within a few bytes' time. */
const QUIET_MS = 15
const MOST_STRAYS = 20

/**
 * Lets stray answers pass: those of DLE EOT say nothing of their question, and a second answer to the last one must not
 * be taken for the first to the next.
 */
async function quiet(line: Line): Promise<void> {
  for (let strays = 0; strays < MOST_STRAYS; strays++) {
    if (typeof (await line.next(QUIET_MS, () => true)) === 'string') return
  }
}

async function askTwice<T>(
  line: Line,
  question: Uint8Array,
  pick: (answer: CertificateAnswer) => T | undefined,
): Promise<{ readonly heard: T } | 'NO_ANSWER' | 'LINE_LOST'> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const heard = await line.ask(question, ANSWER_MS, pick)
    if (heard === 'LINE_LOST') return 'LINE_LOST'
    if (heard !== 'SILENCE') return heard
    // A late answer must not be taken for that of the next question.
    await line.next(ANSWER_MS / 2, pick)
  }
  return 'NO_ANSWER'
}
