import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { characterOfPair, isNative, nativeBytes } from './printer-font.ts'

const hex = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : Buffer.from(bytes).toString('hex'))

describe("what a printer's own Chinese font can be sent", () => {
  it('sends ASCII as one byte and Chinese as two', () => {
    expect(hex(nativeBytes('A', 'gbk'))).toBe('41')
    expect(hex(nativeBytes('证', 'gbk'))).toBe('d6a4')
    expect(hex(nativeBytes('￥', 'gb2312'))).toBe('a3a4')
  })

  it('never sends a four-byte character', () => {
    expect(nativeBytes('𬎆', 'gb18030-2byte')).toBeUndefined()
    expect(nativeBytes('㛃', 'gb18030-2byte')).toBeUndefined()
    expect(nativeBytes('\u00a5', 'gb18030-2byte')).toBeUndefined()
  })

  it('sends 䶮 only to printers that know the two-byte additions of GB 18030', () => {
    expect(hex(nativeBytes('䶮', 'gb18030-2byte'))).toBe('fe9f')
    expect(nativeBytes('䶮', 'gbk')).toBeUndefined()
  })

  it('agrees with an independent table on every double byte', () => {
    for (let lead = 0x81; lead <= 0xfe; lead++) {
      for (let trail = 0x40; trail <= 0xfe; trail++) {
        const character = trail === 0x7f ? undefined : characterOfPair(lead, trail, 'gb18030-2byte')
        if (character === undefined) continue
        expect(iconv.decode(Buffer.from([lead, trail]), 'gb18030')).toBe(character)
        expect(hex(nativeBytes(character, 'gb18030-2byte'))).toBe(hex(iconv.encode(character, 'gb18030')))
      }
    }
  })

  it('keeps a GB 2312 printer to the 6763 characters it has', () => {
    expect(isNative('道路运输', 'gb2312')).toBe(true)
    expect(isNative('赵龑', 'gb2312')).toBe(false)
    expect(isNative('赵龑', 'gbk')).toBe(true)
  })

  it('never sends controls, private-use or unencodable characters', () => {
    for (const character of ['\u0010', '\u007f', '\ue000', '\ufffd']) {
      expect(nativeBytes(character, 'gb18030-2byte')).toBeUndefined()
    }
  })
})
