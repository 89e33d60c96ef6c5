import { beforeAll, describe, expect, it } from 'vitest'
import { certificateProfile } from '../../../tests/support/printing.ts'
import { expectOk } from '../../lib/result.ts'
import { loadLettering, type Lettering } from '../raster/lettering.ts'
import { units } from './codec.ts'
import { NO_CALIBRATION } from './profile.ts'
import { encodeRow, needsLettering } from './row-encoder.ts'
import type { Segment } from './row-layout.ts'
import { foldSlip, isFault, STATE_MEANINGS } from './status.ts'

const escp2 = certificateProfile('escp2-slip')
const pr2 = certificateProfile('pr2-generic')
let lettering: Lettering
beforeAll(async () => {
  lettering = await loadLettering()
})

const PAGE = { heightMm: 210, baseMm: 20 }
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const at = (xMm: number, yMm: number, text: string): Segment => ({ xMm, yMm, text, wide: text.charCodeAt(0) > 0x7f })

/** ESC @, unit 1/360", page of 210 mm = 2976 units, no margins, 15 cpi, Chinese mode without spacing */
const OPENING = '1b40' + '1b285501000a' + '1b28430200a00b' + '1b286304000000a00b' + '1b67' + '1c261c530000'

describe('a row in ESC/P2', () => {
  it('is reset and page, then one absolute position for every segment, printed line by line', () => {
    const segments = [at(20, 30.5, '合格'), at(85, 30.5, 'A1'), at(20, 35, '审')]
    const bytes = expectOk(encodeRow(segments, PAGE, NO_CALIBRATION, escp2, undefined), 'row')
    expect(hex(bytes)).toBe(
      OPENING +
        // 30.5 mm = 432 units, 20 mm = 283, 85 mm = 1205, 35 mm = 496
        '1b28560200b001' +
        '1b241b01' +
        'bacfb8f1' +
        '1b24b504' +
        '4131' +
        '0d' +
        '1b28560200f001' +
        '1b241b01' +
        'c9f3' +
        '0d',
    )
  })

  it('moves by exactly the calibration of the machine (scenario 34)', () => {
    const segments = [at(20, 30, '合格'), at(60, 34, '合格')]
    const moved = expectOk(encodeRow(segments, PAGE, { dxMm: 1.5, dyMm: -0.8 }, escp2, undefined), 'moved')
    const there = [at(21.5, 29.2, '合格'), at(61.5, 33.2, '合格')]
    expect(hex(moved)).toBe(hex(expectOk(encodeRow(there, PAGE, NO_CALIBRATION, escp2, undefined), 'there')))
    expect(Math.abs(units(21.5) - units(20) - units(1.5))).toBeLessThanOrEqual(1)
  })

  it('never feeds a line and never moves relatively', () => {
    const bytes = hex(
      expectOk(encodeRow([at(20, 30, 'AB'), at(20, 34, 'CD')], PAGE, NO_CALIBRATION, escp2, undefined), 'r'),
    )
    expect(bytes.slice(OPENING.length).match(/../gu)).not.toContain('0a')
    expect(bytes).not.toContain('1b5c')
    expect(bytes).not.toContain('1b2876')
  })

  it('draws characters its font lacks as 24-pin graphics of the same width', () => {
    const rare = [at(20, 30, '赵䶮')]
    expect(needsLettering(rare, escp2)).toBe(true)
    expect(hex(expectOk(encodeRow(rare, PAGE, NO_CALIBRATION, escp2, lettering), 'row'))).toContain('1b2a273000')
  })

  it('is refused with the characters named when nobody can draw them', () => {
    expect(encodeRow([at(20, 30, '王𬎆')], PAGE, NO_CALIBRATION, escp2, lettering)).toEqual({
      ok: false,
      error: { code: 'GLYPH_MISSING', characters: ['𬎆'] },
    })
  })
})

describe('a row in PR2', () => {
  it('is pitch and Chinese mode, then absolute steps and columns', () => {
    const bytes = expectOk(encodeRow([at(43, 30.5, '合格')], PAGE, NO_CALIBRATION, pr2, undefined), 'row')
    // 30.5 mm = 288/240", 43 mm = column 15 of 1.53 mm from the origin at 20 mm
    expect(Buffer.from(bytes).toString('latin1')).toBe(`\x1b>\x1c&\x1b/10288\x1bH015\xba\xcf\xb8\xf1`)
  })

  it('refuses rare characters: the emulation has no graphics', () => {
    expect(encodeRow([at(20, 30, '赵䶮')], PAGE, NO_CALIBRATION, pr2, lettering)).toEqual({
      ok: false,
      error: { code: 'GLYPH_MISSING', characters: ['䶮'] },
    })
  })
})

describe('the state of a slip printer', () => {
  const fine = { printer: 0x12, offline: 0x12, error: 0x12, slip: 0x12 }

  it.each([
    ['DOCUMENT_IN', fine],
    ['READY', { ...fine, slip: 0x76 }],
    ['DOCUMENT_EJECTED', { ...fine, slip: 0x16 }],
    ['COVER_OPEN', { ...fine, printer: 0x1a, offline: 0x16 }],
    ['PAPER_JAM', { ...fine, printer: 0x1a, offline: 0x52, error: 0x16 }],
    ['OVERHEATED', { ...fine, error: 0x52 }],
    ['UNRECOVERABLE', { ...fine, error: 0x32 }],
    ['OFFLINE', { ...fine, printer: 0x1a }],
  ] as const)('is %s by its bytes', (state, bytes) => {
    expect(foldSlip(bytes)).toBe(state)
  })

  it('never lets an endorsement begin on a fault', () => {
    for (const [state, meaning] of Object.entries(STATE_MEANINGS)) {
      if (isFault(state as keyof typeof STATE_MEANINGS)) expect(meaning.usable).toBe(false)
    }
  })
})
