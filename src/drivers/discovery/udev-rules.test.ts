import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { expectOk } from '../../lib/result.ts'
import { readKnownUsb } from './known-usb.ts'

const FILE = join(import.meta.dirname, '../../../packaging/linux/70-kiosk-devices.rules')
const rules = readFileSync(FILE, 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))

describe('the udev rules that are shipped', () => {
  it('open every vendor of the table of known devices as a serial port, over hidraw and over usbfs', async () => {
    const { devices } = expectOk(await readKnownUsb(), 'the shipped table')
    const vendors = [...new Set(devices.map(({ vendorId }) => vendorId.toLowerCase()))]
    expect(vendors.length).toBeGreaterThan(10)
    for (const vendor of vendors) {
      const ours = rules.filter((rule) => rule.includes(`{idVendor}=="${vendor}"`))
      expect(
        ours.map((rule) => rule.split(',')[0]),
        vendor,
      ).toEqual(['SUBSYSTEM=="tty"', 'KERNEL=="hidraw*"', 'SUBSYSTEM=="usb"'])
    }
  })

  it('give nothing to everybody', () => {
    for (const rule of rules) expect(rule).toMatch(/MODE="0660", GROUP="kiosk"/)
  })
})
