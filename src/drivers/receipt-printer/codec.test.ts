import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AnswerParser, askProcessId, type Answer } from './codec.ts'
import { processIdOf } from './proof.ts'
import { foldAutomatic, foldRealTime, isFault, STATE_MEANINGS } from './status.ts'

const parse = (...bytes: number[]): readonly Answer[] => new AnswerParser().push(Uint8Array.from(bytes))

describe('answers on one stream', () => {
  it('are told apart by their first byte', () => {
    expect(parse(0x12)).toEqual([{ kind: 'real-time', byte: 0x12 }])
    expect(parse(0x72)).toEqual([{ kind: 'real-time', byte: 0x72 }])
    expect(parse(0x10, 0, 0, 0x0f)).toEqual([{ kind: 'automatic', bytes: [0x10, 0, 0, 0x0f] }])
    expect(parse(0x00)).toEqual([{ kind: 'buffered', byte: 0 }])
    expect(parse(0x0f)).toEqual([{ kind: 'buffered', byte: 0x0f }])
    expect(parse(0x37, 0x22, 0x30, 0x30, 0x31, 0x32, 0)).toEqual([{ kind: 'process-id', id: '0012' }])
    expect(parse(0x5f, 0x54, 0x4d, 0)).toEqual([{ kind: 'block', header: 0x5f, data: Uint8Array.of(0x54, 0x4d) }])
  })

  it('may come with XON and XOFF between them', () => {
    expect(parse(0x13, 0x11, 0x16)).toEqual([{ kind: 'real-time', byte: 0x16 }])
  })

  it('survive a broken automatic status: the byte that broke it begins the next answer', () => {
    expect(parse(0x10, 0x00, 0x12)).toEqual([{ kind: 'real-time', byte: 0x12 }])
  })

  it('give up a block that never ends', () => {
    const parser = new AnswerParser()
    parser.push(Uint8Array.from([0x37, ...Array.from({ length: 100 }, () => 0xff)]))
    expect(parser.noise).toBeGreaterThan(80)
    expect(parser.push(Uint8Array.of(0x12))).toEqual([{ kind: 'real-time', byte: 0x12 }])
  })

  it('never depend on how the line cut them, and no bytes make the parser throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.integer({ min: 1, max: 9 })), (bytes, cuts) => {
        const whole = new AnswerParser()
        const cut = new AnswerParser()
        const pieces: Answer[] = []
        let at = 0
        for (const length of [...cuts, bytes.length]) {
          pieces.push(...cut.push(bytes.subarray(at, at + length)))
          at += length
        }
        expect(pieces).toEqual(whole.push(bytes))
        expect(cut.noise).toBe(whole.noise)
      }),
    )
  })
})

describe('the process id', () => {
  it('is asked with GS ( H function 48', () => {
    expect(Buffer.from(askProcessId('0012')).toString('hex')).toBe('1d2848060030303030' + '3132')
  })

  it('is four printable characters of the job, the same after a restart', () => {
    expect(processIdOf('job-1')).toMatch(/^[\x30-\x6f]{4}$/)
    expect(processIdOf('job-1')).toBe(processIdOf('job-1'))
    expect(processIdOf('job-1')).not.toBe(processIdOf('job-2'))
  })
})

