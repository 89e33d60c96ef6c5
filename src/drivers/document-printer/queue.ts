import { ok, type Result } from '../../lib/result.ts'
import { STATUS, type IppClient, type IppFault } from '../ipp/client.ts'
import { flagOf, numbersOf, textsOf, type IppGroup } from '../ipp/value.ts'
import { foldQueue, type DocumentPrinterFault, type DocumentPrinterState, type Supply } from './status.ts'

/** What is known of a queue at one moment. */
export interface QueueView {
  readonly state: DocumentPrinterState
  readonly supplies: readonly Supply[]
  /** Whether the queue speaks IPP with the printer itself, so that "completed" is the printer's own word. */
  readonly printerConfirms: boolean
  /** The raw keywords, for the technician. */
  readonly reasons: readonly string[]
}

const WANTED = [
  'printer-state',
  'printer-state-reasons',
  'printer-is-accepting-jobs',
  'marker-names',
  'marker-types',
  'marker-levels',
  'device-uri',
]

/** Asks the queue how it and its printer are. */
export async function lookAtQueue(
  client: IppClient,
  queue: string,
  signal?: AbortSignal,
): Promise<Result<QueueView, IppFault>> {
  const answer = await client.printer(queue, WANTED, signal)
  if (!answer.ok) return answer
  const group = answer.value
  const reasons = textsOf(group, 'printer-state-reasons')
  const supplies = suppliesOf(group)
  const state = foldQueue({
    printerState: numbersOf(group, 'printer-state')[0] ?? 0,
    reasons,
    accepting: flagOf(group, 'printer-is-accepting-jobs') ?? true,
    supplies,
  })
  return ok({ state, supplies, reasons, printerConfirms: /^ipps?:/.test(textsOf(group, 'device-uri')[0] ?? '') })
}

/** The state that a failed exchange amounts to. */
export function stateOfFault(fault: IppFault): DocumentPrinterFault {
  if (fault.code === 'NO_SERVER') return 'NO_SERVER'
  if (fault.code !== 'REFUSED') return 'NO_ANSWER'
  if (fault.status === STATUS.NOT_FOUND) return 'NO_QUEUE'
  return fault.status === STATUS.NOT_ACCEPTING_JOBS ? 'PAUSED' : 'NO_ANSWER'
}

/** Levels are percents; -1 to -3 say "unknown" in three ways (PWG 5100.9, RFC 3805 prtMarkerSuppliesLevel). */
function suppliesOf(group: IppGroup): readonly Supply[] {
  const names = textsOf(group, 'marker-names')
  const types = textsOf(group, 'marker-types')
  return numbersOf(group, 'marker-levels').map((level, index) => ({
    name: names[index] ?? `supply ${index + 1}`,
    isToner: CONSUMED.test(types[index] ?? 'toner'),
    left: level >= 0 && level <= 100 ? level / 100 : null,
  }))
}

/** Waste boxes are markers too; their level counts the other way round and is shown, not judged. */
const CONSUMED = /^(toner|toner-cartridge|toner-?cartridge|ink|ink-?cartridge|developer)$/i
