import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import jsqr from 'jsqr'
import { beforeAll, describe, expect, it } from 'vitest'
import { receiptProfile, receiptTemplate, SAMPLE_ITEMS, SAMPLE_VALUES } from '../../../tests/support/printing.ts'
import { SimulatedClock } from '../../lib/clock.ts'
import { assetPath } from '../../lib/assets.ts'
import { expectOk } from '../../lib/result.ts'
import { Bitmap } from '../raster/bitmap.ts'
import { loadLettering, type Lettering } from '../raster/lettering.ts'
import { containsRealTimePair } from '../raster/real-time.ts'
import { memoryPair } from '../transport/memory.ts'
import { loadDialect, type Dialect } from './dialect.ts'
import { encodeReceipt, needsLettering } from './encoder.ts'
import { layoutReceipt } from './layout.ts'
import { previewReceipt } from './preview.ts'
import type { ReceiptPrinterProfile } from './profile.ts'
import { MAX_BAND_BYTES, rasterCommands } from './raster-band.ts'
import type { Receipt, ReceiptBlock } from './receipt.ts'
import { ReceiptPrinterSimulator } from './simulator.ts'
import type { TemplateData } from '../typeset/tokens.ts'
import { fillReceiptTemplate } from './template.ts'

const profile = receiptProfile('generic-80')
let lettering: Lettering
let dialect: Dialect
beforeAll(async () => {
  lettering = await loadLettering()
  dialect = await loadDialect(profile.dialect, profile.columns)
})

const receipt = (...blocks: ReceiptBlock[]): Receipt => ({ receipt: 1, blocks })
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

function encode(content: Receipt, on: ReceiptPrinterProfile = profile): Uint8Array {
  return expectOk(encodeReceipt(layoutReceipt(content, on.columns), on, dialect, lettering), 'encoding')
}

/** What a simulated printer makes of the bytes, paper above the first line left out. */
async function printed(bytes: Uint8Array, on: ReceiptPrinterProfile = profile): Promise<ReceiptPrinterSimulator> {
  const simulator = new ReceiptPrinterSimulator({ profile: on, clock: new SimulatedClock(0), lettering })
  const { host, device } = memoryPair()
  simulator.serve(device)
  expectOk(await host.open(), 'opening')
  expectOk(await host.write(bytes, 1000), 'writing')
  await Promise.resolve()
  return simulator
}

function decodeQr(picture: Bitmap): string | undefined {
  const rgba = new Uint8ClampedArray(picture.width * picture.height * 4).fill(255)
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      if (picture.dot(x, y)) rgba.fill(0, (y * picture.width + x) * 4, (y * picture.width + x) * 4 + 3)
    }
  }
  // The package is CommonJS whose types describe an ES module.
  const decode = jsqr as unknown as typeof jsqr.default
  return decode(rgba, picture.width, picture.height)?.data
}

/** ESC @, GS a 0, font A, spacing 0, ESC 2, upright, FS . ; GS a FF ; FS & ; ESC 3 32 */
const OPENING = '1b401d61001b4d001b20001c5300001b321b7b001c2e' + '1d61ff' + '1c26' + '1b3320'
/** closing blank line and GS V B 0 */
const CLOSING = '1b33180a' + '1d564200'

describe('the bytes of a receipt', () => {
  it('are reset, automatic status, Chinese mode, pitch, GB 18030 text and cut', () => {
    expect(hex(encode(receipt({ type: 'text', text: '年审A1' })))).toBe(`${OPENING}c4eac9f341310a${CLOSING}`)
  })

  it('print the full-width yen sign for both yen signs', () => {
    expect(hex(encode(receipt({ type: 'text', text: '¥1￥2' })))).toBe(`${OPENING}a3a431a3a4320a${CLOSING}`)
  })

  it('put runs at their columns with spaces of normal width, sizes by GS !', () => {
    const bytes = encode(receipt({ type: 'text', text: '回执', size: 'large', align: 'center', bold: true }))
    const plain = '1b2d001c2d001b45001d42001d2100'
    expect(hex(bytes)).toBe(`${OPENING.slice(0, -2)}38${'20'.repeat(20)}1d21111b4501bbd8d6b4${plain}0a${CLOSING}`)
  })

  it('draw a QR code of model 2 with the printer itself, centred', () => {
    const bytes = hex(encode(receipt({ type: 'qr', data: 'https://x.cn', moduleDots: 5, level: 'Q' })))
    expect(bytes).toContain(
      '1b6101' +
        '1d286b0400314132001d286b03003143051d286b0300314532' +
        `1d286b0f00315030${hex(Buffer.from('https://x.cn'))}` +
        '1d286b0300315130' +
        '1b6100',
    )
  })

  it('take the makers apart: Epson digits, clone binary', async () => {
    const epson = await loadDialect('epson', 48)
    expect([hex(epson.bold), hex(dialect.bold)]).toEqual(['1b4531', '1b4501'])
    expect(hex(epson.size(2, 1))).toBe('1d2110')
  })

  it('send a line with a rare character as a picture, and only that line', async () => {
    const content = receipt({ type: 'text', text: '业户：赵䶮㛃' }, { type: 'text', text: '合格' })
    const bytes = encode(content)
    expect(hex(bytes)).toContain('1d76300048')
    expect(hex(bytes)).toContain('bacfb8f10a')
    const simulator = await printed(bytes)
    expect(simulator.paper.documents[0]?.text).toEqual(['合格'])
  })

  it('need the font only when a line is sent as a picture', () => {
    expect(needsLettering(layoutReceipt(receipt({ type: 'text', text: '合格' }), 48), profile)).toBe(false)
    expect(needsLettering(layoutReceipt(receipt({ type: 'text', text: '㛃' }), 48), profile)).toBe(true)
  })

  it('are refused, with the characters named, when no font holds a character', () => {
    const lines = layoutReceipt(receipt({ type: 'text', text: '王𬎆' }), 48)
    expect(encodeReceipt(lines, profile, dialect, lettering)).toEqual({
      ok: false,
      error: { code: 'GLYPH_MISSING', characters: ['𬎆'] },
    })
    expect(previewReceipt(lines, profile.dots, lettering).ok).toBe(false)
  })

  it('hold no four-byte yen, no real-time command and no line wider than the paper, for any text', async () => {
    const unit = fc.constantFrom(...Array.from('年审验（）：，ABCxyz 0189¥￥䶮㛃é—…┃①'))
    const block: fc.Arbitrary<ReceiptBlock> = fc.record({
      type: fc.constant('text' as const),
      text: fc.string({ unit, maxLength: 80 }),
      size: fc.constantFrom('normal' as const, 'tall' as const, 'large' as const),
      bold: fc.boolean(),
      inverse: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(block, { minLength: 1, maxLength: 6 }), async (blocks) => {
        const bytes = encode(receipt(...blocks))
        expect(hex(bytes)).not.toContain('81308436')
        expect(containsRealTimePair(bytes)).toBe(false)
        const simulator = await printed(bytes)
        expect(simulator.paper.overflows).toBe(0)
        expect(simulator.interpreter.unknown).toEqual([])
        expect(simulator.paper.cuts).toBe(1)
      }),
      { numRuns: 60 },
    )
  })
})

