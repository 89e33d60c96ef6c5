import { describe, expect, it } from 'vitest'
import { answers, decodeAnswer, decodeCommand, encodeAnswer, encodeCommand, type CommandName } from './command.ts'
import { describeSw3, SW3, sw3Hex } from './sw3.ts'
import { decodeSamId, encodeSamId } from './sam-id.ts'
import { ethnicityCode, ethnicityName } from './ethnicity.ts'

const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase()

const REQUESTS: readonly (readonly [CommandName, string])[] = [
  ['reset', 'AAAAAA9669000310FFEC'],
  ['status', 'AAAAAA9669000311FFED'],
  ['samId', 'AAAAAA9669000312FFEE'],
  ['find', 'AAAAAA96690003200122'],
  ['select', 'AAAAAA96690003200221'],
  ['read', 'AAAAAA96690003300132'],
  ['readWithFingerprint', 'AAAAAA96690003301023'],
  ['newestAddress', 'AAAAAA96690003300330'],
  ['baud115200', 'AAAAAA96690003600063'],
  ['baud57600', 'AAAAAA96690003600162'],
  ['baud38400', 'AAAAAA96690003600261'],
  ['baud19200', 'AAAAAA96690003600360'],
  ['baud9600', 'AAAAAA96690003600467'],
  ['sleep', 'AAAAAA966900020002'],
  ['wake', 'AAAAAA966900020103'],
]

describe('commands', () => {
  it.each(REQUESTS)('%s is %s on the wire', (command, bytes) => {
    expect(toHex(encodeCommand(command))).toBe(bytes)
    expect(decodeCommand(encodeCommand(command).subarray(7, -1))).toBe(command)
  })

  it('that the module does not know are named as such', () => {
    expect(decodeCommand(Uint8Array.of(0x77, 0x01))).toBeUndefined()
    expect(decodeCommand(Uint8Array.of(0x20))).toBeUndefined()
  })
})

describe('answers', () => {
  it.each([
    [0x9f, 4, 'AAAAAA9669000800009F0000000097'],
    [0x80, 0, 'AAAAAA9669000400008084'],
    [0x90, 8, 'AAAAAA9669000C00009000000000000000009C'],
    [0x81, 0, 'AAAAAA9669000400008185'],
    [0x41, 0, 'AAAAAA9669000400004145'],
    [0x31, 0, 'AAAAAA9669000400003135'],
    [0x90, 0, 'AAAAAA9669000400009094'],
    [0x10, 0, 'AAAAAA9669000400001014'],
    [0x66, 0, 'AAAAAA9669000400006662'],
    [0x91, 0, 'AAAAAA9669000400009195'],
  ])('SW3 %i with %i data bytes is %s', (sw3, dataBytes, bytes) => {
    expect(toHex(encodeAnswer(sw3, new Uint8Array(dataBytes)))).toBe(bytes)
  })

  const answer = (sw3: number, length = 0) =>
    decodeAnswer(Buffer.concat([Uint8Array.of(0, 0, sw3), new Uint8Array(length)]))

  it('to one command are not taken for answers to the next', () => {
    expect(answers('select', answer(0x9f, 4))).toBe(false)
    expect(answers('select', answer(0x80))).toBe(false)
    expect(answers('read', answer(0x90, 8))).toBe(false)
    expect(answers('read', answer(0x81))).toBe(false)
    expect(answers('find', answer(0x41))).toBe(false)
    expect(answers('find', answer(0x90, 1288))).toBe(false)
    expect(answers('newestAddress', answer(0x90, 1288))).toBe(false)
    expect(answers('status', answer(0x90, 8))).toBe(false)
    expect(answers('samId', answer(0x90))).toBe(false)
  })

  it('that fit the question are taken', () => {
    expect(answers('find', answer(0x9f, 4))).toBe(true)
    expect(answers('select', answer(0x90, 8))).toBe(true)
    expect(answers('read', answer(0x90, 1284))).toBe(true)
    expect(answers('newestAddress', answer(0x91))).toBe(true)
    for (const command of ['find', 'select', 'read', 'samId'] as const) {
      expect(answers(command, answer(0x66))).toBe(true)
      expect(answers(command, answer(0x77))).toBe(true)
    }
  })
})

describe('status codes', () => {
  it('all have a meaning in both languages and an outcome', () => {
    expect(Object.keys(SW3)).toHaveLength(18)
    expect(describeSw3(0x41)).toMatchObject({ outcome: 'READ_FAILED', chinese: '读证/卡操作失败' })
    expect(describeSw3(0x9f)).toMatchObject({ outcome: 'OK' })
  })

  it('outside the table are shown with their number', () => {
    expect(describeSw3(0x0a)).toEqual({ outcome: 'UNKNOWN_STATUS', meaning: 'the reader gave the unknown status 0A' })
    expect(sw3Hex(0x9f)).toBe('9F')
  })
})

describe('the identity of the module', () => {
  it('is five little-endian numbers', () => {
    const data = encodeSamId([5, 3, 20_140_101, 1_234_567, 4_294_967_295])
    expect(toHex(data)).toBe('050003004550330187D61200FFFFFFFF')
    expect(decodeSamId(data).text).toBe('05.03-20140101-0001234567-4294967295')
  })
})

describe('nation codes', () => {
  it('are named, and unknown ones are shown rather than refused', () => {
    expect(ethnicityName('01')).toBe('汉')
    expect(ethnicityName('56')).toBe('基诺')
    expect(ethnicityName('97')).toBe('其他')
    expect(ethnicityName('58')).toBe('58')
    expect(ethnicityName('00')).toBe('00')
    expect(ethnicityName('')).toBe('')
    expect(ethnicityCode('鄂温克')).toBe('45')
  })
})
