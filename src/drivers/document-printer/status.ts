/** The state of a document printer in one word; the worst of what its queue reports. */
export type DocumentPrinterState =
  | 'READY'
  | 'PAPER_LOW'
  | 'TONER_LOW'
  | 'PAPER_OUT'
  | 'WRONG_TRAY'
  | 'PAPER_JAM'
  | 'COVER_OPEN'
  | 'TONER_OUT'
  | 'EXIT_BLOCKED'
  | 'PAUSED'
  | 'OFFLINE'
  | 'FAULT'
  | 'DRIVER_MISSING'
  | 'NO_QUEUE'
  | 'NO_SERVER'
  | 'NO_ANSWER'

/** States in which the printer prints. */
type Printable = 'READY' | 'PAPER_LOW' | 'TONER_LOW'
/** A state in which the printer will not complete a page. */
export type DocumentPrinterFault = Exclude<DocumentPrinterState, Printable>

export function isFault(state: DocumentPrinterState): state is DocumentPrinterFault {
  return state !== 'READY' && state !== 'PAPER_LOW' && state !== 'TONER_LOW'
}

/** How much of a supply is left. `left` is 0..1; null where the printer only knows that there is some, or nothing. */
export interface Supply {
  /** As the printer names it: "Black Cartridge". */
  readonly name: string
  readonly isToner: boolean
  readonly left: number | null
}

/** What a queue says (RFC 8011 section 5.4, PWG 5100.9 `marker-*` of CUPS). */
export interface QueueWords {
  /** 3 idle, 4 processing, 5 stopped. */
  readonly printerState: number
  readonly reasons: readonly string[]
  readonly accepting: boolean
  readonly supplies: readonly Supply[]
}

/** Share of toner at and below which somebody should bring a cartridge (scenario 40). */
const TONER_LOW_AT = 0.1

/**
 * The worst first, in the order in which a person has to act: an open cover hides the paper path, a jam the tray. Each
 * line names keywords of RFC 8011 section 5.4.12 and PWG 5100.9 without their severity.
 */
const RULES: readonly (readonly [DocumentPrinterState, readonly string[]])[] = [
  ['COVER_OPEN', ['cover-open', 'door-open', 'interlock-open']],
  ['PAPER_JAM', ['media-jam', 'input-media-jam', 'output-media-jam']],
  ['TONER_OUT', ['toner-empty', 'marker-supply-empty']],
  ['EXIT_BLOCKED', ['output-area-full', 'output-tray-missing', 'marker-waste-full']],
  ['PAPER_OUT', ['media-empty']],
  ['WRONG_TRAY', ['media-needed', 'input-tray-missing']],
  ['DRIVER_MISSING', ['cups-missing-filter', 'cups-insecure-filter']],
  ['OFFLINE', ['offline', 'shutdown', 'timed-out', 'connecting-to-device', 'cups-waiting-for-job-completed-timeout']],
  ['PAUSED', ['paused', 'moving-to-paused']],
]

const WARNINGS: readonly (readonly [Printable, readonly string[]])[] = [
  ['TONER_LOW', ['toner-low', 'marker-supply-low', 'developer-low']],
  ['PAPER_LOW', ['media-low', 'media-empty']],
]

/**
 * Folds what a queue says into one state. A keyword ends in `-error` (or in nothing, which means the same), `-warning` or
 * `-report`. Of the first group only empty toner and being away count when they are less than errors: a printer that
 * says `media-empty-warning` has another tray that feeds.
 */
export function foldQueue({ printerState, reasons, accepting, supplies }: QueueWords): DocumentPrinterState {
  const said = reasons.map(readReason)
  const has = (words: readonly string[], severities: readonly Severity[]): boolean =>
    said.some(({ word, severity }) => words.includes(word) && severities.includes(severity))
  for (const [state, words] of RULES) {
    const any = state === 'TONER_OUT' || state === 'OFFLINE' || state === 'DRIVER_MISSING' || state === 'PAUSED'
    if (has(words, any ? ANY : ['error'])) return state
    if (state === 'TONER_OUT' && supplies.some(({ isToner, left }) => isToner && left === 0)) return state
  }
  if (!accepting) return 'PAUSED'
  if (printerState === STOPPED)
    return said.some(({ severity, word }) => severity === 'error' && word !== 'none') ? 'FAULT' : 'PAUSED'
  for (const [state, words] of WARNINGS) {
    if (has(words, ['error', 'warning'])) return state
    if (state === 'TONER_LOW' && supplies.some(isLow)) return state
  }
  return 'READY'
}

function isLow({ isToner, left }: Supply): boolean {
  return isToner && left !== null && left <= TONER_LOW_AT
}

type Severity = 'error' | 'warning' | 'report'
const ANY: readonly Severity[] = ['error', 'warning', 'report']
const STOPPED = 5

function readReason(keyword: string): { word: string; severity: Severity } {
  const match = /^(.*)-(error|warning|report)$/.exec(keyword)
  return match === null
    ? { word: keyword, severity: 'error' }
    : { word: match[1] ?? '', severity: match[2] as Severity }
}
