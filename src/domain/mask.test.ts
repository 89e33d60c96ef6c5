import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maskCaseNo, maskCertificateNo, maskIdNumber, maskName, maskPhone, payCodeTail } from './mask.ts'
import { cents, formatYuan } from './money.ts'

describe('what a screen shows of a person', () => {
  it.each([
    [maskName('张三'), '张*'],
    [maskName('张三丰'), '张**'],
    [maskName('𠮷野家'), '𠮷**'],
    [maskName('张'), '张*'],
    [maskName(''), ''],
    [maskIdNumber('11010519491231002X'), '110105********002X'],
    [maskPhone('13812345678'), '138****5678'],
    [payCodeTail('44030026000000123456'), '3456'],
    [payCodeTail('1234'), '****'],
    [maskCaseNo('粤深交罚〔2026〕00123号'), '粤深交罚〔2026〕***23号'],
    [maskCaseNo('无编号'), '***'],
    [maskCertificateNo('粤交运管穗字440100165715号'), '粤交运管穗字4401****5715号'],
  ])('%s', (masked, expected) => {
    expect(masked).toBe(expected)
  })

  it('never shows more than the ends, and hides short values entirely', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{0,24}$/), (digits) => {
        for (const [mask, shown] of [
          [maskIdNumber(digits), 10],
          [maskPhone(digits), 7],
        ] as const) {
          expect(mask).toHaveLength(digits.length)
          const visible = mask.replaceAll('*', '').length
          expect(visible).toBe(digits.length <= shown ? 0 : shown)
        }
      }),
    )
  })

  it('of a name, only the first character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', minLength: 2, maxLength: 30 }), (name) => {
        expect(maskName(name).replaceAll('*', '').length).toBeLessThanOrEqual(1)
      }),
    )
  })
})

describe('money', () => {
  it('is written in yuan with two places', () => {
    expect(formatYuan(cents(115_000))).toBe('1,150.00')
    expect(formatYuan(cents(5))).toBe('0.05')
    expect(formatYuan(cents(123_456_789))).toBe('1,234,567.89')
  })
  it('is whole fen or our bug', () => {
    expect(() => cents(1.5)).toThrow()
    expect(() => cents(-1)).toThrow()
  })
})
