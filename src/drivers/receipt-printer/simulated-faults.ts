import { err, ok, type Result } from '../../lib/result.ts'
import type { ReceiptPrinterFaults } from './simulator.ts'

/** Fault words of the command line: `name` or `name@number`, several with commas. */
const WORDS: Readonly<Record<string, (n: number) => ReceiptPrinterFaults>> = {
  'paper-out': (n) => ({ paperOutAtLine: n }),
  'cover-open': (n) => ({ coverOpenAtLine: n }),
  jam: (n) => ({ jamAtLine: n }),
  overheat: (n) => ({ overheatAtLine: n }),
  cutter: (n) => ({ cutterErrorAtCut: n }),
  'near-end': () => ({ nearEnd: true }),
  silent: () => ({ silent: true }),
  off: () => ({ off: true }),
  'no-process-id': () => ({ noProcessId: true }),
  'no-barrier': () => ({ noBarrier: true }),
  storm: (n) => ({ statusStormEveryBytes: n }),
  'power-loss': (n) => ({ powerLossAtByte: n }),
  chop: (n) => ({ chopMs: n }),
  late: (n) => ({ answerDelayMs: n }),
  noise: () => ({ noise: true }),
}

/** Reads `paper-out@12,near-end`. The number counts lines, cuts, bytes or milliseconds, from 1; 1 where absent. */
export function parseFaults(text: string): Result<ReceiptPrinterFaults, string> {
  let faults: ReceiptPrinterFaults = {}
  for (const word of text.split(',').filter((part) => part !== '')) {
    const [name = '', number = '1'] = word.split('@')
    const fault = WORDS[name]
    if (fault === undefined) return err(`there is no fault "${name}"; known: ${Object.keys(WORDS).join(', ')}`)
    if (!/^[1-9]\d*$/.test(number)) return err(`${word}: the number counts from 1`)
    faults = { ...faults, ...fault(Number(number)) }
  }
  return ok(faults)
}
