import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { assetPath } from '../../lib/assets.ts'
import { ReceiptPrinterProfile } from './profile.ts'

const read = (file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(assetPath('printers', file), 'utf8')) as Record<string, unknown>
const shipped = readdirSync(assetPath('printers')).filter((file) => read(file)['kind'] === 'receipt-printer')

describe('profiles of receipt printers', () => {
  it.each(shipped)('%s is sound', (file) => {
    expect(ReceiptPrinterProfile.safeParse(read(file)).error?.message).toBeUndefined()
  })

  it('there is one for each kind of printer met in the field', () => {
    expect(shipped).toEqual(
      expect.arrayContaining([
        'generic-58.json',
        'generic-80.json',
        'epson-tm-t82.json',
        'custom-vkp80.json',
        'clone-80.json',
      ]),
    )
  })

  it.each([
    [{ dots: 500 }, 'dots', '48 columns need 576 dots'],
    [{ paperWidthMm: 58 }, 'dots', '58 mm of paper have room for 464 dots'],
    [{ paperWidthMm: 76 }, 'paperWidthMm', '58 or 80'],
    [{ presenter: 'custom-6-byte', cutter: 'none' }, 'presenter', 'needs a cutter'],
    [{ presenter: 'custom-6-byte', realTimeStatus: false }, 'presenter', 'realTimeStatus must be true'],
    [{ proof: 'presenter' }, 'proof', 'no presenter'],
    [{ proof: 'real-time', realTimeStatus: false }, 'proof', 'realTimeStatus is false'],
    [{ proof: 'auto', realTimeStatus: false, automaticStatus: false }, 'proof', 'cannot be asked'],
    [{ unverified: ['speling'] }, 'unverified', 'there is no field "speling"'],
    [{ cutter: true }, 'cutter', 'full'],
  ])('%j is refused at %s', (change, field, words) => {
    const parsed = ReceiptPrinterProfile.safeParse({ ...read('generic-80.json'), ...change })
    const issue = parsed.error?.issues.find((one) => one.path[0] === field)
    expect(issue?.message).toContain(words)
  })
})
