import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { receiptTemplate, SAMPLE_ITEMS, SAMPLE_VALUES, without } from '../../../tests/support/printing.ts'
import { expectOk } from '../../lib/result.ts'
import { columnsOf } from '../typeset/columns.ts'
import { layoutReceipt, type Line } from './layout.ts'
import type { Receipt, ReceiptBlock } from './receipt.ts'
import { fillReceiptTemplate } from './template.ts'

const receipt = (...blocks: ReceiptBlock[]): Receipt => ({ receipt: 1, blocks })

/** The paper as a typewriter shows it: one string per line, runs at their columns; a mark for what is no text. */
function typed(lines: readonly Line[]): readonly string[] {
  return lines.map((line) => {
    if (line.kind !== 'text') return `<${line.kind}>`
    let out = ''
    for (const run of line.runs) out += ' '.repeat(run.column - columnsOf(out)) + run.text
    return out
  })
}

describe('the layout of a receipt', () => {
  it('puts a label at the left edge and its value at the right, whatever their widths', () => {
    expect(typed(layoutReceipt(receipt({ type: 'pair', label: '合计', value: '¥1,150.00' }), 32))).toEqual([
      '合计                  ￥1,150.00',
      '<blank>',
    ])
  })

  it('puts a value that does not fit beside its label below it, still at the right edge', () => {
    const block: ReceiptBlock = { type: 'pair', label: '审验机关', value: '广东省深圳市交通运输局公路科' }
    expect(typed(layoutReceipt(receipt(block), 32)).slice(0, 2)).toEqual([
      '审验机关',
      '    广东省深圳市交通运输局公路科',
    ])
  })

  it('gives fields one label column and wraps values beside it', () => {
    const fields = [
      { label: '业户', value: '深圳市远途运输有限公司第三分公司' },
      { label: '道路运输证', value: '粤交运管穗字440100165715号' },
    ]
    expect(typed(layoutReceipt(receipt({ type: 'fields', fields }), 32))).toEqual([
      '业户       深圳市远途运输有限公',
      '           司第三分公司',
      '道路运输证 粤交运管穗字',
      '           440100165715号',
      '<blank>',
    ])
  })

  it('numbers a list and indents what belongs to an item', () => {
    const items = [{ title: '检验检测报告', details: ['已到期', '请重新检测后再来办理，谢谢合作'] }]
    expect(typed(layoutReceipt(receipt({ type: 'list', items }), 24))).toEqual([
      '1. 检验检测报告',
      '   已到期',
      '   请重新检测后再来办',
      '   理，谢谢合作',
      '<blank>',
    ])
  })

  it('halves the columns for double-width text and centres it', () => {
    const [line] = layoutReceipt(receipt({ type: 'text', text: '回执', size: 'large', align: 'center' }), 32)
    expect(line).toMatchObject({ runs: [{ column: 12, text: '回执' }], widthScale: 2, heightScale: 2 })
  })

  it('fills the whole line of white-on-black text', () => {
    const [line] = layoutReceipt(receipt({ type: 'text', text: '样张', inverse: true, align: 'center' }), 32)
    expect(line).toMatchObject({ runs: [{ column: 0, text: `${' '.repeat(14)}样张${' '.repeat(14)}` }] })
  })

  it('draws a rule exactly as wide as the paper', () => {
    const [solid, dashed] = layoutReceipt(receipt({ type: 'rule' }, { type: 'rule', style: 'dashed' }), 32)
    expect(typed([solid!, dashed!]).map(columnsOf)).toEqual([32, 32])
  })

  it.each(['p04-endorsement-receipt', 'p03-review-not-passed', 'take-away-slip'])(
    'lays out the shipped template %s on 80 mm and 58 mm paper',
    (name) => {
      const filled = expectOk(
        fillReceiptTemplate(receiptTemplate(name), { ...SAMPLE_VALUES, items: SAMPLE_ITEMS }),
        name,
      )
      expect({ wide: typed(layoutReceipt(filled, 48)), narrow: typed(layoutReceipt(filled, 32)) }).toMatchSnapshot()
    },
  )

  it('exceeds the paper with no receipt, no text and no width', () => {
    const text = fc.string({
      unit: fc.constantFrom(...Array.from('年审（）：，ABC 019¥￥䶮𬎆é—…\u200b\t')),
      maxLength: 90,
    })
    const block: fc.Arbitrary<ReceiptBlock> = fc.oneof(
      fc.record({
        type: fc.constant('text' as const),
        text,
        align: fc.constantFrom('left' as const, 'center' as const, 'right' as const),
        size: fc.constantFrom('normal' as const, 'tall' as const, 'large' as const),
        inverse: fc.boolean(),
      }),
      fc.record({ type: fc.constant('pair' as const), label: text, value: text }),
      fc.record({
        type: fc.constant('fields' as const),
        fields: fc.array(fc.record({ label: text, value: text }), { minLength: 1, maxLength: 3 }),
      }),
      fc.record({
        type: fc.constant('list' as const),
        items: fc.array(fc.record({ title: text, details: fc.array(text, { maxLength: 2 }) }), { maxLength: 11 }),
      }),
      fc.record({ type: fc.constant('rule' as const) }),
    )
    fc.assert(
      fc.property(
        fc.array(block, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 16, max: 64 }),
        (blocks, columns) => {
          for (const line of layoutReceipt(receipt(...blocks), columns)) {
            if (line.kind !== 'text') continue
            let end = 0
            for (const run of line.runs) {
              expect(run.column).toBeGreaterThanOrEqual(end)
              end = run.column + columnsOf(run.text) * line.widthScale
            }
            expect(end).toBeLessThanOrEqual(columns)
          }
        },
      ),
    )
  })
})

describe('a receipt template', () => {
  it('refuses to be printed with a gap', () => {
    const values = without('queryCode')
    expect(fillReceiptTemplate(receiptTemplate('p04-endorsement-receipt'), values)).toEqual({
      ok: false,
      error: { code: 'TOKEN_MISSING', tokens: ['queryCode'] },
    })
  })

  it('leaves out what is only for specimens and reprints when it is neither', () => {
    const values = without('specimen')
    const filled = expectOk(fillReceiptTemplate(receiptTemplate('p04-endorsement-receipt'), values), 'P04')
    expect(JSON.stringify(filled)).not.toContain('样张')
    expect(JSON.stringify(filled)).not.toContain('补打')
    const again = expectOk(
      fillReceiptTemplate(receiptTemplate('p04-endorsement-receipt'), { ...values, reprintCount: '1' }),
      'P04',
    )
    expect(JSON.stringify(again)).toContain('第1次')
  })

  it('says in words where a filled template breaks a rule', () => {
    const filled = fillReceiptTemplate(receiptTemplate('p04-endorsement-receipt'), {
      ...SAMPLE_VALUES,
      queryUrl: 'x'.repeat(301),
    })
    expect(filled).toMatchObject({ ok: false, error: { code: 'NOT_A_RECEIPT' } })
    expect(JSON.stringify(filled)).toContain('more than 300 bytes')
  })
})
