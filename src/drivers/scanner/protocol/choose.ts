import { gm65 } from './gm65.ts'
import { honeywell } from './honeywell.ts'
import { keyboardWedge } from './keyboard-wedge.ts'
import { newland } from './newland.ts'
import type { ScannerDriverName, ScannerProtocol } from './protocol.ts'
import { serial } from './serial.ts'
import { ssi } from './ssi.ts'

/**
 * The protocol a site file names.
 * @param unverified whether to use commands no manual was at hand for (docs/devices/scanner.md lists them)
 */
export function scannerProtocol(name: ScannerDriverName, unverified = false): ScannerProtocol {
  switch (name) {
    case 'serial':
      return serial
    case 'honeywell':
      return honeywell
    case 'newland':
      return newland({ unverified })
    case 'gm65':
      return gm65({ unverified })
    case 'ssi':
      return ssi
    case 'keyboard-wedge':
      return keyboardWedge
  }
}
