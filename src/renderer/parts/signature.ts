/**
 * Strokes of a finger or pen. `x` and `y` are fractions of the field (0..1, from the left upper corner), `pressure` is
 * 0..1 as Pointer Events give it (0.5 where the screen cannot feel it), `ms` is the time since the first touch.
 */
export interface StrokePoint {
  readonly x: number
  readonly y: number
  readonly pressure: number
  readonly ms: number
}

export type Stroke = readonly StrokePoint[]

/** A signature is kept small: what comes after this many points is not taken. */
export const MAX_POINTS = 2_000
/** Points nearer to the one before than this say nothing new. */
const NEAREST = 0.004
/** Least length of all strokes together, in widths of the field: a dot or a slip of the hand is not a signature. */
export const LEAST_LENGTH = 0.3

/** Begins a stroke. Past `MAX_POINTS` nothing changes. */
export function beginStroke(strokes: readonly Stroke[], point: StrokePoint): readonly Stroke[] {
  return pointsOf(strokes) >= MAX_POINTS ? strokes : [...strokes, [bounded(point)]]
}

/** Goes on with the last stroke. A point that hardly moved is left out; one outside of the field is put on its edge. */
export function extendStroke(strokes: readonly Stroke[], point: StrokePoint): readonly Stroke[] {
  const stroke = strokes.at(-1)
  const last = stroke?.at(-1)
  if (stroke === undefined || last === undefined || pointsOf(strokes) >= MAX_POINTS) return strokes
  const next = bounded(point)
  if (distance(last, next) < NEAREST) return strokes
  return [...strokes.slice(0, -1), [...stroke, { ...next, ms: Math.max(last.ms, next.ms) }]]
}

/** Length of all strokes together, in widths of the field. */
export function strokeLength(strokes: readonly Stroke[]): number {
  return strokes.reduce(
    (sum, stroke) =>
      sum + stroke.slice(1).reduce((way, point, index) => way + distance(stroke[index] ?? point, point), 0),
    0,
  )
}

export function isSignature(strokes: readonly Stroke[]): boolean {
  return strokeLength(strokes) >= LEAST_LENGTH
}

/**
 * The strokes as an SVG path in a field `width` × `height`: quadratic curves through the middles between the points, so
 * that a coarse touch screen still draws a smooth line; a single point is a dot.
 */
export function strokePath(strokes: readonly Stroke[], width: number, height: number): string {
  const place = ({ x, y }: Pick<StrokePoint, 'x' | 'y'>): string => `${round(x * width)} ${round(y * height)}`
  return strokes
    .map((stroke) => {
      const [first] = stroke
      const last = stroke.at(-1)
      if (first === undefined || last === undefined) return ''
      if (stroke.length === 1) return `M${place(first)}h0.01`
      const bends = stroke.slice(1, -1).map((point, index) => {
        const next = stroke[index + 2] ?? last
        return `Q${place(point)} ${place({ x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 })}`
      })
      return `M${place(first)}${bends.join('')}L${place(last)}`
    })
    .join('')
}

function pointsOf(strokes: readonly Stroke[]): number {
  return strokes.reduce((sum, stroke) => sum + stroke.length, 0)
}

function bounded({ x, y, pressure, ms }: StrokePoint): StrokePoint {
  return { x: within(x), y: within(y), pressure: within(pressure), ms: Math.max(0, ms) }
}

function within(value: number): number {
  return Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : 0
}

function distance(one: StrokePoint, two: StrokePoint): number {
  return Math.hypot(two.x - one.x, two.y - one.y)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
