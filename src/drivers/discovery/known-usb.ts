import { z } from 'zod'
import { assetPath } from '../../lib/assets.ts'
import type { Result } from '../../lib/result.ts'
import { readJson, type BadFile } from '../asset/read-json.ts'
import { DEVICE_ROLES } from '../report.ts'

const usbId = z.string().regex(/^[0-9A-F]{4}$/)

/** `assets/devices/known-usb.json`: USB ids somebody has written down, and what they mean. */
export const KnownUsb = z.strictObject({
  $comment: z.string(),
  devices: z.array(
    z.strictObject({
      vendorId: usbId,
      /** All products of the vendor when absent. */
      productId: usbId.optional(),
      name: z.string().min(1),
      /** A bridge says nothing of the device behind it: its port is asked. */
      kind: z.enum(['device', 'bridge', 'other']),
      means: z
        .strictObject({
          role: z.enum(DEVICE_ROLES),
          driver: z.string().min(1),
          certainty: z.enum(['CERTAIN', 'LIKELY', 'POSSIBLE']),
        })
        .optional(),
      /** Of the vendor class: looked for over usbfs, since neither the serial nor the HID list shows it. */
      bulk: z.literal(true).optional(),
      source: z.string().min(1),
      grade: z.enum(['A', 'B', 'C']),
      note: z.string().optional(),
    }),
  ),
})
export type KnownUsb = z.output<typeof KnownUsb>
export type KnownDevice = KnownUsb['devices'][number]

export function readKnownUsb(): Promise<Result<KnownUsb, BadFile>> {
  return readJson(assetPath('devices', 'known-usb.json'), KnownUsb)
}

/** What the table says of a device: its very product before its vendor. */
export function lookUp(
  { devices }: KnownUsb,
  ids: { readonly vendorId: number; readonly productId: number },
): KnownDevice | undefined {
  const ofVendor = devices.filter(({ vendorId }) => parseInt(vendorId, 16) === ids.vendorId)
  return (
    ofVendor.find(({ productId }) => productId !== undefined && parseInt(productId, 16) === ids.productId) ??
    ofVendor.find(({ productId }) => productId === undefined)
  )
}
