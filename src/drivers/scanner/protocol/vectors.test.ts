import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crcCcitt } from './crc-ccitt.ts'
import { gm65, readRegister, saveRegisters, writeRegister } from './gm65.ts'
import { honeywell, menuCommand } from './honeywell.ts'
import { newland, newlandCommand } from './newland.ts'
import type { Command, Heard, ScannerStream } from './protocol.ts'
import { encodeSsi, SSI, SsiParser, type SsiHeard } from './ssi-frame.ts'
import { ssi } from './ssi.ts'

const hex = (bytes: Uint8Array | undefined): string =>
  Buffer.from(bytes ?? [])
    .toString('hex')
    .toUpperCase()
const bytes = (text: string): Uint8Array => Buffer.from(text.replace(/\s/g, ''), 'hex')
const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1')
const ofName = (commands: readonly Command[], name: string): Uint8Array | undefined =>
  commands.find((command) => command.name === name)?.bytes

/** What a stream made of bytes that came in pieces of `size`. */
function heardIn(stream: ScannerStream, given: Uint8Array, size = given.length): Heard[] {
  const heard: Heard[] = []
  for (let at = 0; at < given.length; at += size) heard.push(...stream.push(given.subarray(at, at + size)))
  return heard
}

const words = (heard: readonly Heard[]): string[] =>
  heard.map((one) => {
    if (one.kind === 'code') return Buffer.from(one.bytes).toString('latin1')
    if (one.kind === 'answer') return `<${one.verdict}>`
    return one.kind === 'reply' ? hex(one.bytes) : one.kind
  })

describe('Honeywell', () => {
  it('is triggered by SYN T CR and stopped by SYN U CR', () => {
    expect(hex(ofName(honeywell.lightOn, 'light-on'))).toBe('16540D')
    expect(hex(ofName(honeywell.lightOff, 'light-off'))).toBe('16550D')
  })

  it('takes menu commands behind SYN M CR', () => {
    expect(hex(menuCommand('set-up', 'TRGMOD0', '!').bytes)).toBe(`164D0D${hex(ascii('TRGMOD0!'))}`)
    expect(hex(menuCommand('set-up', 'TRGMOD0', '.').bytes).slice(-2)).toBe('2E')
  })

  it.each([
    ['TRGMOD0\x06!', 'done'],
    ['TRGMOD0!\x06', 'done'],
    ['TRGMOD0\x06', 'done'],
    ['TRGMOD0\x05!', 'refused'],
    ['TRGMOD0\x15!', 'refused'],
  ])('answers %j, however it is cut', (answer, verdict) => {
    for (let size = 1; size <= answer.length; size++) {
      const stream = honeywell.stream()
      stream.expect?.(menuCommand('set-up', 'TRGMOD0', '!'))
      expect(words(heardIn(stream, ascii(`${answer}CODE\r`), size))).toEqual([`<${verdict}>`, 'CODE'])
    }
  })

  it('answers a question with the value in between', () => {
    const stream = honeywell.stream()
    stream.expect?.(menuCommand('probe', 'TRGMOD?', '.'))
    expect(words(stream.push(ascii('TRGMOD0\x06.A\r')))).toEqual(['<done>', 'A'])
  })

  it('is heard as a code where nothing was asked, also one that looks like an answer', () => {
    expect(words(honeywell.stream().push(ascii('TRGMOD0\r')))).toEqual(['TRGMOD0'])
    const stream = honeywell.stream()
    stream.expect?.(menuCommand('set-up', 'TRGMOD0', '!'))
    expect(words(stream.push(ascii('TRUCK\r')))).toEqual(['TRUCK'])
  })
})

describe('Newland', () => {
  it('frames a command in ~ SOH 0000 and ; ETX, temporary or saved', () => {
    expect(hex(newlandCommand('light-on', '#', 'SCNTRG1').bytes)).toBe(
      `7E0130303030 23 53434E54524731 3B03`.replaceAll(' ', ''),
    )
    expect(hex(newlandCommand('set-up', '@', 'X').bytes)).toBe('7E013030303040583B03')
  })

  it('answers with ACK, NAK or ENQ in front of the semicolon', () => {
    for (const lead of ['\x02', '~'])
      for (const [verdict, word] of [
        ['\x06', 'done'],
        ['\x15', 'refused'],
        ['\x05', 'refused'],
      ] as const)
        for (const size of [1, 5, 99]) {
          const given = ascii(`${lead}\x010000#SCNTRG1${verdict};\x03CODE\r`)
          expect(words(heardIn(newland({ unverified: true }).stream(), given, size))).toEqual([`<${word}>`, 'CODE'])
        }
  })

  it('is not commanded at all unless unverified commands are allowed', () => {
    expect([newland({ unverified: false }).lightOn, newland({ unverified: false }).lightOff]).toEqual([[], []])
    expect(newland({ unverified: true }).lightOn).toHaveLength(1)
  })
})

