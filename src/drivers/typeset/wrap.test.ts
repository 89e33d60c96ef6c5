import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { columnsOf, paperText } from './columns.ts'
import { wrapText } from './wrap.ts'

const chinese = fc.constantFrom(...Array.from('道路运输证年度审验合格，。：（）《》￥䶮㛃𬎆'))
const latin = fc.constantFrom(...Array.from('ABCxyz0123456789 .,:;!?()[]%$#-/'))
const anyText = fc.array(fc.oneof(chinese, latin), { maxLength: 120 }).map((characters) => characters.join(''))

describe('wrapping for a receipt', () => {
  it('counts a Chinese character as two columns and never cuts it in half', () => {
    expect(wrapText('年度审验', 5)).toEqual(['年度', '审验'])
  })

  it('keeps plates, numbers and words whole', () => {
    expect(wrapText('车牌粤B12345合格', 10)).toEqual(['车牌粤', 'B12345合格'])
    expect(wrapText('report No 20261123', 12)).toEqual(['report No', '20261123'])
  })

  it('cuts a number only when no line could hold it', () => {
    expect(wrapText('QZ440300202611230007', 16)).toEqual(['QZ44030020261123', '0007'])
  })

  it('begins no line with a closing mark and ends none with an opening one', () => {
    expect(wrapText('办结后，可办理', 6)).toEqual(['办结', '后，可', '办理'])
    expect(wrapText('白云站（广州）', 8)).toEqual(['白云站', '（广州）'])
    expect(wrapText('共缴￥100', 6)).toEqual(['共缴', '￥100'])
  })

  it('gives one empty line for nothing, so that an empty field keeps its place', () => {
    expect(wrapText('', 10)).toEqual([''])
  })

  it('never exceeds the width and loses nothing but spaces, for any text and width', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 60 }), (raw, width) => {
        const text = paperText(raw)
        const lines = wrapText(text, width)
        expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(width)
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
      }),
    )
  })
})

describe('text made fit for paper', () => {
  it('turns the half-width yen sign into the full-width one', () => {
    expect(paperText('合计¥100')).toBe('合计￥100')
  })

  it('drops controls and shapeless characters and makes every space one space', () => {
    expect(paperText('a\u0007b\u200bc\u00a0d\te\r\nf\ufe0f')).toBe('abc d e f')
  })

  it('drops a lone surrogate instead of printing half a character', () => {
    expect(paperText('名\ud86d字')).toBe('名字')
  })
})
