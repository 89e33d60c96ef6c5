import type { Clock } from '../../lib/clock.ts'
import { err, ok } from '../../lib/result.ts'
import type { SelfTest } from '../self-test.ts'
import type { Scanner, ScannerError } from './device.ts'

/** Time for finding the test code and holding it under the scanner, milliseconds. */
const SHOW_MS = 30_000

/** The scanner's tests. What is read is measured and dropped: a technician may hold anything under the glass. */
export function scannerSelfTests(scanner: Scanner, clock: Clock): readonly SelfTest[] {
  return [
    {
      id: 'read-code',
      async run(call) {
        scanner.forget()
        call.say('showTestCode')
        const from = clock.monotonic()
        const scan = await scanner.read(call.signal, SHOW_MS)
        if (!scan.ok) return err({ key: FAILURE_KEYS[scan.error.code], detail: scan.error.code })
        const { symbology, bytes, encoding } = scan.value
        const readMs = Math.round(clock.monotonic() - from)
        return ok({ measured: { symbology: symbology ?? 'not named', bytes, encoding, readMs } })
      },
    },
  ]
}

const FAILURE_KEYS: Readonly<Record<ScannerError['code'], string>> = {
  NO_SCAN: 'nothingScanned',
  TOO_LONG: 'codeTooLong',
  UNDECODABLE: 'codeUnreadable',
  WEDGE_UNREADABLE: 'scannerIsKeyboard',
  PORT: 'scannerAway',
  CANCELLED: 'cancelled',
}
