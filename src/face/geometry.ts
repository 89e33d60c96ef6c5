/** Plane geometry in pixel coordinates: x to the right, y down, the centre of the first pixel at (0.5, 0.5). */
export interface Point {
  readonly x: number
  readonly y: number
}

/** An axis-parallel rectangle by its left top and right bottom corners. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** x' = a·x − b·y + tx, y' = b·x + a·y + ty: rotation, one scale for both axes, and shift. */
export interface Similarity {
  readonly a: number
  readonly b: number
  readonly tx: number
  readonly ty: number
}

export function boxWidth(box: Box): number {
  return box.right - box.left
}

export function boxHeight(box: Box): number {
  return box.bottom - box.top
}

export function boxCentre(box: Box): Point {
  return { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 }
}

/** The square of `side` around `centre`. */
export function squareAround(centre: Point, side: number): Box {
  return {
    left: centre.x - side / 2,
    top: centre.y - side / 2,
    right: centre.x + side / 2,
    bottom: centre.y + side / 2,
  }
}

/** Area of the common part over the area of both together, 0..1. */
export function intersectionOverUnion(first: Box, second: Box): number {
  const width = Math.min(first.right, second.right) - Math.max(first.left, second.left)
  const height = Math.min(first.bottom, second.bottom) - Math.max(first.top, second.top)
  if (width <= 0 || height <= 0) return 0
  const common = width * height
  return common / (boxWidth(first) * boxHeight(first) + boxWidth(second) * boxHeight(second) - common)
}

/** The smallest box around `points`, which must not be empty. */
export function boxAround(points: readonly Point[]): Box {
  const xs = points.map((point) => point.x)
  const ys = points.map((point) => point.y)
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) }
}

export function mean(points: readonly Point[]): Point {
  const sum = points.reduce((total, point) => ({ x: total.x + point.x, y: total.y + point.y }), { x: 0, y: 0 })
  return { x: sum.x / points.length, y: sum.y / points.length }
}

export function distance(first: Point, second: Point): number {
  return Math.hypot(first.x - second.x, first.y - second.y)
}

export function transform(map: Similarity, point: Point): Point {
  return { x: map.a * point.x - map.b * point.y + map.tx, y: map.b * point.x + map.a * point.y + map.ty }
}

/** The factor by which `map` stretches lengths. */
export function scaleOf(map: Similarity): number {
  return Math.hypot(map.a, map.b)
}

export function invert(map: Similarity): Similarity {
  const norm = map.a * map.a + map.b * map.b
  const a = map.a / norm
  const b = -map.b / norm
  return { a, b, tx: -(a * map.tx - b * map.ty), ty: -(b * map.tx + a * map.ty) }
}

/** The map that does `first`, then `second`. */
export function compose(first: Similarity, second: Similarity): Similarity {
  const shift = transform(second, { x: first.tx, y: first.ty })
  return {
    a: second.a * first.a - second.b * first.b,
    b: second.b * first.a + second.a * first.b,
    tx: shift.x,
    ty: shift.y,
  }
}

/** A turn by `radians` (clockwise on the screen) and a stretch by `scale`, both about `centre`, followed by a shift. */
export function turnAbout(centre: Point, radians: number, scale: number, shift: Point = { x: 0, y: 0 }): Similarity {
  const a = scale * Math.cos(radians)
  const b = scale * Math.sin(radians)
  return {
    a,
    b,
    tx: centre.x - (a * centre.x - b * centre.y) + shift.x,
    ty: centre.y - (b * centre.x + a * centre.y) + shift.y,
  }
}

/** Maps the pixels of a `width` × `height` raster onto `box` of the source picture, one scale for both axes. */
export function rasterToBox(box: Box, width: number): Similarity {
  return { a: boxWidth(box) / width, b: 0, tx: box.left, ty: box.top }
}

/**
 * The similarity that maps `from` onto `to` with the least sum of squared distances. It is S. Umeyama's solution
 * (IEEE PAMI 13(4), 1991) restricted to the plane without reflection, where it has a closed form.
 * Needs at least two distinct points in `from`; gives `undefined` when they all coincide.
 */
export function fitSimilarity(from: readonly Point[], to: readonly Point[]): Similarity | undefined {
  const fromMean = mean(from)
  const toMean = mean(to)
  let dot = 0
  let cross = 0
  let spread = 0
  for (const [index, point] of from.entries()) {
    const target = to[index]
    if (target === undefined) throw new Error('as many targets as sources')
    const x = point.x - fromMean.x
    const y = point.y - fromMean.y
    const u = target.x - toMean.x
    const v = target.y - toMean.y
    dot += x * u + y * v
    cross += x * v - y * u
    spread += x * x + y * y
  }
  if (spread < 1e-12) return undefined
  const a = dot / spread
  const b = cross / spread
  return { a, b, tx: toMean.x - (a * fromMean.x - b * fromMean.y), ty: toMean.y - (b * fromMean.x + a * fromMean.y) }
}
