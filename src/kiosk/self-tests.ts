import { certificatePrinterTests } from '../drivers/certificate-printer/self-test.ts'
import { documentPrinterSelfTests } from '../drivers/document-printer/self-test.ts'
import { IcCardReader } from '../drivers/ic-card/device.ts'
import { icCardSelfTests } from '../drivers/ic-card/self-test.ts'
import { idCardSelfTests } from '../drivers/id-card/self-test.ts'
import { ioBoardSelfTests } from '../drivers/io-board/self-test.ts'
import { LAMPS, LOCKS } from '../drivers/io-board/wiring.ts'
import { receiptPrinterSelfTests } from '../drivers/receipt-printer/self-test.ts'
import type { DeviceRole } from '../drivers/report.ts'
import { scannerSelfTests } from '../drivers/scanner/self-test.ts'
import type { SelfTest } from '../drivers/self-test.ts'
import { upsSelfTests } from '../drivers/ups/self-test.ts'
import { watchdogSelfTests } from '../drivers/watchdog/self-test.ts'
import type { Clock } from '../lib/clock.ts'
import type { Devices } from './devices.ts'
import type { Site } from './site/schema.ts'

/** The self-tests of the device of `role`, in the order a technician runs them; none where the site has no such device. */
export function selfTestsOf(
  devices: Devices,
  site: Pick<Site, 'devices'>,
  clock: Clock,
  role: DeviceRole,
): readonly SelfTest[] {
  const { reader, scanner, receiptPrinter, certificatePrinter, documentPrinter, ups, ioBoard } = devices
  switch (role) {
    case 'id-card':
      return reader === null ? [] : idCardSelfTests(reader, clock)
    case 'scanner':
      return scanner === null ? [] : scannerSelfTests(scanner, clock)
    case 'receipt-printer':
      return receiptPrinter === null ? [] : receiptPrinterSelfTests(receiptPrinter)
    case 'certificate-printer':
      return certificatePrinter === null ? [] : certificatePrinterTests(certificatePrinter)
    case 'document-printer':
      return documentPrinter === null ? [] : documentPrinterSelfTests(documentPrinter)
    case 'ups':
      return ups === null ? [] : upsSelfTests(ups, clock)
    case 'io-board': {
      if (ioBoard === null) return []
      const outputs = site.devices['io-board']?.wiring.outputs ?? {}
      return ioBoardSelfTests(
        ioBoard,
        [...LAMPS, ...LOCKS].filter((each) => outputs[each] !== undefined),
      )
    }
    case 'ic-card':
      // A terminal's card module has no test of its own: it says by itself what is put in.
      return devices.icCard instanceof IcCardReader ? icCardSelfTests(devices.icCard, clock) : []
    case 'watchdog':
      return devices.watchdog === null ? [] : watchdogSelfTests(devices.watchdog.watchdog)
    case 'camera':
      return []
  }
}