describe('GM65', () => {
  it('computes CRC-CCITT as the manual does', () => {
    expect(crcCcitt(bytes('00 01 00'))).toBe(0x3331)
    expect(crcCcitt(bytes('09 01 00 00 00'))).toBe(0xdec8)
    expect(crcCcitt(bytes('01 01 00'))).toBe(0x0401)
    expect(crcCcitt(bytes('03 01 00'))).toBe(0x6a61)
  })

  it('triggers once, writes, reads and saves registers', () => {
    expect(hex(gm65({ unverified: false }).lightOn[0]?.bytes)).toBe('7E000801000201ABCD')
    expect(hex(saveRegisters('set-up').bytes)).toBe('7E000901000000DEC8')
    expect(hex(writeRegister('light-off', 2, 0).bytes).slice(0, 14)).toBe('7E000801000200')
    expect(hex(readRegister('probe', 0).bytes).slice(0, 14)).toBe('7E000701000001')
    expect(gm65({ unverified: false }).lightOff).toEqual([])
  })

  it.each([
    ['02 00 00 01 00 33 31', '<done>'],
    ['02 00 01 01 00 04 01', '<resend>'],
    ['02 00 03 01 00 6A 61', '<refused>'],
  ])('answers %s, between codes and however it is cut', (answer, word) => {
    const given = Buffer.concat([ascii('ONE\r'), bytes(answer), ascii('TWO\r')])
    for (let size = 1; size <= given.length; size++)
      expect(words(heardIn(gm65({ unverified: false }).stream(), given, size))).toEqual(['ONE', word, 'TWO'])
  })

  it('is not believed where the checksum of the answer is wrong', () => {
    expect(words(gm65({ unverified: false }).stream().push(bytes('02 00 00 01 00 33 30')))).toEqual([])
  })

  it('broken off in the middle of an answer is no code', () => {
    const stream = gm65({ unverified: false }).stream()
    stream.push(bytes('02 00 00 01'))
    expect([stream.midCode, words(stream.endBySilence()), stream.midCode]).toEqual([true, [], false])
  })
})

