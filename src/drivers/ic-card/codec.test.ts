import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { apdu, exchange } from './apdu/command.ts'
import { describeStatusWord } from './apdu/status-word.ts'
import { findTlv } from './apdu/tlv.ts'
import {
  decodeModuleFrame,
  encodeModuleFrame,
  MODULE_COMMANDS,
  ModuleStream,
  type ModuleCommand,
} from './jt808/frame.ts'
import { readResultOf } from './jt808/read-result.ts'
import { PcscAnswerStream } from '../pcsc/answer-stream.ts'
import { decodeQuestion, decodeReaders, encodeQuestion, encodeReaders, READERS_STATE_BYTES } from '../pcsc/message.ts'
import { ok } from '../../lib/result.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase()
const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))

describe('a frame of the card module', () => {
  it.each<[string, ModuleCommand]>([
    ['7E 4D 00 01 01 00 0B 41 7E', 'readResult'],
    ['7E 4E 00 01 01 00 0B 42 7E', 'removed'],
  ])('%s acknowledges %s, as published', (text, command) => {
    const ids = { version: 1, vendor: 0x0100 }
    expect(hex(encodeModuleFrame(command, new Uint8Array(0), ids))).toBe(text.replaceAll(' ', ''))
    expect(new ModuleStream().push(bytesOf(text))).toMatchObject([{ kind: 'frame', command, ...ids }])
  })

  it('survives being written and read again, whatever flags and escapes its data hold, behind noise', () => {
    const command = fc.constantFrom(...(Object.keys(MODULE_COMMANDS) as ModuleCommand[]))
    const data = fc.array(fc.oneof(fc.constantFrom(0x7e, 0x7d, 1, 2), fc.nat(255)), { maxLength: 100 })
    fc.assert(
      fc.property(command, data, fc.nat(0xffff), fc.integer({ min: 1, max: 9 }), (name, values, vendor, size) => {
        const frame = encodeModuleFrame(name, Uint8Array.from(values), { version: 1, vendor })
        const bytes = Buffer.concat([bytesOf('00 41 0B'), frame, frame])
        const stream = new ModuleStream()
        const heard = []
        for (let at = 0; at < bytes.length; at += size) heard.push(...stream.push(bytes.subarray(at, at + size)))
        const expected = { kind: 'frame', command: name, vendor, data: Uint8Array.from(values) }
        expect(heard).toMatchObject([expected, expected])
      }),
    )
  })

  it.each(['', '4E 00 01 01 00 0B 41', '4D 00 01 01 00 0C 41', '7D 03', '7D', '4D 00 01'])('%j is none', (text) => {
    expect(decodeModuleFrame(bytesOf(text))).toEqual({ ok: false, error: 'DAMAGED' })
  })

  it.each([
    [0, 'OK'],
    [1, 'KEY_REFUSED'],
    [5, 'NOT_A_CERTIFICATE'],
    [7, 'ANTENNA_FAULT'],
    [8, 'UNKNOWN_RESULT'],
    [undefined, 'UNKNOWN_RESULT'],
  ])('result %s means %s', (code, result) => expect(readResultOf(code)).toBe(result))
})

describe('a message to pcscd', () => {
  it('has the published layout', () => {
    expect(hex(encodeQuestion('version', [4, 4, 0]))).toBe('0C00000011000000' + '04000000' + '04000000' + '00000000')
    expect(encodeQuestion('connect', [7, 'PCD', 1, 3, 0, 0, 0])).toHaveLength(8 + 4 + 128 + 20)
  })

  it('is understood by the other side, with what follows it', () => {
    const select = apdu.selectFile(0x3f00)
    const question = encodeQuestion('transmit', [9, 2, 8, select.length, 2, 8, 65_538, 0], select)
    expect(decodeQuestion(question.subarray(0, -1))).toBeUndefined()
    expect(decodeQuestion(question)).toMatchObject({ command: 'transmit', length: question.length })
  })

  it('about readers survives being written and read again', () => {
    const name = fc
      .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 100 })
      .filter((text) => text.trim() !== '')
    const reader = fc
      .record({ name, events: fc.nat(), cardPresent: fc.boolean(), atr: fc.uint8Array({ maxLength: 33 }) })
      .map((each) => ({ ...each, atr: each.cardPresent ? each.atr : new Uint8Array(0) }))
    fc.assert(
      fc.property(fc.array(reader, { maxLength: 16 }), (readers) => {
        const answer = encodeReaders(readers)
        expect(answer).toHaveLength(READERS_STATE_BYTES)
        expect(decodeReaders(answer)).toEqual(readers)
      }),
    )
  })

  it('with any bytes as answer is neither a throw nor more than one answer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
        for (const command of ['transmit', 'version', 'getReadersState'] as const) {
          const stream = new PcscAnswerStream()
          stream.expect(command)
          expect(stream.push(bytes).length).toBeLessThanOrEqual(1)
        }
        decodeReaders(bytes)
        decodeQuestion(bytes)
      }),
    )
  })
})