describe('raster bands', () => {
  it('are cut between rows where a real-time pair would cross, and altered where it lies within a row', () => {
    const crossing = new Bitmap(16, 2, Uint8Array.of(0x00, 0x10, 0x04, 0x00))
    expect(rasterCommands(crossing).map(hex)).toEqual(['1d76300002000100' + '0010', '1d76300002000100' + '0400'])
    const within = new Bitmap(16, 1, Uint8Array.of(0x10, 0x14))
    expect(rasterCommands(within).map(hex)).toEqual(['1d76300002000100' + '1814'])
  })

  it('hold every row once and no real-time pair, for any picture', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.constantFrom(0x00, 0x10, 0x04, 0x05, 0x14, 0xff), { minLength: 1, maxLength: 3000 }),
        (stride, dots) => {
          const height = Math.ceil(dots.length / stride)
          const picture = new Bitmap(
            stride * 8,
            height,
            Uint8Array.from({ length: stride * height }, (_, i) => dots[i] ?? 0),
          )
          const bands = rasterCommands(picture)
          expect(containsRealTimePair(Buffer.concat(bands))).toBe(false)
          expect(bands.reduce((rows, band) => rows + band[6]! + band[7]! * 256, 0)).toBe(height)
          expect(Math.max(...bands.map((band) => band.length))).toBeLessThanOrEqual(MAX_BAND_BYTES + 8)
        },
      ),
    )
  })
})

/** A template with sample values; tokens the samples do not know get a text, lists some rows. */
function filledWithSamples(name: string, values: TemplateData): Receipt {
  const template = receiptTemplate(name)
  const first = fillReceiptTemplate(template, values)
  if (first.ok || first.error.code !== 'TOKEN_MISSING') return expectOk(first, name)
  const lists = template.blocks.flatMap((block) => (typeof block['each'] === 'string' ? [block['each']] : []))
  const more = first.error.tokens.map(
    (token) => [token, lists.includes(token) ? SAMPLE_ITEMS : `示例 ${token}`] as const,
  )
  return filledWithSamples(name, { ...values, ...Object.fromEntries(more) })
}

describe('paper and preview', () => {
  const templates = readdirSync(assetPath('templates')).filter((file) => file !== 'endorsement-row.json')
  const everywhere = ['generic-80', 'generic-58', 'epson-tm-t82', 'clone-80', 'custom-vkp80', 'raw-80'].flatMap(
    (model) => templates.map((file) => [model, file.replace('.json', '')] as const),
  )

  it('the templates of a receipt are all looked at', () => {
    expect(templates.length).toBeGreaterThanOrEqual(4)
  })

  it.each(everywhere)(
    'on a %s the paper of %s is the preview dot for dot, and its QR code can be read',
    async (model, name) => {
      const on = receiptProfile(model)
      const own = await loadDialect(on.dialect, on.columns)
      const values = { ...SAMPLE_VALUES, stationName: '䶮㛃检测站', items: SAMPLE_ITEMS }
      const filled = filledWithSamples(name, values)
      const lines = layoutReceipt(filled, on.columns)
      const preview = expectOk(previewReceipt(lines, on.dots, lettering), 'preview')
      const simulator = await printed(expectOk(encodeReceipt(lines, on, own, lettering), 'encoding'), on)
      const paper = simulator.picture()
      const headToKnife = 88
      expect(hex(paper.rows(headToKnife, headToKnife + preview.height).data)).toBe(hex(preview.data))
      expect(simulator.interpreter.unknown).toEqual([])
      if (JSON.stringify(filled).includes('"qr"')) expect(decodeQr(paper)).toBe(SAMPLE_VALUES.queryUrl)
    },
  )
})