describe('Zebra SSI', () => {
  it.each([
    ['START_SESSION', encodeSsi('host', SSI.START_SESSION), '04E40400FF14'],
    ['STOP_SESSION', encodeSsi('host', SSI.STOP_SESSION), '04E50400FF13'],
    ['SCAN_ENABLE', encodeSsi('host', SSI.SCAN_ENABLE), '04E90400FF0F'],
    ['SCAN_DISABLE', encodeSsi('host', SSI.SCAN_DISABLE), '04EA0400FF0E'],
    ['ACK', encodeSsi('host', SSI.ACK), '04D00400FF28'],
    ['NAK resend', encodeSsi('host', SSI.NAK, [1]), '05D1040001FF25'],
    ['NAK bad context', encodeSsi('host', SSI.NAK, [2]), '05D1040002FF24'],
    ['NAK denied', encodeSsi('host', SSI.NAK, [6]), '05D1040006FF20'],
    ['DECODE_DATA', encodeSsi('scanner', SSI.DECODE_DATA, [0x01, 0x4e, 0x52]), '07F30000014E52FE65'],
  ])('%s has the bytes of the manual', (_name, frame, expected) => {
    expect(hex(frame)).toBe(expected)
  })

  it('is woken by 00, enabled and started; stopped and disabled', () => {
    expect(ssi.lightOn.map((command) => hex(command.bytes))).toEqual(['00', '04E90400FF0F', '04E40400FF14'])
    expect(ssi.lightOff.map((command) => hex(command.bytes))).toEqual(['04E50400FF13', '04EA0400FF0E'])
  })

  const NR = bytes('07 F3 00 00 01 4E 52 FE 65')
  const ACK = '04D00400FF28'
  const RESEND = '05D1040001FF25'

  it('has every code acknowledged, however it is cut', () => {
    for (let size = 1; size <= NR.length; size++) expect(words(heardIn(ssi.stream(), NR, size))).toEqual([ACK, 'NR'])
  })

  it('that sends a packet again is acknowledged again and not believed twice', () => {
    const again = encodeSsi('scanner', SSI.DECODE_DATA, [1, 0x4e, 0x52], 1)
    expect(words(heardIn(ssi.stream(), Buffer.concat([NR, again, again])))).toEqual([ACK, 'NR', ACK, ACK])
  })

  it('whose customer shows the same code twice gives it twice', () => {
    expect(words(heardIn(ssi.stream(), Buffer.concat([NR, NR])))).toEqual([ACK, 'NR', ACK, 'NR'])
  })

  it('whose packet came damaged is asked again, and the repetition counts even if it repeats the code before', () => {
    const stream = ssi.stream()
    stream.push(NR)
    const damaged = Uint8Array.of(...NR.subarray(0, -1), 0x00)
    expect(words([...stream.push(damaged), ...stream.endBySilence()])).toEqual([RESEND])
    expect(words(stream.push(encodeSsi('scanner', SSI.DECODE_DATA, [1, 0x4e, 0x52], 1)))).toEqual([ACK, 'NR'])
  })

  it('is not asked again for noise in front of a sound frame', () => {
    const given = Buffer.concat([bytes('01 02 03'), NR])
    expect(words(ssi.stream().push(given))).toEqual([ACK, 'NR'])
  })

  it('joins the packets of a long code, each acknowledged', () => {
    const first = encodeSsi('scanner', SSI.DECODE_DATA, [0x1c, ...ascii('LONG ')], 2)
    const last = encodeSsi('scanner', SSI.DECODE_DATA, [0x1c, ...ascii('CODE')])
    const heard = heardIn(ssi.stream(), Buffer.concat([first, last]))
    expect(words(heard)).toEqual([ACK, ACK, 'LONG CODE'])
    expect(heard.at(-1)).toMatchObject({ symbology: 'ssi:1c' })
  })

  it('tells acceptance, denial and damage of our commands apart', () => {
    const answers = [
      encodeSsi('scanner', SSI.ACK),
      encodeSsi('scanner', SSI.NAK, [6]),
      encodeSsi('scanner', SSI.NAK, [1]),
    ]
    expect(words(heardIn(ssi.stream(), Buffer.concat(answers)))).toEqual(['<done>', '<refused>', '<resend>'])
  })

  it('finds every frame behind any noise once the line falls silent', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 20 }), (noise, size) => {
        const parser = new SsiParser('scanner')
        const given = Buffer.concat([noise, NR])
        const found: SsiHeard[] = []
        for (let at = 0; at < given.length; at += size) found.push(...parser.push(given.subarray(at, at + size)))
        found.push(...parser.endBySilence())
        const codes = found.filter((one) => one !== 'damaged' && one.opcode === SSI.DECODE_DATA)
        expect(codes.length).toBeGreaterThanOrEqual(1)
        expect(parser.midFrame).toBe(false)
      }),
    )
  })
})

describe('any protocol', () => {
  const streams = [
    () => honeywell.stream(),
    () => newland({ unverified: true }).stream(),
    () => gm65({ unverified: true }).stream(),
    () => ssi.stream(),
  ]

  it('given any bytes never throws, and the same bytes mean the same however they are cut', () => {
    const spice = fc.constantFrom(
      '02 00 00 01 00 33 31',
      '7E 01 30 30 30 30 40',
      '07 F3 00 00 01 4E 52 FE 65',
      '0D',
      '3B 03',
    )
    const given = fc.array(fc.oneof(fc.uint8Array({ maxLength: 20 }), spice.map(bytes)), { maxLength: 12 })
    fc.assert(
      fc.property(given, fc.integer({ min: 1, max: 9 }), (chunks, size) => {
        const all = Buffer.concat(chunks)
        for (const make of streams.slice(0, 3)) {
          const [whole, cut] = [make(), make()]
          const inOne = [...whole.push(all), ...whole.endBySilence()]
          const inPieces = [...heardIn(cut, all, size), ...cut.endBySilence()]
          expect(words(inPieces)).toEqual(words(inOne))
        }
        const stream = ssi.stream()
        heardIn(stream, all, size)
        stream.endBySilence()
        expect(stream.midCode).toBe(false)
      }),
    )
  })
})
