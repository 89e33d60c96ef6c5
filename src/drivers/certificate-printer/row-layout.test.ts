import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { certificateProfile, endorsementRow, SAMPLE_VALUES, without } from '../../../tests/support/printing.ts'
import { expectOk } from '../../lib/result.ts'
import { columnsOf } from '../typeset/columns.ts'
import { layoutRow } from './row-layout.ts'

const template = endorsementRow()
const profile = certificateProfile('escp2-slip')
const layout = (row: number, values: Readonly<Record<string, string>> = SAMPLE_VALUES) =>
  layoutRow(template, { row, values }, profile)

/** The segments of one height joined, as a reader sees them. */
function lines(row: number, values?: Readonly<Record<string, string>>): readonly string[] {
  const byHeight = new Map<number, string[]>()
  for (const segment of expectOk(layout(row, values), 'layout')) {
    byHeight.set(segment.yMm, [...(byHeight.get(segment.yMm) ?? []), segment.text])
  }
  return [...byHeight.values()].map((texts) => texts.join(' '))
}

describe('the endorsement row', () => {
  it('holds the audited text', () => {
    const values = without('specimen')
    expect(lines(1, values)).toEqual([
      '审验结果：合格 技术等级：一级',
      '审验日期： 2026 年 11 月 23 日 审验有效期至： 2027 年 12 月 31 日',
      '审验机关：深圳市交通运输局（电子印 签注编号： QZ440300202611230007',
      '章）',
      '签注终端：白云站一号机 GZ-BY-003 校验码： 7F3A-92C1',
    ])
  })

  it('says 样张 when the job is a specimen and 补打 when it is a reprint', () => {
    expect(lines(1).at(-1)).toBe('样张 不具法律效力')
    expect(lines(1, { ...SAMPLE_VALUES, reprintCount: '2' }).join()).toContain('补打第 2 次')
  })

  it('moves by the pitch of the page from row to row', () => {
    const first = expectOk(layout(1), 'row 1')
    const third = expectOk(layout(3), 'row 3')
    expect(third.map((segment) => Number((segment.yMm - 2 * template.rows.pitchMm).toFixed(6)))).toEqual(
      first.map((segment) => Number(segment.yMm.toFixed(6))),
    )
  })

  it('starts its fields at their millimetres and every change of width at its own', () => {
    const [date] = expectOk(layout(1), 'row').filter((segment) => segment.text === '2026')
    expect(date?.xMm).toBeCloseTo(20 + 5 * profile.wideMm, 6)
    expect(date?.yMm).toBe(28 + 7)
  })

  it('wraps a long authority into its second line instead of clipping it', () => {
    const texts = lines(1, { ...SAMPLE_VALUES, authorityName: '广东省深圳市宝安区交通运输管理分局' })
    expect(texts.slice(2, 4)).toEqual([
      '审验机关：广东省深圳市宝安区交通运输 签注编号： QZ440300202611230007',
      '管理分局（电子印章）',
    ])
  })

  it('is refused when a field needs more lines than it has', () => {
    expect(layout(1, { ...SAMPLE_VALUES, authorityName: '长'.repeat(60) })).toEqual({
      ok: false,
      error: { code: 'WILL_NOT_FIT', field: 'authority', detail: 'needs 4 lines, has 2' },
    })
  })

  it('is refused outside the page', () => {
    expect(layout(7)).toEqual({ ok: false, error: { code: 'ROW_OUT_OF_RANGE', row: 7, rows: 6 } })
    expect(layout(0)).toMatchObject({ ok: false, error: { code: 'ROW_OUT_OF_RANGE' } })
    expect(layout(1.5)).toMatchObject({ ok: false, error: { code: 'ROW_OUT_OF_RANGE' } })
  })

  it('is refused with a gap', () => {
    const values = without('checkCode')
    expect(layout(1, values)).toEqual({ ok: false, error: { code: 'TOKEN_MISSING', tokens: ['checkCode'] } })
  })

  it('is refused by a printer too narrow for the page', () => {
    expect(layoutRow(template, { row: 1, values: SAMPLE_VALUES }, { ...profile, maxWidthMm: 100 })).toMatchObject({
      ok: false,
      error: { code: 'WILL_NOT_FIT' },
    })
  })

  it('never leaves its row or its page, whatever the values, unless it is refused', () => {
    const text = fc.string({ unit: fc.constantFrom(...Array.from('年审（）ABC 019￥䶮')), minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(text, text, text, fc.integer({ min: 1, max: 6 }), (authorityName, endorsementNo, kioskName, row) => {
        const laid = layout(row, { ...SAMPLE_VALUES, authorityName, endorsementNo, kioskName })
        if (!laid.ok) return
        const top = template.rows.firstYMm + (row - 1) * template.rows.pitchMm
        for (const segment of laid.value) {
          expect(segment.yMm).toBeGreaterThanOrEqual(top)
          expect(segment.yMm + profile.wideMm).toBeLessThanOrEqual(top + template.rows.pitchMm + 1e-6)
          const right = segment.xMm + (columnsOf(segment.text) * profile.wideMm) / 2
          expect(right).toBeLessThanOrEqual(template.page.widthMm)
        }
      }),
    )
  })
})