describe('the state of the printer', () => {
  const fine = { printer: 0x12, offline: 0x12, error: 0x12, paper: 0x12 }

  it.each([
    ['READY', fine],
    ['READY', { ...fine, printer: 0x16 }],
    ['PAPER_LOW', { ...fine, paper: 0x1e }],
    ['PAPER_OUT', { ...fine, printer: 0x1a, offline: 0x32, paper: 0x7e }],
    ['PAPER_OUT', { ...fine, paper: 0x72 }],
    ['COVER_OPEN', { ...fine, printer: 0x1a, offline: 0x16 }],
    ['COVER_OPEN', { ...fine, printer: 0x1a, offline: 0x36, paper: 0x7e }],
    ['CUTTER_ERROR', { ...fine, printer: 0x1a, offline: 0x52, error: 0x1a }],
    ['PAPER_JAM', { ...fine, printer: 0x1a, offline: 0x52, error: 0x16 }],
    ['OVERHEATED', { ...fine, printer: 0x1a, offline: 0x52, error: 0x52 }],
    ['UNRECOVERABLE', { ...fine, printer: 0x1a, offline: 0x52, error: 0x32 }],
    ['FEEDING', { ...fine, printer: 0x1a, offline: 0x1a }],
    ['OFFLINE', { ...fine, printer: 0x1a }],
  ] as const)('is %s by its real-time bytes', (state, bytes) => {
    expect(foldRealTime(bytes)).toBe(state)
  })

  it.each([
    ['READY', [0x14, 0x00, 0x00, 0x0f]],
    ['PAPER_LOW', [0x10, 0x00, 0x03, 0x0f]],
    ['PAPER_OUT', [0x18, 0x00, 0x0f, 0x0f]],
    ['COVER_OPEN', [0x38, 0x00, 0x00, 0x0f]],
    ['CUTTER_ERROR', [0x18, 0x08, 0x00, 0x0f]],
    ['PAPER_JAM', [0x18, 0x04, 0x00, 0x0f]],
    ['UNRECOVERABLE', [0x18, 0x20, 0x00, 0x0f]],
    ['OVERHEATED', [0x18, 0x40, 0x00, 0x0f]],
    ['FEEDING', [0x58, 0x00, 0x00, 0x0f]],
    ['OFFLINE', [0x18, 0x00, 0x00, 0x0f]],
  ] as const)('is %s by its automatic bytes', (state, bytes) => {
    expect(foldAutomatic(bytes)).toBe(state)
  })

  it('is usable exactly where it is no fault, and always has a remedy', () => {
    for (const [state, meaning] of Object.entries(STATE_MEANINGS)) {
      expect(meaning.usable).toBe(!isFault(state as keyof typeof STATE_MEANINGS))
      expect(meaning.remedy.length).toBeGreaterThan(10)
    }
  })
})

describe('a flood', () => {
  it('of the same automatic status in one chunk is told once; the next chunk and every change are told again', () => {
    const parser = new AnswerParser()
    const ready = [0x10, 0, 0, 0x0f]
    const out = [0x18, 0, 0x0c, 0x0f]
    expect(parser.push(Uint8Array.from([...ready, ...ready, ...out, ...out, ...ready]))).toHaveLength(3)
    expect(parser.push(Uint8Array.from(ready))).toHaveLength(1)
  })

  it('of barriers is counted one by one', () => {
    expect(new AnswerParser().push(new Uint8Array(5))).toHaveLength(5)
  })

  it('a block cut short does not swallow the status behind it', () => {
    const parser = new AnswerParser()
    expect(parser.push(Uint8Array.of(0x37, 0x22, 0x30, 0x12))).toEqual([{ kind: 'real-time', byte: 0x12 }])
    expect(parser.noise).toBe(3)
  })
})

describe('a printer with a presenter', () => {
  const full = Uint8Array.of(0x10, 0x0f, 0x24, 0x00, 0x40, 0x00)

  it('answers six bytes, cut anywhere', () => {
    for (let at = 0; at <= full.length; at++) {
      const parser = new AnswerParser(true)
      const heard = [...parser.push(full.subarray(0, at)), ...parser.push(full.subarray(at))]
      expect(heard).toEqual([{ kind: 'full', bytes: { paper: 0x24, user: 0, recoverable: 0x40, unrecoverable: 0 } }])
    }
  })

  it('still tells an automatic status, whose second byte is another', () => {
    expect(new AnswerParser(true).push(Uint8Array.of(0x10, 0, 0, 0x0f))).toEqual([
      { kind: 'automatic', bytes: [0x10, 0, 0, 0x0f] },
    ])
  })
})