describe('an exchange with a card', () => {
  const cardThat = (...answers: readonly string[]) => {
    const heard: string[] = []
    let next = 0
    const transmit = (command: Uint8Array) => {
      heard.push(hex(command))
      return Promise.resolve(ok(bytesOf(answers[next++] ?? '6F00')))
    }
    return { heard, transmit }
  }

  it('collects what the card has ready in pieces', async () => {
    const card = cardThat('AABB6103', '0102036102', '04059000')
    expect(await exchange(card, apdu.selectFile(0x3f00))).toEqual(ok({ data: bytesOf('AABB0102030405'), sw: 0x9000 }))
    expect(card.heard).toEqual(['00A40000023F00', '00C0000003', '00C0000002'])
  })

  it('asks again with the length the card names, but only once', async () => {
    const card = cardThat('6C08', '01020304050607089000')
    expect(await exchange(card, apdu.readBinaryOf(21, 0, 256))).toMatchObject(ok({ sw: 0x9000 }))
    expect(card.heard).toEqual(['00B0950000', '00B0950008'])
    expect(await exchange(cardThat('6C08', '6C09'), apdu.readBinary(0, 4))).toMatchObject(ok({ sw: 0x6c09 }))
  })

  it('with a card that never ends, or says nothing, ends', async () => {
    const endless = { transmit: () => Promise.resolve(ok(bytesOf('00 61 01'))) }
    expect(await exchange(endless, apdu.getChallenge())).toEqual({ ok: false, error: { code: 'BAD_ANSWER' } })
    expect(await exchange(cardThat('90'), apdu.getChallenge())).toEqual({ ok: false, error: { code: 'BAD_ANSWER' } })
  })

  it.each([
    [apdu.selectName(bytesOf('A000000003')), '00A4040005A000000003'],
    [apdu.readRecord(2, 1, 256), '00B2011400'],
    [apdu.readBinary(0x0123, 16), '00B0012310'],
    [apdu.getChallenge(), '0084000008'],
  ])('command %#', (command, text) => expect(hex(command)).toBe(text))

  it.each([
    [0x9000, 'done'],
    [0x63c2, 'wrong, 2 tries left'],
    [0x6a82, 'file or application not found'],
    [0x6110, 'done, 16 more bytes ready'],
    [0x1234, 'unknown status 1234'],
  ])('%d is told in words', (sw, words) => expect(describeStatusWord(sw)).toBe(words))
})

describe('TLV data', () => {
  const data = bytesOf('00 70 0C 5F24 03 260131 5A 04 99000101 84 81 02 3F00')

  it.each([
    [[0x70, 0x5f24], '260131'],
    [[0x70, 0x5a], '99000101'],
    [[0x84], '3F00'],
  ])('gives what is under %j', (path, value) => expect(hex(findTlv(data, path)!)).toBe(value))

  it('gives nothing for what is not there, for lengths that lie, and never throws', () => {
    expect(findTlv(data, [0x70, 0x84])).toBeUndefined()
    expect(findTlv(bytesOf('84 05 01'), [0x84])).toBeUndefined()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(0xffff), { maxLength: 3 }), (bytes, path) => {
        findTlv(bytes, path)
      }),
    )
  })
})
