import { err, ok, type Result } from '../../lib/result.ts'
import type { CertificatePrinterFaults } from './simulator.ts'

/** Fault words of the command line: `name` or `name@number`, several with commas. */
const WORDS: Readonly<Record<string, (n: number) => CertificatePrinterFaults>> = {
  jam: (n) => ({ jamAtLine: n }),
  'cover-open': (n) => ({ coverOpenAtLine: n }),
  pulled: (n) => ({ pulledAtLine: n }),
  'power-loss': (n) => ({ powerLossAtByte: n }),
  'jam-at-eject': () => ({ jamAtEject: true }),
  silent: () => ({ silent: true }),
  hang: (n) => ({ hangAtByte: n }),
  chop: (n) => ({ chopMs: n }),
  late: (n) => ({ answerDelayMs: n }),
  length: (n) => ({ measuredUnits: n }),
}

/** Reads `jam@3,late@50`. The number counts lines, bytes, milliseconds or units, from 1; 1 where absent. */
export function parseFaults(text: string): Result<CertificatePrinterFaults, string> {
  let faults: CertificatePrinterFaults = {}
  for (const word of text.split(',').filter((part) => part !== '')) {
    const [name = '', number = '1'] = word.split('@')
    const fault = WORDS[name]
    if (fault === undefined) return err(`there is no fault "${name}"; known: ${Object.keys(WORDS).join(', ')}`)
    if (!/^[1-9]\d*$/.test(number)) return err(`${word}: the number counts from 1`)
    faults = { ...faults, ...fault(Number(number)) }
  }
  return ok(faults)
}
