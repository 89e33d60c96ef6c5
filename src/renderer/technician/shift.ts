/** By how much print is moved, in millimetres; right and down are positive. */
export interface Shift {
  readonly dxMm: number
  readonly dyMm: number
}

/** As far as print may be moved: what the intent allows. */
const FARTHEST_MM = 20

/** The shift moved on by `x` and `y` millimetres, on whole tenths. */
export function movedBy({ dxMm, dyMm }: Shift, x: number, y: number): Shift {
  return { dxMm: allowed(dxMm + x), dyMm: allowed(dyMm + y) }
}

function allowed(mm: number): number {
  const tenths = Math.round(Math.min(FARTHEST_MM, Math.max(-FARTHEST_MM, mm)) * 10)
  return tenths === 0 ? 0 : tenths / 10
}
