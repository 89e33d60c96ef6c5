import { accessSync, constants } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { Scanner } from '../../src/drivers/scanner/device.ts'
import { systemHidBus } from '../../src/drivers/transport/hid-bus.ts'
import { hidTransport } from '../../src/drivers/transport/hid.ts'
import { scannerReports } from '../../src/drivers/transport/simulated-hid.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { silentLog } from '../../src/lib/log.ts'
import { UhidDevice } from './uhid.ts'

/**
 * The HID path through the kernel: a device made by uhid, hidraw, node-hid, the transport, the scanner. It needs a kernel
 * with uhid and hidraw and the right to open both (a virtual machine, as root); elsewhere it is skipped.
 * `npm run hid-vm`
 */
function canMakeDevices(): boolean {
  try {
    accessSync('/dev/uhid', constants.R_OK | constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** HID-POS (usage page 8C, usage 02): report 2 with 63 bytes in. */
const HID_POS = Uint8Array.from([
  ...[0x05, 0x8c, 0x09, 0x02, 0xa1, 0x01, 0x85, 0x02, 0x09, 0x02],
  ...[0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x3f, 0x81, 0x02, 0xc0],
])
/** Pages of a vendor's own are no product's: 16C0 is a shared test id. */
const IDS = { vendorId: 0x16c0, productId: 0x05df } as const
const PATIENCE_MS = 5_000

let device: UhidDevice | null = null
let scanner: Scanner | null = null
afterEach(async () => {
  await scanner?.close()
  device?.destroy()
})

function plugIn(): UhidDevice {
  return new UhidDevice({ name: 'uhid scanner', serialNumber: 'VM1', ...IDS, descriptor: HID_POS })
}

function scannerOnKernel(): Scanner {
  const address = { kind: 'hid', ...IDS, framing: 'hid-pos' } as const
  return new Scanner(hidTransport(address, { bus: systemHidBus, clock: systemClock }), systemClock, silentLog)
}

/** Shows a code again and again until it was read: when the port opened nobody says. */
async function readWhileShown(reader: Scanner, shown: UhidDevice, text: string) {
  const reports = scannerReports(']Q1').cut(Buffer.from(text))
  const show = setInterval(() => reports.forEach((report) => shown.input(report)), 200)
  const scan = await reader.read(new AbortController().signal, PATIENCE_MS)
  clearInterval(show)
  return scan
}

describe.skipIf(!canMakeDevices())(
  'a HID-POS scanner made by the kernel (skipped where /dev/uhid cannot be opened)',
  () => {
    it('is found by its ids, opened through hidraw, and gives a code of several reports', async () => {
      device = plugIn()
      scanner = scannerOnKernel()
      const text = '粤交运管穗字440100165715号'.repeat(4)
      expect(await readWhileShown(scanner, device, text)).toMatchObject({ ok: true, value: { text } })
    })

    it('unplugged is unplugged, and plugged in again it is found again', async () => {
      device = plugIn()
      scanner = scannerOnKernel()
      expect(await readWhileShown(scanner, device, 'FIRST')).toMatchObject({ ok: true })
      device.destroy()
      await expect.poll(() => scanner?.status.state, { timeout: PATIENCE_MS }).toBe('unplugged')
      device = plugIn()
      scanner.forget()
      expect(await readWhileShown(scanner, device, 'AGAIN')).toMatchObject({ ok: true, value: { text: 'AGAIN' } })
    })
  },
)
