import { Bitmap } from '../raster/bitmap.ts'
import type { Calibration, CertificatePrinterProfile } from './profile.ts'
import type { Dots } from './row-encoder.ts'
import { leftmostMm, type Segment } from './row-layout.ts'
import type { RowTemplate } from './row-template.ts'

/**
 * The ruler page: scales in millimetres of the page above and left of its first row, and a `+` at every place where a
 * field's text begins. A technician lays a rule on it and reads how far off the print is. ESC/P2 marks every millimetre
 * with dots; PR2 knows only characters, so its horizontal marks stand where its columns are, named with their true place.
 */
export interface Ruler {
  readonly segments: readonly Segment[]
  readonly dots: readonly Dots[]
  /** Nothing lies left of it. */
  readonly baseMm: number
}

type Model = Pick<CertificatePrinterProfile, 'protocol' | 'wideMm' | 'maxWidthMm'>

/** Left of the first field: the vertical scale, and the numbers beside it. */
const SCALE_LEFT_MM = 12
const NUMBERS_LEFT_MM = 8
/** Above the row: the horizontal scale, its numbers, and the offsets that were tried. */
const SCALE_ABOVE_MM = 4
const NUMBERS_ABOVE_MM = 8
const CAPTION_ABOVE_MM = 13

/** Draws the ruler of `template`; what `trial` would push off the page is left out. Calibration is not yet added. */
export function layoutRuler(template: RowTemplate, trial: Calibration, profile: Model): Ruler {
  const left = leftmostMm(template)
  const baseMm = Math.max(0, left - SCALE_LEFT_MM)
  const rightMm = Math.min(template.page.widthMm, profile.maxWidthMm)
  const top = template.rows.firstYMm
  const anchors = template.fields.map(({ xMm, yMm }) => narrow(xMm, top + yMm, '+'))
  const caption = narrow(left, top - CAPTION_ABOVE_MM, `dx ${signed(trial.dxMm)} mm  dy ${signed(trial.dyMm)} mm`)
  const scales =
    profile.protocol === 'esc-p2'
      ? dotted(template, baseMm, rightMm, profile.wideMm)
      : lettered(template, baseMm, rightMm, profile.wideMm)
  const onPage = (item: { readonly xMm: number; readonly yMm: number }, widthMm: number): boolean => {
    const x = item.xMm + trial.dxMm
    return item.xMm >= baseMm && x >= 0 && x + widthMm <= rightMm && item.yMm + trial.dyMm >= 0
  }
  return {
    baseMm,
    segments: [caption, ...anchors, ...scales.segments]
      .filter((segment) => onPage(segment, (segment.text.length * profile.wideMm) / 2))
      .sort((a, b) => a.yMm - b.yMm || a.xMm - b.xMm),
    dots: scales.dots.filter((item) => onPage(item, item.dots.width * DOT_MM)),
  }
}

interface Scales {
  readonly segments: readonly Segment[]
  readonly dots: readonly Dots[]
}

function narrow(xMm: number, yMm: number, text: string): Segment {
  return { xMm, yMm, text, wide: false }
}

function signed(mm: number): string {
  return `${mm < 0 ? '-' : '+'}${Math.abs(mm).toFixed(1)}`
}

/** Whole millimetres from `from` to `to`. */
function millimetres(from: number, to: number): readonly number[] {
  const first = Math.ceil(from)
  return Array.from({ length: Math.max(0, Math.floor(to) - first + 1) }, (_, at) => first + at)
}

/** 24 pins at 180 dpi. */
const DOT_MM = 25.4 / 180
const PINS = 24
const dotOf = (mm: number): number => Math.round(mm / DOT_MM)

/** A mark every millimetre, a long one every five. */
function dotted(template: RowTemplate, baseMm: number, rightMm: number, wideMm: number): Scales {
  const { firstYMm: top, pitchMm } = template.rows
  // Room for an offset to the right: the scale must not be pushed off the page.
  const marks = millimetres(baseMm, rightMm - 12)
  const first = dotOf(marks[0] ?? 0)
  const across = new Bitmap(dotOf(marks.at(-1) ?? 0) - first + 1, PINS)
  for (const mm of marks) across.fill(dotOf(mm) - first, mm % 5 === 0 ? 0 : PINS / 2, 1, PINS)
  const tens = marks.filter((mm) => mm % 10 === 0)
  return {
    dots: [
      { xMm: first * DOT_MM, yMm: dotOf(top - SCALE_ABOVE_MM) * DOT_MM, dots: across },
      ...standing(template, baseMm),
    ],
    segments: [
      ...tens.map((mm) => narrow(mm - (String(mm).length * wideMm) / 4, top - NUMBERS_ABOVE_MM, String(mm))),
      ...numbersBeside(millimetres(top, top + pitchMm), baseMm, wideMm),
    ],
  }
}

/** The vertical scale in passes of the head. */
function standing(template: RowTemplate, baseMm: number): readonly Dots[] {
  const { firstYMm: top, pitchMm } = template.rows
  const first = dotOf(top)
  const long = dotOf(3)
  const down = new Bitmap(long, dotOf(top + pitchMm) - first + 1)
  for (const mm of millimetres(top, top + pitchMm)) {
    const from = mm % 5 === 0 ? 0 : long / 2
    down.fill(Math.floor(from), dotOf(mm) - first, long, 1)
  }
  return Array.from({ length: Math.ceil(down.height / PINS) }, (_, pass) => ({
    xMm: dotOf(baseMm) * DOT_MM,
    yMm: (first + pass * PINS) * DOT_MM,
    dots: down.rows(pass * PINS, Math.min(down.height, (pass + 1) * PINS)),
  }))
}

/** Numbers every five millimetres, their middle at the height they name. */
function numbersBeside(marks: readonly number[], baseMm: number, wideMm: number): readonly Segment[] {
  const xMm = baseMm + SCALE_LEFT_MM - NUMBERS_LEFT_MM
  return marks.filter((mm) => mm % 5 === 0).map((mm) => narrow(xMm, mm - wideMm / 2, String(mm)))
}

/** Columns from number to number. */
const NUMBERED = 10

/** A bar in every column, every tenth named with the millimetres of its middle; dashes every millimetre down the side. */
function lettered(template: RowTemplate, baseMm: number, rightMm: number, wideMm: number): Scales {
  const { firstYMm: top, pitchMm } = template.rows
  const columnMm = wideMm / 2
  const bars = Array.from({ length: Math.floor((rightMm - 12 - baseMm) / columnMm) }, (_, at) => baseMm + at * columnMm)
  const marks = millimetres(top, top + pitchMm)
  const dash = (mm: number): Segment => narrow(baseMm, mm - wideMm / 2, mm % 5 === 0 ? '--' : '-')
  return {
    dots: [],
    segments: [
      ...bars.map((xMm) => narrow(xMm, top - SCALE_ABOVE_MM, '|')),
      ...bars
        .filter((_, at) => at % NUMBERED === 0)
        .map((xMm) => narrow(xMm, top - NUMBERS_ABOVE_MM, (xMm + columnMm / 2).toFixed(1))),
      ...marks.map(dash),
      ...numbersBeside(marks, baseMm, wideMm),
    ],
  }
}
